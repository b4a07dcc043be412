//! Colours by code points (ITU-T H.273), as PNG and AVIF have them.

use moxcms::{CicpColorPrimaries, CicpProfile, ColorProfile, MatrixCoefficients, TransferCharacteristics};

use super::hdr::{Hdr, Signal};
use super::meaning::Meaning;

const BT709: u16 = 1;
const UNSPECIFIED: u16 = 2;
const SRGB: u16 = 13;
const PQ: u16 = 16;
const HLG: u16 = 18;

/// `None` where primaries or transfer characteristics are unspecified, or not understood.
pub(super) fn meaning(primaries: u16, transfer: u16) -> Option<Meaning> {
    if primaries == UNSPECIFIED || transfer == UNSPECIFIED {
        return None;
    }
    if let Some(hdr) = hdr(primaries, transfer) {
        return Some(Meaning::Hdr(hdr));
    }
    let transfer = if is_video(transfer) { SRGB } else { transfer };
    if (primaries, transfer) == (BT709, SRGB) {
        return Some(Meaning::Srgb);
    }
    profile(primaries, transfer).map(|profile| Meaning::Profile(Box::new(profile)))
}

/// Whether the transfer characteristics are a video camera's (BT.709, BT.601, BT.2020). Encoders label images so that a display's
/// curve is meant, and browsers show them as sRGB.
pub(super) fn is_video(transfer: u16) -> bool {
    matches!(transfer, 1 | 6 | 14 | 15)
}

/// `None` where the range is standard.
pub(super) fn hdr(primaries: u16, transfer: u16) -> Option<Hdr> {
    let signal = match transfer {
        PQ => Signal::Pq,
        HLG => Signal::Hlg,
        _ => return None,
    };
    profile(primaries, SRGB).map(|profile| Hdr::new(&profile, signal))
}

/// `None` for code points that are reserved.
fn profile(primaries: u16, transfer: u16) -> Option<ColorProfile> {
    let profile = ColorProfile::new_from_cicp(CicpProfile {
        color_primaries: CicpColorPrimaries::try_from(u8::try_from(primaries).ok()?).ok()?,
        transfer_characteristics: TransferCharacteristics::try_from(u8::try_from(transfer).ok()?).ok()?,
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range: true,
    });
    profile.red_trc.is_some().then_some(profile)
}
