//! PNG by the `image` crate.

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use shared::Format;

use super::failed;
use crate::error::Error;
use crate::raster::{Channels, Raster};

pub(super) fn encode(raster: &Raster) -> Result<Vec<u8>, Error> {
    let color = match raster.channels {
        Channels::Rgb => ExtendedColorType::Rgb8,
        Channels::Rgba => ExtendedColorType::Rgba8,
    };
    let mut bytes = Vec::new();
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::Adaptive)
        .write_image(&raster.pixels, raster.size.width, raster.size.height, color)
        .map_err(|error| failed(Format::Png)(&error))?;
    Ok(bytes)
}
