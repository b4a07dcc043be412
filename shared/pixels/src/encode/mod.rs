//! Encoding: one file a format.

mod animation;
mod avif;
mod gif;
mod jpeg;
mod nearest;
mod palette;
mod png;
mod slow;
mod webp;

pub(crate) use animation::AnimationEncoder;
pub use slow::SlowEncoder;

use ridge_contract::values::Quality;
use ridge_contract::{Config, Format};
use ridge_jpeg::Range;

use crate::error::Error;
use crate::planes::Planes;
use crate::raster::Raster;

/// How to encode, whatever the format makes of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    pub(crate) format: Format,
    pub(crate) quality: Quality,
    /// 0 is fast; each format has its own scale.
    pub(crate) effort: u8,
    /// Whether the variant has so many pixels that encoders must try less hard: more than [`LARGE`].
    pub(crate) is_large: bool,
}

/// Pixels of a variant, all frames together, up to which the configured effort holds.
const LARGE: u64 = 4_000_000;

impl Settings {
    /// By the configuration, the quality that was asked for, and the pixels of the variant, all frames together.
    pub(crate) fn new(format: Format, asked: Option<Quality>, pixels: u64, config: &Config) -> Settings {
        let (quality, effort) = (config.quality(asked, format), config.effort(format));
        Settings { format, quality, effort, is_large: pixels > LARGE }
    }
}

/// Encodes pixels. A format without alpha wants them flattened.
pub(crate) fn encode(raster: &Raster, settings: Settings) -> Result<Vec<u8>, Error> {
    match settings.format {
        Format::WebP => webp::encode(raster, settings),
        Format::Avif => avif::encode(raster, settings),
        Format::Jpeg => jpeg::encode(raster, settings),
        Format::Png => png::encode(raster, settings.effort),
        Format::Gif => gif::encode(raster, settings),
        Format::ThumbHash | Format::Json => Err(failed(settings.format)(&"it holds no picture")),
    }
}

/// A PNG that takes its time: for a few pixels.
pub(crate) fn smallest_png(raster: &Raster) -> Result<Vec<u8>, Error> {
    png::encode(raster, png::MOST_EFFORT)
}

/// The range of the planes that a format takes, where it takes any.
pub(crate) fn planes_of(format: Format) -> Option<Range> {
    match format {
        Format::WebP => Some(Range::Limited),
        Format::Jpeg => Some(Range::Full),
        Format::Avif | Format::Png | Format::Gif | Format::ThumbHash | Format::Json => None,
    }
}

/// Encodes planes of the range that the format takes. `None` where pixels may become a smaller file.
pub(crate) fn encode_planes(planes: Planes, settings: Settings) -> Result<Option<Vec<u8>>, Error> {
    match settings.format {
        Format::WebP => webp::encode_planes(planes, settings),
        Format::Jpeg => jpeg::encode_planes(&planes, settings).map(Some),
        Format::Avif | Format::Png | Format::Gif | Format::ThumbHash | Format::Json => Ok(None),
    }
}

fn failed(format: Format) -> impl Fn(&dyn std::fmt::Display) -> Error {
    move |reason| Error::Encoder(format!("{format}: {reason}"))
}
