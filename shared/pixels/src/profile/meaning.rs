//! What a file says of its colours.

use moxcms::ColorProfile;

use super::hdr::Hdr;

/// What a file says of its colours.
pub(super) enum Meaning {
    Srgb,
    Profile(Box<ColorProfile>),
    Hdr(Hdr),
}
