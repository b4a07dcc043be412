//! AV1's open bitstream units (AV1 specification, 5.3).

use crate::container::bmff::Fields;

/// Returns the number of coded frames, shown or hidden; `None` for malformed units. A decoder decodes all frames before
/// the one that is shown, and a frame that repeats another one takes a few bytes.
pub(super) fn frames(data: &[u8]) -> Option<usize> {
    const FRAME_HEADER: u8 = 3;
    const FRAME: u8 = 6;
    let mut rest = Fields(data);
    let mut frames = 0;
    while !rest.0.is_empty() {
        let head = rest.u8()?;
        let (kind, has_extension, has_size) = (head >> 3 & 0b1111, head & 0b100 != 0, head & 0b10 != 0);
        if has_extension {
            rest.u8()?;
        }
        let size = if has_size { usize::try_from(leb128(&mut rest)?).ok()? } else { rest.0.len() };
        rest.bytes(size)?;
        frames += usize::from(matches!(kind, FRAME_HEADER | FRAME));
    }
    Some(frames)
}

/// Reads a number of seven bits in each byte, the lowest first (AV1 specification, 4.10.5).
fn leb128(fields: &mut Fields<'_>) -> Option<u64> {
    let mut number = 0;
    for index in 0..8 {
        let byte = fields.u8()?;
        number |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_counted() {
        // Temporal delimiter, sequence header of 200 bytes, a frame, a frame header with an extension, padding to the end.
        let sequence = [&[0x0a, 0xc8, 0x01][..], &[0; 200]].concat();
        let units = [&[0x12, 0][..], &sequence, &[0x32, 2, 9, 9], &[0x1e, 0, 1, 9], &[0x78, 1, 2, 3]].concat();
        assert_eq!(frames(&units), Some(2));
        assert_eq!(frames(&[]), Some(0));
        for broken in [&[0x32, 3, 9, 9][..], &[0x32], &[0x32, 0x80], &[0x36, 0], &[0x32, 255, 255, 255, 255, 255, 255]]
        {
            assert_eq!(frames(broken), None, "{broken:?}");
        }
    }
}
