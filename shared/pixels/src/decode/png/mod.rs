//! PNG by the `png` crate.

mod interlaced;
mod rows;
mod samples;

pub(super) use self::rows::read_info;
use self::rows::{Checksum, Failure, Rows, has_wrong_checksum};
use self::samples::{channels, missing, raster};
use super::header::Header;
use crate::container::apng::{self, Animation};
use crate::container::png::with_low_transparency;
use crate::container::unpadded;
use crate::error::Error;
use crate::kind::Kind;
use crate::observer::{Observer, check_deadline};
use crate::plan::Crop;
use crate::raster::Raster;
use crate::resize::{Decoded, Wanted};
use crate::size::Size;
use crate::strips::Strips;
use crate::truncation;

pub(super) fn header(source: &[u8]) -> Result<Header, Error> {
    let low = with_low_transparency(source);
    let still = Header::still(Kind::Png, Rows::new(&low, Checksum::Crc)?.size);
    let Some(Animation { frames, .. }) = apng::animation(source) else { return Ok(still) };
    Ok(Header { frames, drawn_pixels: still.drawn_pixels.saturating_mul(frames.into()), ..still })
}

/// Rows are resampled as they arrive, in strips of about this number of bytes, which fits a processor's cache.
const STRIP: usize = 256 << 10;

pub(super) fn pixels(source: &[u8], wanted: Wanted, observer: &dyn Observer) -> Result<Decoded, Error> {
    let source = with_low_transparency(unpadded(source));
    let decoded = match decode(&source, Checksum::Crc, wanted, observer) {
        // The pixels have a second checksum, that of zlib.
        Err(Failure::Data(_)) if has_wrong_checksum(&source) => decode(&source, Checksum::Adler, wanted, observer),
        decoded => decoded,
    };
    Ok(decoded?)
}

fn decode(source: &[u8], checksum: Checksum, wanted: Wanted, observer: &dyn Observer) -> Result<Decoded, Failure> {
    let mut rows = Rows::new(source, checksum)?;
    let (size, color, stride) = (rows.size, rows.color, rows.stride);
    if rows.is_interlaced() {
        return interlaced::decode(source, checksum, wanted.truncated, observer);
    }
    // Decodes the next `height` rows; a truncated file may lack the last of them.
    let mut take = |height: u32| -> Result<Raster, Failure> {
        check_deadline(observer)?;
        let mut pixels = missing(color, stride * height as usize);
        for row in pixels.chunks_exact_mut(stride) {
            if !rows.read(row)? {
                truncation::accept(Kind::Png, rows.there, size.height, wanted.truncated)?;
                break;
            }
        }
        Ok(raster(Size { height, ..size }, color, pixels)?)
    };
    let is_whole = !wanted.is_settled || wanted.crop == Crop::whole(size) && wanted.size == size;
    let decoded = if is_whole {
        Decoded::whole(take(size.height)?)
    } else {
        let mut strips = Strips::new(size, channels(color)?, wanted);
        let height = u32::try_from(STRIP / stride).unwrap_or(u32::MAX).clamp(1, size.height);
        for top in (0..size.height).step_by(height as usize) {
            strips.push(take(height.min(size.height - top))?)?;
        }
        strips.finish()
    };
    rows.finish()?;
    Ok(decoded.truncated(rows.is_cut))
}
