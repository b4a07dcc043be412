//! Detection of progressive JPEG.

/// Whether a progressive frame header precedes the first scan.
pub(crate) fn is_progressive(jpeg: &[u8]) -> bool {
    let mut rest = jpeg.get(2..).unwrap_or_default();
    loop {
        match rest {
            // Fill bytes before a marker, and markers without a segment.
            [0xff, 0xff, ..] => rest = &rest[1..],
            [0xff, 0x01 | 0xd0..=0xd8, after @ ..] => rest = after,
            [0xff, 0xc2 | 0xc6 | 0xca | 0xce, ..] => return true,
            // Start of scan: no progressive frame header precedes it.
            [0xff, 0xda, ..] => return false,
            [0xff, _, high, low, ..] => {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                rest = rest.get(2 + length..).unwrap_or_default();
            }
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_progressive;

    #[test]
    fn the_frame_header_says() {
        let app = [0xff, 0xe0, 0, 4, 0xff, 0xc2];
        for (marker, expected) in [(0xc0, false), (0xc1, false), (0xc2, true)] {
            let jpeg = [&[0xff, 0xd8][..], &app, &[0xff, 0xff, marker, 0, 2], &[0xff, 0xda, 0, 2]].concat();
            assert_eq!(is_progressive(&jpeg), expected, "{marker:x}");
        }
        assert!(!is_progressive(b"\xff\xd8\xff"));
        assert!(!is_progressive(b""));
    }
}
