//! PNG by the `png` crate.

use std::io::Cursor;

use png::{BitDepth, ColorType, Decoder, Limits, Reader, Transformations};

use super::{broken, size_of};
use crate::error::Error;
use crate::kind::Kind;
use crate::raster::{Channels, Raster};
use crate::size::Size;

/// What the decoder may take beside the pixels: a few rows, and small chunks.
const BESIDE_PIXELS: usize = 64 << 20;

pub(super) fn size(source: &[u8]) -> Result<Size, Error> {
    let reader = read_info(source)?;
    size_of(Kind::Png, reader.info().width, reader.info().height)
}

pub(super) fn pixels(source: &[u8]) -> Result<Raster, Error> {
    let mut reader = read_info(source)?;
    let size = size_of(Kind::Png, reader.info().width, reader.info().height)?;
    let (color, depth) = reader.output_color_type();
    if depth != BitDepth::Eight {
        return Err(broken(Kind::Png)(&"a bit depth that cannot be brought to 8"));
    }
    let channels = match color {
        ColorType::Grayscale | ColorType::Rgb => Channels::Rgb,
        ColorType::GrayscaleAlpha | ColorType::Rgba => Channels::Rgba,
        ColorType::Indexed => return Err(broken(Kind::Png)(&"a palette that cannot be applied")),
    };
    let bytes = usize::try_from(size.pixels()).unwrap_or(usize::MAX).saturating_mul(color.samples());
    let mut pixels = vec![0; bytes];
    reader.next_frame(&mut pixels).map_err(|error| broken(Kind::Png)(&error))?;
    let pixels = match color {
        ColorType::Grayscale => pixels.iter().flat_map(|&level| [level; 3]).collect(),
        ColorType::GrayscaleAlpha => {
            pixels.as_chunks::<2>().0.iter().flat_map(|&[level, alpha]| [level, level, level, alpha]).collect()
        }
        _ => pixels,
    };
    Ok(Raster { size, channels, pixels })
}

/// Reads up to the pixels. Profiles and texts are passed over: they are compressed, and a few kilobytes of them can
/// unfold to gigabytes.
fn read_info(source: &[u8]) -> Result<Reader<Cursor<&[u8]>>, Error> {
    let mut decoder = Decoder::new_with_limits(Cursor::new(source), Limits { bytes: BESIDE_PIXELS });
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_ignore_text_chunk(true);
    decoder.set_transformations(Transformations::normalize_to_color8());
    decoder.read_info().map_err(|error| broken(Kind::Png)(&error))
}
