//! Colour spaces by their own formulas.

pub(crate) type Matrix = [[f64; 3]; 3];

/// Linear light to XYZ under D65: Display P3 (SMPTE EG 432-1), BT.2020, Adobe RGB (1998), and sRGB, inverse.
pub(crate) const P3: Matrix =
    [[0.486571, 0.265668, 0.198217], [0.228975, 0.691739, 0.079287], [0.0, 0.045113, 1.043944]];
pub(crate) const BT2020: Matrix =
    [[0.636958, 0.144617, 0.168881], [0.262700, 0.677998, 0.059302], [0.0, 0.028073, 1.060985]];
pub(crate) const ADOBE: Matrix =
    [[0.576731, 0.185554, 0.188185], [0.297377, 0.627349, 0.075274], [0.027034, 0.070687, 0.991109]];
pub(crate) const TO_SRGB: Matrix =
    [[3.240970, -1.537383, -0.498611], [-0.969244, 1.875968, 0.041555], [0.055630, -0.203977, 1.056972]];

pub(crate) fn apply(matrix: &Matrix, v: [f64; 3]) -> [f64; 3] {
    matrix.map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2])
}

pub(crate) fn srgb_light(v: f64) -> f64 {
    if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
}

pub(crate) fn srgb_level(light: f64) -> u8 {
    let light = light.clamp(0.0, 1.0);
    let v = if light <= 0.0031308 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    (v * 255.0).round() as u8
}
