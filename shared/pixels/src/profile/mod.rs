//! Colour profiles: found in the file, applied to few pixels, gone from the output, which is sRGB.

mod apply;
mod cicp;
mod hdr;
mod icc;
mod ink;
mod png;

pub(crate) use ink::Inks;

use moxcms::{ColorProfile, DataColorSpace};

use crate::container::jpeg::Profile as Parts;
use crate::container::tiff::Directory;
use crate::container::{bmp, jpeg, webp};
use crate::decode::avif;
use crate::kind::Kind;
use hdr::Hdr;
use icc::icc;

/// A conversion of an image's colours to sRGB, for images that are in another colour space. It is set up once for a render, not
/// for each strip or frame.
pub(crate) struct Profile(Conversion);

enum Conversion {
    Rgb(Box<apply::Rgb>),
    /// A level of sRGB for each level of gray.
    Gray(Box<[u8; 256]>),
    Cmyk(ink::Printed),
    Hdr(Hdr),
}

/// What a file says of its colours.
enum Meaning {
    Srgb,
    Profile(Box<ColorProfile>),
    Hdr(Hdr),
}

impl Profile {
    /// Reads an image's profile. `None` for sRGB, and where there is no profile. A profile that is damaged, or of another
    /// colour space than the pixels, counts as none, as in browsers.
    pub(crate) fn read(kind: Kind, source: &[u8]) -> Option<Profile> {
        let meaning = match kind {
            Kind::Jpeg => icc(&of_jpeg(source)?, colors_of_jpeg(source)?),
            Kind::Png => png::read(source),
            Kind::WebP => icc(of_webp(source)?, DataColorSpace::Rgb),
            Kind::Avif => of_avif(source),
            Kind::Tiff => icc(of_tiff(source)?, colors_of_tiff(source)?),
            Kind::Bmp => icc(bmp::Headers::read(source)?.profile()?, DataColorSpace::Rgb),
            Kind::Gif => None,
        }?;
        let conversion = match meaning {
            Meaning::Srgb => None,
            Meaning::Hdr(hdr) => Some(Conversion::Hdr(hdr)),
            Meaning::Profile(profile) => match profile.color_space {
                DataColorSpace::Gray => apply::gray(&profile).map(Conversion::Gray),
                DataColorSpace::Cmyk => ink::Printed::new(&profile).map(Conversion::Cmyk),
                _ => apply::Rgb::new(*profile).map(|rgb| Conversion::Rgb(Box::new(rgb))),
            },
        };
        conversion.map(Profile)
    }
}

/// Joins the numbered parts ("Specification ICC.1", annex B.4).
fn of_jpeg(source: &[u8]) -> Option<Vec<u8>> {
    match jpeg::profile(source) {
        Parts::Whole(parts) => Some(parts.concat()),
        Parts::None | Parts::Damaged => None,
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

/// "Specification ICC.1", annex B.3.
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

/// A profile counts more than code points (ISO/IEC 23000-22, 7.3.6.4).
fn of_avif(source: &[u8]) -> Option<Meaning> {
    let colors = avif::colors(source)?;
    let pixels = if colors.is_gray { DataColorSpace::Gray } else { DataColorSpace::Rgb };
    let profile = colors.profile.and_then(|bytes| icc(&bytes, pixels));
    profile.or_else(|| cicp::meaning(colors.primaries, colors.transfer))
}

/// Whether a TIFF's numbers have the curve of a profile.
pub(crate) fn has_curve(source: &[u8]) -> bool {
    of_tiff(source).zip(colors_of_tiff(source)).is_some_and(|(profile, pixels)| icc(profile, pixels).is_some())
}
