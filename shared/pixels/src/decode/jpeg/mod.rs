//! JPEG, reduced while decoding ("shrink on load"): by our own decoder where that is faster, otherwise by libjpeg-turbo,
//! which also has the last word where it may see no damage.

mod features;
mod reduced;
mod verdict;
mod whole;

use std::ops::ControlFlow;

use ridge_jpeg::Range;

use self::whole::Whole;
pub(super) use self::whole::decompressor;
use super::size_of;
use crate::container::jpeg::without_damaged_profile;
use crate::container::unpadded;
use crate::error::Error;
use crate::kind::Kind;
use crate::observer::Observer;
use crate::orientation::Orientation;
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
    if let Some(feature) = features::unsupported(source) {
        return Err(Error::Unsupported { kind: Kind::Jpeg.name(), feature });
    }
    // libjpeg-turbo takes warnings for errors here.
    let (width, height) = match ridge_jpeg::read_header(source) {
        Ok(header) => (header.width.into(), header.height.into()),
        Err(_) => {
            let header = whole::read_header(&without_damaged_profile(source))?;
            (u32_of(header.width), u32_of(header.height))
        }
    };
    size_of(Kind::Jpeg, width, height)
}

pub(super) fn pixels(
    source: &[u8],
    wanted: Wanted,
    profile: Option<&Profile>,
    observer: &dyn Observer,
) -> Result<Decoded, Error> {
    let source = unpadded(source);
    let eighths = eighths(wanted);
    if ridge_jpeg::is_fast(eighths)
        && let Some(decoded) = reduced::pixels(source, eighths, wanted, profile, observer)?
    {
        return Ok(decoded);
    }
    let Whole { raster, eighths, complaint } = whole::decode(&without_damaged_profile(source), eighths, profile)?;
    let is_truncated = match &complaint {
        Some(complaint) => verdict::of(source, complaint, wanted.truncated, observer)?,
        None => false,
    };
    let raster = match raster {
        Some(raster) => raster,
        None => reduced::all_there_is(source, eighths, profile, observer)?,
    };
    let scale = f64::from(eighths) / 8.0;
    Ok(Decoded::reduced(raster, scale, scale).truncated(is_truncated))
}

/// Planes that are resampled already, and `turn` makes upright. `None` where it takes pixels.
pub(super) fn planes(
    source: &[u8],
    wanted: Wanted,
    turn: Orientation,
    range: Range,
    observer: &dyn Observer,
) -> Result<Option<Planes>, Error> {
    let (source, eighths) = (unpadded(source), eighths(wanted));
    if ridge_jpeg::is_fast(eighths) {
        reduced::planes(source, eighths, wanted, turn, range, observer)
    } else {
        Ok(None)
    }
}

/// The smallest number of eighths that leaves enough pixels in reserve. With 5 to 7 a decoder takes as long as for all.
fn eighths(wanted: Wanted) -> u8 {
    let reserve = if wanted.is_lossless { RESERVE_OF_LOSSLESS } else { RESERVE };
    (1..8)
        .filter(|eighths| ridge_jpeg::is_fast(*eighths))
        .find(|eighths| wanted.shrink() * f64::from(*eighths) / 8.0 >= reserve)
        .unwrap_or(8)
}

/// Adobe writes the inks inverted, 255 for none, and every reader takes a CMYK JPEG to be Adobe's.
fn rgb_of_cmyk(mut raster: Raster, profile: Option<&Profile>) -> Raster {
    raster.pixels.iter_mut().for_each(|ink| *ink = 255 - *ink);
    Raster { size: raster.size, channels: Channels::Rgb, pixels: Inks::new(profile).rgb(&raster.pixels) }
}

/// JPEG's sides have 16 bits.
fn u32_of(side: usize) -> u32 {
    u32::try_from(side).unwrap_or(0)
}

fn flow(goes_on: bool) -> ControlFlow<()> {
    if goes_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
}

#[cfg(test)]
mod tests {
    use ridge_contract::Truncated;

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
