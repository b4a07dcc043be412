//! Tone mapping of high dynamic range (ITU-R BT.2100) to the colours that Chromium shows: in the primaries of BT.2020,
//! the "reference white tone mapping operator" of SMPTE ST 2094-50 darkens bright light without a change of hue.

use moxcms::{ColorProfile, Matrix3d};

use crate::gray::SrgbTable;

/// Luminance of diffuse white in nits (ITU-R BT.2408). Light is measured in multiples of it.
const WHITE: f32 = 203.0;

/// The brightest light of an image, as a multiple of [`WHITE`]: 1000 nits, the peak of a common mastering display.
/// Brighter light is clipped.
const PEAK: f32 = 1000.0 / WHITE;

/// The mapped [`WHITE`], 0 to 1, which leaves room for brighter light. Darker light is scaled by the same factor.
const MAPPED_WHITE: f32 = 0.5;

/// The part of the curve between [`WHITE`] and [`PEAK`] that is straight, 0 to 1.
const STRAIGHT: f32 = 0.65;

/// The transfer function of a channel.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    Pq,
    Hlg,
}

type Matrix = [[f32; 3]; 3];

/// A conversion to sRGB.
pub(super) struct Hdr {
    signal: Signal,
    /// Light of each level, in multiples of [`WHITE`]; for HLG, scene light, 0 to 1.
    light: Vec<f32>,
    to_bt2020: Matrix,
    to_srgb: Matrix,
    encoder: SrgbTable,
}

impl Hdr {
    /// Returns the conversion for the primaries of `profile`, whose curves are ignored.
    pub(super) fn new(profile: &ColorProfile, signal: Signal) -> Hdr {
        let bt2020 = ColorProfile::new_bt2020();
        let decode = |level: u8| match signal {
            Signal::Pq => (pq(f64::from(level) / 255.0) / f64::from(WHITE)) as f32,
            Signal::Hlg => hlg(f64::from(level) / 255.0) as f32,
        };
        Hdr {
            signal,
            light: (0..=255).map(decode).collect(),
            to_bt2020: matrix(profile.transform_matrix(&bt2020)),
            to_srgb: matrix(bt2020.transform_matrix(&ColorProfile::new_srgb())),
            encoder: SrgbTable::new(),
        }
    }

    /// Converts pixels of `channels` bytes each in place. Alpha stays.
    pub(super) fn convert(&self, pixels: &mut [u8], channels: usize) {
        for pixel in pixels.chunks_exact_mut(channels) {
            let light = [0, 1, 2].map(|channel| self.light[usize::from(pixel[channel])]);
            let srgb = apply(&self.to_srgb, self.mapped(apply(&self.to_bt2020, light)));
            pixel[..3].copy_from_slice(&srgb.map(|light| self.encoder.level(light)));
        }
    }

    fn mapped(&self, light: [f32; 3]) -> [f32; 3] {
        let light = if self.signal == Signal::Hlg { displayed(light) } else { light };
        let brightest = light[0].max(light[1]).max(light[2]);
        let gain = if brightest <= 1.0 { MAPPED_WHITE } else { bright(brightest) / brightest };
        light.map(|light| light * gain)
    }
}

/// Converts HLG's scene light to the light of a display of [`PEAK`]: the "system gamma" of 1.2 changes luminance, not
/// hue (BT.2100, table 5).
fn displayed(scene: [f32; 3]) -> [f32; 3] {
    const LUMINANCE: [f32; 3] = [0.2627, 0.6780, 0.0593];
    let luminance: f32 = scene.iter().zip(LUMINANCE).map(|(light, weight)| light * weight).sum();
    let gain = PEAK * luminance.max(0.0).powf(0.2);
    scene.map(|light| light * gain)
}

/// Maps light above [`WHITE`]: a quadratic Bézier curve that reaches 1 at [`PEAK`].
fn bright(light: f32) -> f32 {
    const FROM: [f32; 2] = [1.0, MAPPED_WHITE];
    const TO: [f32; 2] = [PEAK, 1.0];
    const BEND: [f32; 2] = [1.0 - STRAIGHT + STRAIGHT / MAPPED_WHITE, (1.0 - STRAIGHT) * MAPPED_WHITE + STRAIGHT];
    if light >= PEAK {
        return 1.0;
    }
    // The curve's parameter at `light`.
    let (square, linear) = (FROM[0] - 2.0 * BEND[0] + TO[0], 2.0 * (BEND[0] - FROM[0]));
    let above = light - FROM[0];
    let t = 2.0 * above / (linear + (linear * linear + 4.0 * square * above).sqrt());
    let (square, linear) = (FROM[1] - 2.0 * BEND[1] + TO[1], 2.0 * (BEND[1] - FROM[1]));
    FROM[1] + t * (linear + t * square)
}

fn matrix(matrix: Matrix3d) -> Matrix {
    matrix.v.map(|row| row.map(|value| value as f32))
}

fn apply(matrix: &Matrix, [a, b, c]: [f32; 3]) -> [f32; 3] {
    matrix.map(|row| row[0] * a + row[1] * b + row[2] * c)
}

/// Decodes PQ to nits (ITU-R BT.2100, table 4).
fn pq(signal: f64) -> f64 {
    const M1: f64 = 2610.0 / 16384.0;
    const M2: f64 = 2523.0 / 32.0;
    const C1: f64 = 3424.0 / 4096.0;
    const C2: f64 = 2413.0 / 128.0;
    const C3: f64 = 2392.0 / 128.0;
    let power = signal.powf(1.0 / M2);
    10_000.0 * ((power - C1).max(0.0) / (C2 - C3 * power)).powf(1.0 / M1)
}

/// Decodes HLG to scene light, 0 to 1 (ITU-R BT.2100, table 5).
fn hlg(signal: f64) -> f64 {
    const A: f64 = 0.178_832_77;
    const B: f64 = 0.284_668_92;
    const C: f64 = 0.559_910_73;
    if signal <= 0.5 { signal * signal / 3.0 } else { (((signal - C) / A).exp() + B) / 12.0 }
}
