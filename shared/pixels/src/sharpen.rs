//! Unsharp masking of lightness with the curve of libvips, and so of sharp: see `vips_sharpen` in the documentation of
//! libvips.

use ridge_contract::values::Sigma;

use crate::error::Error;
use crate::observer::Observer;
use crate::raster::Raster;

/// Largest difference that counts as flat, in steps of lightness (0 to 100).
const FLAT: f32 = 2.0;
/// Gain of a flat difference, and of the rest of a larger one.
const FLAT_GAIN: f32 = 1.0;
const JAGGED_GAIN: f32 = 2.0;
/// Largest increase and decrease of lightness, in steps.
const LIGHTER: f32 = 10.0;
const DARKER: f32 = 20.0;

/// Levels of a channel per step of lightness.
const LEVELS: f32 = 2.55;

/// Weights of ITU-R BT.601 for encoded levels: their sum is nearly lightness.
const WEIGHTS: [usize; 3] = [299, 587, 114];

impl Raster {
    /// Sharpens the image. Hue and alpha stay.
    pub(crate) fn sharpen(mut self, sigma: Option<Sigma>, observer: &dyn Observer) -> Result<Raster, Error> {
        let Some(sigma) = sigma else { return Ok(self) };
        let count = self.channels.count();
        let smooth = self.smooth(sigma, observer)?;
        let change: Vec<i16> = (-255..=255).map(change).collect();
        for (pixel, smooth) in self.pixels.chunks_exact_mut(count).zip(smooth.pixels.chunks_exact(count)) {
            let change = change[luma(pixel) + 255 - luma(smooth)];
            for level in &mut pixel[..3] {
                *level = (i16::from(*level) + change).clamp(0, 255) as u8;
            }
        }
        Ok(self)
    }
}

fn luma(pixel: &[u8]) -> usize {
    let sum: usize = pixel.iter().zip(WEIGHTS).map(|(level, weight)| usize::from(*level) * weight).sum();
    (sum + 500) / 1000
}

/// Returns the levels that are added to a pixel that is `difference` levels lighter than its surroundings.
fn change(difference: i16) -> i16 {
    let steps = f32::from(difference) / LEVELS;
    let flat = steps.clamp(-FLAT, FLAT);
    let grown = flat * FLAT_GAIN + (steps - flat) * JAGGED_GAIN;
    (grown.clamp(-DARKER, LIGHTER) * LEVELS).round() as i16
}

#[cfg(test)]
mod tests {
    use super::change;

    #[test]
    fn the_curve_is_odd_in_the_middle_and_bounded() {
        for (difference, expected) in
            [(0, 0), (3, 3), (-3, -3), (5, 5), (8, 11), (-8, -11), (40, 26), (255, 26), (-40, -51), (-255, -51)]
        {
            assert_eq!(change(difference), expected, "{difference}");
        }
    }
}
