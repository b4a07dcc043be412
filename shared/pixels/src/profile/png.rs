//! The colours of a PNG. Of four chunks, the first that is understood counts: `cICP`, `iCCP`, `sRGB`, `gAMA` with
//! `cHRM` (PNG specification, third edition, section 11.3.2).

use std::io::Read as _;

use flate2::read::ZlibDecoder;
use moxcms::{Chromaticity, ColorPrimaries, ColorProfile, DataColorSpace, ToneReprCurve};

use super::cicp;
use super::icc::{MAX_BYTES, icc};
use super::meaning::Meaning;
use crate::container::png;

/// Reads the colours; `None` if no chunk says them.
pub(super) fn read(source: &[u8]) -> Option<Meaning> {
    let chunk = |name: &[u8]| {
        let head = png::chunks(source).map_while(|chunk| chunk).take_while(|chunk| chunk.name() != b"IDAT");
        head.filter(|chunk| chunk.name() == name).map(|chunk| chunk.content()).next()
    };
    if let Some(meaning) = chunk(b"cICP").and_then(code_points) {
        return Some(meaning);
    }
    if let Some(meaning) = chunk(b"iCCP").and_then(|content| icc(&unfolded(content)?, colors(source)?)) {
        return Some(meaning);
    }
    if chunk(b"sRGB").is_some() {
        return Some(Meaning::Srgb);
    }
    of_gamma(chunk(b"gAMA")?, chunk(b"cHRM")).map(|profile| Meaning::Profile(Box::new(profile)))
}

/// Returns the colour space of the pixels, by `IHDR`.
fn colors(source: &[u8]) -> Option<DataColorSpace> {
    const GRAY: u8 = 0;
    const GRAY_WITH_ALPHA: u8 = 4;
    match *source.get(25)? {
        GRAY | GRAY_WITH_ALPHA => Some(DataColorSpace::Gray),
        _ => Some(DataColorSpace::Rgb),
    }
}

/// A PNG is RGB, so only the identity matrix is valid. Narrow range is not supported.
fn code_points(content: &[u8]) -> Option<Meaning> {
    let &[primaries, transfer, 0, 1] = content else { return None };
    cicp::meaning(primaries.into(), transfer.into())
}

/// Decompresses the profile.
fn unfolded(content: &[u8]) -> Option<Vec<u8>> {
    let name = content.iter().position(|byte| *byte == 0)?;
    // After the name comes the compression method; only zlib is defined.
    let compressed = content.get(name + 2..)?;
    let mut bytes = Vec::new();
    ZlibDecoder::new(compressed).take(MAX_BYTES + 1).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// White, red, green and blue of sRGB, as x and y in units of 1/100,000.
const SRGB: [u32; 8] = [31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000];
/// Largest deviation from sRGB, of writers that round, in the same units.
const TOLERANCE: u32 = 500;

/// Reads an exponent and the chromaticities of the channels; by default these are sRGB's.
fn of_gamma(gamma: &[u8], colors: Option<&[u8]>) -> Option<ColorProfile> {
    /// 1/2.2, the exponent that stands for sRGB.
    const SRGB_GAMMA: u32 = 45455;
    let gamma = u32::from_be_bytes(gamma.try_into().ok()?);
    let colors = colors.and_then(chromaticities).unwrap_or(SRGB);
    let is_srgb = gamma.abs_diff(SRGB_GAMMA) <= TOLERANCE
        && colors.iter().zip(SRGB).all(|(value, srgb)| value.abs_diff(srgb) <= TOLERANCE);
    // No camera or screen has an exponent beyond a factor of ten.
    if is_srgb || !(10_000..=1_000_000).contains(&gamma) {
        return None;
    }
    let [white, red, green, blue] =
        [0, 2, 4, 6].map(|at| Chromaticity::new(colors[at] as f32 / 1e5, colors[at + 1] as f32 / 1e5));
    let mut profile = ColorProfile::new_srgb();
    profile.update_rgb_colorimetry(white.to_xyyb(), ColorPrimaries { red, green, blue });
    let curve = ToneReprCurve::Parametric(vec![1e5 / gamma as f32]);
    profile.red_trc = Some(curve.clone());
    profile.green_trc = Some(curve.clone());
    profile.blue_trc = Some(curve);
    Some(profile)
}

fn chromaticities(content: &[u8]) -> Option<[u32; 8]> {
    let (values, []) = content.as_chunks::<4>() else { return None };
    let values: [u32; 8] = values.iter().map(|value| u32::from_be_bytes(*value)).collect::<Vec<_>>().try_into().ok()?;
    let is_possible = |pair: &[u32]| pair[1] > 0 && pair[0].saturating_add(pair[1]) <= 100_000;
    let pairs = values.as_chunks::<2>().0;
    (values.chunks_exact(2).all(is_possible) && is_within(pairs[0], [pairs[1], pairs[2], pairs[3]])).then_some(values)
}

/// Whether white lies within the triangle of the three colours; otherwise they cannot mix to it.
fn is_within(white: [u32; 2], colors: [[u32; 2]; 3]) -> bool {
    let [white, red, green, blue] = [white, colors[0], colors[1], colors[2]].map(|pair| pair.map(i64::from));
    let side = |a: [i64; 2], b: [i64; 2]| (b[0] - a[0]) * (white[1] - a[1]) - (b[1] - a[1]) * (white[0] - a[0]);
    let sides = [side(red, green), side(green, blue), side(blue, red)];
    sides.iter().all(|side| *side > 0) || sides.iter().all(|side| *side < 0)
}
