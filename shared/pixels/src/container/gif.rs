//! GIF: a screen, then extensions and images, each a header and a series of sub-blocks (GIF89a specification).

use super::{parts, take};

/// Returns the signature, the logical screen descriptor and the global colour table.
pub(crate) fn screen(source: &[u8]) -> Option<&[u8]> {
    source.get(..SCREEN + table(*source.get(10)?))
}

/// Bytes of the signature and the logical screen descriptor.
const SCREEN: usize = 13;

/// An extension or an image.
pub(crate) struct Block<'a> {
    /// The block with its header and all of its sub-blocks.
    pub(crate) whole: &'a [u8],
    /// If the file ends within an image's sub-blocks, the smallest number of missing bytes; 1 is the empty sub-block at
    /// their end. A truncated extension is no block.
    pub(crate) missing: usize,
}

impl<'a> Block<'a> {
    /// Whether this is a graphic control extension: duration, transparency and disposal of the next image.
    pub(crate) fn is_control(&self) -> bool {
        self.whole.starts_with(&[EXTENSION, 0xf9])
    }

    /// Parses an image; `None` for an extension.
    pub(crate) fn image(&self) -> Option<GifImage<'a>> {
        let (head, rest) = self.whole.strip_prefix(&[IMAGE])?.split_first_chunk::<9>()?;
        let number = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
        let (palette, rest) = rest.split_at_checked(table(head[8]))?;
        let (code_size, data) = rest.split_first()?;
        Some(GifImage {
            left: number(0),
            top: number(2),
            width: number(4),
            height: number(6),
            is_interlaced: head[8] & 0x40 != 0,
            palette: Some(palette).filter(|palette| !palette.is_empty()),
            code_size: *code_size,
            data,
        })
    }

    /// Parses a graphic control extension; `None` for other blocks.
    pub(crate) fn control(&self) -> Option<Control> {
        match *self.whole {
            [EXTENSION, 0xf9, (4..), flags, low, high, transparent, ..] => Some(Control {
                disposal: flags >> 2 & 7,
                hundredths: u16::from_le_bytes([low, high]),
                transparent: (flags & 1 != 0).then_some(transparent),
            }),
            _ => None,
        }
    }

    /// Returns how many times an animation is repeated, by the extensions that browsers know; 0 is forever.
    pub(crate) fn repeats(&self) -> Option<u16> {
        let named = |name: &&[u8; 11]| self.whole.strip_prefix(&[EXTENSION, 0xff, 11])?.strip_prefix(*name);
        match [b"NETSCAPE2.0", b"ANIMEXTS1.0"].iter().find_map(named)? {
            [3, 1, low, high, ..] => Some(u16::from_le_bytes([*low, *high])),
            _ => None,
        }
    }
}

/// An image's header (GIF89a specification, section 20) and its data.
#[derive(Clone, Copy)]
pub(crate) struct GifImage<'a> {
    pub(crate) left: u16,
    pub(crate) top: u16,
    pub(crate) width: u16,
    pub(crate) height: u16,
    pub(crate) is_interlaced: bool,
    /// The local colour table: red, green and blue of each colour.
    pub(crate) palette: Option<&'a [u8]>,
    /// The initial code size of LZW, in bits.
    pub(crate) code_size: u8,
    data: &'a [u8],
}

impl<'a> GifImage<'a> {
    /// Iterates over the contents of its sub-blocks; the last one may be truncated.
    pub(crate) fn data(&self) -> impl Iterator<Item = &'a [u8]> {
        let mut rest = self.data;
        std::iter::from_fn(move || {
            let (length, behind) = rest.split_first().filter(|(length, _)| **length > 0)?;
            let (content, behind) = behind.split_at(behind.len().min((*length).into()));
            rest = behind;
            Some(content)
        })
    }
}

/// The graphic control extension of the next image (section 23).
#[derive(Clone, Copy, Default)]
pub(crate) struct Control {
    /// 2 clears the image's area, 3 restores what was there, and all others keep the image.
    pub(crate) disposal: u8,
    /// The image's duration in hundredths of a second.
    pub(crate) hundredths: u16,
    pub(crate) transparent: Option<u8>,
}

const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2c;
/// Ends the file.
pub(crate) const TRAILER: u8 = 0x3b;

/// Iterates over the blocks after the screen, up to the trailer, which some files lack.
pub(crate) fn blocks(source: &[u8]) -> impl Iterator<Item = Option<Block<'_>>> {
    let rest = screen(source).map_or(&[0][..], |screen| &source[screen.len()..]);
    parts(rest, |rest| {
        let head = match rest.first() {
            None | Some(&TRAILER) => return Some(None),
            Some(&EXTENSION) => 2,
            // An image has its position and size, perhaps a colour table, and the initial code size.
            Some(&IMAGE) => 11 + table(*rest.get(9)?),
            Some(_) => return None,
        };
        let is_image = rest.first() == Some(&IMAGE);
        let mut length = head;
        loop {
            match rest.get(length) {
                Some(0) => return Some(Some(Block { whole: take(rest, length + 1)?, missing: 0 })),
                Some(sub_block) => length += 1 + usize::from(*sub_block),
                None if is_image && rest.len() >= head => {
                    let missing = length + 1 - rest.len();
                    return Some(Some(Block { whole: take(rest, rest.len())?, missing }));
                }
                None => return None,
            }
        }
    })
}

/// Iterates over the images, each with its graphic control extension.
pub(crate) fn images(source: &[u8]) -> impl Iterator<Item = (Block<'_>, GifImage<'_>, Control)> {
    let mut control = Control::default();
    blocks(source).map_while(|block| block).filter_map(move |block| {
        control = block.control().unwrap_or(control);
        let image = block.image()?;
        Some((block, image, std::mem::take(&mut control)))
    })
}

/// Returns the width and height of the canvas: the screen's, extended by the first image, as in browsers. Parts of
/// later images beyond the canvas are cropped.
pub(crate) fn canvas(source: &[u8]) -> Option<(u16, u16)> {
    let screen = screen(source)?;
    let number = |at: usize| u16::from_le_bytes([screen[at], screen[at + 1]]);
    let (width, height) = (number(6), number(8));
    Some(match images(source).next() {
        Some((_, first, _)) => {
            (width.max(first.left.saturating_add(first.width)), height.max(first.top.saturating_add(first.height)))
        }
        None => (width, height),
    })
}

/// Returns the colour table of images without a local one.
pub(crate) fn palette(source: &[u8]) -> Option<&[u8]> {
    screen(source).map(|screen| &screen[SCREEN..]).filter(|palette| !palette.is_empty())
}

/// Returns the bytes of the colour table that these flags announce.
fn table(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}
