//! The inverse DCT of the lowest coefficients, which yields fewer samples than the 8×8 of a block (ITU-T T.81, A.3.3).

use fearless_simd::prelude::*;
use fearless_simd::{f32x4, f32x8, i8x16, i8x32, i16x8, i16x16, i32x4, i32x8, u8x16, u8x32};

use crate::basis::{cosines, weight};
use crate::scale::{Levels, Scale};

/// The zigzag order of coefficients, as indices into rows of eight (T.81, figure A.6).
pub(crate) const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
    28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
    47, 55, 62, 63,
];

/// Dequantised coefficients, in rows of eight.
pub(crate) type Block = [f32; 64];

/// Transforms the coefficients of one component to samples.
#[derive(Debug)]
pub(crate) struct Transform {
    pub(crate) scale: Scale,
    /// The last coefficient in zigzag order that is needed.
    pub(crate) last: u32,
    /// Factors of quantised coefficients.
    pub(crate) factors: Block,
    /// Added to each sample (T.81, A.3.1).
    level: f32,
    /// Cosines by frequency and sample.
    across: [[f32; 8]; 8],
    down: [[f32; 8]; 8],
}

impl Transform {
    /// Returns the transform for these quantisers, which are in rows of eight.
    pub(crate) fn new(quantisers: &[u16; 64], scale: Scale, levels: Levels) -> Transform {
        let (across, down) = (usize::from(scale.across), usize::from(scale.down));
        let weight = |index: usize| weight(index % 8, across) * weight(index / 8, down);
        let factor = |index: usize| f64::from(quantisers[index]) * weight(index) * levels.gain;
        let is_needed = |index: &u8| usize::from(*index) % 8 < across && usize::from(*index) / 8 < down;
        Transform {
            scale,
            last: ZIGZAG.iter().rposition(is_needed).unwrap_or(0) as u32,
            factors: std::array::from_fn(|index| factor(index) as f32),
            level: levels.middle as f32 + ROUNDING,
            across: cosines(across),
            down: cosines(down),
        }
    }

    /// Writes the samples of `block` to the beginnings of rows in `samples`.
    #[inline(always)]
    pub(crate) fn inverse<S: Simd>(&self, simd: S, block: &Block, samples: &mut [u8], stride: usize) {
        match (self.scale.across, self.scale.down) {
            (2, 2) => self.narrow::<S, 2, 2>(simd, block, samples, stride),
            (1, 2) => self.narrow::<S, 1, 2>(simd, block, samples, stride),
            (2, 1) => self.narrow::<S, 2, 1>(simd, block, samples, stride),
            (1, 4) => self.narrow::<S, 1, 4>(simd, block, samples, stride),
            (3, 3) => self.narrow::<S, 3, 3>(simd, block, samples, stride),
            (2, 4) => self.narrow::<S, 2, 4>(simd, block, samples, stride),
            (3, 6) => self.narrow::<S, 3, 6>(simd, block, samples, stride),
            (2, 8) => self.narrow::<S, 2, 8>(simd, block, samples, stride),
            (4, 1) => self.narrow::<S, 4, 1>(simd, block, samples, stride),
            (4, 8) => self.narrow::<S, 4, 8>(simd, block, samples, stride),
            (4, 2) => self.narrow::<S, 4, 2>(simd, block, samples, stride),
            (4, 4) => self.narrow::<S, 4, 4>(simd, block, samples, stride),
            (6, 3) => self.wide::<S, 6, 3>(simd, block, samples, stride),
            (6, 6) => self.wide::<S, 6, 6>(simd, block, samples, stride),
            (8, 2) => self.wide::<S, 8, 2>(simd, block, samples, stride),
            (8, 4) => self.wide::<S, 8, 4>(simd, block, samples, stride),
            (8, 8) => self.wide::<S, 8, 8>(simd, block, samples, stride),
            _ => self.any(block, samples, stride),
        }
    }

    /// For up to four samples across.
    #[inline(always)]
    fn narrow<S: Simd, const ACROSS: usize, const DOWN: usize>(
        &self,
        simd: S,
        block: &Block,
        samples: &mut [u8],
        stride: usize,
    ) {
        let mut rows = [f32x4::splat(simd, 0.0); DOWN];
        for (v, row) in rows.iter_mut().enumerate() {
            *row = f32x4::from_slice(simd, &block[v * 8..v * 8 + 4]);
        }
        let mut basis = [f32x4::splat(simd, 0.0); ACROSS];
        for (u, basis) in basis.iter_mut().enumerate() {
            *basis = f32x4::from_slice(simd, &self.across[u][..4]);
        }
        let mut sums = [simd.splat_i32x4(0); 8];
        for (y, result) in sums.iter_mut().enumerate().take(DOWN) {
            let mut column = rows[0];
            for (v, row) in rows.iter().enumerate().skip(1) {
                column = row.mul_add(f32x4::splat(simd, self.down[v][y]), column);
            }
            let column = <[f32; 4]>::from(column);
            let mut sum = f32x4::splat(simd, column[0] + self.level);
            for u in 1..ACROSS {
                sum = basis[u].mul_add(f32x4::splat(simd, column[u]), sum);
            }
            *result = simd.cvt_i32_f32x4(sum.max(f32x4::splat(simd, -EXTREME)).min(f32x4::splat(simd, EXTREME)));
        }
        for y in (0..DOWN).step_by(4) {
            let bytes = bytes_4(simd, [sums[y], sums[y + 1], sums[y + 2], sums[y + 3]]);
            for (y, row) in (y..DOWN).zip(bytes.chunks_exact(4)) {
                samples[y * stride..y * stride + ACROSS].copy_from_slice(&row[..ACROSS]);
            }
        }
    }

