//! PNG: chunks of length, type, content and checksum (PNG specification, section 5).

use std::borrow::Cow;

use flate2::Crc;

use super::{parts, take};

pub(crate) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// A chunk.
pub(crate) struct Chunk<'a> {
    /// The chunk with length, type and checksum.
    pub(crate) whole: &'a [u8],
}

impl<'a> Chunk<'a> {
    pub(crate) fn name(&self) -> &'a [u8] {
        &self.whole[4..8]
    }

    pub(crate) fn content(&self) -> &'a [u8] {
        &self.whole[8..self.whole.len() - 4]
    }

    /// Whether the checksum is right.
    pub(crate) fn is_sound(&self) -> bool {
        let (checked, checksum) = self.whole[4..].split_at(self.whole.len() - 8);
        let mut crc = Crc::new();
        crc.update(checked);
        checksum == crc.sum().to_be_bytes()
    }
}

/// Iterates over all chunks, `IEND` included.
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

/// Returns the file with the transparent gray of `tRNS` in the range of its bit depth: only that number of low bits
/// counts (PNG specification, section 11.3.2.1), but decoders compare all of them.
pub(crate) fn with_low_transparency(source: &[u8]) -> Cow<'_, [u8]> {
    low_transparency(source).map_or(Cow::Borrowed(source), Cow::Owned)
}

fn low_transparency(source: &[u8]) -> Option<Vec<u8>> {
    const GRAY: u8 = 0;
    // For a depth of 8, the decoder ignores the upper byte itself.
    let (Some(depth @ (1 | 2 | 4)), Some(&GRAY)) = (source.get(24).copied(), source.get(25)) else { return None };
    let mut head = chunks(source).map_while(|chunk| chunk).take_while(|chunk| chunk.name() != b"IDAT");
    let chunk = head.find(|chunk| chunk.name() == b"tRNS")?;
    let &[high, low] = chunk.content() else { return None };
    let masked = [0, low & ((1 << depth) - 1)];
    if masked == [high, low] || checksum(&chunk.whole[4..10]) != chunk.whole[10..] {
        return None;
    }
    let mut file = source.to_vec();
    let start = chunk.whole.as_ptr().addr() - source.as_ptr().addr();
    let written = &mut file[start..start + chunk.whole.len()];
    written[8..10].copy_from_slice(&masked);
    let sum = checksum(&written[4..10]);
    written[10..].copy_from_slice(&sum);
    Some(file)
}

fn checksum(named: &[u8]) -> [u8; 4] {
    let mut crc = Crc::new();
    crc.update(named);
    crc.sum().to_be_bytes()
}
