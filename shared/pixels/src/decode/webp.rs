//! WebP by libwebp.

use super::{Frames, broken, size_of};
use crate::codec::libwebp;
use crate::error::Error;
use crate::kind::Kind;
use crate::raster::{Channels, Raster};
use crate::size::Size;

pub(super) fn size(source: &[u8]) -> Result<(Size, Frames), Error> {
    let features = features(source)?;
    let frames = if features.is_animated { Frames::Several } else { Frames::One };
    Ok((size_of(Kind::WebP, features.width, features.height)?, frames))
}

pub(super) fn pixels(source: &[u8]) -> Result<Raster, Error> {
    let features = features(source)?;
    let size = size_of(Kind::WebP, features.width, features.height)?;
    let channels = if features.has_alpha || features.is_animated { Channels::Rgba } else { Channels::Rgb };
    let mut raster = Raster::new(size, channels);
    let done = if features.is_animated {
        libwebp::first_frame(source, &mut raster.pixels)
    } else {
        libwebp::decode(source, channels.count(), raster.stride(), &mut raster.pixels)
    };
    if done { Ok(raster) } else { Err(broken(Kind::WebP)(&"the decoder gives up")) }
}

fn features(source: &[u8]) -> Result<libwebp::Features, Error> {
    libwebp::features(source).ok_or_else(|| broken(Kind::WebP)(&"the header cannot be read"))
}
