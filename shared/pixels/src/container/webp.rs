//! WebP: chunks of type, length and content in a RIFF file ("WebP Container Specification").

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::{parts, take};

/// A chunk.
pub(crate) struct Chunk<'a> {
    /// The chunk with type, length, and the padding byte.
    pub(crate) whole: &'a [u8],
    pub(crate) content: &'a [u8],
}

impl<'a> Chunk<'a> {
    pub(crate) fn name(&self) -> &'a [u8] {
        &self.whole[..4]
    }
}

/// Iterates over the chunks that are in the file.
pub(crate) fn chunks(source: &[u8]) -> impl Iterator<Item = Option<Chunk<'_>>> {
    let end = Extent::of(source).map_or(0, |extent| extent.end.min(source.len()));
    chunks_in(source.get(HEAD..end).unwrap_or(&[0]))
}

/// Iterates over the chunks within a chunk.
pub(crate) fn chunks_in(content: &[u8]) -> impl Iterator<Item = Option<Chunk<'_>>> {
    parts(content, |rest| {
        if rest.is_empty() {
            return Some(None);
        }
        let length = usize::try_from(u32::from_le_bytes(*rest.get(4..)?.first_chunk()?)).ok()?;
        let content = rest.get(CHUNK_HEAD..length.checked_add(CHUNK_HEAD)?)?;
        // The padding of the last chunk may be missing.
        let padded = content.len().next_multiple_of(2) + CHUNK_HEAD;
        let whole = take(rest, padded.min(rest.len()))?;
        Some(Some(Chunk { whole, content }))
    })
}

/// Whether the sizes in the headers agree with the file.
pub(crate) fn is_in_order(source: &[u8]) -> bool {
    Extent::of(source).is_some_and(|extent| extent.is_in_order(source) && extent.cut.is_none())
}

/// A file that libwebp accepts: the sizes in its headers agree with its bytes.
pub(crate) struct Intact<'a> {
    pub(crate) bytes: Cow<'a, [u8]>,
    /// Whether frames of an animation are missing at the end. For a still image, the decoder finds out.
    pub(crate) is_cut: bool,
}

/// Corrects the size in the header of the file, and leaves out a truncated last chunk, unless it is the image.
pub(crate) fn intact(source: &[u8]) -> Option<Intact<'_>> {
    let source = unpadded(source);
    let extent = Extent::of(source)?;
    if extent.is_in_order(source) && extent.cut.is_none() {
        return Some(Intact { bytes: Cow::Borrowed(source), is_cut: false });
    }
    let flags = source.get(20).filter(|_| source.get(HEAD..HEAD + 4) == Some(b"VP8X")).copied().unwrap_or(0);
    let is_animated = flags & ANIMATION != 0;
    let is_image = |name: &[u8; 4]| !is_animated && IMAGE.contains(&name);
    let end = match &extent.cut {
        Some(cut) if !is_image(&cut.name) => cut.start,
        _ => extent.end,
    };
    let is_cut = is_animated
        && match &extent.cut {
            Some(cut) => &cut.name == b"ANMF",
            // The file ends between two chunks, and the next one may be metadata.
            None => extent.announced > source.len() + 1 && flags & METADATA == 0,
        };
    let mut bytes = source[..end.min(source.len())].to_vec();
    bytes[4..8].copy_from_slice(&u32::try_from(end - 8).ok()?.to_le_bytes());
    Some(Intact { bytes: Cow::Owned(bytes), is_cut })
}

/// Returns the file without zeros that stand for missing data. A few zeros at its announced end may belong to it.
fn unpadded(source: &[u8]) -> &[u8] {
    const OWN: usize = 16;
    let unpadded = super::unpadded(source);
    let announced = Extent::of(source).map_or(0, |extent| extent.announced.min(source.len()));
    let is_own = (1..OWN).contains(&announced.saturating_sub(unpadded.len()));
    if is_own { &source[..announced] } else { unpadded }
}

/// `RIFF`, a length, and `WEBP`.
const HEAD: usize = 12;

/// Bytes of the type and the length of a chunk.
const CHUNK_HEAD: usize = 8;

/// Flags of the first byte of `VP8X`.
const ANIMATION: u8 = 0b0000_0010;
const METADATA: u8 = 0b0000_1100;

const IMAGE: [&[u8; 4]; 3] = [b"VP8 ", b"VP8L", b"ALPH"];

/// Types of chunks that may lie beyond the announced end.
const KNOWN: [&[u8; 4]; 9] = [b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP", b"EXIF", b"XMP "];

/// How far the chunks of a file reach.
struct Extent {
    /// Where the last chunk ends, without padding; possibly beyond the end of the file.
    end: usize,
    /// Where the file announces its end.
    announced: usize,
    /// The chunk that the end of the file truncates.
    cut: Option<Cut>,
}

struct Cut {
    name: [u8; 4],
    start: usize,
}

impl Extent {
    fn of(source: &[u8]) -> Option<Extent> {
        let announced = u32::from_le_bytes(*source.get(4..)?.first_chunk()?);
        let announced = usize::try_from(announced).ok()?.checked_add(8)?;
        let mut extent = Extent { end: HEAD, announced, cut: None };
        let mut start = HEAD;
        while let ControlFlow::Continue(next) = extent.add(source, start) {
            start = next;
        }
        Some(extent)
    }

    /// Adds the chunk at `start`. Returns where the next one begins.
    fn add(&mut self, source: &[u8], start: usize) -> ControlFlow<(), usize> {
        let Some(head) = source.get(start..).and_then(|rest| rest.first_chunk::<CHUNK_HEAD>()) else {
            return ControlFlow::Break(());
        };
        let [name @ .., a, b, c, d] = *head;
        let length = u32::from_le_bytes([a, b, c, d]) as usize;
        if start >= self.announced && !KNOWN.contains(&&name) {
            return ControlFlow::Break(());
        }
        self.end = (start + CHUNK_HEAD).saturating_add(length);
        if self.end > source.len() {
            self.cut = Some(Cut { name, start });
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(self.end.next_multiple_of(2))
    }

    fn is_in_order(&self, source: &[u8]) -> bool {
        (self.end..=source.len()).contains(&self.announced)
    }
}
