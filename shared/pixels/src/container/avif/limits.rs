//! The limits of AVIF files, and the errors of their container.

use std::borrow::Cow;

use crate::container::bmff::Code;
use crate::error::Error;
use crate::kind::Kind;

/// Largest file in bytes: offsets have 32 bits.
pub(super) const MAX_BYTES: usize = 1 << 30;
/// Most items of a `meta` box. A grid of 4,096 tiles with transparency for each has half as many.
pub(super) const MAX_ITEMS: usize = 16_384;
/// Most tiles of a grid; 50 megapixels in tiles of 64×64, the smallest that MIAF allows, are three times as many, but
/// encoders make them of 512×512.
pub(super) const MAX_TILES: usize = 4096;
/// Most tracks of a `moov` box; an image sequence has one for colour and one for transparency.
pub(super) const MAX_TRACKS: usize = 64;
/// The largest number of coded frames in an image: a still AV1 image has up to four layers, and shows one.
pub(crate) const MAX_FRAMES: usize = 4;
/// How many bytes more than the file has may be decoded: tiles may share data, empty ones do.
pub(super) const MAX_SHARED_BYTES: u64 = 1 << 20;

pub(super) fn broken(reason: &str) -> Error {
    Error::Broken { kind: Kind::Avif.name(), reason: reason.to_owned() }
}

pub(super) fn unsupported(feature: impl Into<Cow<'static, str>>) -> Error {
    Error::Unsupported { kind: Kind::Avif.name(), feature: feature.into() }
}

/// A type as messages have it.
pub(super) fn name(code: Code) -> String {
    code.escape_ascii().to_string()
}
