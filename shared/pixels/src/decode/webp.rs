//! WebP by libwebp.

use super::{Header, broken, size_of};
use crate::codec::libwebp;
use crate::codec::libwebp_animation::Decoder;
use crate::container::webp;
use crate::error::Error;
use crate::kind::Kind;
use crate::raster::{Channels, Raster};
use crate::resize::{Decoded, Wanted};
use crate::size::Size;

pub(super) fn header(source: &[u8]) -> Result<Header, Error> {
    let features = features(source)?;
    let still = Header::still(Kind::WebP, size_of(Kind::WebP, features.width, features.height)?);
    if !features.is_animated {
        return Ok(still);
    }
    let frames = frames(source)?;
    // libwebp composes an animation from two canvases, beside the one that is handed on.
    Ok(Header { frames, canvases: 3, drawn_pixels: still.drawn_pixels.saturating_mul(frames.into()), ..still })
}

/// How many pixels are left for the resampler, for each one that it makes, when libwebp reduces a picture.
const RESERVE: f64 = 2.0;

pub(super) fn pixels(source: &[u8], wanted: Wanted) -> Result<Decoded, Error> {
    let features = features(source)?;
    let size = size_of(Kind::WebP, features.width, features.height)?;
    let channels = if features.has_alpha || features.is_animated { Channels::Rgba } else { Channels::Rgb };
    if features.is_animated {
        let mut raster = Raster::new(size, channels);
        let mut decoder = Decoder::new(source).ok_or_else(|| broken(Kind::WebP)(&"the animation cannot be read"))?;
        let (frame, _) = decoder.next().ok_or_else(|| broken(Kind::WebP)(&"its first frame cannot be read"))?;
        if frame.len() != raster.pixels.len() {
            return Err(broken(Kind::WebP)(&"its frames are not of its size"));
        }
        raster.pixels.copy_from_slice(frame);
        return Ok(Decoded::whole(raster));
    }
    // libwebp's means do not heed alpha.
    let scale = if features.has_alpha { 1.0 } else { (RESERVE / wanted.shrink()).min(1.0) };
    let side = |side: u32| (f64::from(side) * scale).ceil() as u32;
    let reduced = Size { width: side(size.width), height: side(size.height) };
    let mut raster = Raster::new(reduced, channels);
    let [from, to] = [size, reduced].map(|size| (size.width, size.height));
    if !libwebp::decode(source, from, to, channels.count(), &mut raster.pixels) {
        return Err(broken(Kind::WebP)(&"the decoder gives up"));
    }
    Ok(Decoded::reduced(raster, f64::from(to.0) / f64::from(from.0), f64::from(to.1) / f64::from(from.1)))
}

fn features(source: &[u8]) -> Result<libwebp::Features, Error> {
    libwebp::features(source).ok_or_else(|| broken(Kind::WebP)(&"the header cannot be read"))
}

/// Counts by the chunks, without taking memory for a canvas.
fn frames(source: &[u8]) -> Result<u32, Error> {
    let chunks = webp::chunks(source).map_while(|chunk| chunk);
    let (mut frames, mut milliseconds) = (0, 0u64);
    for frame in chunks.filter(|chunk| chunk.name() == b"ANMF") {
        frames += 1;
        let duration = frame.content.get(12..15).unwrap_or(&[0; 3]);
        milliseconds += u64::from(u32::from_le_bytes([duration[0], duration[1], duration[2], 0]));
    }
    // libwebp adds them up in a C int.
    if milliseconds > i32::MAX as u64 {
        return Err(broken(Kind::WebP)(&"it lasts for weeks"));
    }
    Ok(frames.max(1))
}
