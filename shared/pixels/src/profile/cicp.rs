//! Colours by code points (ITU-T H.273), as PNG and AVIF have them.

use moxcms::{
    CicpColorPrimaries, CicpProfile, ColorProfile, MatrixCoefficients, ToneReprCurve, TransferCharacteristics,
};

/// What two code points stand for.
pub(super) enum Meaning {
    Srgb,
    Other(Box<ColorProfile>),
}

/// `None` where primaries or transfer characteristics are unspecified, or not understood.
pub(super) fn meaning(primaries: u16, transfer: u16) -> Option<Meaning> {
    const UNSPECIFIED: u16 = 2;
    if primaries == UNSPECIFIED || transfer == UNSPECIFIED {
        return None;
    }
    let primaries = CicpColorPrimaries::try_from(u8::try_from(primaries).ok()?).ok()?;
    let transfer = TransferCharacteristics::try_from(u8::try_from(transfer).ok()?).ok()?;
    if (primaries, transfer) == (CicpColorPrimaries::Bt709, TransferCharacteristics::Srgb) {
        return Some(Meaning::Srgb);
    }
    let mut profile = ColorProfile::new_from_cicp(CicpProfile {
        color_primaries: primaries,
        transfer_characteristics: transfer,
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range: true,
    });
    match transfer {
        TransferCharacteristics::Smpte2084 => set_curve(&mut profile, white_at_203_nits(pq)),
        TransferCharacteristics::Hlg => set_curve(&mut profile, white_at_203_nits(hlg)),
        _ => {}
    }
    // Code points without a meaning leave it without a curve.
    profile.red_trc.is_some().then(|| Meaning::Other(Box::new(profile)))
}

/// A picture of high dynamic range in one of standard range: what is as bright as paper becomes white (ITU-R BT.2408:
/// 203 nits), what is brighter is cut. A level for each of the 256 that come.
fn white_at_203_nits(nits: fn(f64) -> f64) -> ToneReprCurve {
    let level = |index: u32| ((nits(f64::from(index) / 255.0) / 203.0).min(1.0) * 65535.0).round() as u16;
    ToneReprCurve::Lut((0..256).map(level).collect())
}

/// ITU-R BT.2100, table 4.
fn pq(signal: f64) -> f64 {
    const M1: f64 = 2610.0 / 16384.0;
    const M2: f64 = 2523.0 / 32.0;
    const C1: f64 = 3424.0 / 4096.0;
    const C2: f64 = 2413.0 / 128.0;
    const C3: f64 = 2392.0 / 128.0;
    let power = signal.powf(1.0 / M2);
    10_000.0 * ((power - C1).max(0.0) / (C2 - C3 * power)).powf(1.0 / M1)
}

/// ITU-R BT.2100, table 5, on a display of 1000 nits; the system's gamma of 1.2 is applied to each channel by itself.
fn hlg(signal: f64) -> f64 {
    const A: f64 = 0.178_832_77;
    const B: f64 = 0.284_668_92;
    const C: f64 = 0.559_910_73;
    let scene = if signal <= 0.5 { signal * signal / 3.0 } else { (((signal - C) / A).exp() + B) / 12.0 };
    1000.0 * scene.powf(1.2)
}

/// The code points would win over the curves.
pub(super) fn set_curve(profile: &mut ColorProfile, curve: ToneReprCurve) {
    profile.cicp = None;
    profile.red_trc = Some(curve.clone());
    profile.green_trc = Some(curve.clone());
    profile.blue_trc = Some(curve);
}
