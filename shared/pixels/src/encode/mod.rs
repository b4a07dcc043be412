//! Encoding: one file a format.

mod animation;
mod gif;
mod jpeg;
mod png;
mod webp;

pub(crate) use animation::Animation;

use shared::Format;
use shared::values::Quality;

use crate::error::Error;
use crate::raster::Raster;

/// Encodes pixels. A format without alpha wants them flattened; one without quality takes no notice of it.
pub(crate) fn encode(format: Format, raster: &Raster, quality: Quality) -> Result<Vec<u8>, Error> {
    match format {
        Format::WebP => webp::encode(raster, quality),
        Format::Jpeg => jpeg::encode(raster, quality),
        Format::Png => png::encode(raster),
        Format::Gif => gif::encode(raster, quality),
    }
}

fn failed(format: Format) -> impl Fn(&dyn std::fmt::Display) -> Error {
    move |reason| Error::Encoder(format!("{format}: {reason}"))
}
