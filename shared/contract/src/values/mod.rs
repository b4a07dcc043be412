//! The values of the parameters: each type reads the query's text and prints the path's.
//!
//! Reading may be wider than printing (`FF0000` prints as `ff0000`); what a path accepts is what prints back to itself.
//! A range is a constant of its type; the rows of [`crate::params::PARAMS`] read it from there.

mod color;
mod gravity;
mod quality;
mod ratio;
mod side;
mod tenths;
mod version;
mod words;

pub use color::Color;
pub use gravity::{Gravity, Point};
pub use quality::Quality;
pub use ratio::Ratio;
pub use side::{Side, Sides};
pub use tenths::{Dpr, Sigma};
pub use version::Version;
pub use words::{Fit, Flip, Rotation};

pub(crate) use tenths::in_tenths;
pub(crate) use words::alternatives;

/// The text is not a value of this type. The parameter's row in [`crate::params::PARAMS`] says what would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadValue;

/// Reads digits only, without leading zero, so that every number has one spelling.
fn whole_number(text: &str) -> Option<u32> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if is_plain { text.parse().ok() } else { None }
}
