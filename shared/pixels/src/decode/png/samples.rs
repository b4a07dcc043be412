//! From a PNG's samples of 8 bits to pixels.

use png::ColorType;

use super::super::fault::broken;
use crate::error::Error;
use crate::kind::Kind;
use crate::raster::{Channels, Raster};
use crate::size::Size;

/// Returns samples for pixels that are missing in the file: gray, or transparent if there is alpha.
pub(super) fn missing(color: ColorType, samples: usize) -> Vec<u8> {
    const GRAY: u8 = 128;
    let has_alpha = matches!(color, ColorType::GrayscaleAlpha | ColorType::Rgba);
    vec![if has_alpha { 0 } else { GRAY }; samples]
}

pub(super) fn channels(color: ColorType) -> Result<Channels, Error> {
    match color {
        ColorType::Grayscale | ColorType::Rgb => Ok(Channels::Rgb),
        ColorType::GrayscaleAlpha | ColorType::Rgba => Ok(Channels::Rgba),
        ColorType::Indexed => Err(broken(Kind::Png)(&"a palette that cannot be applied")),
    }
}

pub(super) fn raster(size: Size, color: ColorType, pixels: Vec<u8>) -> Result<Raster, Error> {
    let pixels = match color {
        ColorType::Grayscale => pixels.iter().flat_map(|&level| [level; 3]).collect(),
        ColorType::GrayscaleAlpha => {
            pixels.as_chunks::<2>().0.iter().flat_map(|&[level, alpha]| [level, level, level, alpha]).collect()
        }
        _ => pixels,
    };
    Ok(Raster { size, channels: channels(color)?, pixels })
}

/// Returns the bits of a pixel, 8 for each sample.
pub(super) fn bits(color: ColorType) -> Result<u8, Error> {
    u8::try_from(color.samples() * 8).map_err(|error| broken(Kind::Png)(&error))
}
