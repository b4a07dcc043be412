//! GIF: a screen, then extensions and pictures, each a head and a row of sub-blocks (GIF89a specification).

use super::{parts, take};

/// Signature, logical screen descriptor and global colour table.
pub(crate) fn screen(source: &[u8]) -> Option<&[u8]> {
    const LENGTH: usize = 13;
    source.get(..LENGTH + table(*source.get(10)?))
}

/// An extension or a picture.
pub(crate) struct Block<'a> {
    /// With its head and all its sub-blocks.
    pub(crate) whole: &'a [u8],
}

impl Block<'_> {
    /// For the frame that follows: time, transparency, disposal.
    pub(crate) fn is_control(&self) -> bool {
        self.whole.starts_with(&[EXTENSION, 0xf9])
    }

    pub(crate) fn is_picture(&self) -> bool {
        self.whole[0] == PICTURE
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

const EXTENSION: u8 = 0x21;
const PICTURE: u8 = 0x2c;
/// Ends the file.
pub(crate) const TRAILER: u8 = 0x3b;

/// All blocks behind the screen, up to the trailer, which some files lack.
pub(crate) fn blocks(source: &[u8]) -> impl Iterator<Item = Option<Block<'_>>> {
    let rest = screen(source).map_or(&[0][..], |screen| &source[screen.len()..]);
    parts(rest, |rest| {
        let head = match rest.first() {
            None | Some(&TRAILER) => return Some(None),
            Some(&EXTENSION) => 2,
            // A picture has its place and size, perhaps a colour table, and the first code's length.
            Some(&PICTURE) => 11 + table(*rest.get(9)?),
            Some(_) => return None,
        };
        let mut length = head;
        loop {
            let sub_block = usize::from(*rest.get(length)?);
            length += 1 + sub_block;
            if sub_block == 0 {
                return Some(Some(Block { whole: take(rest, length)? }));
            }
        }
    })
}

/// The bytes of the colour table that these flags announce.
fn table(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}
