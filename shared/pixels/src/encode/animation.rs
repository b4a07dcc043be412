//! Animations, a frame at a time, into the formats that hold them.

use ::gif::Encoder as GifEncoder;
use shared::Format;

use super::{Settings, failed, gif};
use crate::codec::libwebp_animation::Encoder as WebPEncoder;
use crate::decode::Loops;
use crate::error::Error;
use crate::raster::Raster;
use crate::size::Size;

/// An animation being encoded.
pub(crate) enum Animation {
    Gif(GifEncoder<Vec<u8>>),
    WebP(WebPEncoder),
}

impl Animation {
    /// Begins one; all its frames will have this size.
    pub(crate) fn new(size: Size, loops: Loops, settings: Settings) -> Result<Animation, Error> {
        let format = settings.format;
        match format {
            Format::WebP => WebPEncoder::new(size.width, size.height, loops.0, &settings.into())
                .map(Animation::WebP)
                .ok_or_else(|| failed(format)(&"the encoder cannot begin")),
            Format::Gif => gif::begin(size, loops).map(Animation::Gif).map_err(|error| failed(format)(&error)),
            Format::Avif | Format::Jpeg | Format::Png | Format::ThumbHash | Format::Json => {
                Err(failed(format)(&"it holds one picture"))
            }
        }
    }

    /// Adds a frame that is shown for so long.
    pub(crate) fn add(&mut self, raster: &Raster, milliseconds: u32) -> Result<(), Error> {
        match self {
            Animation::WebP(encoder) => {
                let done = encoder.add(raster.into(), milliseconds);
                if done { Ok(()) } else { Err(failed(Format::WebP)(&"a frame was refused")) }
            }
            Animation::Gif(encoder) => {
                encoder.write_frame(&gif::frame(raster, milliseconds)).map_err(|error| failed(Format::Gif)(&error))
            }
        }
    }

    /// The whole file.
    pub(crate) fn finish(self) -> Result<Vec<u8>, Error> {
        match self {
            Animation::WebP(encoder) => encoder.finish().ok_or_else(|| failed(Format::WebP)(&"it cannot be joined")),
            Animation::Gif(encoder) => encoder.into_inner().map_err(|error| failed(Format::Gif)(&error)),
        }
    }
}
