//! AVIF: finds the coded images that a file shows, and writes them to a file of their own.
//!
//! libavif reads only what [`Still::file`] writes: a `meta` box with the image, its tiles in order, its transparency,
//! and nothing else. So the limits below hold for any version of libavif, and where its container parser is older than
//! the files (order of a grid, several `ipma` boxes, tracks of depth or sound), this one decides.
//!
//! Alternatives: `libavif-sys` 0.17, the newest binding, has libavif 1.0.4; `avif-parse`, `zenavif-parse` and
//! `mp4parse` are under the MPL, which `deny.toml` does not allow; `re_mp4` reads tracks only; with dav1d alone, the
//! conversion of colours and the joining of tiles would be written again, and stored variants would differ from new
//! ones.
//!
//! Sources: ISO/IEC 14496-12 (boxes), ISO/IEC 23008-12 (items and their properties), ISO/IEC 23000-22 (MIAF),
//! "AV1 Image File Format".

mod aperture;
mod image;
mod items;
mod limits;
mod lists;
mod obu;
mod properties;
mod track;
mod write;

pub(crate) use aperture::Rectangle;
pub(crate) use image::Still;
pub(crate) use limits::MAX_FRAMES;

use crate::container::bmff::{self, Code};
use crate::error::Error;
use limits::{MAX_BYTES, broken, unsupported};

/// Finds the image that a file shows.
///
/// # Errors
///
/// [`Error::Broken`] if boxes are malformed, [`Error::Unsupported`] above the limits, for images that are not AV1, and
/// for derived images other than grids.
pub(crate) fn read(file: &[u8]) -> Result<Still<'_>, Error> {
    if file.len() > MAX_BYTES {
        return Err(unsupported(format!("more than {MAX_BYTES} bytes")));
    }
    let mut meta = None;
    let mut movie = None;
    let mut brand = Code::default();
    // In a truncated file the last box is malformed; the boxes before it give the size.
    for part in bmff::top_level(file).map_while(|part| part) {
        match &part.kind {
            b"ftyp" => brand = bmff::Fields(part.content).code().unwrap_or(brand),
            b"meta" if meta.is_none() => meta = Some(part.content),
            b"moov" if movie.is_none() => movie = Some(part.content),
            _ => {}
        }
    }
    let tracks = movie.and_then(|movie| track::Tracks::read(file, movie));
    let frames = tracks.as_ref().map_or(1, track::Tracks::frames);
    // As libavif does: the major brand says whether the sequence or the item is meant.
    let is_sequence = tracks.is_some() && (&brand != b"avif" || meta.is_none());
    let still = match (tracks, meta) {
        (Some(tracks), _) if is_sequence => tracks.first_frame(),
        (_, Some(meta)) => items::Items::read(file, meta)?.primary(),
        (_, None) => Err(broken("it has no image")),
    }?;
    Ok(Still { frames, ..still })
}
