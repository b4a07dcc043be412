//! Limits the work that a variant costs, by its size, before a pixel is decoded.

use ridge_contract::{Config, Format, Output, Variant};

use crate::error::Error;
use crate::size::Size;

/// The quality, 1 to 100, from which on libwebp takes half as long again for noise.
const FINE: u8 = 90;

/// Returns how many times a pixel of the variant counts against `maxVariantPixels`.
///
/// The weights follow the CPU time for a pixel of noise, the worst case of an encoder. docs/configuration.md lists
/// them.
fn weight(format: Format, variant: &Variant, config: &Config) -> u64 {
    let options = variant.options();
    let encoding = match format {
        Format::Jpeg | Format::Png => 1,
        Format::WebP | Format::Avif if config.quality(options.quality, format).get() < FINE => 2,
        Format::WebP | Format::Avif => 3,
        Format::Gif => 4,
        // Descriptions have at most 100 pixels a side and no filters.
        Format::ThumbHash | Format::Json => return 0,
    };
    encoding + u64::from(options.blur.is_some()) + u64::from(options.sharpen.is_some())
}

/// Checks a variant with this number of `frames`, each of `size`, against `maxVariantPixels`.
///
/// # Errors
///
/// [`Error::TooManyVariantPixels`] names the size that is accepted.
pub(crate) fn accept(variant: &Variant, size: Size, frames: u32, config: &Config) -> Result<(), Error> {
    let format = match variant.output() {
        // Up to `maxAvifPixels`, no other limit applies.
        Output::Format(format) if format.is_slow() && size.pixels() <= config.max_avif_pixels => return Ok(()),
        Output::Format(format) if format.is_slow() => config.instead_of(format),
        Output::Format(format) => format,
        Output::Auto => Format::Jpeg,
    };
    let weight = weight(format, variant, config);
    let setting = config.max_variant_pixels;
    if size.pixels().saturating_mul(frames.into()).saturating_mul(weight) <= setting {
        return Ok(());
    }
    let max = setting / weight;
    Err(Error::TooManyVariantPixels { format, size, frames, max, setting, accepted: smaller(size, frames, max) })
}

/// Returns the largest size of this aspect ratio whose `frames` together have at most `max` pixels.
fn smaller(size: Size, frames: u32, max: u64) -> Size {
    let scale = (max as f64 / (size.pixels() as f64 * f64::from(frames))).sqrt();
    let side = |side: u32| ((f64::from(side) * scale) as u32).max(1);
    Size { width: side(size.width), height: side(size.height) }
}
