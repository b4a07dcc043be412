//! JPEG by libjpeg-turbo: 4:2:0 or gray, optimised Huffman tables.

use shared::Format;
use turbojpeg::{Compressor, Image, PixelFormat, Subsamp};

use super::{Settings, failed};
use crate::error::Error;
use crate::raster::Raster;

/// With effort, progressive where that is smaller: mostly, and at twice the time.
pub(super) fn encode(raster: &Raster, settings: Settings) -> Result<Vec<u8>, Error> {
    let compressed =
        |is_progressive| compress(raster, settings, is_progressive).map_err(|error| failed(Format::Jpeg)(&error));
    let baseline = compressed(false)?;
    if settings.effort == 0 {
        return Ok(baseline);
    }
    let progressive = compressed(true)?;
    Ok(if progressive.len() < baseline.len() { progressive } else { baseline })
}

fn compress(raster: &Raster, settings: Settings, is_progressive: bool) -> turbojpeg::Result<Vec<u8>> {
    let mut compressor = Compressor::new()?;
    compressor.set_quality(i32::from(settings.quality.get()))?;
    compressor.set_subsamp(if raster.is_gray() { Subsamp::Gray } else { Subsamp::Sub2x2 })?;
    compressor.set_optimize(true)?;
    compressor.set_progressive(is_progressive)?;
    compressor.compress_to_vec(Image {
        pixels: raster.pixels.as_slice(),
        width: raster.size.width as usize,
        pitch: raster.stride(),
        height: raster.size.height as usize,
        format: PixelFormat::RGB,
    })
}
