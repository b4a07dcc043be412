//! WebP by libwebp.

use super::{broken, size_of};
use crate::codec::libwebp;
use crate::codec::libwebp_animation::Decoder;
use crate::container::webp;
use crate::error::Error;
use crate::kind::Kind;
use crate::raster::{Channels, Raster};
use crate::size::Size;

/// Size of the canvas, and the number of frames.
pub(super) fn size(source: &[u8]) -> Result<(Size, u32), Error> {
    let features = features(source)?;
    let size = size_of(Kind::WebP, features.width, features.height)?;
    let frames = if features.is_animated { frames(source) } else { 1 };
    Ok((size, frames))
}

pub(super) fn pixels(source: &[u8]) -> Result<Raster, Error> {
    let features = features(source)?;
    let size = size_of(Kind::WebP, features.width, features.height)?;
    let channels = if features.has_alpha || features.is_animated { Channels::Rgba } else { Channels::Rgb };
    let mut raster = Raster::new(size, channels);
    if features.is_animated {
        let mut decoder = Decoder::new(source).ok_or_else(|| broken(Kind::WebP)(&"the animation cannot be read"))?;
        let (frame, _) = decoder.next().ok_or_else(|| broken(Kind::WebP)(&"its first frame cannot be read"))?;
        if frame.len() == raster.pixels.len() {
            raster.pixels.copy_from_slice(frame);
            return Ok(raster);
        }
    }
    let done = libwebp::decode(source, channels.count(), raster.stride(), &mut raster.pixels);
    if done { Ok(raster) } else { Err(broken(Kind::WebP)(&"the decoder gives up")) }
}

fn features(source: &[u8]) -> Result<libwebp::Features, Error> {
    libwebp::features(source).ok_or_else(|| broken(Kind::WebP)(&"the header cannot be read"))
}

/// By the chunks, without taking memory for a canvas.
fn frames(source: &[u8]) -> u32 {
    let chunks = webp::chunks(source).map_while(|chunk| chunk);
    u32::try_from(chunks.filter(|chunk| chunk.name() == b"ANMF").count()).unwrap_or(u32::MAX).max(1)
}
