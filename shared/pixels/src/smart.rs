//! `g=smart`: moves a crop to what stands out, such as heads and text.
//!
//! Three cheap maps judge a small copy of the image. Each counts only where it exceeds its own mean, so that a texture
//! that is everywhere, such as grass, counts nowhere:
//!
//! A small copy of the image is judged by three cheap maps. Each counts only as far as it rises above its own mean,
//! so that what is everywhere, such as grass, counts nowhere:
//!
//! * detail: a Laplacian as in smartcrop.js; its mean near a pixel minus its mean far from it (centre and surround:
//!   Itti, Koch and Niebur, "A model of saliency-based visual attention for rapid scene analysis", 1998);
//! * rare colour: the contrast to all other colours by their histogram (Cheng et al., "Global contrast based salient
//!   region detection", 2011). Pixels at the image's edge count as much as all others together, because objects that
//!   are cut off there are mostly background (Wei et al., "Geodesic saliency using background priors", 2012);
//! * skin: the box in Cb and Cr of Chai and Ngan, "Face segmentation using skin-color map in videophone applications",
//!   1999, with soft sides, and mostly where there is detail too: a beige wall has no eyes.
//!
//! The constants were chosen by looking at crops of photographs. A change of a constant moves the crops of stored
//! variants, so it must raise `PIPELINE` in the same commit. The same pixels give the same crop on every machine: only
//! sums, products and square roots are used, in a fixed order.

use ridge_contract::values::Color;

use crate::error::Error;
use crate::orientation::Orientation;
use crate::plan::Crop;
use crate::raster::Raster;
use crate::resize::Decoded;
use crate::size::Size;

/// Longest side of the small copy, in pixels. What stands out at this size is what people see first.
const LONGER_SIDE: u32 = 128;

/// How much less a pixel counts at the image's border than in its middle, 0 to 1; the weight falls with the square of
/// the distance.
const OFF_CENTRE: f64 = 0.2;

/// The same at the border of the crop.
const AT_BORDER: f64 = 0.6;

/// A value that exceeds the mean of its map by less than this, of 255, is noise of sensors or of JPEG.
const NOISE: f64 = 4.0;

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

/// Returns how much each pixel stands out. Transparent pixels do not.
fn salience(small: Raster) -> Vec<f64> {
    let alpha = small.has_alpha().then(|| small.pixels.iter().skip(3).step_by(4).copied().collect::<Vec<u8>>());
    let (size, gray) = (small.size, Color { rgb: [128; 3], alpha: 255 });
    let small = small.flatten(gray);
    let (pixels, _) = small.pixels.as_chunks::<3>();
    let strokes = strokes(size, pixels);
    let (near, around, far) = (blur(size, &strokes, 2), blur(size, &strokes, 4), blur(size, &strokes, 20));
    let detail = near.iter().zip(far).map(|(near, far)| 2.0 * (near - far).max(0.0)).collect();
    let skin = pixels.iter().zip(around).map(|(pixel, around)| 2.5 * skin(*pixel) * (around / 15.0).clamp(0.4, 1.0));
    let rare = rarity(size, pixels).into_iter().map(|rarity| 1.5 * rarity);
    let mut sum = vec![0.0; pixels.len()];
    for map in [detail, skin.collect(), rare.collect::<Vec<f64>>()] {
        let mean = map.iter().sum::<f64>() / map.len() as f64;
        sum.iter_mut().zip(map).for_each(|(sum, value)| *sum += (value - mean - NOISE).max(0.0));
    }
    let alpha = alpha.iter().flatten().map(|alpha| f64::from(*alpha) / 255.0);
    sum.iter_mut().zip(alpha).for_each(|(sum, alpha)| *sum *= alpha);
    sum
}

/// Returns luma (ITU-R BT.601), 0 to 255.
fn luma([r, g, b]: [u8; 3]) -> f64 {
    (299.0 * f64::from(r) + 587.0 * f64::from(g) + 114.0 * f64::from(b)) / 1000.0
}

/// Returns how much each pixel differs from its four neighbours, 0 to 255.
fn strokes(size: Size, pixels: &[[u8; 3]]) -> Vec<f64> {
    let (width, height) = (size.width as usize, size.height as usize);
    let luma: Vec<f64> = pixels.iter().map(|pixel| luma(*pixel)).collect();
    let at = |x: usize, y: usize| luma[y.min(height - 1) * width + x.min(width - 1)];
    let stroke = |x: usize, y: usize| {
        let around = at(x.saturating_sub(1), y) + at(x + 1, y) + at(x, y.saturating_sub(1)) + at(x, y + 1);
        (4.0 * at(x, y) - around).abs().min(255.0)
    };
    (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| stroke(x, y)).collect()
}

