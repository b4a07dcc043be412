//! TIFF: a directory of tags and their values ("TIFF Revision 6.0", section 2). EXIF has the same structure. BigTIFF
//! has wider numbers at the same places.
//!
//! Only the first directory is read, and only within the file: pointers can form circles.
//!

use std::ops::Range;

/// The first directory.
#[derive(Clone, Copy)]
pub(crate) struct Directory<'a> {
    file: &'a [u8],
    is_little: bool,
    /// Whether offsets and counts have 8 bytes instead of 4.
    is_big: bool,
    first_entry: usize,
    count: u64,
}

/// A tag with its value.
#[derive(Clone, Copy)]
pub(crate) struct Entry<'a> {
    directory: Directory<'a>,
    at: usize,
}

impl<'a> Directory<'a> {
    pub(crate) fn first(file: &'a [u8]) -> Option<Directory<'a>> {
        let (is_little, is_big) = match file.first_chunk()? {
            b"II*\0" => (true, false),
            b"MM\0*" => (false, false),
            b"II+\0" => (true, true),
            b"MM\0+" => (false, true),
            _ => return None,
        };
        let directory = Directory { file, is_little, is_big, first_entry: 0, count: 0 };
        // BigTIFF begins with the width of its offsets.
        let (offset, count) = if is_big { (8..16, 8) } else { (4..8, 2) };
        let at = usize::try_from(directory.number(offset)?).ok()?;
        let first_entry = at.checked_add(count)?;
        Some(Directory { first_entry, count: directory.number(at..first_entry)?, ..directory })
    }

    /// Iterates over the entries that lie within the file.
    pub(crate) fn entries(self) -> impl Iterator<Item = Entry<'a>> {
        let width = if self.is_big { 20 } else { 12 };
        let places = (0..self.count).map_while(move |index| {
            let at = usize::try_from(index).ok()?.checked_mul(width)?.checked_add(self.first_entry)?;
            self.file.get(at..at.checked_add(width)?).map(|_| at)
        });
        places.map(move |at| Entry { directory: self, at })
    }

    /// Returns the entry of a tag. Of two entries, the last one counts.
    pub(crate) fn entry(self, tag: u16) -> Option<Entry<'a>> {
        self.entries().filter(|entry| entry.tag() == tag && entry.width().is_some()).last()
    }

    /// Whether numbers are little-endian.
    pub(crate) fn is_little(self) -> bool {
        self.is_little
    }

    fn number(self, at: Range<usize>) -> Option<u64> {
        self.file.get(at).map(|bytes| self.number_of(bytes))
    }

    /// Joins at most 8 bytes.
    fn number_of(self, bytes: &[u8]) -> u64 {
        let join = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        if self.is_little { bytes.iter().rev().fold(0, join) } else { bytes.iter().fold(0, join) }
    }
}

impl<'a> Entry<'a> {
    pub(crate) fn tag(self) -> u16 {
        self.short(self.at)
    }

    /// Returns how many numbers or characters the value has.
    pub(crate) fn count(self) -> u64 {
        let at = self.at + 4;
        self.directory.number(at..at + self.offset_width()).unwrap_or(0)
    }

    /// Returns how many bytes each of them has; `None` for an unknown type.
    pub(crate) fn width(self) -> Option<usize> {
        match self.short(self.at + 2) {
            1 | 2 | 6 | 7 => Some(1),
            3 | 8 => Some(2),
            4 | 9 | 11 | 13 => Some(4),
            5 | 10 | 12 | 16..=18 => Some(8),
            _ => None,
        }
    }

    /// Returns the value's bytes: those in the entry if they fit, or else those that it points to.
    pub(crate) fn bytes(self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.count()).ok()?.checked_mul(self.width()?)?;
        let place = self.place();
        let start = if length <= self.offset_width() {
            place
        } else {
            usize::try_from(self.directory.number(place..place + self.offset_width())?).ok()?
        };
        self.directory.file.get(start..start.checked_add(length)?)
    }

    /// Returns the place of the value, or of its offset.
    fn place(self) -> usize {
        self.at + 4 + self.offset_width()
    }

    /// Iterates over integers; empty if the value has another type.
    pub(crate) fn numbers(self) -> impl Iterator<Item = u64> {
        let is_whole = matches!(self.short(self.at + 2), 1 | 3 | 4 | 13 | 16 | 18);
        let bytes = self.bytes().filter(|_| is_whole).unwrap_or_default();
        let width = self.width().unwrap_or(1);
        bytes.chunks_exact(width).map(move |bytes| self.directory.number_of(bytes))
    }

    fn short(self, at: usize) -> u16 {
        self.directory.number(at..at + 2).and_then(|number| u16::try_from(number).ok()).unwrap_or(0)
    }

    fn offset_width(self) -> usize {
        if self.directory.is_big { 8 } else { 4 }
    }
}
