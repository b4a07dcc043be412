//! Colour profiles: found in the file, applied to few pixels, gone from the output, which is sRGB.

mod apply;
mod cicp;
mod png;

pub(crate) use apply::Inks;

use moxcms::{ColorProfile, DataColorSpace};

use crate::container::jpeg::APP2;
use crate::container::tiff::Directory;
use crate::container::{jpeg, webp};
use crate::decode::avif;
use crate::kind::Kind;

/// A profile larger than this is not read: printers' are half as large, and a compressed one can unfold to anything.
const MAX_BYTES: u64 = 4 << 20;

/// What a picture's numbers mean, where that is not sRGB.
pub(crate) struct Profile(ColorProfile);

impl Profile {
    /// Reads a picture's profile. One that is damaged counts as none, as in browsers.
    pub(crate) fn read(kind: Kind, source: &[u8]) -> Option<Profile> {
        let profile = match kind {
            Kind::Jpeg => icc(&of_jpeg(source)?),
            Kind::Png => png::read(source),
            Kind::WebP => icc(of_webp(source)?),
            Kind::Avif => of_avif(source),
            Kind::Tiff => icc(of_tiff(source)?),
            Kind::Gif | Kind::Bmp => None,
        }?;
        // A profile of another kind than its picture says nothing about it.
        let fits = is_ink(kind, source)? == (profile.color_space == DataColorSpace::Cmyk);
        Some(Profile(profile)).filter(|profile| fits && !profile.is_srgb())
    }
}

fn icc(bytes: &[u8]) -> Option<ColorProfile> {
    if bytes.len() as u64 > MAX_BYTES {
        return None;
    }
    ColorProfile::new_from_slice(bytes).ok()
}

fn is_ink(kind: Kind, source: &[u8]) -> Option<bool> {
    const PHOTOMETRIC: u16 = 262;
    const SEPARATED: u64 = 5;
    match kind {
        Kind::Jpeg => Some(jpeg::components(source)? > 3),
        Kind::Tiff => Some(Directory::first(source)?.entry(PHOTOMETRIC)?.numbers().next()? == SEPARATED),
        Kind::Png | Kind::Gif | Kind::WebP | Kind::Avif | Kind::Bmp => Some(false),
    }
}

/// Joins the numbered parts ("Specification ICC.1", annex B.4).
fn of_jpeg(source: &[u8]) -> Option<Vec<u8>> {
    let mut parts: Vec<(u8, &[u8])> = jpeg::head(source)
        .filter(|segment| segment.marker == APP2)
        .filter_map(|segment| segment.content().strip_prefix(b"ICC_PROFILE\0"))
        .filter_map(|part| Some((*part.first()?, part.get(2..)?)))
        .collect();
    parts.sort_by_key(|(number, _)| *number);
    (!parts.is_empty()).then(|| parts.into_iter().flat_map(|(_, part)| part).copied().collect())
}

fn of_webp(source: &[u8]) -> Option<&[u8]> {
    let mut chunks = webp::chunks(source).map_while(|chunk| chunk);
    chunks.find(|chunk| chunk.name() == b"ICCP").map(|chunk| chunk.content)
}

/// "Specification ICC.1", annex B.3.
fn of_tiff(source: &[u8]) -> Option<&[u8]> {
    const ICC_PROFILE: u16 = 34675;
    Directory::first(source)?.entry(ICC_PROFILE)?.bytes()
}

/// A profile counts more than code points (ISO/IEC 23000-22, 7.3.6.4).
fn of_avif(source: &[u8]) -> Option<ColorProfile> {
    let colors = avif::colors(source)?;
    if let Some(profile) = colors.profile.and_then(|bytes| icc(&bytes)) {
        return Some(profile);
    }
    match cicp::meaning(colors.primaries, colors.transfer)? {
        cicp::Meaning::Srgb => None,
        cicp::Meaning::Other(profile) => Some(*profile),
    }
}
