//! What stands out in an image, such as heads and text.
//!
//! Three cheap maps judge a small copy of the image. Each counts only where it exceeds its own mean, so that a texture
//! that is everywhere, such as grass, counts nowhere:
//!
//! * detail: a Laplacian as in smartcrop.js; its mean near a pixel minus its mean far from it (centre and surround:
//!   Itti, Koch and Niebur, "A model of saliency-based visual attention for rapid scene analysis", 1998);
//! * rare colour: the contrast to all other colours by their histogram (Cheng et al., "Global contrast based salient
//!   region detection", 2011). Pixels at the image's edge count as much as all others together, because objects that
//!   are cut off there are mostly background (Wei et al., "Geodesic saliency using background priors", 2012);
//! * skin: the box in Cb and Cr of Chai and Ngan, "Face segmentation using skin-color map in videophone applications",
//!   1999, with soft sides, and mostly where there is detail too: a beige wall has no eyes.
//!
//! A change of a constant moves the crops of stored variants, so it must raise `PIPELINE` in the same commit.

use ridge_contract::values::Color;

use crate::raster::Raster;
use crate::size::Size;

/// A value that exceeds the mean of its map by less than this, of 255, is noise of sensors or of JPEG.
const NOISE: f64 = 4.0;

/// Returns how much each pixel stands out. Transparent pixels do not.
pub(crate) fn salience(small: Raster) -> Vec<f64> {
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
