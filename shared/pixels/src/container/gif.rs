//! GIF: a screen, then extensions and images, each a head and a row of sub-blocks (GIF89a specification).

use super::{parts, take};

/// Signature, logical screen descriptor and global colour table.
pub(crate) fn screen(source: &[u8]) -> Option<&[u8]> {
    source.get(..SCREEN + table(*source.get(10)?))
}

/// Bytes of the signature and the logical screen descriptor.
const SCREEN: usize = 13;

/// An extension or an image.
pub(crate) struct Block<'a> {
    /// With its head and all its sub-blocks.
    pub(crate) whole: &'a [u8],
    /// The least number of bytes that the file lacks where it ends within an image's sub-blocks; 1 for the empty sub-block
    /// that ends them. An extension that is cut off is no block.
    pub(crate) missing: usize,
}

impl<'a> Block<'a> {
    /// For the frame that follows: time, transparency, disposal.
    pub(crate) fn is_control(&self) -> bool {
        self.whole.starts_with(&[EXTENSION, 0xf9])
    }

    /// What an image's head says; `None` for an extension.
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

    /// What a control extension says; `None` for other blocks.
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

    /// How often an animation is to be played once more, as browsers know it; 0 is for ever.
    pub(crate) fn repeats(&self) -> Option<u16> {
        let named = |name: &&[u8; 11]| self.whole.strip_prefix(&[EXTENSION, 0xff, 11])?.strip_prefix(*name);
        match [b"NETSCAPE2.0", b"ANIMEXTS1.0"].iter().find_map(named)? {
            [3, 1, low, high, ..] => Some(u16::from_le_bytes([*low, *high])),
            _ => None,
        }
    }
}

/// An image's head (GIF89a specification, section 20), and its data.
#[derive(Clone, Copy)]
pub(crate) struct GifImage<'a> {
    pub(crate) left: u16,
    pub(crate) top: u16,
    pub(crate) width: u16,
    pub(crate) height: u16,
    pub(crate) is_interlaced: bool,
    /// Its own colour table: red, green, blue each.
    pub(crate) palette: Option<&'a [u8]>,
    /// Bits of a pixel's number, as LZW begins.
    pub(crate) code_size: u8,
    data: &'a [u8],
}

impl<'a> GifImage<'a> {
    /// The contents of its sub-blocks in order; the last one may be cut off.
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

/// What the graphic control extension says of the image behind it (section 23).
#[derive(Clone, Copy, Default)]
pub(crate) struct Control {
    /// 2 clears the image's place, 3 restores what was there; all else keeps it.
    pub(crate) disposal: u8,
    /// How long the image is shown, in hundredths of a second.
    pub(crate) hundredths: u16,
    pub(crate) transparent: Option<u8>,
}

const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2c;
/// Ends the file.
pub(crate) const TRAILER: u8 = 0x3b;

/// All blocks behind the screen, up to the trailer, which some files lack.
pub(crate) fn blocks(source: &[u8]) -> impl Iterator<Item = Option<Block<'_>>> {
    let rest = screen(source).map_or(&[0][..], |screen| &source[screen.len()..]);
    parts(rest, |rest| {
        let head = match rest.first() {
            None | Some(&TRAILER) => return Some(None),
            Some(&EXTENSION) => 2,
            // An image has its place and size, perhaps a colour table, and the first code's length.
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

/// All images, each with what is said of it.
pub(crate) fn images(source: &[u8]) -> impl Iterator<Item = (Block<'_>, GifImage<'_>, Control)> {
    let mut control = Control::default();
    blocks(source).map_while(|block| block).filter_map(move |block| {
        control = block.control().unwrap_or(control);
        let image = block.image()?;
        Some((block, image, std::mem::take(&mut control)))
    })
}

/// Width and height of the canvas: the screen's, and what the first image needs beyond it, as browsers have it. What
/// stands out of later images is cut off.
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

/// The colour table of all images that have none of their own.
pub(crate) fn palette(source: &[u8]) -> Option<&[u8]> {
    screen(source).map(|screen| &screen[SCREEN..]).filter(|palette| !palette.is_empty())
}

/// The bytes of the colour table that these flags announce.
fn table(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}
