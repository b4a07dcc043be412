//! Encoders: one file for each format.

mod animation;
mod avif;
mod gif;
mod jpeg;
mod nearest;
mod palette;
mod png;
mod settings;
mod webp;

pub(crate) use animation::AnimationEncoder;
pub(crate) use settings::Settings;

use ridge_contract::Format;
use ridge_jpeg::Range;

use crate::error::Error;
use crate::planes::Planes;
use crate::raster::Raster;
use settings::failed;

/// Encodes pixels. For a format without alpha, the caller has flattened them.
pub(crate) fn encode(raster: &Raster, settings: Settings) -> Result<Vec<u8>, Error> {
    match settings.format {
        Format::WebP => webp::encode(raster, settings),
        Format::Avif => avif::encode(raster, settings),
        Format::Jpeg => jpeg::encode(raster, settings),
        Format::Png => png::encode(raster, settings.effort),
        Format::Gif => gif::encode(raster, settings),
        Format::ThumbHash | Format::Json => Err(failed(settings.format)(&"the format holds no image")),
    }
}

/// Encodes a PNG with the most effort, for a small image.
pub(crate) fn smallest_png(raster: &Raster) -> Result<Vec<u8>, Error> {
    png::encode(raster, png::MOST_EFFORT)
}

/// Returns the range of the planes that the format's encoder takes; `None` if it takes pixels only.
pub(crate) fn planes_of(format: Format) -> Option<Range> {
    match format {
        Format::WebP => Some(Range::Limited),
        Format::Jpeg => Some(Range::Full),
        Format::Avif | Format::Png | Format::Gif | Format::ThumbHash | Format::Json => None,
    }
}

/// Encodes planes in the range of [`planes_of`]. `None` if pixels may give a smaller file.
pub(crate) fn encode_planes(planes: Planes, settings: Settings) -> Result<Option<Vec<u8>>, Error> {
    match settings.format {
        Format::WebP => webp::encode_planes(planes, settings),
        Format::Jpeg => jpeg::encode_planes(&planes, settings).map(Some),
        Format::Avif | Format::Png | Format::Gif | Format::ThumbHash | Format::Json => Ok(None),
    }
}
