//! WebP by libwebp.

use ridge_contract::Truncated;

use super::fault::{ENDS_EARLY, broken, size_of};
use super::header::Header;
use crate::codec::libwebp;
use crate::codec::libwebp_animation::WebPAnimationDecoder;
use crate::container::webp::{self, Intact};
use crate::error::Error;
use crate::kind::Kind;
use crate::raster::{Channels, Raster};
use crate::resize::{Decoded, Wanted};
use crate::size::Size;
use crate::truncation;

pub(super) fn header(source: &[u8]) -> Result<Header, Error> {
    let file = intact(source)?;
    let features = features(&file.bytes)?;
    let still = Header::still(Kind::WebP, size_of(Kind::WebP, features.width, features.height)?);
    if !features.is_animated {
        return Ok(still);
    }
    let frames = frames(&file.bytes)?;
    // libwebp holds two canvases for an animation, beside the one that it returns.
    Ok(Header { frames, canvases: 3, drawn_pixels: still.drawn_pixels.saturating_mul(frames.into()), ..still })
}

/// Number of decoded pixels for each pixel of the variant, if libwebp reduces an image.
const RESERVE: f64 = 2.0;

pub(super) fn pixels(source: &[u8], wanted: Wanted) -> Result<Decoded, Error> {
    let file = intact(source)?;
    let features = features(&file.bytes)?;
    let size = size_of(Kind::WebP, features.width, features.height)?;
    if features.is_animated {
        return first_frame(file, size, wanted.truncated);
    }
    let channels = if features.has_alpha { Channels::Rgba } else { Channels::Rgb };
    // libwebp's reduction ignores alpha.
    let scale = if features.has_alpha { 1.0 } else { (RESERVE / wanted.shrink()).min(1.0) };
    let side = |side: u32| (f64::from(side) * scale).ceil() as u32;
    let reduced = Size { width: side(size.width), height: side(size.height) };
    let mut raster = Raster::new(reduced, channels);
    let [from, to] = [size, reduced].map(|size| (size.width, size.height));
    if !libwebp::decode(&file.bytes, from, to, channels.count(), &mut raster.pixels) {
        drop(raster);
        return rows(&file.bytes, size, channels, wanted.truncated);
    }
    Ok(Decoded::reduced(raster, f64::from(to.0) / f64::from(from.0), f64::from(to.1) / f64::from(from.1)))
}

/// Decodes the rows that a truncated file has.
fn rows(file: &[u8], size: Size, channels: Channels, setting: Truncated) -> Result<Decoded, Error> {
    const GRAY: u8 = 128;
    let mut raster = Raster::new(size, channels);
    let rows = libwebp::decode_rows(file, size.width, channels.count(), &mut raster.pixels);
    let rows = rows.ok_or_else(|| broken(Kind::WebP)(&"libwebp cannot decode it"))?;
    if rows >= size.height {
        return Ok(Decoded::whole(raster));
    }
    truncation::accept(Kind::WebP, rows, size.height, setting)?;
    let missing = rows as usize * raster.stride();
    raster.pixels[missing..].fill(if channels == Channels::Rgba { 0 } else { GRAY });
    Ok(Decoded::whole(raster).truncated(true))
}

fn first_frame(file: Intact<'_>, size: Size, setting: Truncated) -> Result<Decoded, Error> {
    let is_cut = file.is_cut;
    let mut raster = Raster::new(size, Channels::Rgba);
    let mut decoder = animation(file, setting)?;
    let (frame, _) = decoder.next().ok_or_else(|| broken(Kind::WebP)(&"its first frame cannot be read"))?;
    if frame.len() != raster.pixels.len() {
        return Err(broken(Kind::WebP)(&"its frames differ from its size"));
    }
    raster.pixels.copy_from_slice(frame);
    Ok(Decoded::whole(raster).truncated(is_cut))
}

/// Returns the file as libwebp reads it.
pub(super) fn intact(source: &[u8]) -> Result<Intact<'_>, Error> {
    webp::intact(source).ok_or_else(|| broken(Kind::WebP)(&"the header cannot be read"))
}

/// Opens an animation for its whole frames.
pub(super) fn animation(file: Intact<'_>, setting: Truncated) -> Result<WebPAnimationDecoder<'_>, Error> {
    if file.is_cut && setting == Truncated::Refuse {
        return Err(broken(Kind::WebP)(&ENDS_EARLY));
    }
    WebPAnimationDecoder::new(file.bytes).ok_or_else(|| broken(Kind::WebP)(&"the animation cannot be read"))
}

fn features(source: &[u8]) -> Result<libwebp::Features, Error> {
    libwebp::features(source).ok_or_else(|| broken(Kind::WebP)(&"the header cannot be read"))
}

/// Counts the frames by their chunks, without memory for a canvas.
fn frames(source: &[u8]) -> Result<u32, Error> {
    let chunks = webp::chunks(source).map_while(|chunk| chunk);
    let (mut frames, mut milliseconds) = (0, 0u64);
    for frame in chunks.filter(|chunk| chunk.name() == b"ANMF") {
        frames += 1;
        let duration = frame.content.get(12..15).unwrap_or(&[0; 3]);
        milliseconds += u64::from(u32::from_le_bytes([duration[0], duration[1], duration[2], 0]));
    }
    // libwebp adds durations up in a C `int`.
    if milliseconds > i32::MAX as u64 {
        return Err(broken(Kind::WebP)(&"its duration exceeds 2,147,483,647 milliseconds"));
    }
    Ok(frames.max(1))
}
