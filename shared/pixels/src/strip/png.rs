//! PNG: chunks of length, type, content and checksum (PNG specification, section 5).

use super::take;

/// What shows the pixels: critical chunks, transparency, and colour that is not a profile.
const KEPT: [&[u8]; 8] = [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB"];

pub(super) fn strip(source: &[u8]) -> Option<Vec<u8>> {
    let mut rest = source;
    let mut kept = take(&mut rest, 8)?.to_vec();
    loop {
        let length = u32::from_be_bytes(rest.first_chunk().copied()?);
        let chunk = take(&mut rest, usize::try_from(length).ok()?.checked_add(12)?)?;
        let name = &chunk[4..8];
        if name == b"iCCP" {
            return None;
        }
        if KEPT.contains(&name) {
            kept.extend(chunk);
        }
        if name == b"IEND" {
            return Some(kept);
        }
    }
}
