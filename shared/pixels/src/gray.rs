//! Without colour: the luminance of linear light, as sRGB encodes it.

use crate::raster::Raster;

/// Rec. 709: how much red, green and blue light weigh.
const WEIGHTS: [f32; 3] = [0.2126, 0.7152, 0.0722];

impl Raster {
    /// Gives every pixel three equal channels; alpha stays.
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

/// Encodes linear light as levels of sRGB, by a table.
pub(crate) struct SrgbTable(Vec<u8>);

impl SrgbTable {
    /// Steps of light that are told apart; the darkest of 8 bits is 13 of them.
    const STEPS: usize = 43_000;

    pub(crate) fn new() -> SrgbTable {
        SrgbTable((0..=Self::STEPS).map(|step| encoded(step as f32 / Self::STEPS as f32)).collect())
    }

    /// The level of `light`; below 0 and above 1, the first and the last one.
    pub(crate) fn level(&self, light: f32) -> u8 {
        // A float that is negative becomes 0.
        let step = (light * Self::STEPS as f32).round() as usize;
        self.0[step.min(Self::STEPS)]
    }
}

/// Of a colour, 0 to 1.
pub(crate) fn luminance(rgb: [u8; 3]) -> f32 {
    rgb.iter().zip(WEIGHTS).map(|(level, weight)| weight * linear(*level)).sum()
}

/// IEC 61966-2-1.
pub(crate) fn linear(level: u8) -> f32 {
    let v = f32::from(level) / 255.0;
    if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
}

pub(crate) fn encoded(light: f32) -> u8 {
    let v = if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    (v * 255.0).round() as u8
}
