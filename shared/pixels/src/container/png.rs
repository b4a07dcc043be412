//! PNG: chunks of length, type, content and checksum (PNG specification, section 5).

use super::{parts, take};

pub(crate) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// A chunk.
pub(crate) struct Chunk<'a> {
    /// With length, type and checksum.
    pub(crate) whole: &'a [u8],
}

impl<'a> Chunk<'a> {
    pub(crate) fn name(&self) -> &'a [u8] {
        &self.whole[4..8]
    }

    pub(crate) fn content(&self) -> &'a [u8] {
        &self.whole[8..self.whole.len() - 4]
    }
}

/// All chunks, `IEND` included.
pub(crate) fn chunks(source: &[u8]) -> impl Iterator<Item = Option<Chunk<'_>>> {
    let mut ended = false;
    parts(source.strip_prefix(SIGNATURE).unwrap_or_default(), move |rest| {
        if ended {
            return Some(None);
        }
        let length = u32::from_be_bytes(*rest.first_chunk()?);
        let whole = take(rest, usize::try_from(length).ok()?.checked_add(12)?)?;
        let chunk = Chunk { whole };
        ended = chunk.name() == b"IEND";
        Some(Some(chunk))
    })
}
