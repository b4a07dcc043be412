//! Interlaced PNG: seven passes (PNG specification, section 8).

use png::{InterlaceInfo, expand_interlaced_row, splat_interlaced_row};
use ridge_contract::Truncated;

use super::rows::{Checksum, Failure, Rows};
use super::samples::{bits, missing, raster};
use crate::kind::Kind;
use crate::observer::{Observer, check_deadline};
use crate::resize::Decoded;
use crate::size::Size;
use crate::truncation;

/// Decodes all passes. In a truncated file, each row of the first pass counts as eight rows: later passes only refine
/// them.
pub(super) fn decode(
    source: &[u8],
    checksum: Checksum,
    setting: Truncated,
    observer: &dyn Observer,
) -> Result<Decoded, Failure> {
    let (rows, pixels) = passes(Rows::new(source, checksum)?, Fill::Own, observer)?;
    let Rows { size, color, there, .. } = rows;
    if !rows.is_cut {
        return Ok(Decoded::whole(raster(size, color, pixels)?));
    }
    let rows_there = there.saturating_mul(8).min(size.height);
    truncation::accept(Kind::Png, rows_there, size.height, setting)?;
    let (_, pixels) = passes(Rows::new(source, checksum)?, Fill::Neighbours, observer)?;
    Ok(Decoded::whole(raster(size, color, pixels)?).truncated(true))
}

/// What a pixel of a pass fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fill {
    /// Its own place.
    Own,
    /// Its own place, and those of the neighbours that later passes would fill.
    Neighbours,
}

fn passes<'a>(mut rows: Rows<'a>, fill: Fill, observer: &dyn Observer) -> Result<(Rows<'a>, Vec<u8>), Failure> {
    let (color, stride) = (rows.color, rows.stride);
    let mut pixels = missing(color, stride.saturating_mul(rows.size.height as usize));
    let bits = bits(color)?;
    for _ in 0..rows_of_passes(rows.size) {
        check_deadline(observer)?;
        let is_there = rows.read_pass(|interlace, row| {
            if let InterlaceInfo::Adam7(pass) = interlace {
                let expand = if fill == Fill::Own { expand_interlaced_row } else { splat_interlaced_row };
                expand(&mut pixels, stride, row, pass, bits);
            }
        })?;
        if !is_there {
            break;
        }
    }
    rows.finish()?;
    Ok((rows, pixels))
}

/// Returns the number of rows of all passes together. A pass without columns has no rows.
fn rows_of_passes(size: Size) -> u32 {
    /// The first column and row of each pass, and the distance of its rows.
    const PASSES: [(u32, u32, u32); 7] = [(0, 0, 8), (4, 0, 8), (0, 4, 8), (2, 0, 4), (0, 2, 4), (1, 0, 2), (0, 1, 2)];
    let passes = PASSES.iter().filter(|(x, ..)| *x < size.width);
    passes.map(|(_, y, step)| size.height.saturating_sub(*y).div_ceil(*step)).sum()
}
