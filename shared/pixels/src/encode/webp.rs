//! Lossy WebP by libwebp.

use shared::Format;
use shared::values::Quality;

use super::failed;
use crate::codec::libwebp::{self, Settings};
use crate::error::Error;
use crate::raster::Raster;

/// libwebp's and sharp's default. Method 2 takes half the time and gives 9 % more bytes at an equal score.
const METHOD: u8 = 4;

pub(super) fn encode(raster: &Raster, quality: Quality) -> Result<Vec<u8>, Error> {
    let settings = Settings { quality: quality.get(), method: METHOD };
    libwebp::encode(raster.size.width, raster.size.height, raster.channels.count(), &raster.pixels, &settings)
        .ok_or_else(|| failed(Format::WebP)(&"the encoder gives up"))
}