/// Returns the means over squares of `2 * radius + 1` pixels, by a summed-area table.
fn blur(size: Size, map: &[f64], radius: usize) -> Vec<f64> {
    let (width, height) = (size.width as usize, size.height as usize);
    let stride = width + 1;
    let mut sums = vec![0.0; stride * (height + 1)];
    for y in 0..height {
        let mut row = 0.0;
        for x in 0..width {
            row += map[y * width + x];
            sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1] + row;
        }
    }
    let mean = |x: usize, y: usize| {
        let (left, right) = (x.saturating_sub(radius), (x + radius + 1).min(width));
        let (top, bottom) = (y.saturating_sub(radius) * stride, (y + radius + 1).min(height) * stride);
        let sum = sums[bottom + right] - sums[bottom + left] - sums[top + right] + sums[top + left];
        sum / ((right - left) * ((bottom - top) / stride)) as f64
    };
    (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| mean(x, y)).collect()
}

/// Returns the mean distance of each pixel's colour from all others, in 512 bins of luma and two colour differences.
fn rarity(size: Size, pixels: &[[u8; 3]]) -> Vec<f64> {
    let (width, height) = (size.width as usize, size.height as usize);
    let on_edge = (pixels.len() / (2 * (width + height))) as f64;
    let colour = |[r, g, b]: [u8; 3]| {
        let differences = [f64::from(r) - f64::from(g), f64::from(r).midpoint(f64::from(g)) - f64::from(b)];
        [luma([r, g, b]), differences[0], differences[1]]
    };
    let bin = |[luma, a, b]: [f64; 3]| {
        (luma / 32.0) as usize * 64 + ((a + 256.0) / 64.0) as usize * 8 + ((b + 256.0) / 64.0) as usize
    };
    let mut sums = vec![([0.0; 3], 0.0); 512];
    for (index, pixel) in pixels.iter().enumerate() {
        let (x, y) = (index % width, index / width);
        let is_edge = x == 0 || y == 0 || x + 1 == width || y + 1 == height;
        let weight = if is_edge { 1.0 + on_edge } else { 1.0 };
        let colour = colour(*pixel);
        let (sum, total) = &mut sums[bin(colour)];
        *total += weight;
        sum.iter_mut().zip(colour).for_each(|(sum, channel)| *sum += weight * channel);
    }
    let total: f64 = sums.iter().map(|(_, weight)| weight).sum();
    let means: Vec<_> = sums.iter().map(|(sum, weight)| (sum.map(|sum| sum / weight.max(1.0)), *weight)).collect();
    let distance = |a: [f64; 3], b: [f64; 3]| a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt();
    let used: Vec<_> = means.iter().filter(|(_, weight)| *weight > 0.0).collect();
    let contrast = |(of, weight): &([f64; 3], f64)| {
        if *weight == 0.0 {
            0.0
        } else {
            used.iter().map(|(to, weight)| weight * distance(*of, *to)).sum::<f64>() / total
        }
    };
    let contrasts: Vec<f64> = means.iter().map(contrast).collect();
    pixels.iter().map(|pixel| contrasts[bin(colour(*pixel))]).collect()
}

/// Returns how much a colour looks like skin, 0 to 100.
fn skin(pixel: [u8; 3]) -> f64 {
    let luma = luma(pixel);
    let (cb, cr) = (128.0 + 0.564 * (f64::from(pixel[2]) - luma), 128.0 + 0.713 * (f64::from(pixel[0]) - luma));
    let far = f64::max((cb - 108.0).abs() / 18.0, (cr - 150.0).abs() / 17.0);
    if luma < 40.0 { 0.0 } else { 100.0 * (1.3 - far).clamp(0.0, 1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::Channels;

    #[test]
    fn where_nothing_is_to_crop_no_pixel_is_looked_at() {
        let size = Size { width: 40, height: 30 };
        // Without pixels, each look at them is an error.
        let mut decoded = Decoded::whole(Raster { size, channels: Channels::Rgb, pixels: Vec::new() });
        let whole = Crop::whole(size);
        assert_eq!(decoded.salient_crop(whole, size, size, Orientation::Upright).ok(), Some(whole));
        let narrower = Crop { left: 5.0, width: 30.0, ..whole };
        assert!(decoded.salient_crop(narrower, size, size, Orientation::Upright).is_err());
    }
}
