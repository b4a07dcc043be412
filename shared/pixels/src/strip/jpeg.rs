//! JPEG: markers and their segments (ITU T.81, annex B).

use super::take;

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const APP0: u8 = 0xe0;
const APP2: u8 = 0xe2;
const APP14: u8 = 0xee;
const COM: u8 = 0xfe;

pub(super) fn strip(source: &[u8]) -> Option<Vec<u8>> {
    let mut rest = source;
    let mut kept = take(&mut rest, 2)?.to_vec();
    if kept != [0xff, SOI] {
        return None;
    }
    loop {
        let marker = marker(&mut rest)?;
        if marker == EOI {
            kept.extend([0xff, EOI]);
            return Some(kept);
        }
        let length = usize::from(u16::from_be_bytes([*rest.first()?, *rest.get(1)?]));
        let segment = take(&mut rest, length)?;
        let content = segment.get(2..)?;
        match marker {
            // The plain header, without its thumbnail; and what says how the colours are to be read.
            APP0 if content.starts_with(b"JFIF\0") => {
                kept.extend([0xff, APP0, 0, 16]);
                kept.extend(content.get(..12)?);
                kept.extend([0, 0]);
                continue;
            }
            APP14 if content.starts_with(b"Adobe") => {}
            APP2 if content.starts_with(b"ICC_PROFILE") => return None,
            APP0..=0xef | COM => continue,
            _ => {}
        }
        kept.extend([0xff, marker]);
        kept.extend(segment);
        if marker == SOS {
            kept.extend(scan(&mut rest)?);
        }
    }
}

/// The next marker; any number of fill bytes may stand before it.
fn marker(rest: &mut &[u8]) -> Option<u8> {
    if take(rest, 1)? != [0xff] {
        return None;
    }
    loop {
        match *take(rest, 1)?.first()? {
            0xff => {}
            marker @ 0xc0..=0xfe => return Some(marker),
            _ => return None,
        }
    }
}

/// A scan's entropy-coded data: up to a marker that is neither a stuffed zero nor a restart.
fn scan<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let is_end = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0 | 0xd0..=0xd7 | 0xff);
    let end = rest.windows(2).position(is_end)?;
    take(rest, end)
}
