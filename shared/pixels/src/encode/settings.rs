//! The settings of all encoders, and their common error.

use std::fmt::Display;

use ridge_contract::values::Quality;
use ridge_contract::{Config, Format};

use crate::error::Error;

/// The settings of an encoder.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    pub(crate) format: Format,
    pub(crate) quality: Quality,
    /// 0 is fastest. Each format has its own scale.
    pub(crate) effort: u8,
    /// Whether the variant has more pixels than [`LARGE`], so that encoders must use less effort.
    pub(crate) is_large: bool,
}

/// Number of pixels of a variant, all frames together, up to which the configured effort is used.
const LARGE: u64 = 4_000_000;

impl Settings {
    /// Returns the settings for a variant of `pixels` pixels, all frames together. `asked` is the quality of the
    /// request.
    pub(crate) fn new(format: Format, asked: Option<Quality>, pixels: u64, config: &Config) -> Settings {
        let (quality, effort) = (config.quality(asked, format), config.effort(format));
        Settings { format, quality, effort, is_large: pixels > LARGE }
    }
}

/// Returns a function from an encoder's reason to [`Error::Encoder`].
pub(super) fn failed(format: Format) -> impl Fn(&dyn Display) -> Error {
    move |reason| Error::Encoder(format!("{format}: {reason}"))
}
