//! Conversion of planes to interleaved pixels (ITU-T T.871, 7), with libjpeg's rounding.

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, u8x16, u16x8};

use crate::error::Error;
use crate::header::Color;
use crate::image::DecodedImage;
use crate::upsample::UpsampledRows;

/// Number of pixels that are converted at once.
const STEP: usize = 16;

/// Bytes after the pixels that a write may overwrite.
const SPARE: usize = 4;

/// The samples of one component of [`STEP`] pixels.
type Samples = [u8; STEP];

impl DecodedImage {
    /// Returns red, green and blue of each pixel, in rows without padding.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] for CMYK, whose conversion needs a profile, and for components of unknown meaning.
    pub fn rgb(&self) -> Result<Vec<u8>, Error> {
        match self.header.color {
            Color::Gray => self.interleaved([0, 0, 0], |gray| gray),
            Color::Rgb => self.interleaved([0, 1, 2], |rgb| rgb),
            Color::YCbCr => self.interleaved([0, 1, 2], rgb_of_ycc),
            Color::Cmyk | Color::Ycck | Color::Unknown => Err(Error::Unsupported("these components as RGB")),
        }
    }

    /// Returns the four inks of each pixel as stored, in rows without padding. Adobe writes 255 for no ink.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] for images that are not CMYK.
    pub fn cmyk(&self) -> Result<Vec<u8>, Error> {
        match self.header.color {
            Color::Cmyk => self.interleaved([0, 1, 2, 3], |inks| inks),
            Color::Ycck => self.interleaved([0, 1, 2, 3], |[y, cb, cr, black]| {
                let [red, green, blue] = rgb_of_ycc([y, cb, cr]).map(|color| color.map(|value| 255 - value));
                [red, green, blue, black]
            }),
            _ => Err(Error::Unsupported("these components as inks")),
        }
    }

    fn interleaved<const N: usize>(
        &self,
        components: [usize; N],
        turn: impl Fn([Samples; N]) -> [Samples; N] + Copy,
    ) -> Result<Vec<u8>, Error> {
        let mut pixels = vec![0; self.width * self.height * N];
        let mut rows = Vec::new();
        for component in components {
            rows.push(self.rows(component).ok_or(Error::Broken("too few components"))?);
        }
        for (y, pixels) in pixels.chunks_exact_mut(self.width * N).enumerate() {
            let mut row = [&[][..]; N];
            for (row, rows) in row.iter_mut().zip(&mut rows) {
                *row = rows.row(y);
            }
            dispatch!(Level::new(), simd => interleave(simd, row, pixels, turn));
        }
        Ok(pixels)
    }

    fn rows(&self, component: usize) -> Option<UpsampledRows<'_>> {
        let (plane, part) = (self.planes.get(component)?, self.header.components.get(component)?);
        let (max_across, max_down) = self.header.sampling();
        let ratio = |factor: u8, max: u8, scale: u8| {
            let (samples, pixels) = (u32::from(factor) * u32::from(scale), u32::from(max) * u32::from(self.eighths));
            let common = common_divisor(samples, pixels);
            (samples / common, pixels / common)
        };
        let across = ratio(part.across, max_across, plane.scale.across);
        let down = ratio(part.down, max_down, plane.scale.down);
        Some(UpsampledRows::new(plane, self.width, across, down))
    }
}

fn common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

#[inline(always)]
fn interleave<S: Simd, const N: usize>(
    simd: S,
    row: [&[u8]; N],
    pixels: &mut [u8],
    turn: impl Fn([Samples; N]) -> [Samples; N],
) {
    let width = pixels.len() / N;
    let mut from = 0;
    while from < width {
        let mut samples = [[0; STEP]; N];
        let to = &mut pixels[from * N..];
        if to.len() >= STEP * N + SPARE {
            for (samples, row) in samples.iter_mut().zip(row) {
                samples.copy_from_slice(&row[from..from + STEP]);
            }
            write(simd, turn(samples), to);
        } else {
            for (samples, row) in samples.iter_mut().zip(row) {
                samples.iter_mut().zip(&row[from..]).for_each(|(sample, value)| *sample = *value);
            }
            let mut step = [0; STEP * 4 + SPARE];
            write(simd, turn(samples), &mut step);
            let length = to.len().min(STEP * N);
            to[..length].copy_from_slice(&step[..length]);
        }
        from += STEP;
    }
}

/// Writes three or four samples of each pixel interleaved, and up to [`SPARE`] meaningless bytes after them:
/// overlapping stores are cheap, as long as nothing is read back.
#[inline(always)]
fn write<S: Simd, const N: usize>(simd: S, samples: [Samples; N], pixels: &mut [u8]) {
    let pixels = &mut pixels[..STEP * N + SPARE];
    let order = u8x16::from_slice(simd, &[0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 15, 15, 15, 15]);
    let last = if N == 3 { [0; STEP] } else { samples[N - 1] };
    let fours = fours(simd, [samples[0], samples[1], samples[2], last]);
    for i in 0..4 {
        let pixels = &mut pixels[4 * N * i..4 * N * i + 16];
        if N == 3 {
            simd.swizzle_dyn_within_blocks_u8x16(fours[i], order).store_slice(pixels);
        } else {
            fours[i].store_slice(pixels);
        }
    }
}

/// Interleaves four pixels of four values, four times.
#[inline(always)]
fn fours<S: Simd>(simd: S, samples: [Samples; 4]) -> [u8x16<S>; 4] {
    let a = u8x16::from_slice(simd, &samples[0]);
    let b = u8x16::from_slice(simd, &samples[1]);
    let c = u8x16::from_slice(simd, &samples[2]);
    let d = u8x16::from_slice(simd, &samples[3]);
    let (low, high) = (simd.zip_low_u8x16(a, b).bitcast::<u16x8<S>>(), simd.zip_low_u8x16(c, d).bitcast::<u16x8<S>>());
    let first = (simd.zip_low_u16x8(low, high).bitcast(), simd.zip_high_u16x8(low, high).bitcast());
    let (low, high) =
        (simd.zip_high_u8x16(a, b).bitcast::<u16x8<S>>(), simd.zip_high_u8x16(c, d).bitcast::<u16x8<S>>());
    [first.0, first.1, simd.zip_low_u16x8(low, high).bitcast(), simd.zip_high_u16x8(low, high).bitcast()]
}

#[inline(always)]
fn rgb_of_ycc([y, cb, cr]: [Samples; 3]) -> [Samples; 3] {
    let mut rgb = [[0; STEP]; 3];
    for x in 0..STEP {
        let (y, cb, cr) = (i32::from(y[x]), i32::from(cb[x]) - 128, i32::from(cr[x]) - 128);
        rgb[0][x] = clamped(y + ((91_881 * cr + HALF) >> 16));
        rgb[1][x] = clamped(y + ((-22_554 * cb - 46_802 * cr + HALF) >> 16));
        rgb[2][x] = clamped(y + ((116_130 * cb + HALF) >> 16));
    }
    rgb
}

/// Half of 65536, by which the factors 1.402, 0.344136, 0.714136 and 1.772 are multiplied.
const HALF: i32 = 1 << 15;

#[inline(always)]
fn clamped(value: i32) -> u8 {
    value.clamp(0, 255) as u8
}
