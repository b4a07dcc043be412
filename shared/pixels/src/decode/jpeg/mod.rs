//! JPEG, reduced while it is decoded ("shrink on load"): by our own decoder where that is faster, otherwise by
//! libjpeg-turbo. libjpeg-turbo also decides whether pixels are damaged where our decoder may not notice.

mod cmyk;
mod features;
mod limits;
mod reduced;
mod reserve;
mod verdict;
mod whole;

use ridge_jpeg::Range;

use self::reserve::eighths;
use self::whole::Whole;
pub(super) use self::whole::decompressor;
use super::fault::size_of;
use crate::container::jpeg::without_damaged_profile;
use crate::container::unpadded;
use crate::error::Error;
use crate::kind::Kind;
use crate::observer::Observer;
use crate::orientation::Orientation;
use crate::planes::Planes;
use crate::profile::Profile;
use crate::resize::{Decoded, Wanted};
use crate::size::Size;

pub(super) fn size(source: &[u8]) -> Result<Size, Error> {
    if let Some(feature) = features::unsupported(source) {
        return Err(Error::Unsupported { kind: Kind::Jpeg.name(), feature });
    }
    // libjpeg-turbo treats warnings as errors here.
    let (width, height) = match ridge_jpeg::read_header(source) {
        Ok(header) => (header.width.into(), header.height.into()),
        Err(_) => {
            let header = whole::read_header(&without_damaged_profile(source))?;
            (header.width, header.height)
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

/// Decodes planes, already resampled; `turn` makes them upright. `None` if only pixels give a good result.
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
