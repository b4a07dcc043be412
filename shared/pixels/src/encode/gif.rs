//! GIF by the `gif` crate: one palette of at most 256 colours a frame, and alpha of one bit.

use gif::{DisposalMethod, Encoder, Frame, Repeat};
use shared::Format;

use super::failed;
use crate::decode::Loops;
use crate::error::Error;
use crate::raster::{Channels, Raster};
use crate::size::Size;

/// 1 (best palette, slow) to 30.
const SPEED: i32 = 10;

/// A still picture is an animation of one frame.
pub(super) fn encode(raster: &Raster) -> Result<Vec<u8>, Error> {
    let written = begin(raster.size, Loops(1)).and_then(|mut encoder| {
        encoder.write_frame(&frame(raster, 0))?;
        Ok(encoder.into_inner()?)
    });
    written.map_err(|error| failed(Format::Gif)(&error))
}

/// Begins a file; all its frames will have this size.
pub(super) fn begin(size: Size, loops: Loops) -> Result<Encoder<Vec<u8>>, Box<dyn std::error::Error>> {
    let mut encoder = Encoder::new(Vec::new(), u16::try_from(size.width)?, u16::try_from(size.height)?, &[])?;
    match loops.0 {
        0 => encoder.set_repeat(Repeat::Infinite)?,
        // To play once is what a GIF does that says nothing.
        1 => {}
        times => encoder.set_repeat(Repeat::Finite(u16::try_from(times - 1).unwrap_or(u16::MAX)))?,
    }
    Ok(encoder)
}

/// A frame that replaces all of the one before. Its palette is its own.
pub(super) fn frame(raster: &Raster, milliseconds: u32) -> Frame<'static> {
    let mut pixels = with_one_bit_alpha(raster);
    // A raster for this format was planned within 65,535 pixels a side.
    let (width, height) = (raster.size.width as u16, raster.size.height as u16);
    let mut frame = Frame::from_rgba_speed(width, height, &mut pixels, SPEED);
    frame.delay = u16::try_from((milliseconds + 5) / 10).unwrap_or(u16::MAX);
    frame.dispose = DisposalMethod::Background;
    frame
}

/// RGBA in which a pixel is there or not.
fn with_one_bit_alpha(raster: &Raster) -> Vec<u8> {
    match raster.channels {
        Channels::One => raster.pixels.iter().flat_map(|&level| [level, level, level, 255]).collect(),
        Channels::Rgb => raster.pixels.as_chunks::<3>().0.iter().flat_map(|&[r, g, b]| [r, g, b, 255]).collect(),
        Channels::Rgba => {
            let (pixels, _) = raster.pixels.as_chunks::<4>();
            pixels.iter().flat_map(|&[r, g, b, a]| if a < 128 { [0; 4] } else { [r, g, b, 255] }).collect()
        }
    }
}
