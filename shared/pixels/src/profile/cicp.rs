//! Colours by code points (ITU-T H.273), as in PNG and AVIF.

use moxcms::{CicpColorPrimaries, CicpProfile, ColorProfile, MatrixCoefficients, TransferCharacteristics};

use super::hdr::{Hdr, Signal};
use super::meaning::Meaning;

const BT709: u16 = 1;
const UNSPECIFIED: u16 = 2;
const SRGB: u16 = 13;
const PQ: u16 = 16;
const HLG: u16 = 18;

/// Returns the colours of these code points. `None` if primaries or transfer characteristics are unspecified or
/// unsupported.
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

/// Whether the transfer characteristics are those of a video camera (BT.709, BT.601, BT.2020). Encoders use them for
/// images that are meant for a display's curve, and browsers show such images as sRGB.
pub(super) fn is_video(transfer: u16) -> bool {
    matches!(transfer, 1 | 6 | 14 | 15)
}

/// Returns `None` for standard dynamic range.
pub(super) fn hdr(primaries: u16, transfer: u16) -> Option<Hdr> {
    let signal = match transfer {
        PQ => Signal::Pq,
        HLG => Signal::Hlg,
        _ => return None,
    };
    profile(primaries, SRGB).map(|profile| Hdr::new(&profile, signal))
}

/// Returns `None` for reserved code points.
fn profile(primaries: u16, transfer: u16) -> Option<ColorProfile> {
    let profile = ColorProfile::new_from_cicp(CicpProfile {
        color_primaries: CicpColorPrimaries::try_from(u8::try_from(primaries).ok()?).ok()?,
        transfer_characteristics: TransferCharacteristics::try_from(u8::try_from(transfer).ok()?).ok()?,
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range: true,
    });
    profile.red_trc.is_some().then_some(profile)
}
