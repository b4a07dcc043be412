//! `g=smart`: moves a crop to what stands out, such as heads and text.
//!
//! The constants were chosen by looking at crops of photographs. A change of a constant moves the crops of stored
//! variants, so it must raise `PIPELINE` in the same commit. The same pixels give the same crop on every machine: only
//! sums, products and square roots are used, in a fixed order.

use crate::error::Error;
use crate::orientation::Orientation;
use crate::plan::Crop;
use crate::resize::Decoded;
use crate::salience::salience;
use crate::size::Size;

/// Longest side of the small copy, in pixels. What stands out at this size is what people see first.
const LONGER_SIDE: u32 = 128;

/// How much less a pixel counts at the image's border than in its middle, 0 to 1; the weight falls with the square of
/// the distance.
const OFF_CENTRE: f64 = 0.2;

/// The same at the border of the crop.
const AT_BORDER: f64 = 0.6;

impl Decoded {
    /// Moves `crop`, which the plan has in the middle, in pixels of the stored image, whose size is `source`. `target`
    /// is the size to which it will be resampled.
    ///
    /// The image is judged upright, but before the turn that the variant asks for: that turn does not change what
    /// people look at, nor what is kept.
    pub(crate) fn salient_crop(
        &mut self,
        crop: Crop,
        target: Size,
        source: Size,
        orientation: Orientation,
    ) -> Result<Crop, Error> {
        let upright = orientation.stored_size(source);
        let (width, height) =
            if orientation.swaps_sides() { (crop.height, crop.width) } else { (crop.width, crop.height) };
        let across = Axis { side: f64::from(upright.width), window: width };
        let down = Axis { side: f64::from(upright.height), window: height };
        if !across.is_free() && !down.is_free() {
            return Ok(crop);
        }
        let small = self.preview(small(self.raster.size), crop, target)?.orient(orientation);
        let columns = small.size.width as usize;
        let salience = salience(small);
        // A crop that covers the target can move along one side, never along both.
        let found = if across.is_free() {
            let sums = (0..columns).map(|x| salience.iter().skip(x).step_by(columns).sum());
            across.seek(&sums.collect::<Vec<f64>>()).map(|left| (left, down.middle()))
        } else {
            let sums = salience.chunks_exact(columns).map(|row| row.iter().sum());
            down.seek(&sums.collect::<Vec<f64>>()).map(|top| (across.middle(), top))
        };
        Ok(found.map_or(crop, |(left, top)| orientation.stored_crop(Crop { left, top, width, height }, upright)))
    }
}

fn small(size: Size) -> Size {
    let longer = u64::from(size.width.max(size.height));
    let side = |side: u32| {
        let scaled = (u64::from(side) * u64::from(LONGER_SIDE)).div_ceil(longer);
        side.min(u32::try_from(scaled).unwrap_or(side))
    };
    Size { width: side(size.width), height: side(size.height) }
}

/// One side of the source, and the crop that moves along it, in pixels.
struct Axis {
    side: f64,
    window: f64,
}

impl Axis {
    fn is_free(&self) -> bool {
        self.side - self.window >= 1.0
    }

    fn middle(&self) -> f64 {
        ((self.side - self.window) / 2.0).max(0.0)
    }

    /// Returns the start of the crop with the highest score; `None` if no place is better than the middle.
    fn seek(&self, salience: &[f64]) -> Option<f64> {
        let (middle, step) = (self.middle(), self.side / salience.len() as f64);
        let steps = (middle / step).ceil() as u32;
        // From the middle outwards, so that of equal scores the nearest wins. Whole pixels, so that a crop without
        // scaling stays sharp.
        let away = (1..=steps).map(|steps| f64::from(steps) * step).flat_map(|away| [middle - away, middle + away]);
        let starts = away.map(|start| start.round().clamp(0.0, self.side - self.window));
        let best = (self.score(salience, middle), None);
        let best = starts.fold(best, |best, start| {
            let score = self.score(salience, start);
            if score > best.0 { (score, Some(start)) } else { best }
        });
        best.1
    }

    fn score(&self, salience: &[f64], start: f64) -> f64 {
        let step = self.side / salience.len() as f64;
        let places = salience.iter().enumerate().map(|(index, salience)| ((index as f64 + 0.5) * step, salience));
        let counted = places.map(|(place, salience)| {
            let from_middle = 2.0 * (place - start) / self.window - 1.0;
            let off_centre = 2.0 * place / self.side - 1.0;
            let is_inside = (-1.0..=1.0).contains(&from_middle);
            let weight = (1.0 - AT_BORDER * from_middle * from_middle) * (1.0 - OFF_CENTRE * off_centre * off_centre);
            if is_inside { salience * weight } else { 0.0 }
        });
        counted.sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::{Channels, Raster};

    #[test]
    fn without_a_crop_no_pixel_is_read() {
        let size = Size { width: 40, height: 30 };
        // Without pixels, each look at them is an error.
        let mut decoded = Decoded::whole(Raster { size, channels: Channels::Rgb, pixels: Vec::new() });
        let whole = Crop::whole(size);
        assert_eq!(decoded.salient_crop(whole, size, size, Orientation::Upright).ok(), Some(whole));
        let narrower = Crop { left: 5.0, width: 30.0, ..whole };
        assert!(decoded.salient_crop(narrower, size, size, Orientation::Upright).is_err());
    }
}
