//! PNG by the `png` crate, with a palette if the image has few enough colours.

use std::borrow::Cow;

use png::{BitDepth, ColorType, DeflateCompression, Encoder, Filter};
use ridge_contract::Format;

use super::settings::failed;
use crate::error::Error;
use crate::raster::{Channels, Raster};

/// Largest effort of PNG.
pub(super) const MOST_EFFORT: u8 = 9;

/// Encodes pixels. `effort` is 0 to [`MOST_EFFORT`].
pub(super) fn encode(raster: &Raster, effort: u8) -> Result<Vec<u8>, Error> {
    let image = PngImage::of(raster);
    // Deflate finds repetitions itself, and best in unfiltered rows.
    let (filter, level) = if image.palette.is_some() || raster.is_drawn() {
        (Filter::NoFilter, (effort + 4).min(MOST_EFFORT))
    } else {
        (Filter::Adaptive, effort)
    };
    let mut bytes = Vec::new();
    image.write(&mut bytes, filter, level).map_err(|error| failed(Format::Png)(&error))?;
    Ok(bytes)
}

/// The image as PNG stores it.
struct PngImage<'a> {
    width: u32,
    height: u32,
    color: ColorType,
    depth: BitDepth,
    palette: Option<Palette>,
    rows: Cow<'a, [u8]>,
}

/// Colours, and the alpha of the first of them; the others are opaque.
struct Palette {
    rgb: Vec<u8>,
    alpha: Vec<u8>,
}

/// Largest number of colours for which a palette needs less than a byte per pixel, which gray needs.
const FEW_COLORS: usize = 16;

impl<'a> PngImage<'a> {
    fn of(raster: &'a Raster) -> PngImage<'a> {
        let is_gray = raster.is_gray();
        match raster.palette() {
            Some((colors, indices)) if !is_gray || colors.len() <= FEW_COLORS || raster.is_drawn() => {
                PngImage::indexed(raster, &colors, &indices)
            }
            _ if is_gray => PngImage::gray(raster),
            _ => {
                let color = if raster.has_alpha() { ColorType::Rgba } else { ColorType::Rgb };
                PngImage::plain(raster, color, Cow::Borrowed(&raster.pixels[..]))
            }
        }
    }

    fn plain(raster: &Raster, color: ColorType, rows: Cow<'a, [u8]>) -> PngImage<'a> {
        let (width, height) = (raster.size.width, raster.size.height);
        PngImage { width, height, color, depth: BitDepth::Eight, palette: None, rows }
    }

    fn gray(raster: &Raster) -> PngImage<'a> {
        let pixels = raster.pixels.chunks_exact(raster.channels.count());
        match raster.channels {
            Channels::One | Channels::Rgb => {
                PngImage::plain(raster, ColorType::Grayscale, Cow::Owned(pixels.map(|pixel| pixel[0]).collect()))
            }
            Channels::Rgba => {
                let rows = Cow::Owned(pixels.flat_map(|pixel| [pixel[0], pixel[3]]).collect());
                PngImage::plain(raster, ColorType::GrayscaleAlpha, rows)
            }
        }
    }

    fn indexed(raster: &Raster, colors: &[[u8; 4]], indices: &[u8]) -> PngImage<'a> {
        // Opaque colours come last, where they need no alpha.
        let mut order: Vec<usize> = (0..colors.len()).collect();
        order.sort_by_key(|index| colors[*index][3] == 255);
        let mut place = vec![0; colors.len()];
        order.iter().enumerate().for_each(|(to, from)| place[*from] = to as u8);
        let sorted = || order.iter().map(|index| colors[*index]);
        let palette = Palette {
            rgb: sorted().flat_map(|[r, g, b, _]| [r, g, b]).collect(),
            alpha: sorted().map(|color| color[3]).take_while(|alpha| *alpha != 255).collect(),
        };
        let depth = match colors.len() {
            0..=2 => BitDepth::One,
            3..=4 => BitDepth::Two,
            5..=FEW_COLORS => BitDepth::Four,
            _ => BitDepth::Eight,
        };
        let bits = depth as usize;
        let pack = |pixels: &[u8]| {
            let places = pixels.iter().map(|index| place[usize::from(*index)]);
            places.enumerate().fold(0, |byte, (at, place)| byte | place << (8 - bits * (at + 1)))
        };
        let rows = indices.chunks_exact(raster.size.width as usize).flat_map(|row| row.chunks(8 / bits).map(pack));
        let rows = Cow::Owned(rows.collect());
        PngImage { depth, palette: Some(palette), ..PngImage::plain(raster, ColorType::Indexed, rows) }
    }

    /// Writes the file. `level` 0 is the fastest compression, 9 the smallest file.
    fn write(self, bytes: &mut Vec<u8>, filter: Filter, level: u8) -> Result<(), png::EncodingError> {
        let mut encoder = Encoder::new(bytes, self.width, self.height);
        encoder.set_color(self.color);
        encoder.set_depth(self.depth);
        if let Some(Palette { rgb, alpha }) = self.palette {
            encoder.set_palette(rgb);
            if !alpha.is_empty() {
                encoder.set_trns(alpha);
            }
        }
        encoder.set_filter(filter);
        encoder.set_deflate_compression(match level {
            0 => DeflateCompression::FdeflateUltraFast,
            level => DeflateCompression::Level(level),
        });
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.rows)?;
        writer.finish()
    }
}
