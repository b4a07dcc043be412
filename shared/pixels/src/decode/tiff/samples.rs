//! Conversion of samples to pixels.

use super::layout::{Alpha, Layout};
use super::tags::Color;
use crate::gray::SrgbTable;
use crate::profile::Inks;

/// The colour conversion of samples.
pub(super) struct SampleColors<'a> {
    /// Empty unless the samples are palette indices.
    pub(super) palette: Vec<[u8; 3]>,
    /// For CMYK samples.
    pub(super) inks: Option<Inks<'a>>,
    /// For samples of linear light.
    pub(super) encoder: Option<SrgbTable>,
}

impl SampleColors<'_> {
    fn level(&self, value: u32, bits: u8) -> u8 {
        match &self.encoder {
            Some(encoder) => encoder.level(value as f32 / max(bits) as f32),
            None => level(value, bits),
        }
    }
}

/// A decoded strip or tile, the part within the image.
pub(super) struct TiffChunk {
    /// Pixels from one row to the next.
    pub(super) width: usize,
    /// Number of rows, from the top.
    pub(super) rows: usize,
    /// One plane with all samples of each pixel, or one plane for each sample.
    pub(super) planes: Vec<Samples>,
}

/// Stored numbers, their lowest byte first. Numbers of fewer than 8 bits have one byte each.
pub(super) enum Samples {
    U8(Vec<u8>),
    U16(Vec<u8>),
    /// 0 to 1; linear light unless a profile says otherwise.
    F32(Vec<u8>),
}

impl Samples {
    pub(super) fn len(&self) -> usize {
        match self {
            Samples::U8(samples) => samples.len(),
            Samples::U16(samples) => samples.len() / 2,
            Samples::F32(samples) => samples.len() / 4,
        }
    }

    fn at(&self, index: usize) -> u32 {
        match self {
            Samples::U8(samples) => samples[index].into(),
            Samples::U16(samples) => u16::from_le_bytes(samples.as_chunks().0[index]).into(),
            Samples::F32(samples) => {
                let float = f32::from_le_bytes(samples.as_chunks().0[index]);
                (float.clamp(0.0, 1.0) * 65535.0).round() as u32
            }
        }
    }
}

/// Returns one byte for each sample. Each row of `length` samples begins at a whole byte.
pub(super) fn unpacked(bytes: Vec<u8>, bits: u8, length: usize) -> Vec<u8> {
    if bits >= 8 {
        return bytes;
    }
    let (bits, mask) = (usize::from(bits), (1u8 << bits) - 1);
    let sample = |row: &[u8], at: usize| row[at * bits / 8] >> (8 - bits - at * bits % 8) & mask;
    let rows = bytes.chunks_exact((length * bits).div_ceil(8));
    rows.flat_map(|row| (0..length).map(move |at| sample(row, at))).collect()
}

impl TiffChunk {
    /// Paints row `y` of the chunk. `to` has 4 bytes for each pixel if there is alpha, otherwise 3.
    pub(super) fn paint(&self, layout: &Layout, colors: &SampleColors, y: usize, to: &mut [u8]) {
        let count = if layout.alpha.is_some() { 4 } else { 3 };
        let pixels = to.chunks_exact_mut(count);
        let width = pixels.len();
        let mut row_of_inks = Vec::new();
        for (pixel, index) in pixels.zip(y * self.width..) {
            if let Some(alpha) = layout.alpha {
                pixel[3] = level(self.sample(layout, index, alpha.index), layout.bits);
            }
            let color = |sample| colors.level(self.color(layout, index, sample), layout.bits);
            match layout.color {
                Color::Gray(_) => pixel[..3].fill(color(0)),
                Color::Rgb | Color::YCbCr => pixel[..3].copy_from_slice(&[0, 1, 2].map(color)),
                Color::Palette => {
                    let colour = colors.palette.get(self.sample(layout, index, 0) as usize).copied();
                    pixel[..3].copy_from_slice(&colour.unwrap_or_default());
                }
                Color::Cmyk => row_of_inks.extend([0, 1, 2, 3].map(color)),
            }
        }
        if let Some(inks) = colors.inks {
            debug_assert_eq!(row_of_inks.len(), width * 4);
            let rgb = inks.rgb(&row_of_inks);
            for (pixel, rgb) in to.chunks_exact_mut(count).zip(rgb.chunks_exact(3)) {
                pixel[..3].copy_from_slice(rgb);
            }
        }
    }

    /// Returns a colour sample, divided by alpha if it was multiplied; 0 is black, or no ink.
    fn color(&self, layout: &Layout, index: usize, sample: usize) -> u32 {
        let value = self.sample(layout, index, sample);
        let value = match layout.alpha {
            Some(Alpha { index: alpha, is_multiplied_in: true }) => {
                let (alpha, max) = (u64::from(self.sample(layout, index, alpha)), max(layout.bits));
                let divided = (u64::from(value) * u64::from(max) + alpha / 2).checked_div(alpha).unwrap_or(0);
                divided.min(max.into()) as u32
            }
            _ => value,
        };
        if layout.color == Color::Gray(true) { max(layout.bits) - value } else { value }
    }

    fn sample(&self, layout: &Layout, index: usize, sample: usize) -> u32 {
        if layout.is_planar {
            self.planes[sample].at(index)
        } else {
            self.planes[0].at(index * layout.samples + sample)
        }
    }
}

fn max(bits: u8) -> u32 {
    (1 << bits.min(16)) - 1
}

/// Converts a sample to 8 bits. Of 16 bits, the upper 8 count, as for a PNG.
fn level(value: u32, bits: u8) -> u8 {
    match bits {
        8 => value as u8,
        16.. => (value >> 8) as u8,
        _ => (value * 255 / max(bits)) as u8,
    }
}
