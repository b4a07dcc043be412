//! Lossy WebP by libwebp.

use shared::Format;

use super::{Settings, failed};
use crate::codec::libwebp;
use crate::error::Error;
use crate::raster::Raster;

pub(super) fn encode(raster: &Raster, settings: Settings) -> Result<Vec<u8>, Error> {
    libwebp::encode(raster.into(), &settings.into()).ok_or_else(|| failed(Format::WebP)(&"the encoder gives up"))
}

impl From<Settings> for libwebp::Settings {
    fn from(settings: Settings) -> libwebp::Settings {
        libwebp::Settings { quality: settings.quality.get(), method: settings.effort }
    }
}
