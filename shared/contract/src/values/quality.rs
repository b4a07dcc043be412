//! The quality of lossy formats.

use std::fmt;
use std::str::FromStr;

use super::{BadValue, whole_number};

/// The quality of a lossy format, [`Quality::MIN`] to [`Quality::MAX`], on one scale for all formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quality(u8);

impl Quality {
    /// The lowest quality.
    pub const MIN: u8 = 1;

    /// The highest quality.
    pub const MAX: u8 = 100;

    /// The highest quality.
    pub(crate) const BEST: Quality = Quality(Quality::MAX);

    /// Returns a quality, or `None` outside [`Quality::MIN`] to [`Quality::MAX`].
    pub fn new(quality: u8) -> Option<Quality> {
        (Quality::MIN..=Quality::MAX).contains(&quality).then_some(Quality(quality))
    }

    /// Returns the number, [`Quality::MIN`] to [`Quality::MAX`].
    pub fn get(self) -> u8 {
        self.0
    }
}

impl FromStr for Quality {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        whole_number(text).and_then(|n| n.try_into().ok()).and_then(Quality::new).ok_or(BadValue)
    }
}

impl fmt::Display for Quality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
