//! JPEG, reduced while decoding ("shrink on load"): by our own decoder where that is faster, otherwise by libjpeg-turbo,
//! which also has the last word where it may see no damage.

mod reduced;

use reduced_jpeg::Range;
use turbojpeg::{Colorspace, DecompressHeader, Decompressor, Image, PixelFormat, ScalingFactor};

use super::{broken, size_of};
use crate::container::jpeg::without_damaged_profile;
use crate::error::Error;
use crate::kind::Kind;
use crate::orientation::Orientation;
use crate::pipeline::Watch;
use crate::planes::Planes;
use crate::profile::{Inks, Profile};
use crate::raster::{Channels, Raster};
use crate::resize::{Decoded, Wanted};
use crate::size::Size;

/// More scans than any encoder writes: each one walks over the whole picture, so a file of a few bytes a scan is a bomb.
const MAX_SCANS: u32 = 100;

/// How many decoded pixels the resampler wants for each one that it makes, at least; with fewer, Lanczos has nothing to
/// work on.
const RESERVE: f64 = 1.25;

/// The same of chroma, of which eyes see less.
const RESERVE_OF_CHROMA: f64 = 1.2;

/// The same of all where nothing is lost in encoding, and so every difference stays.
const RESERVE_OF_LOSSLESS: f64 = 2.0;

pub(super) fn size(source: &[u8]) -> Result<Size, Error> {
    let source = without_damaged_profile(source);
    let header = read_header(&mut decompressor()?, &source)?;
    size_of(Kind::Jpeg, u32_of(header.width), u32_of(header.height))
}

pub(super) fn pixels(
    source: &[u8],
    wanted: Wanted,
    profile: Option<&Profile>,
    watch: &dyn Watch,
) -> Result<Decoded, Error> {
    let eighths = eighths(wanted);
    if reduced_jpeg::is_fast(eighths)
        && let Some(decoded) = reduced::pixels(source, eighths, wanted, profile, watch)?
    {
        return Ok(decoded);
    }
    let source = &without_damaged_profile(source);
    let mut decompressor = decompressor()?;
    let header = read_header(&mut decompressor, source)?;
    let eighths = if header.is_lossless { 8 } else { eighths };
    let factor = ScalingFactor::new(eighths.into(), 8);
    decompressor.set_scaling_factor(factor).map_err(|error| broken(Kind::Jpeg)(&error))?;
    let (width, height) = (factor.scale(header.width), factor.scale(header.height));
    let size = size_of(Kind::Jpeg, u32_of(width), u32_of(height))?;
    let is_cmyk = matches!(header.colorspace, Colorspace::CMYK | Colorspace::YCCK);
    let (channels, format) =
        if is_cmyk { (Channels::Rgba, PixelFormat::CMYK) } else { (Channels::Rgb, PixelFormat::RGB) };
    let mut raster = Raster::new(size, channels);
    let pitch = raster.stride();
    let image = Image { pixels: raster.pixels.as_mut_slice(), width, pitch, height, format };
    decompressor.decompress(source, image).map_err(|error| broken(Kind::Jpeg)(&error))?;
    let raster = if is_cmyk { rgb_of_cmyk(raster, profile) } else { raster };
    let scale = f64::from(eighths) / 8.0;
    Ok(Decoded::reduced(raster, scale, scale))
}

/// Planes that are resampled already, and `turn` makes upright. `None` where it takes pixels.
pub(super) fn planes(
    source: &[u8],
    wanted: Wanted,
    turn: Orientation,
    range: Range,
    watch: &dyn Watch,
) -> Result<Option<Planes>, Error> {
    let eighths = eighths(wanted);
    if reduced_jpeg::is_fast(eighths) { reduced::planes(source, eighths, wanted, turn, range, watch) } else { Ok(None) }
}

/// The smallest number of eighths that leaves enough pixels in reserve. With 5 to 7 a decoder takes as long as for all.
fn eighths(wanted: Wanted) -> u8 {
    let reserve = if wanted.is_lossless { RESERVE_OF_LOSSLESS } else { RESERVE };
    (1..8)
        .filter(|eighths| reduced_jpeg::is_fast(*eighths))
        .find(|eighths| wanted.shrink() * f64::from(*eighths) / 8.0 >= reserve)
        .unwrap_or(8)
}

/// Adobe writes the inks inverted, 255 for none, and every reader takes a CMYK JPEG to be Adobe's.
fn rgb_of_cmyk(mut raster: Raster, profile: Option<&Profile>) -> Raster {
    raster.pixels.iter_mut().for_each(|ink| *ink = 255 - *ink);
    Raster { size: raster.size, channels: Channels::Rgb, pixels: Inks::new(profile).rgb(&raster.pixels) }
}

pub(super) fn decompressor() -> Result<Decompressor, Error> {
    let mut decompressor = Decompressor::new().map_err(|error| broken(Kind::Jpeg)(&error))?;
    decompressor.set_scan_limit(MAX_SCANS).map_err(|error| broken(Kind::Jpeg)(&error))?;
    Ok(decompressor)
}

fn read_header(decompressor: &mut Decompressor, source: &[u8]) -> Result<DecompressHeader, Error> {
    decompressor.read_header(source).map_err(|error| broken(Kind::Jpeg)(&error))
}

/// JPEG's sides have 16 bits.
fn u32_of(side: usize) -> u32 {
    u32::try_from(side).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use shared::Truncated;

    use super::*;
    use crate::plan::Crop;

    #[test]
    fn reduces_as_far_as_the_reserve_allows() {
        for (shrink, lossy, lossless) in [
            (1.0, 8, 8),
            (1.25, 8, 8),
            (2.4, 8, 8),
            (2.5, 4, 8),
            (3.4, 3, 8),
            (4.0, 3, 4),
            (5.0, 2, 4),
            (9.9, 2, 2),
            (10.0, 1, 2),
            (16.0, 1, 1),
        ] {
            let size = Size { width: 100, height: 100 };
            let crop = Crop { left: 0.0, top: 0.0, width: shrink * 100.0, height: shrink * 100.0 };
            let wanted = Wanted { crop, size, is_settled: true, is_lossless: false, truncated: Truncated::Show };
            assert_eq!(eighths(wanted), lossy, "{shrink}");
            assert_eq!(eighths(Wanted { is_lossless: true, ..wanted }), lossless, "{shrink}");
        }
    }
}
