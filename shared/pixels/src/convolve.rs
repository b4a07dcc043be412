//! Convolution with a Gaussian, first along the rows and then along the columns.
//!
//! Sums are taken in the order of `image::imageops::blur`, so that the bytes are the same. Unlike there, no buffer of
//! the image's size holds floating-point samples.

use std::ops::Range;

use fearless_simd::{Level, Simd, dispatch};

use crate::error::Error;
use crate::observer::{Observer, check_deadline};
use crate::raster::Raster;

/// Number of pixels of a row that are blurred before the next row: few enough that all rows of a kernel stay in the
/// processor's cache.
const COLUMNS: usize = 1024;

/// Number of samples that are summed up at once.
const LANES: usize = 16;

impl Raster {
    /// Blurs each channel on its own. `sigma` is the standard deviation in pixels.
    pub(crate) fn convolved(&self, sigma: f32, observer: &dyn Observer) -> Result<Raster, Error> {
        let kernel = kernel(sigma);
        let mut smooth = Raster::new(self.size, self.channels);
        let width = self.size.width as usize;
        for left in (0..width).step_by(COLUMNS) {
            check_deadline(observer)?;
            let columns = left..(left + COLUMNS).min(width);
            dispatch!(Level::new(), simd => convolve(simd, self, &kernel, columns, &mut smooth));
        }
        Ok(smooth)
    }
}

/// Returns the weights of a pixel's neighbours: an odd number of weights, whose sum is 1.
fn kernel(sigma: f32) -> Vec<f32> {
    // The number of weights that `image` takes; they reach to nearly three standard deviations.
    let size = ((((sigma - 0.8) / 0.3 + 1.0) * 2.0) + 1.0).max(3.0) as usize;
    let size = if size.is_multiple_of(2) { size + 1 } else { size };
    let (mean, scale) = ((size / 2) as f32, 1.0 / (f32::sqrt(2.0 * std::f32::consts::PI) * sigma));
    let mut weights: Vec<f32> =
        (0..size).map(|x| f32::exp(-0.5 * f32::powf((x as f32 - mean) / sigma, 2.0)) * scale).collect();
    let sum = weights.iter().fold(0.0, |sum, weight| sum + weight);
    weights.iter_mut().for_each(|weight| *weight *= 1.0 / sum);
    weights
}

#[inline(always)]
fn convolve<S: Simd>(_: S, raster: &Raster, kernel: &[f32], columns: Range<usize>, smooth: &mut Raster) {
    let (count, stride, height) = (raster.channels.count(), raster.stride(), raster.size.height as usize);
    let (reach, width) = (kernel.len() / 2, columns.len() * count);
    let lanes = width.next_multiple_of(LANES);
    let mut padded = vec![0.0; lanes + 2 * reach * count];
    // Row y is at index y modulo their number, which is the most rows that are needed at once.
    let mut rows = vec![vec![0.0; lanes]; kernel.len().min(height)];
    let mut sums = vec![0.0; lanes];
    let mut next = 0;
    for y in 0..height {
        while next < (y + reach + 1).min(height) {
            pad(&raster.pixels[next * stride..][..stride], count, columns.start, reach, &mut padded);
            let shifted: Vec<&[f32]> = (0..kernel.len()).map(|at| &padded[at * count..][..lanes]).collect();
            let place = next % rows.len();
            weighted(kernel, &shifted, &mut rows[place]);
            next += 1;
        }
        let around = (0..kernel.len()).map(|at| (y + at).saturating_sub(reach).min(height - 1));
        let around: Vec<&[f32]> = around.map(|y| &rows[y % rows.len()][..lanes]).collect();
        weighted(kernel, &around, &mut sums);
        let to = &mut smooth.pixels[y * stride + columns.start * count..][..width];
        to.iter_mut().zip(&sums).for_each(|(level, sum)| *level = sum.round() as u8);
    }
}

