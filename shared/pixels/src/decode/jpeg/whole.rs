//! libjpeg-turbo: every supported JPEG, at any scale.

use turbojpeg::{Colorspace, DecompressHeader, Decompressor, Image, PixelFormat, ScalingFactor};

use super::cmyk::rgb_of_cmyk;
use super::limits::MAX_SCANS;
use crate::decode::fault::{broken, size_of};
use crate::error::Error;
use crate::kind::Kind;
use crate::profile::Profile;
use crate::raster::{Channels, Raster};

/// The result of libjpeg-turbo.
pub(super) struct Whole {
    /// Pixels of the size that the header announces at [`Self::eighths`]; `None` if not all of them were written.
    pub(super) raster: Option<Raster>,
    pub(super) eighths: u8,
    /// The first warning, or the error.
    pub(super) complaint: Option<String>,
}

pub(in crate::decode) fn decompressor() -> Result<Decompressor, Error> {
    let mut decompressor = Decompressor::new().map_err(|error| broken(Kind::Jpeg)(&error))?;
    decompressor.set_scan_limit(MAX_SCANS).map_err(|error| broken(Kind::Jpeg)(&error))?;
    Ok(decompressor)
}

pub(super) fn read_header(source: &[u8]) -> Result<DecompressHeader, Error> {
    decompressor()?.read_header(source).map_err(|error| broken(Kind::Jpeg)(&error))
}

/// Decodes the rows that the file has.
pub(super) fn decode(source: &[u8], eighths: u8, profile: Option<&Profile>) -> Result<Whole, Error> {
    let header = match read_header(source) {
        Ok(header) => header,
        Err(error) => return Ok(Whole { raster: None, eighths, complaint: Some(error.to_string()) }),
    };
    let mut decompressor = decompressor()?;
    let eighths = if header.is_lossless { 8 } else { eighths };
    let factor = ScalingFactor::new(eighths.into(), 8);
    decompressor.set_scaling_factor(factor).map_err(|error| broken(Kind::Jpeg)(&error))?;
    let (width, height) = (factor.scale(header.width), factor.scale(header.height));
    let size = size_of(Kind::Jpeg, width, height)?;
    let (channels, format) = match header.colorspace {
        Colorspace::CMYK | Colorspace::YCCK => (Channels::Rgba, PixelFormat::CMYK),
        // In a lossless JPEG, colours are not converted, not even gray to RGB.
        Colorspace::Gray if header.is_lossless => (Channels::One, PixelFormat::GRAY),
        Colorspace::Gray | Colorspace::RGB | Colorspace::YCbCr => (Channels::Rgb, PixelFormat::RGB),
    };
    let mut raster = Raster::new(size, channels);
    let pitch = raster.stride();
    let last = raster.pixels.len() - pitch;
    mark(&mut raster.pixels[last..]);
    let image = Image { pixels: raster.pixels.as_mut_slice(), width, pitch, height, format };
    let complaint = decompressor.decompress(source, image).err().map(|error| error.to_string());
    let is_filled = complaint.is_none() || !is_marked(&raster.pixels[last..]);
    let raster = is_filled.then(|| match channels {
        Channels::Rgba => rgb_of_cmyk(raster, profile),
        Channels::One => rgb_of_gray(&raster),
        Channels::Rgb => raster,
    });
    Ok(Whole { raster, eighths, complaint })
}

/// Samples that no image has. libjpeg-turbo reports a warning and an error alike, but after an error some rows are not
/// written.
const MARK: [u8; 7] = [201, 3, 158, 77, 250, 19, 112];

fn mark(row: &mut [u8]) {
    row.iter_mut().zip(MARK.iter().cycle()).for_each(|(sample, mark)| *sample = *mark);
}

fn is_marked(row: &[u8]) -> bool {
    row.iter().eq(MARK.iter().cycle().take(row.len()))
}

fn rgb_of_gray(raster: &Raster) -> Raster {
    let pixels = raster.pixels.iter().flat_map(|level| [*level; 3]).collect();
    Raster { size: raster.size, channels: Channels::Rgb, pixels }
}
