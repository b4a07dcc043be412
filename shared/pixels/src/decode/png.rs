//! PNG by the `png` crate.

use std::io::Cursor;

use png::{BitDepth, ColorType, Decoder, Limits, Reader, Transformations};

use super::{Header, broken, size_of};
use crate::container::apng::{self, Animation};
use crate::container::png::with_low_transparency;
use crate::error::Error;
use crate::kind::Kind;
use crate::pipeline::{Watch, in_time};
use crate::plan::Crop;
use crate::raster::{Channels, Raster};
use crate::resize::{Decoded, Wanted};
use crate::size::Size;
use crate::strips::Strips;

/// What the decoder may take beside the pixels: a few rows, and small chunks.
const BESIDE_PIXELS: usize = 64 << 20;

pub(super) fn header(source: &[u8]) -> Result<Header, Error> {
    let low = with_low_transparency(source);
    let reader = read_info(&low)?;
    let still = Header::still(Kind::Png, size_of(Kind::Png, reader.info().width, reader.info().height)?);
    let Some(Animation { frames, .. }) = apng::animation(source) else { return Ok(still) };
    Ok(Header { frames, drawn_pixels: still.drawn_pixels.saturating_mul(frames.into()), ..still })
}

/// Rows are resampled as they come, in strips of about this many bytes: small enough for a processor's cache.
const STRIP: usize = 256 << 10;

pub(super) fn pixels(source: &[u8], wanted: Wanted, watch: &dyn Watch) -> Result<Decoded, Error> {
    let source = with_low_transparency(source);
    let mut reader = read_info(&source)?;
    let info = reader.info();
    let size = size_of(Kind::Png, info.width, info.height)?;
    // The rows of an interlaced picture come several times over.
    let is_whole = info.interlaced || !wanted.is_settled || wanted.crop == Crop::whole(size) && wanted.size == size;
    let (color, depth) = reader.output_color_type();
    if depth != BitDepth::Eight {
        return Err(broken(Kind::Png)(&"a bit depth that cannot be brought to 8"));
    }
    let stride = size.width as usize * color.samples();
    if is_whole {
        let mut pixels = vec![0; stride.saturating_mul(size.height as usize)];
        reader.next_frame(&mut pixels).map_err(|error| broken(Kind::Png)(&error))?;
        return Ok(Decoded::whole(raster(size, color, pixels)?));
    }
    let mut strips = Strips::new(size, channels(color)?, wanted);
    let rows = u32::try_from(STRIP / stride).unwrap_or(u32::MAX).clamp(1, size.height);
    for top in (0..size.height).step_by(rows as usize) {
        in_time(watch)?;
        let rows = rows.min(size.height - top);
        let mut pixels = vec![0; stride * rows as usize];
        for row in pixels.chunks_exact_mut(stride) {
            reader.read_row(row).map_err(|error| broken(Kind::Png)(&error))?;
        }
        strips.push(raster(Size { height: rows, ..size }, color, pixels)?)?;
    }
    Ok(strips.finish())
}

fn channels(color: ColorType) -> Result<Channels, Error> {
    match color {
        ColorType::Grayscale | ColorType::Rgb => Ok(Channels::Rgb),
        ColorType::GrayscaleAlpha | ColorType::Rgba => Ok(Channels::Rgba),
        ColorType::Indexed => Err(broken(Kind::Png)(&"a palette that cannot be applied")),
    }
}

fn raster(size: Size, color: ColorType, pixels: Vec<u8>) -> Result<Raster, Error> {
    let pixels = match color {
        ColorType::Grayscale => pixels.iter().flat_map(|&level| [level; 3]).collect(),
        ColorType::GrayscaleAlpha => {
            pixels.as_chunks::<2>().0.iter().flat_map(|&[level, alpha]| [level, level, level, alpha]).collect()
        }
        _ => pixels,
    };
    Ok(Raster { size, channels: channels(color)?, pixels })
}

/// Reads up to the pixels. Profiles and texts are passed over: they are compressed, and a few kilobytes of them can
/// unfold to gigabytes.
pub(super) fn read_info(source: &[u8]) -> Result<Reader<Cursor<&[u8]>>, Error> {
    let mut decoder = Decoder::new_with_limits(Cursor::new(source), Limits { bytes: BESIDE_PIXELS });
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_ignore_text_chunk(true);
    decoder.set_transformations(Transformations::normalize_to_color8());
    let reader = decoder.read_info().map_err(|error| broken(Kind::Png)(&error))?;
    // The decoder takes it for granted that no colour is cut short, and panics.
    let is_cut = reader.info().palette.as_ref().is_some_and(|palette| palette.len() % 3 != 0);
    if is_cut { Err(broken(Kind::Png)(&"a palette that ends within a colour")) } else { Ok(reader) }
}
