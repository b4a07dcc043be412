//! GIF by the `image` crate: one palette of at most 256 colours, and alpha of one bit.

use image::ExtendedColorType;
use image::codecs::gif::GifEncoder;
use shared::Format;

use super::failed;
use crate::error::Error;
use crate::raster::{Channels, Raster};

/// 1 (best palette, slow) to 30.
pub(super) const SPEED: i32 = 10;

pub(super) fn encode(raster: &Raster) -> Result<Vec<u8>, Error> {
    let (width, height) = (raster.size.width, raster.size.height);
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut bytes, SPEED);
    match raster.channels {
        Channels::Rgb => encoder.encode(&raster.pixels, width, height, ExtendedColorType::Rgb8),
        Channels::Rgba => encoder.encode(&with_one_bit_alpha(raster), width, height, ExtendedColorType::Rgba8),
    }
    .map_err(|error| failed(Format::Gif)(&error))?;
    drop(encoder);
    Ok(bytes)
}

/// RGBA in which a pixel is there or not.
pub(super) fn with_one_bit_alpha(raster: &Raster) -> Vec<u8> {
    match raster.channels {
        Channels::Rgb => raster.pixels.as_chunks::<3>().0.iter().flat_map(|&[r, g, b]| [r, g, b, 255]).collect(),
        Channels::Rgba => {
            let (pixels, _) = raster.pixels.as_chunks::<4>();
            pixels.iter().flat_map(|&[r, g, b, a]| if a < 128 { [0; 4] } else { [r, g, b, 255] }).collect()
        }
    }
}
