//! Gaussian blur.

use ridge_contract::values::Sigma;
use ridge_resample::FilterType;

use crate::error::Error;
use crate::observer::Observer;
use crate::plan::Crop;
use crate::raster::{Channels, Raster};
use crate::resize::{divided, multiplied, resample};
use crate::size::Size;

/// Half of the standard deviation, in pixels, from which on an image is blurred at a reduced size. So the time does not
/// grow with the blur: at full size, a deviation of 100 pixels would take a minute.
const FINE: f32 = 2.0;

impl Raster {
    /// Blurs colour and alpha. Colour is weighted by alpha, so that the colour of transparent pixels does not bleed
    /// into others.
    pub(crate) fn blur(self, sigma: Option<Sigma>, observer: &dyn Observer) -> Result<Raster, Error> {
        let Some(sigma) = sigma.map(Sigma::pixels) else { return Ok(self) };
        match self.channels {
            Channels::One | Channels::Rgb => self.blurred(sigma, observer),
            Channels::Rgba => divided(multiplied(self)?.blurred(sigma, observer)?),
        }
    }

    /// Returns a blurred copy.
    pub(crate) fn smooth(&self, sigma: Sigma, observer: &dyn Observer) -> Result<Raster, Error> {
        match self.channels {
            Channels::One | Channels::Rgb => self.blurred(sigma.pixels(), observer),
            Channels::Rgba => divided(multiplied(self.clone())?.blurred(sigma.pixels(), observer)?),
        }
    }

    fn blurred(&self, sigma: f32, observer: &dyn Observer) -> Result<Raster, Error> {
        let size = self.size;
        let factor = (sigma / FINE).floor().max(1.0);
        if factor == 1.0 {
            return self.convolved(sigma, observer);
        }
        let side = |side: u32| (side as f32 / factor).ceil() as u32;
        let small = Size { width: side(size.width), height: side(size.height) };
        let reduced = resample(self, Crop::whole(size), small, FilterType::Box)?;
        // Variances add up. The variance of a box n pixels wide is (n² - 1) / 12.
        let rest = (sigma * sigma - (factor * factor - 1.0) / 12.0).sqrt() / factor;
        resample(&reduced.convolved(rest, observer)?, Crop::whole(small), size, FilterType::CatmullRom)
    }
}
