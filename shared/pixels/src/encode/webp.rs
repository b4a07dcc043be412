//! WebP by libwebp: lossy, except for drawings that are smaller lossless.

use ridge_contract::Format;

use super::settings::{Settings, failed};
use crate::codec::libwebp;
use crate::error::Error;
use crate::planes::Planes;
use crate::raster::Raster;

/// Lossless effort of libwebp, of 100. More takes twice the time for a few bytes.
const LOSSLESS_EFFORT: u8 = 50;

/// Largest drawing in pixels that is encoded lossless too, which takes up to half a microsecond per pixel.
const LOSSLESS_MAX: u64 = 4_000_000;

/// Largest effort for a large image. From 3 on, noise takes twice the time and three times the memory. Below 2, libwebp
/// ignores that the first partition of a file holds at most 512 KB, and fails for images of 20 million pixels.
const LARGE_METHOD: u8 = 2;

pub(super) fn encode(raster: &Raster, settings: Settings) -> Result<Vec<u8>, Error> {
    let failed = || failed(Format::WebP)(&"libwebp cannot encode it");
    let mut how: libwebp::WebPSettings = settings.into();
    how.has_raw_alpha = settings.is_large && raster.has_noisy_alpha();
    let lossy = libwebp::encode(raster.into(), &how).ok_or_else(failed)?;
    if raster.size.pixels() > LOSSLESS_MAX || !raster.is_drawn() {
        return Ok(lossy);
    }
    let settings = libwebp::WebPSettings {
        quality: LOSSLESS_EFFORT,
        method: settings.effort,
        is_lossless: true,
        has_raw_alpha: false,
    };
    let lossless = libwebp::encode(raster.into(), &settings).ok_or_else(failed)?;
    Ok(if lossless.len() < lossy.len() { lossless } else { lossy })
}

/// Encodes planes, lossy. `None` if the image may be a drawing: a lossless file may be smaller, and planes have already
/// lost something.
pub(super) fn encode_planes(planes: Planes, settings: Settings) -> Result<Option<Vec<u8>>, Error> {
    let size = planes.luma.size;
    if size.pixels() <= LOSSLESS_MAX && planes.may_be_drawn() {
        return Ok(None);
    }
    let Planes { luma, chroma, .. } = planes;
    let chroma = match chroma {
        Some(chroma) => chroma.map(|plane| plane.pixels),
        None => [(); 2].map(|()| vec![128; libwebp::chroma_samples(size.width, size.height)]),
    };
    let planes = libwebp::WebPPlanes { width: size.width, height: size.height, luma: luma.pixels, chroma };
    let encoded = libwebp::encode_planes(planes, &settings.into());
    encoded.map(Some).ok_or_else(|| failed(Format::WebP)(&"libwebp cannot encode it"))
}

impl From<Settings> for libwebp::WebPSettings {
    fn from(settings: Settings) -> libwebp::WebPSettings {
        let method = if settings.is_large { settings.effort.min(LARGE_METHOD) } else { settings.effort };
        libwebp::WebPSettings { quality: settings.quality.get(), method, is_lossless: false, has_raw_alpha: false }
    }
}
