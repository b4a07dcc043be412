//! WebP: chunks of type, length and content in a RIFF file ("WebP Container Specification").

use super::{parts, take};

/// A chunk.
pub(crate) struct Chunk<'a> {
    /// With type, length, and the byte that makes it even.
    pub(crate) whole: &'a [u8],
    pub(crate) content: &'a [u8],
}

impl<'a> Chunk<'a> {
    pub(crate) fn name(&self) -> &'a [u8] {
        &self.whole[..4]
    }
}

/// All chunks within the size that the file announces.
pub(crate) fn chunks(source: &[u8]) -> impl Iterator<Item = Option<Chunk<'_>>> {
    chunks_in(body(source).unwrap_or(&[0]))
}

/// All chunks in a chunk that holds others.
pub(crate) fn chunks_in(content: &[u8]) -> impl Iterator<Item = Option<Chunk<'_>>> {
    parts(content, |rest| {
        if rest.is_empty() {
            return Some(None);
        }
        let length = u32::from_le_bytes(*rest.get(4..)?.first_chunk()?);
        let length = usize::try_from(length).ok()?;
        let whole = take(rest, length.checked_next_multiple_of(2)?.checked_add(8)?)?;
        Some(Some(Chunk { whole, content: &whole[8..8 + length] }))
    })
}

fn body(source: &[u8]) -> Option<&[u8]> {
    let size = u32::from_le_bytes(*source.get(4..)?.first_chunk()?);
    source.get(12..usize::try_from(size).ok()?.checked_add(8)?)
}
