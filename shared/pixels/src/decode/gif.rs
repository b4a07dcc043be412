//! GIF by the `gif` crate.

use std::io::Cursor;
use std::num::NonZeroU64;

use gif::{ColorOutput, DecodeOptions, Decoder, MemoryLimit};

use super::{broken, size_of};
use crate::error::Error;
use crate::kind::Kind;
use crate::raster::{Channels, Raster};
use crate::size::Size;

pub(super) fn size(source: &[u8]) -> Result<Size, Error> {
    let decoder = read_info(source, 1)?;
    size_of(Kind::Gif, decoder.width().into(), decoder.height().into())
}

/// The first frame, laid on the transparent canvas. A frame may be larger than its canvas, so its own size is held
/// against the limit too.
pub(super) fn pixels(source: &[u8], max_pixels: u64) -> Result<Raster, Error> {
    let mut decoder = read_info(source, max_pixels)?;
    let canvas = size_of(Kind::Gif, decoder.width().into(), decoder.height().into())?;
    let frame = decoder.next_frame_info().map_err(|error| broken(Kind::Gif)(&error))?;
    let frame = frame.ok_or_else(|| broken(Kind::Gif)(&"it has no frame"))?;
    let size = size_of(Kind::Gif, frame.width.into(), frame.height.into())?;
    let (left, top) = (usize::from(frame.left), usize::from(frame.top));
    if size.pixels() > max_pixels {
        return Err(Error::TooManyPixels { size, max: max_pixels });
    }
    let mut picture = Raster::new(size, Channels::Rgba);
    decoder.read_into_buffer(&mut picture.pixels).map_err(|error| broken(Kind::Gif)(&error))?;
    if size == canvas && (left, top) == (0, 0) {
        return Ok(picture);
    }
    let mut laid = Raster::new(canvas, Channels::Rgba);
    let (from, to) = (picture.stride(), laid.stride());
    let start = (left * Channels::Rgba.count()).min(to);
    let width = from.min(to - start);
    for (row, target) in picture.pixels.chunks_exact(from).zip(laid.pixels.chunks_exact_mut(to).skip(top)) {
        target[start..start + width].copy_from_slice(&row[..width]);
    }
    Ok(laid)
}

fn read_info(source: &[u8], max_pixels: u64) -> Result<Decoder<Cursor<&[u8]>>, Error> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::RGBA);
    let bytes = max_pixels.saturating_mul(Channels::Rgba.count() as u64);
    options.set_memory_limit(NonZeroU64::new(bytes).map_or(MemoryLimit::Unlimited, MemoryLimit::Bytes));
    options.read_info(Cursor::new(source)).map_err(|error| broken(Kind::Gif)(&error))
}
