//! Errors that all decoders have in common.

use std::fmt::Display;

use crate::error::Error;
use crate::kind::Kind;
use crate::size::Size;

/// Why an animation without its last frames is refused.
pub(super) const ENDS_EARLY: &str = "it ends before its last frame";

/// Returns a function from a decoder's reason to [`Error::Broken`].
pub(super) fn broken(kind: Kind) -> impl Fn(&dyn Display) -> Error {
    move |reason| Error::Broken { kind: kind.name(), reason: reason.to_string() }
}

/// Returns the size of an image.
///
/// # Errors
///
/// [`Error::Broken`] if a side is zero or does not fit.
pub(super) fn size_of<Side: TryInto<u32>>(kind: Kind, width: Side, height: Side) -> Result<Size, Error> {
    let side = |side: Side| side.try_into().unwrap_or(0);
    Size::new(side(width), side(height)).ok_or_else(|| broken(kind)(&"a side is zero"))
}
