//! Numbers with at most one decimal, stored in tenths.

use std::fmt;
use std::str::FromStr;

use super::{BadValue, whole_number};

/// A device pixel ratio, 1.0 to 4.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dpr(u32);

impl Dpr {
    /// The smallest ratio, in tenths.
    pub(crate) const MIN: u32 = 10;

    /// The largest ratio, in tenths.
    pub(crate) const MAX: u32 = 40;

    /// Returns all ratios except 1, in ascending order.
    pub(crate) fn all() -> impl Iterator<Item = Dpr> {
        (Dpr::MIN + 1..=Dpr::MAX).map(Dpr)
    }

    /// Returns the ratio times ten.
    pub fn tenths(self) -> u32 {
        self.0
    }
}

impl Default for Dpr {
    fn default() -> Self {
        Dpr(Dpr::MIN)
    }
}

impl fmt::Display for Dpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&in_tenths(self.0))
    }
}

impl FromStr for Dpr {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        tenths(text).filter(|tenths| (Dpr::MIN..=Dpr::MAX).contains(tenths)).map(Dpr).ok_or(BadValue)
    }
}

/// The standard deviation of a Gaussian in output pixels, 0.3 to 100.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sigma(u16);

impl Sigma {
    /// The smallest deviation, in tenths.
    pub const MIN: u16 = 3;

    /// The largest deviation, in tenths.
    pub const MAX: u16 = 1000;

    /// Returns a deviation, or `None` outside [`Sigma::MIN`] to [`Sigma::MAX`].
    pub fn from_tenths(tenths: u16) -> Option<Sigma> {
        (Sigma::MIN..=Sigma::MAX).contains(&tenths).then_some(Sigma(tenths))
    }

    /// Returns the deviation in pixels.
    pub fn pixels(self) -> f32 {
        f32::from(self.0) / 10.0
    }
}

impl FromStr for Sigma {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        tenths(text).and_then(|tenths| tenths.try_into().ok()).and_then(Sigma::from_tenths).ok_or(BadValue)
    }
}

impl fmt::Display for Sigma {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&in_tenths(self.0.into()))
    }
}

/// Parses digits with at most one decimal, without leading zero except in `0.x`.
fn tenths(text: &str) -> Option<u32> {
    let (whole, tenth) = text.split_once('.').unwrap_or((text, "0"));
    let whole = if whole == "0" { 0 } else { whole_number(whole)? };
    let [tenth @ b'0'..=b'9'] = tenth.as_bytes() else { return None };
    whole.checked_mul(10)?.checked_add(u32::from(tenth - b'0'))
}

/// Prints a number of tenths: `15` as `1.5`, `20` as `2`.
pub(crate) fn in_tenths(tenths: u32) -> String {
    let (whole, tenth) = (tenths / 10, tenths % 10);
    if tenth == 0 { whole.to_string() } else { format!("{whole}.{tenth}") }
}
