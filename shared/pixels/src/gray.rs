//! Gray: the luminance of linear light, encoded as sRGB.

use crate::raster::Raster;

/// Weights of red, green and blue in luminance (ITU-R BT.709).
const WEIGHTS: [f32; 3] = [0.2126, 0.7152, 0.0722];

impl Raster {
    /// Sets the three colour channels of each pixel to its luminance; alpha stays.
    pub(crate) fn gray(mut self) -> Raster {
        let light: Vec<[f32; 3]> = (0..=255).map(|level| WEIGHTS.map(|weight| weight * linear(level))).collect();
        let encoder = SrgbTable::new();
        for pixel in self.pixels.chunks_exact_mut(self.channels.count()) {
            let of = |channel: usize| light[usize::from(pixel[channel])][channel];
            let level = encoder.level(of(0) + of(1) + of(2));
            pixel[..3].fill(level);
        }
        self
    }
}

/// A table from linear light to levels of sRGB.
pub(crate) struct SrgbTable(Vec<u8>);

impl SrgbTable {
    /// Number of steps of light. The first level of 8 bits above black is 13 steps.
    const STEPS: usize = 43_000;

    pub(crate) fn new() -> SrgbTable {
        SrgbTable((0..=Self::STEPS).map(|step| encoded(step as f32 / Self::STEPS as f32)).collect())
    }

    /// Returns the level of `light`, 0 to 1. Light outside of this range has the first or the last level.
    pub(crate) fn level(&self, light: f32) -> u8 {
        // The conversion of a negative float gives 0.
        let step = (light * Self::STEPS as f32).round() as usize;
        self.0[step.min(Self::STEPS)]
    }
}

/// Returns the luminance of a colour, 0 to 1.
pub(crate) fn luminance(rgb: [u8; 3]) -> f32 {
    rgb.iter().zip(WEIGHTS).map(|(level, weight)| weight * linear(*level)).sum()
}

/// Decodes a level of sRGB to linear light, 0 to 1 (IEC 61966-2-1).
pub(crate) fn linear(level: u8) -> f32 {
    let v = f32::from(level) / 255.0;
    if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
}

pub(crate) fn encoded(light: f32) -> u8 {
    let v = if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    (v * 255.0).round() as u8
}
