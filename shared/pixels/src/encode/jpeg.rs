//! JPEG by libjpeg-turbo: 4:2:0, baseline, optimised Huffman tables.

use shared::Format;
use shared::values::Quality;
use turbojpeg::{Compressor, Image, PixelFormat, Subsamp};

use super::failed;
use crate::error::Error;
use crate::raster::Raster;

pub(super) fn encode(raster: &Raster, quality: Quality) -> Result<Vec<u8>, Error> {
    compress(raster, quality).map_err(|error| failed(Format::Jpeg)(&error))
}

fn compress(raster: &Raster, quality: Quality) -> turbojpeg::Result<Vec<u8>> {
    let mut compressor = Compressor::new()?;
    compressor.set_quality(i32::from(quality.get()))?;
    compressor.set_subsamp(Subsamp::Sub2x2)?;
    compressor.set_optimize(true)?;
    compressor.compress_to_vec(Image {
        pixels: raster.pixels.as_slice(),
        width: raster.size.width as usize,
        pitch: raster.stride(),
        height: raster.size.height as usize,
        format: PixelFormat::RGB,
    })
}
