//! The values of the parameters. Each type parses the query's text and prints the path's text.
//!
//! The parser may accept more than the printer writes (`FF0000` prints as `ff0000`). A path accepts only the printed
//! form. Each type has its range as constants, and the rows of [`crate::params::PARAMS`] use them.

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

/// The text is not a value of this type. The parameter's row in [`crate::params::PARAMS`] describes the accepted
/// values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadValue;

/// Parses digits without sign or leading zero, so that every number has one form.
fn whole_number(text: &str) -> Option<u32> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if is_plain { text.parse().ok() } else { None }
}
