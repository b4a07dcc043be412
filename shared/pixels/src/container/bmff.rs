//! ISO base media files: nested boxes of length, type and content (ISO/IEC 14496-12, 4.2).

use super::{parts, take};

/// A four-character code.
pub(crate) type Code = [u8; 4];

/// A box.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct IsoBox<'a> {
    pub(crate) kind: Code,
    pub(crate) content: &'a [u8],
}

/// Iterates over the boxes of a file. A last box of length 0 ends with the file.
pub(crate) fn top_level(file: &[u8]) -> impl Iterator<Item = Option<IsoBox<'_>>> {
    boxes(file, true)
}

/// Iterates over the boxes in a box.
pub(crate) fn children(content: &[u8]) -> impl Iterator<Item = Option<IsoBox<'_>>> {
    boxes(content, false)
}

/// Returns the content of the first box of a type in a box.
pub(crate) fn child(content: &[u8], kind: Code) -> Option<&[u8]> {
    children(content).map_while(|part| part).find(|part| part.kind == kind).map(|part| part.content)
}

fn boxes(content: &[u8], is_top_level: bool) -> impl Iterator<Item = Option<IsoBox<'_>>> {
    parts(content, move |rest| {
        if rest.is_empty() {
            return Some(None);
        }
        let mut fields = Fields(rest);
        let short = fields.u32()?;
        let kind = fields.code()?;
        let (head, length) = match short {
            // A length of 64 bits follows the type.
            1 => (16, usize::try_from(fields.u64()?).ok()?),
            0 if is_top_level => (8, rest.len()),
            _ => (8, usize::try_from(short).ok()?),
        };
        Some(Some(IsoBox { kind, content: take(rest, length)?.get(head..)? }))
    })
}

/// Reads consecutive big-endian numbers. `None` at the end of the content.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl<'a> Fields<'a> {
    pub(crate) fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        take(&mut self.0, length)
    }

    pub(crate) fn code(&mut self) -> Option<Code> {
        self.bytes(4)?.try_into().ok()
    }

    /// Reads a number of `width` bytes, 0 to 8. A number of 0 bytes is 0.
    pub(crate) fn number(&mut self, width: usize) -> Option<u64> {
        Some(self.bytes(width)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.bytes(1)?.first().copied()
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.bytes(2)?.try_into().ok().map(u16::from_be_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.bytes(4)?.try_into().ok().map(u32::from_be_bytes)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.number(8)
    }

    /// Reads the version and the flags at the start of a "full box".
    pub(crate) fn version(&mut self) -> Option<(u8, u32)> {
        let word = self.u32()?;
        Some(((word >> 24) as u8, word & 0x00ff_ffff))
    }

    /// Reads an identifier, which has 32 bits in newer versions of a box.
    pub(crate) fn id(&mut self, is_wide: bool) -> Option<u32> {
        if is_wide { self.u32() } else { self.u16().map(u32::from) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the types of all boxes; `?` is a malformed box.
    fn kinds<'a>(boxes: impl Iterator<Item = Option<IsoBox<'a>>>) -> String {
        let name = |part: IsoBox<'_>| String::from_utf8_lossy(&part.kind).into_owned();
        boxes.map(|part| part.map_or("?".to_owned(), name)).collect()
    }

    #[test]
    fn lengths_of_32_and_64_bits_and_up_to_the_end() {
        let plain = b"\0\0\0\x0aabcdxy";
        let wide = b"\0\0\0\x01wide\0\0\0\0\0\0\0\x12xy";
        let open = b"\0\0\0\0open and all that follows";
        let file = [&plain[..], wide, open].concat();
        assert_eq!(kinds(top_level(&file)), "abcdwideopen");
        assert_eq!(kinds(children(&file)), "abcdwide?");
        assert_eq!(child(&file, *b"wide"), Some(&b"xy"[..]));
        for broken in [&b"\0\0\0\x0babcdxy"[..], b"\0\0\0\x07abcd", b"\0\0\0\x01abcd\0\0\0\0\0\0\0\x0f", b"\0\0\0"] {
            assert_eq!(kinds(top_level(broken)), "?", "{broken:?}");
        }
    }
}
