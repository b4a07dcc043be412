//! AVIF by libaom.

use shared::Format;
use shared::values::Quality;

use super::{Settings, failed};
use crate::codec::libavif;
use crate::error::Error;
use crate::raster::Raster;

pub(super) fn encode(raster: &Raster, settings: Settings) -> Result<Vec<u8>, Error> {
    // sharp counts effort up to 9, libavif speed.
    let speed = 9u8.saturating_sub(settings.effort);
    let settings = libavif::Settings { quality: of(settings.quality), speed, full_chroma: false };
    libavif::encode(raster.into(), &settings).map_err(|reason| failed(Format::Avif)(&reason))
}

/// libavif's quality that looks like JPEG's.
fn of(quality: Quality) -> u8 {
    quality.get()
}
