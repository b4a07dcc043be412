//! Animations, a frame at a time, into the formats that hold them.

use gif::{Encoder as GifEncoder, Frame as GifFrame, Repeat};
use shared::Format;
use shared::values::Quality;

use super::{failed, gif as still_gif, webp as still_webp};
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
    pub(crate) fn new(format: Format, size: Size, loops: Loops, quality: Quality) -> Result<Animation, Error> {
        match format {
            Format::WebP => WebPEncoder::new(size.width, size.height, loops.0, &still_webp::settings(quality))
                .map(Animation::WebP)
                .ok_or_else(|| failed(format)(&"the encoder cannot begin")),
            Format::Gif => begin_gif(size, loops).map(Animation::Gif).map_err(|error| failed(format)(&error)),
            Format::Jpeg | Format::Png => Err(failed(format)(&"it holds one picture")),
        }
    }

    /// Adds a frame that is shown for so long.
    pub(crate) fn add(&mut self, raster: &Raster, milliseconds: u32) -> Result<(), Error> {
        match self {
            Animation::WebP(encoder) => {
                let done = encoder.add(still_webp::pixels(raster), milliseconds);
                if done { Ok(()) } else { Err(failed(Format::WebP)(&"a frame was refused")) }
            }
            Animation::Gif(encoder) => {
                encoder.write_frame(&gif_frame(raster, milliseconds)).map_err(|error| failed(Format::Gif)(&error))
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

fn begin_gif(size: Size, loops: Loops) -> Result<GifEncoder<Vec<u8>>, Box<dyn std::error::Error>> {
    let mut encoder = GifEncoder::new(Vec::new(), u16::try_from(size.width)?, u16::try_from(size.height)?, &[])?;
    match loops.0 {
        0 => encoder.set_repeat(Repeat::Infinite)?,
        // To play once is what a GIF does that says nothing.
        1 => {}
        times => encoder.set_repeat(Repeat::Finite(u16::try_from(times - 1).unwrap_or(u16::MAX)))?,
    }
    Ok(encoder)
}

/// A frame that replaces all of the one before. Its palette is its own.
fn gif_frame(raster: &Raster, milliseconds: u32) -> GifFrame<'static> {
    let mut pixels = still_gif::with_one_bit_alpha(raster);
    // A raster for this format was planned within 65,535 pixels a side.
    let (width, height) = (raster.size.width as u16, raster.size.height as u16);
    let mut frame = GifFrame::from_rgba_speed(width, height, &mut pixels, still_gif::SPEED);
    frame.delay = u16::try_from((milliseconds + 5) / 10).unwrap_or(u16::MAX);
    frame.dispose = gif::DisposalMethod::Background;
    frame
}
