//! Widths and heights.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use super::{BadValue, whole_number};

/// A width or height in pixels, [`Side::MIN`] to [`Side::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Side(NonZeroU32);

impl Side {
    /// The smallest side.
    pub const MIN: u32 = 1;

    /// The largest side that WebP can hold.
    pub const MAX: u32 = 16_383;

    /// The largest side.
    pub(crate) const LARGEST: Side = Side(NonZeroU32::new(Side::MAX).expect("it is not 0"));

    /// Returns a side, or `None` outside [`Side::MIN`] to [`Side::MAX`].
    pub fn new(pixels: u32) -> Option<Side> {
        NonZeroU32::new(pixels).filter(|n| (Side::MIN..=Side::MAX).contains(&n.get())).map(Side)
    }

    /// Returns the side in pixels.
    pub fn get(self) -> u32 {
        self.0.get()
    }
}

impl FromStr for Side {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        whole_number(text).and_then(Side::new).ok_or(BadValue)
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A width and a height, `200x100`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sides(pub Side, pub Side);

impl Sides {
    /// The character between width and height.
    pub(crate) const SEPARATOR: char = 'x';
}

impl FromStr for Sides {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        let (width, height) = text.split_once(Sides::SEPARATOR).ok_or(BadValue)?;
        Ok(Sides(width.parse()?, height.parse()?))
    }
}
