//! JPEG: markers and their segments (ITU T.81, annex B).

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};

use super::{parts, take};

const TEM: u8 = 0x01;
pub(crate) const SOF0: u8 = 0xc0;
pub(crate) const SOF2: u8 = 0xc2;
pub(crate) const SOF55: u8 = 0xf7;
pub(crate) const EOI: u8 = 0xd9;
pub(crate) const SOS: u8 = 0xda;
pub(crate) const APP0: u8 = 0xe0;
pub(crate) const APP1: u8 = 0xe1;
pub(crate) const APP2: u8 = 0xe2;
pub(crate) const APP14: u8 = 0xee;
pub(crate) const APP15: u8 = 0xef;
pub(crate) const COM: u8 = 0xfe;

/// A marker with its segment.
pub(crate) struct Segment<'a> {
    pub(crate) marker: u8,
    /// The segment with its two bytes of length.
    pub(crate) whole: &'a [u8],
    /// The entropy-coded data after a start of scan; empty for other markers.
    pub(crate) scan: &'a [u8],
}

impl<'a> Segment<'a> {
    pub(crate) fn content(&self) -> &'a [u8] {
        &self.whole[2..]
    }

    /// Returns number, count and content of a part of an ICC profile.
    fn part(&self) -> Option<[&'a [u8]; 3]> {
        let part = Some(self.content()).filter(|_| self.marker == APP2)?.strip_prefix(b"ICC_PROFILE\0")?;
        let (number, rest) = part.split_at_checked(1)?;
        let (count, content) = rest.split_at_checked(1)?;
        Some([number, count, content])
    }
}

/// Iterates over the segments between SOI and EOI.
pub(crate) fn segments(source: &[u8]) -> impl Iterator<Item = Option<Segment<'_>>> {
    parts(behind_soi(source), |rest| {
        let Some(segment) = segment(rest)? else { return Some(None) };
        let scan = if segment.marker == SOS { scan(rest)? } else { &[] };
        Some(Some(Segment { scan, ..segment }))
    })
}

/// Iterates over the segments before the first scan, which is most of the file and not read. Bytes between segments are
/// skipped, as decoders do. The iterator ends at a malformed segment.
pub(crate) fn head(source: &[u8]) -> impl Iterator<Item = Segment<'_>> {
    let segments = parts(behind_soi(source), |rest| {
        skip_to_marker(rest)?;
        Some(segment(rest)?.filter(|segment| segment.marker != SOS))
    });
    segments.map_while(|segment| segment)
}

/// Skips to the next 0xff that no zero follows.
fn skip_to_marker(rest: &mut &[u8]) -> Option<()> {
    loop {
        take(rest, memchr(0xff, rest)?)?;
        if rest.get(1) != Some(&0) {
            return Some(());
        }
        take(rest, 2)?;
    }
}

fn behind_soi(source: &[u8]) -> &[u8] {
    source.strip_prefix(b"\xff\xd8").unwrap_or_default()
}

/// Reads the next segment without a scan's data; `Some(None)` at the end of the image.
fn segment<'a>(rest: &mut &'a [u8]) -> Option<Option<Segment<'a>>> {
    let mut marker = self::marker(rest)?;
    while is_alone(marker) {
        marker = self::marker(rest)?;
    }
    if marker == EOI {
        return Some(None);
    }
    let length = usize::from(u16::from_be_bytes(*rest.first_chunk()?));
    let whole = take(rest, length).filter(|whole| whole.len() >= 2)?;
    Some(Some(Segment { marker, whole, scan: &[] }))
}

/// An ICC profile in numbered parts ("Specification ICC.1", annex B.4).
pub(crate) enum ProfileParts<'a> {
    None,
    /// A part is missing, is there twice or has a wrong number; or all parts are empty.
    Damaged,
    /// The parts in order.
    Whole(Vec<&'a [u8]>),
}

pub(crate) fn profile(source: &[u8]) -> ProfileParts<'_> {
    let mut parts: Vec<_> = head(source).filter_map(|segment| segment.part()).collect();
    parts.sort_by_key(|[number, ..]| number[0]);
    let is_numbered = |(index, [number, count, _]): (usize, &[&[u8]; 3])| {
        usize::from(number[0]) == index + 1 && usize::from(count[0]) == parts.len()
    };
    if parts.is_empty() {
        ProfileParts::None
    } else if parts.iter().enumerate().all(is_numbered) && parts.iter().any(|[.., part]| !part.is_empty()) {
        ProfileParts::Whole(parts.into_iter().map(|[.., part]| part).collect())
    } else {
        ProfileParts::Damaged
    }
}

/// Returns the file without a damaged profile. libjpeg-turbo would warn about it, and warnings are otherwise a sign of
/// damaged pixels.
pub(crate) fn without_damaged_profile(source: &[u8]) -> Cow<'_, [u8]> {
    if !matches!(profile(source), ProfileParts::Damaged) {
        return Cow::Borrowed(source);
    }
    let (mut kept, mut done) = (Vec::with_capacity(source.len()), 0);
    for segment in head(source).filter(|segment| segment.part().is_some()) {
        // The marker's two bytes come before the segment.
        let start = segment.whole.as_ptr().addr() - source.as_ptr().addr() - 2;
        kept.extend(&source[done..start]);
        done = start + 2 + segment.whole.len();
    }
    kept.extend(&source[done..]);
    Cow::Owned(kept)
}

/// Returns the frame header. All but three of the markers from 0xc0 on begin a frame (table B.1); JPEG-LS has 0xf7
/// (ITU-T T.87, table C.1).
pub(crate) fn frame(source: &[u8]) -> Option<Segment<'_>> {
    let is_frame = |marker: u8| matches!(marker, 0xc0..=0xcf | SOF55) && !matches!(marker, 0xc4 | 0xc8 | 0xcc);
    head(source).find(|segment| is_frame(segment.marker))
}

/// Returns the number of components of the frame; 4 for CMYK.
pub(crate) fn components(source: &[u8]) -> Option<u8> {
    frame(source)?.content().get(5).copied()
}

/// Whether a marker has no segment: TEM and RST0 to RST7 (ITU-T T.81, B.1.1.4).
fn is_alone(marker: u8) -> bool {
    matches!(marker, TEM | 0xd0..=0xd7)
}

/// Reads the next marker, after any number of fill bytes.
fn marker(rest: &mut &[u8]) -> Option<u8> {
    if take(rest, 1)? != [0xff] {
        return None;
    }
    loop {
        match *take(rest, 1)?.first()? {
            0xff => {}
            marker @ (TEM | 0xc0..=0xfe) => return Some(marker),
            _ => return None,
        }
    }
}

/// Reads a scan's data: up to a marker that is neither a stuffed zero nor a restart.
fn scan<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let is_end = |at: &usize| rest.get(at + 1).is_some_and(|code| !matches!(code, 0 | 0xd0..=0xd7 | 0xff));
    let end = memchr_iter(0xff, rest).find(is_end)?;
    take(rest, end)
}
