//! JPEG by libjpeg-turbo: 4:2:0 or gray, with optimised Huffman tables.

use std::borrow::Cow;

use ridge_contract::Format;
use turbojpeg::{Compressor, Image, PixelFormat, Subsamp, YuvPlanesImage};

use super::settings::{Settings, failed};
use crate::error::Error;
use crate::planes::Planes;
use crate::raster::Raster;

/// Encodes pixels. With effort above 0, the smaller of a baseline and a progressive file is returned; progressive is
/// mostly smaller, and takes twice the time.
pub(super) fn encode(raster: &Raster, settings: Settings) -> Result<Vec<u8>, Error> {
    smaller(settings, |is_progressive| compress(raster, settings, is_progressive))
}

/// Encodes planes in the same way.
pub(super) fn encode_planes(planes: &Planes, settings: Settings) -> Result<Vec<u8>, Error> {
    smaller(settings, |is_progressive| compress_planes(planes, settings, is_progressive))
}

fn smaller(settings: Settings, compress: impl Fn(bool) -> turbojpeg::Result<Vec<u8>>) -> Result<Vec<u8>, Error> {
    let compressed = |is_progressive| compress(is_progressive).map_err(|error| failed(Format::Jpeg)(&error));
    let baseline = compressed(false)?;
    if settings.effort == 0 {
        return Ok(baseline);
    }
    let progressive = compressed(true)?;
    Ok(if progressive.len() < baseline.len() { progressive } else { baseline })
}

fn compressor(settings: Settings, is_progressive: bool) -> turbojpeg::Result<Compressor> {
    let mut compressor = Compressor::new()?;
    compressor.set_quality(i32::from(settings.quality.get()))?;
    compressor.set_optimize(true)?;
    compressor.set_progressive(is_progressive)?;
    Ok(compressor)
}

fn compress(raster: &Raster, settings: Settings, is_progressive: bool) -> turbojpeg::Result<Vec<u8>> {
    let mut compressor = compressor(settings, is_progressive)?;
    compressor.set_subsamp(if raster.is_gray() { Subsamp::Gray } else { Subsamp::Sub2x2 })?;
    compressor.compress_to_vec(Image {
        pixels: raster.pixels.as_slice(),
        width: raster.size.width as usize,
        pitch: raster.stride(),
        height: raster.size.height as usize,
        format: PixelFormat::RGB,
    })
}

fn compress_planes(planes: &Planes, settings: Settings, is_progressive: bool) -> turbojpeg::Result<Vec<u8>> {
    let mut compressor = compressor(settings, is_progressive)?;
    let (luma, width, height) = (&planes.luma, planes.luma.size.width as usize, planes.luma.size.height as usize);
    let Some([blue, red]) = planes.colors() else {
        compressor.set_subsamp(Subsamp::Gray)?;
        let pixels = luma.pixels.as_slice();
        return compressor.compress_to_vec(Image { pixels, width, pitch: width, height, format: PixelFormat::GRAY });
    };
    // libjpeg-turbo expects two samples of luma for each of chroma on each side.
    let padded = even(luma);
    compressor.compress_yuv_planes_to_vec(&YuvPlanesImage {
        y_plane: &padded[..],
        u_plane: blue.pixels.as_slice(),
        v_plane: red.pixels.as_slice(),
        width,
        height,
        y_stride: width.next_multiple_of(2),
        u_stride: blue.stride(),
        v_stride: red.stride(),
        subsamp: Subsamp::Sub2x2,
    })
}

/// Repeats the last column and row of an odd number of columns and rows.
fn even(luma: &Raster) -> Cow<'_, [u8]> {
    let (width, height) = (luma.size.width as usize, luma.size.height as usize);
    if width.is_multiple_of(2) && height.is_multiple_of(2) {
        return Cow::Borrowed(&luma.pixels);
    }
    let wide = width.next_multiple_of(2);
    let mut padded = Vec::with_capacity(wide * height.next_multiple_of(2));
    for row in luma.pixels.chunks_exact(width) {
        padded.extend_from_slice(row);
        padded.extend_from_slice(&row[width - (wide - width)..]);
    }
    if height % 2 == 1 {
        padded.extend_from_within(wide * (height - 1)..);
    }
    Cow::Owned(padded)
}
