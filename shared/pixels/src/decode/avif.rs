//! AVIF by libavif and dav1d.

use super::{Header, broken, size_of};
use crate::codec::libavif::Decoder;
use crate::error::Error;
use crate::kind::Kind;
use crate::orientation::Orientation;
use crate::raster::{Channels, Raster};
use crate::size::Size;

/// The most pixels that libavif takes; it refuses a header of more.
const MAX_PIXELS: u64 = 1 << 28;

pub(super) fn header(source: &[u8]) -> Result<Header, Error> {
    let decoder = open(source, MAX_PIXELS)?;
    // The planes beside the pixels that they become: as much again where their samples have two bytes.
    let canvases = if decoder.depth() > 8 { 2 } else { 1 };
    Ok(Header { orientation: orientation(&decoder), canvases, ..Header::still(Kind::Avif, size(&decoder)?) })
}

pub(super) fn pixels(source: &[u8], max_pixels: u64) -> Result<Raster, Error> {
    let mut decoder = open(source, max_pixels.min(MAX_PIXELS))?;
    let channels = if decoder.has_alpha() { Channels::Rgba } else { Channels::Rgb };
    let mut raster = Raster::new(size(&decoder)?, channels);
    decoder.decode(channels.count(), &mut raster.pixels).map_err(|reason| broken(Kind::Avif)(&reason))?;
    Ok(raster)
}

fn open(source: &[u8], max_pixels: u64) -> Result<Decoder<'_>, Error> {
    Decoder::new(source, max_pixels).map_err(|reason| broken(Kind::Avif)(&reason))
}

fn size(decoder: &Decoder) -> Result<Size, Error> {
    let (width, height) = decoder.size();
    size_of(Kind::Avif, width, height)
}

/// The container's own turn and mirror; EXIF has no say in AVIF (MIAF, ISO/IEC 23000-22, 7.3.6.7).
fn orientation(decoder: &Decoder) -> Orientation {
    let turned = (0..decoder.quarters()).fold(Orientation::Upright, |turn, _| turn.then(Orientation::Rotate270));
    match decoder.mirror() {
        None => turned,
        Some(true) => turned.then(Orientation::FlipHorizontal),
        Some(false) => turned.then(Orientation::FlipVertical),
    }
}

/// What the container says of colour.
pub(crate) struct Colors {
    /// An ICC profile.
    pub(crate) profile: Option<Vec<u8>>,
    /// Numbers of ITU-T H.273.
    pub(crate) primaries: u16,
    pub(crate) transfer: u16,
}

pub(crate) fn colors(source: &[u8]) -> Option<Colors> {
    let decoder = open(source, MAX_PIXELS).ok()?;
    let (primaries, transfer) = decoder.code_points();
    Some(Colors { profile: decoder.profile().map(<[u8]>::to_vec), primaries, transfer })
}
