//! Colour profiles: read from the original, applied to the variant's pixels, and left out of the output, which is sRGB.

mod apply;
mod avif;
mod cicp;
mod conversion;
mod hdr;
mod icc;
mod ink;
mod meaning;
mod png;
mod source;
mod transform;

pub(crate) use conversion::Profile;
pub(crate) use ink::Inks;
pub(crate) use source::has_curve;
