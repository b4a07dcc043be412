//! Where each input format keeps its colour profile.

use moxcms::DataColorSpace;

use super::icc::icc;
use super::meaning::Meaning;
use super::{avif, png};
use crate::container::jpeg::ProfileParts;
use crate::container::tiff::Directory;
use crate::container::{bmp, jpeg, webp};
use crate::kind::Kind;

/// Reads what an image says of its colours. `None` if it says nothing, or its profile is damaged or is for another colour
/// space than that of its pixels: browsers ignore such a profile too.
pub(super) fn read(kind: Kind, source: &[u8]) -> Option<Meaning> {
    match kind {
        Kind::Jpeg => icc(&of_jpeg(source)?, colors_of_jpeg(source)?),
        Kind::Png => png::read(source),
        Kind::WebP => icc(of_webp(source)?, DataColorSpace::Rgb),
        Kind::Avif => avif::read(source),
        Kind::Tiff => icc(of_tiff(source)?, colors_of_tiff(source)?),
        Kind::Bmp => icc(bmp::Headers::read(source)?.profile()?, DataColorSpace::Rgb),
        Kind::Gif => None,
    }
}

/// Joins the numbered parts of a profile ("Specification ICC.1", annex B.4).
fn of_jpeg(source: &[u8]) -> Option<Vec<u8>> {
    match jpeg::profile(source) {
        ProfileParts::Whole(parts) => Some(parts.concat()),
        ProfileParts::None | ProfileParts::Damaged => None,
    }
}

fn colors_of_jpeg(source: &[u8]) -> Option<DataColorSpace> {
    match jpeg::components(source)? {
        1 => Some(DataColorSpace::Gray),
        3 => Some(DataColorSpace::Rgb),
        4 => Some(DataColorSpace::Cmyk),
        _ => None,
    }
}

fn of_webp(source: &[u8]) -> Option<&[u8]> {
    let mut chunks = webp::chunks(source).map_while(|chunk| chunk);
    chunks.find(|chunk| chunk.name() == b"ICCP").map(|chunk| chunk.content)
}

/// Returns the profile in a TIFF ("Specification ICC.1", annex B.3).
fn of_tiff(source: &[u8]) -> Option<&[u8]> {
    const ICC_PROFILE: u16 = 34675;
    Directory::first(source)?.entry(ICC_PROFILE)?.bytes()
}

fn colors_of_tiff(source: &[u8]) -> Option<DataColorSpace> {
    const PHOTOMETRIC: u16 = 262;
    match Directory::first(source)?.entry(PHOTOMETRIC)?.numbers().next()? {
        0 | 1 => Some(DataColorSpace::Gray),
        5 => Some(DataColorSpace::Cmyk),
        _ => Some(DataColorSpace::Rgb),
    }
}

/// Whether a TIFF has a profile, whose curve applies to its samples.
pub(crate) fn has_curve(source: &[u8]) -> bool {
    of_tiff(source).zip(colors_of_tiff(source)).is_some_and(|(profile, pixels)| icc(profile, pixels).is_some())
}