    /// For five to eight samples across.
    #[inline(always)]
    fn wide<S: Simd, const ACROSS: usize, const DOWN: usize>(
        &self,
        simd: S,
        block: &Block,
        samples: &mut [u8],
        stride: usize,
    ) {
        let mut rows = [f32x8::splat(simd, 0.0); DOWN];
        for (v, row) in rows.iter_mut().enumerate() {
            *row = f32x8::from_slice(simd, &block[v * 8..v * 8 + 8]);
        }
        let mut basis = [f32x8::splat(simd, 0.0); ACROSS];
        for (u, basis) in basis.iter_mut().enumerate() {
            *basis = f32x8::from_slice(simd, &self.across[u][..8]);
        }
        let mut sums = [simd.splat_i32x8(0); 8];
        for (y, result) in sums.iter_mut().enumerate().take(DOWN) {
            let mut column = rows[0];
            for (v, row) in rows.iter().enumerate().skip(1) {
                column = row.mul_add(f32x8::splat(simd, self.down[v][y]), column);
            }
            let column = <[f32; 8]>::from(column);
            let mut sum = f32x8::splat(simd, column[0] + self.level);
            for u in 1..ACROSS {
                sum = basis[u].mul_add(f32x8::splat(simd, column[u]), sum);
            }
            *result = simd.cvt_i32_f32x8(sum.max(f32x8::splat(simd, -EXTREME)).min(f32x8::splat(simd, EXTREME)));
        }
        for y in (0..DOWN).step_by(4) {
            let bytes = bytes_8(simd, [sums[y], sums[y + 1], sums[y + 2], sums[y + 3]]);
            for (y, row) in (y..DOWN).zip(bytes.chunks_exact(8)) {
                samples[y * stride..y * stride + ACROSS].copy_from_slice(&row[..ACROSS]);
            }
        }
    }

    /// For any size, slowly.
    #[inline(never)]
    fn any(&self, block: &Block, samples: &mut [u8], stride: usize) {
        let (across, down) = (usize::from(self.scale.across), usize::from(self.scale.down));
        for y in 0..down {
            let column: [f32; 8] = std::array::from_fn(|u| (0..down).map(|v| self.down[v][y] * block[v * 8 + u]).sum());
            for x in 0..across {
                let sum: f32 = (0..across).map(|u| self.across[u][x] * column[u]).sum();
                samples[y * stride + x] = (sum + self.level) as u8;
            }
        }
    }

    /// Returns the sample of a block whose only coefficient is the first one.
    #[inline(always)]
    pub(crate) fn flat(&self, block: &Block) -> u8 {
        (block[0] + self.level) as u8
    }

    /// Writes all samples of such a block.
    #[inline(always)]
    pub(crate) fn fill(&self, block: &Block, samples: &mut [u8], stride: usize) {
        let sample = self.flat(block);
        match self.scale {
            Scale { across: 2, down } => fill::<2>(samples, stride, down, sample),
            Scale { across: 4, down } => fill::<4>(samples, stride, down, sample),
            Scale { across: 8, down } => fill::<8>(samples, stride, down, sample),
            Scale { across, down } => {
                for row in samples.chunks_mut(stride).take(usize::from(down)) {
                    row[..usize::from(across)].fill(sample);
                }
            }
        }
    }
}

#[inline(always)]
fn fill<const ACROSS: usize>(samples: &mut [u8], stride: usize, down: u8, sample: u8) {
    for y in 0..usize::from(down) {
        samples[y * stride..y * stride + ACROSS].fill(sample);
    }
}

/// Rounds a truncated sample: a little more than a half, as libjpeg rounds halves up.
const ROUNDING: f32 = 0.501;

/// Largest sample before clamping, which would overflow beyond it.
const EXTREME: f32 = 10_000.0;

/// Clamps four rows.
#[inline(always)]
fn bytes_4<S: Simd>(simd: S, rows: [i32x4<S>; 4]) -> [u8; 16] {
    let [a, b, c, d] = rows;
    let level = i16x8::splat(simd, 128);
    let (first, last) = (simd.saturating_narrow_i32x4(a, b) - level, simd.saturating_narrow_i32x4(c, d) - level);
    let bytes = simd.saturating_narrow_i16x8(first, last) ^ i8x16::splat(simd, -128);
    bytes.bitcast::<u8x16<S>>().into()
}

/// Clamps four rows.
#[inline(always)]
fn bytes_8<S: Simd>(simd: S, rows: [i32x8<S>; 4]) -> [u8; 32] {
    let [a, b, c, d] = rows;
    let level = i16x16::splat(simd, 128);
    let (first, last) = (simd.saturating_narrow_i32x8(a, b) - level, simd.saturating_narrow_i32x8(c, d) - level);
    let bytes = simd.saturating_narrow_i16x16(first, last) ^ i8x32::splat(simd, -128);
    bytes.bitcast::<u8x32<S>>().into()
}
