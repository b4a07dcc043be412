//! Encoding of animations, frame by frame.

use ridge_contract::Format;

use super::gif::Gif;
use super::settings::{Settings, failed};
use crate::codec::libwebp_animation::WebPAnimationEncoder;
use crate::error::Error;
use crate::frame::Loops;
use crate::raster::Raster;
use crate::size::Size;

/// An animation that is being encoded.
pub(crate) enum AnimationEncoder {
    Gif(Gif),
    WebP(WebPAnimationEncoder),
}

impl AnimationEncoder {
    /// Begins an animation whose frames all have this size.
    pub(crate) fn new(size: Size, loops: Loops, settings: Settings) -> Result<AnimationEncoder, Error> {
        let format = settings.format;
        match format {
            Format::WebP => WebPAnimationEncoder::new(size.width, size.height, loops.0, &settings.into())
                .map(AnimationEncoder::WebP)
                .ok_or_else(|| failed(format)(&"libwebp cannot begin")),
            Format::Gif => Ok(AnimationEncoder::Gif(Gif::new(size, loops, settings))),
            Format::Avif | Format::Jpeg | Format::Png | Format::ThumbHash | Format::Json => {
                Err(failed(format)(&"the format holds one image"))
            }
        }
    }

    /// Adds a frame with its duration in milliseconds.
    pub(crate) fn add(&mut self, raster: &Raster, milliseconds: u32) -> Result<(), Error> {
        match self {
            AnimationEncoder::WebP(encoder) => {
                let done = encoder.add(raster.into(), milliseconds);
                if done { Ok(()) } else { Err(failed(Format::WebP)(&"a frame was refused")) }
            }
            AnimationEncoder::Gif(gif) => gif.add(raster, milliseconds),
        }
    }

    /// Ends the animation and returns the file.
    pub(crate) fn finish(self) -> Result<Vec<u8>, Error> {
        match self {
            AnimationEncoder::WebP(encoder) => {
                encoder.finish().ok_or_else(|| failed(Format::WebP)(&"its frames cannot be assembled"))
            }
            AnimationEncoder::Gif(gif) => gif.finish(),
        }
    }
}
