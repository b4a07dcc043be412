//! TIFF: directory, strips and tiles are read here, each compression by its own library. The `tiff` crate supports
//! neither palettes nor most kinds of alpha, gives no rows of a truncated strip, and rejects some valid LZW tiles.

mod chunks;
mod jpeg;
mod layout;
mod predict;
mod samples;
mod tags;
mod unpack;
mod unsupported;

use chunks::Chunks;
use layout::Layout;
use samples::SampleColors;
use tags::Color;

use super::fault::broken;
use super::header::Header;
use crate::error::Error;
use crate::gray::SrgbTable;
use crate::kind::Kind;
use crate::observer::{Observer, check_deadline};
use crate::profile::{Inks, Profile, has_curve};
use crate::raster::{Channels, Raster};
use crate::resize::{Decoded, Wanted};
use crate::truncation;

/// Bytes of samples for each pixel up to which an image counts once. One with half as many again counts twice, and so
/// on. Tiles that reach beyond the image are within that.
const BYTES_PER_PIXEL: u64 = 4;

pub(super) fn header(source: &[u8]) -> Result<Header, Error> {
    let layout = Layout::read(source)?;
    let still = Header::still(Kind::Tiff, layout.size);
    // Strips and tiles are decoded one after the other, but one of them may be the whole image, at 16 bits. Less than
    // two canvases count as one.
    let pixels = layout.size.pixels();
    let bytes_per_sample = u64::from(layout.bits.div_ceil(8));
    let chunk = layout.chunk.pixels().saturating_mul(layout.samples as u64 * bytes_per_sample);
    let raster = pixels.saturating_mul(channels(&layout).count() as u64);
    let held = chunk.saturating_add(raster) / pixels.saturating_mul(Channels::Rgba.count() as u64);
    // All chunks may be the same part of the file, with few visible pixels each, so decoded samples count.
    let parts = |side: u32, part: u32| u64::from(side.div_ceil(part));
    let parts = parts(layout.size.width, layout.chunk.width) * parts(layout.size.height, layout.chunk.height);
    let unit = pixels.saturating_mul(BYTES_PER_PIXEL);
    let decoded = parts.saturating_mul(chunk).saturating_add(unit / 2) / unit;
    let canvases = held.max(decoded);
    Ok(Header { canvases: u32::try_from(canvases.max(1)).unwrap_or(u32::MAX), ..still })
}

pub(super) fn pixels(
    source: &[u8],
    wanted: Wanted,
    profile: Option<&Profile>,
    observer: &dyn Observer,
) -> Result<Decoded, Error> {
    let layout = Layout::read(source)?;
    let is_light = matches!(layout.color, Color::Gray(_) | Color::Rgb);
    let colors = SampleColors {
        palette: if layout.color == Color::Palette { layout.palette()? } else { Vec::new() },
        inks: (layout.color == Color::Cmyk).then(|| Inks::new(profile)),
        // Floats without a profile are linear light, as for libvips and the successors of TIFF.
        encoder: (is_light && layout.bits == 32 && !has_curve(source)).then(SrgbTable::new),
    };
    let mut raster = Raster::new(layout.size, channels(&layout));
    let (stride, bytes) = (raster.stride(), raster.channels.count());
    let mut chunks = Chunks::new(&layout, source)?;
    let across = layout.size.width.div_ceil(layout.chunk.width);
    let down = layout.size.height.div_ceil(layout.chunk.height);
    let count = across.checked_mul(down).ok_or_else(|| broken(Kind::Tiff)(&"it has too many parts"))?;
    let mut whole_rows = layout.size.height;
    for (row, column) in (0..down).flat_map(|row| (0..across).map(move |column| (row, column))) {
        // All chunks may be the same part of the file, so a small file can take long.
        check_deadline(observer)?;
        let (left, top) = (column * layout.chunk.width, row * layout.chunk.height);
        let width = layout.chunk.width.min(layout.size.width - left) as usize;
        let height = layout.chunk.height.min(layout.size.height - top) as usize;
        // In a truncated row of tiles, the rows that all tiles have are shown.
        if top >= whole_rows {
            break;
        }
        let chunk = match chunks.read(row * across + column, count, width, height) {
            Ok(chunk) => chunk,
            Err(error @ Error::Broken { .. }) => {
                whole_rows = top;
                truncation::accept(Kind::Tiff, whole_rows, layout.size.height, wanted.truncated).map_err(|_| error)?;
                break;
            }
            Err(error) => return Err(error),
        };
        if chunk.rows < height {
            whole_rows = whole_rows.min(top + chunk.rows as u32);
        }
        let height = height.min(chunk.rows);
        let rows = raster.pixels.chunks_exact_mut(stride).skip(top as usize).take(height);
        for (y, to) in rows.enumerate() {
            let to = &mut to[left as usize * bytes..][..width * bytes];
            chunk.paint(&layout, &colors, y, to);
        }
    }
    if whole_rows < layout.size.height {
        truncation::accept(Kind::Tiff, whole_rows, layout.size.height, wanted.truncated)?;
    }
    Ok(Decoded::whole(raster).truncated(whole_rows < layout.size.height))
}

fn channels(layout: &Layout) -> Channels {
    if layout.alpha.is_some() { Channels::Rgba } else { Channels::Rgb }
}