/// Copies pixels of a row from `left` on, with their neighbours on both sides. Beyond an edge, the pixel at the edge is
/// repeated.
#[inline(always)]
fn pad(row: &[u8], count: usize, left: usize, reach: usize, padded: &mut [f32]) {
    let last = row.len() - count;
    let start = left.saturating_sub(reach) * count;
    let (before, rest) = padded.split_at_mut(reach.saturating_sub(left) * count);
    let inner = rest.len().min(row.len() - start);
    let (inner, behind) = rest.split_at_mut(inner);
    let copy = |to: &mut [f32], from: &[u8]| to.iter_mut().zip(from).for_each(|(to, from)| *to = f32::from(*from));
    before.chunks_mut(count).for_each(|pixel| copy(pixel, row));
    copy(inner, &row[start..]);
    behind.chunks_mut(count).for_each(|pixel| copy(pixel, &row[last..]));
}

/// Computes the weighted sums of the samples of as many rows as there are weights: the middle row first, then pairs
/// from the outside in.
#[inline(always)]
fn weighted(kernel: &[f32], rows: &[&[f32]], sums: &mut [f32]) {
    let (middle, end) = (kernel.len() / 2, kernel.len() - 1);
    for (block, sums) in sums.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
        let samples = |row: usize| &rows[row][block * LANES..][..LANES];
        let mut sum = [0.0; LANES];
        sum.iter_mut().zip(samples(middle)).for_each(|(sum, sample)| *sum = sample * kernel[middle]);
        for (at, weight) in kernel[..middle].iter().enumerate() {
            let pairs = samples(at).iter().zip(samples(end - at));
            sum.iter_mut().zip(pairs).for_each(|(sum, (a, b))| *sum = add_product(*sum, a + b, *weight));
        }
        *sums = sum;
    }
}

/// A fused multiply-add where `image` has one: on architectures where every processor supports it.
#[inline(always)]
fn add_product(sum: f32, a: f32, b: f32) -> f32 {
    if cfg!(target_arch = "aarch64") { a.mul_add(b, sum) } else { sum + a * b }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use image::imageops::blur;
    use image::{ImageBuffer, Pixel, Rgb, Rgba};

    use super::*;
    use crate::observer::Stage;
    use crate::raster::Channels;
    use crate::size::Size;

    fn image<P: Pixel<Subpixel = u8> + 'static>(raster: &Raster, sigma: f32) -> Vec<u8> {
        let Size { width, height } = raster.size;
        blur(&ImageBuffer::<P, _>::from_raw(width, height, raster.pixels.clone()).unwrap(), sigma).into_raw()
    }

    #[test]
    fn the_same_bytes_as_image() {
        for (width, height) in [(1, 1), (3, 40), (40, 3), (70, 33), (1030, 9)] {
            for channels in [Channels::Rgb, Channels::Rgba] {
                let mut raster = Raster::new(Size { width, height }, channels);
                let mut state = 1u32;
                for level in &mut raster.pixels {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    *level = (state >> 24) as u8;
                }
                for sigma in [0.3, 0.8, 1.0, 2.05, 3.9] {
                    let smooth = raster.convolved(sigma, &|_: Stage| {}).unwrap().pixels;
                    let expected = match channels {
                        Channels::Rgba => image::<Rgba<u8>>(&raster, sigma),
                        _ => image::<Rgb<u8>>(&raster, sigma),
                    };
                    assert!(smooth == expected, "{width}x{height} {channels:?} {sigma}");
                }
            }
        }
    }

    /// A caller whose deadline has passed.
    struct Late;

    impl Observer for Late {
        fn begin(&mut self, _: Stage) {}

        fn time_left(&self) -> Option<Duration> {
            Some(Duration::ZERO)
        }
    }

    #[test]
    fn it_stops_at_the_deadline() {
        let raster = Raster::new(Size { width: 9, height: 9 }, Channels::Rgb);
        assert_eq!(raster.convolved(1.0, &Late).err(), Some(Error::OutOfTime));
    }
}
