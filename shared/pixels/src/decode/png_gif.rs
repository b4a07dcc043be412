//! PNG and GIF by the `image` crate.

use std::io::Cursor;

use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::{DynamicImage, ImageDecoder, ImageResult, Limits};

use super::{broken, size_of};
use crate::error::Error;
use crate::kind::Kind;
use crate::raster::Raster;
use crate::size::Size;

pub(super) fn png_size(source: &[u8]) -> Result<Size, Error> {
    size(Kind::Png, PngDecoder::new(Cursor::new(source)))
}

pub(super) fn png_pixels(source: &[u8]) -> Result<Raster, Error> {
    pixels(Kind::Png, PngDecoder::new(Cursor::new(source)))
}

pub(super) fn gif_size(source: &[u8]) -> Result<Size, Error> {
    size(Kind::Gif, GifDecoder::new(Cursor::new(source)))
}

/// The first frame, laid on the transparent canvas.
pub(super) fn gif_pixels(source: &[u8]) -> Result<Raster, Error> {
    pixels(Kind::Gif, GifDecoder::new(Cursor::new(source)))
}

fn size(kind: Kind, decoder: ImageResult<impl ImageDecoder>) -> Result<Size, Error> {
    let (width, height) = decoder.map_err(|error| broken(kind)(&error))?.dimensions();
    size_of(kind, width, height)
}

fn pixels(kind: Kind, decoder: ImageResult<impl ImageDecoder>) -> Result<Raster, Error> {
    let mut decoder = decoder.map_err(|error| broken(kind)(&error))?;
    // The pipeline has checked the number of pixels; the crate's own default would refuse large ones it allows.
    decoder.set_limits(Limits::no_limits()).map_err(|error| broken(kind)(&error))?;
    let image = DynamicImage::from_decoder(decoder).map_err(|error| broken(kind)(&error))?;
    Ok(image.into())
}
