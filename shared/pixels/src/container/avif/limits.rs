//! The limits of AVIF files, and the errors of their container.

use std::borrow::Cow;

use crate::container::bmff::Code;
use crate::error::Error;
use crate::kind::Kind;

/// Largest file in bytes: offsets have 32 bits.
pub(super) const MAX_BYTES: usize = 1 << 30;
/// Largest number of items of a `meta` box. A grid of 4,096 tiles, each with transparency, has half as many.
pub(super) const MAX_ITEMS: usize = 16_384;
/// Largest number of tiles of a grid. 50 megapixels in tiles of 64×64, the smallest that MIAF allows, would be three
/// times as many, but encoders write tiles of 512×512.
pub(super) const MAX_TILES: usize = 4096;
/// Largest number of tracks of a `moov` box; an image sequence has one for colour and one for transparency.
pub(super) const MAX_TRACKS: usize = 64;
/// Largest number of coded frames in an image: a still AV1 image has up to four layers, and shows one.
pub(crate) const MAX_FRAMES: usize = 4;
/// Number of bytes beyond the file's size that may be decoded: tiles may share data, as empty ones do.
pub(super) const MAX_SHARED_BYTES: u64 = 1 << 20;

pub(super) fn broken(reason: &str) -> Error {
    Error::Broken { kind: Kind::Avif.name(), reason: reason.to_owned() }
}

pub(super) fn unsupported(feature: impl Into<Cow<'static, str>>) -> Error {
    Error::Unsupported { kind: Kind::Avif.name(), feature: feature.into() }
}

/// Formats a type for messages.
pub(super) fn name(code: Code) -> String {
    code.escape_ascii().to_string()
}
