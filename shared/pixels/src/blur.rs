//! Gaussian blur.

use fast_image_resize::FilterType;
use image::imageops::blur;
use image::{ImageBuffer, Luma, Pixel, Rgb, Rgba};
use shared::values::Sigma;

use crate::error::Error;
use crate::pipeline::{Watch, in_time};
use crate::plan::Crop;
use crate::raster::{Channels, Raster};
use crate::resize::{divided, multiplied, resample};
use crate::size::Size;

/// From twice this on, in pixels, a picture is blurred while it is reduced: time does not grow with the blur, and one
/// of 100 pixels would take a minute.
const FINE: f32 = 2.0;

/// Rows that are blurred at a time.
const BAND: usize = 128;

/// Standard deviations up to which a neighbour counts; `image` ends its kernel before.
const REACH: f32 = 4.0;

impl Raster {
    /// Blurs colour and alpha, colour as much as it is visible: what lies under full transparency does not bleed out.
    pub(crate) fn blur(self, sigma: Option<Sigma>, watch: &dyn Watch) -> Result<Raster, Error> {
        let Some(sigma) = sigma.map(Sigma::pixels) else { return Ok(self) };
        match self.channels {
            Channels::One | Channels::Rgb => self.blurred(sigma, watch),
            Channels::Rgba => divided(multiplied(self)?.blurred(sigma, watch)?),
        }
    }

    fn blurred(self, sigma: f32, watch: &dyn Watch) -> Result<Raster, Error> {
        let size = self.size;
        let factor = (sigma / FINE).floor().max(1.0);
        if factor == 1.0 {
            return self.convolved(sigma, watch);
        }
        let side = |side: u32| (side as f32 / factor).ceil() as u32;
        let small = Size { width: side(size.width), height: side(size.height) };
        let reduced = resample(&self, Crop::whole(size), small, FilterType::Box)?;
        // Variances add up, and a box as wide as n pixels has one of (n² - 1) / 12.
        let rest = (sigma * sigma - (factor * factor - 1.0) / 12.0).sqrt() / factor;
        resample(&reduced.convolved(rest, watch)?, Crop::whole(small), size, FilterType::CatmullRom)
    }

    /// In bands of rows: the convolution holds a picture several times over, in floating point.
    fn convolved(self, sigma: f32, watch: &dyn Watch) -> Result<Raster, Error> {
        let stride = self.stride();
        let reach = (sigma * REACH).ceil() as usize + 1;
        let mut pixels = Vec::with_capacity(self.pixels.len());
        let height = self.size.height as usize;
        for top in (0..height).step_by(BAND) {
            in_time(watch)?;
            let bottom = (top + BAND).min(height);
            let (first, end) = (top.saturating_sub(reach), (bottom + reach).min(height));
            let band = self.pixels[first * stride..end * stride].to_vec();
            let size = Size { height: (end - first) as u32, ..self.size };
            let band = match self.channels {
                Channels::One => convolved::<Luma<u8>>(size, band, sigma),
                Channels::Rgb => convolved::<Rgb<u8>>(size, band, sigma),
                Channels::Rgba => convolved::<Rgba<u8>>(size, band, sigma),
            };
            pixels.extend_from_slice(&band[(top - first) * stride..(bottom - first) * stride]);
        }
        Ok(Raster { pixels, ..self })
    }
}

/// Blurs every channel for itself.
fn convolved<P: Pixel<Subpixel = u8> + 'static>(size: Size, pixels: Vec<u8>, sigma: f32) -> Vec<u8> {
    let image: ImageBuffer<P, _> =
        ImageBuffer::from_raw(size.width, size.height, pixels).expect("a raster has the bytes that its size asks for");
    blur(&image, sigma).into_raw()
}
