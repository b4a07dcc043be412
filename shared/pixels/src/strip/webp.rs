//! WebP: chunks of type, length and content in a RIFF file ("WebP Container Specification").

use super::take;

/// Flags in the first byte of `VP8X`.
const EXIF: u8 = 0b0000_1000;
const XMP: u8 = 0b0000_0100;

pub(super) fn strip(source: &[u8]) -> Option<Vec<u8>> {
    let size = u32::from_le_bytes(source.get(4..8)?.try_into().ok()?);
    let mut rest = source.get(12..usize::try_from(size).ok()?.checked_add(8)?)?;
    let mut chunks = Vec::new();
    while !rest.is_empty() {
        let length = u32::from_le_bytes(rest.get(4..8)?.try_into().ok()?);
        // A chunk of odd length has one byte more.
        let padded = usize::try_from(length).ok()?.checked_next_multiple_of(2)?;
        let chunk = take(&mut rest, padded.checked_add(8)?)?;
        match &chunk[..4] {
            b"ICCP" | b"ANIM" | b"ANMF" => return None,
            b"VP8X" => {
                let start = chunks.len();
                chunks.extend(chunk);
                *chunks.get_mut(start + 8)? &= !(EXIF | XMP);
            }
            b"VP8 " | b"VP8L" | b"ALPH" => chunks.extend(chunk),
            _ => {}
        }
    }
    let size = u32::try_from(chunks.len() + 4).ok()?.to_le_bytes();
    Some([b"RIFF", &size[..], b"WEBP", &chunks].concat())
}
