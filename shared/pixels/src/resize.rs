//! Resampling: Lanczos3 on premultiplied alpha.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use crate::error::Error;
use crate::plan::Crop;
use crate::raster::{Channels, Raster};
use crate::size::Size;

/// Decoded pixels, reduced on the way where the decoder can: each stands for `1 / scale` pixels of the source.
pub(crate) struct Decoded {
    pub(crate) raster: Raster,
    /// 0 to 1. Not the ratio of the sizes: a decoder rounds the reduced size up, and the last pixel covers less.
    pub(crate) scale: f64,
}

impl Decoded {
    /// All pixels of the source.
    pub(crate) fn whole(raster: Raster) -> Decoded {
        Decoded { raster, scale: 1.0 }
    }

    /// Resamples `crop`, given in pixels of the source as it is stored.
    pub(crate) fn resize(self, crop: Crop, target: Size) -> Result<Raster, Error> {
        let size = self.raster.size;
        let crop = crop.scaled(self.scale, size);
        if size == target && crop == Crop::whole(size) { Ok(self.raster) } else { self.resample(crop, target) }
    }

    /// Resamples `crop`, given in pixels of the raster.
    pub(crate) fn resample(&self, crop: Crop, target: Size) -> Result<Raster, Error> {
        let Raster { size, channels, ref pixels } = self.raster;
        let pixel = match channels {
            Channels::Rgb => PixelType::U8x3,
            Channels::Rgba => PixelType::U8x4,
        };
        let failed = |error: &dyn std::fmt::Display| Error::Encoder(format!("resize {size} to {target}: {error}"));
        let source = ImageRef::new(size.width, size.height, pixels, pixel).map_err(|error| failed(&error))?;
        let mut resized = Image::new(target.width, target.height, pixel);
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3)).crop(
            crop.left,
            crop.top,
            crop.width,
            crop.height,
        );
        Resizer::new().resize(&source, &mut resized, &options).map_err(|error| failed(&error))?;
        Ok(Raster { size: target, channels, pixels: resized.into_vec() })
    }
}

impl Crop {
    /// The same part in a reduced decoding of this size, kept inside it.
    fn scaled(self, scale: f64, reduced: Size) -> Crop {
        let (right, bottom) = (f64::from(reduced.width), f64::from(reduced.height));
        let (width, height) = ((self.width * scale).min(right), (self.height * scale).min(bottom));
        let left = (self.left * scale).clamp(0.0, right - width);
        let top = (self.top * scale).clamp(0.0, bottom - height);
        Crop { left, top, width, height }
    }
}
