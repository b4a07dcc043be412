//! The settings of all encoders, and their common error.

use std::fmt::Display;

use ridge_contract::values::Quality;
use ridge_contract::{Config, Format};

use crate::error::Error;

/// How to encode, whatever the format makes of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    pub(crate) format: Format,
    pub(crate) quality: Quality,
    /// 0 is fast; each format has its own scale.
    pub(crate) effort: u8,
    /// Whether the variant has so many pixels that encoders must try less hard: more than [`LARGE`].
    pub(crate) is_large: bool,
}

/// Pixels of a variant, all frames together, up to which the configured effort holds.
const LARGE: u64 = 4_000_000;

impl Settings {
    /// By the configuration, the quality that was asked for, and the pixels of the variant, all frames together.
    pub(crate) fn new(format: Format, asked: Option<Quality>, pixels: u64, config: &Config) -> Settings {
        let (quality, effort) = (config.quality(asked, format), config.effort(format));
        Settings { format, quality, effort, is_large: pixels > LARGE }
    }
}

/// Returns a function from an encoder's reason to [`Error::Encoder`].
pub(super) fn failed(format: Format) -> impl Fn(&dyn Display) -> Error {
    move |reason| Error::Encoder(format!("{format}: {reason}"))
}
