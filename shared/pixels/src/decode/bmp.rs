//! BMP by the `image` crate.

use std::io::Cursor;

use image::codecs::bmp::BmpDecoder;
use image::{ColorType, ImageDecoder, ImageError};

use super::{broken, size_of};
use crate::error::Error;
use crate::kind::Kind;
use crate::raster::{Channels, Raster};
use crate::size::Size;

pub(super) fn size(source: &[u8]) -> Result<Size, Error> {
    size_in(&decoder(source)?)
}

/// The decoder takes no memory of its own but a row and a palette, so its pixels are all that the limits must cover.
pub(super) fn pixels(source: &[u8]) -> Result<Raster, Error> {
    let decoder = decoder(source)?;
    let channels = if decoder.color_type() == ColorType::Rgba8 { Channels::Rgba } else { Channels::Rgb };
    let mut raster = Raster::new(size_in(&decoder)?, channels);
    decoder.read_image(&mut raster.pixels).map_err(error)?;
    // As in browsers: who announces an alpha channel and leaves it empty means none.
    if channels == Channels::Rgba && raster.pixels.chunks_exact(4).all(|pixel| pixel[3] == 0) {
        raster.pixels.chunks_exact_mut(4).for_each(|pixel| pixel[3] = 255);
    }
    Ok(raster)
}

fn decoder(source: &[u8]) -> Result<BmpDecoder<Cursor<&[u8]>>, Error> {
    BmpDecoder::new(Cursor::new(source)).map_err(error)
}

fn size_in(decoder: &BmpDecoder<Cursor<&[u8]>>) -> Result<Size, Error> {
    let (width, height) = decoder.dimensions();
    size_of(Kind::Bmp, width, height)
}

fn error(error: ImageError) -> Error {
    match error {
        ImageError::Unsupported(_) => Error::NotAnImage(
            "the original is a BMP of a kind that is not read; save it with 24 bits and no compression",
        ),
        other => broken(Kind::Bmp)(&other),
    }
}
