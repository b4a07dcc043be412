//! A conversion of an image's colours to sRGB.

use moxcms::DataColorSpace;

use super::hdr::Hdr;
use super::ink::{Inks, Printed};
use super::meaning::Meaning;
use super::source;
use super::transform::{self, Rgb};
use crate::kind::Kind;

/// A conversion of an image's colours to sRGB, for images in another colour space. It is set up once for a render, not
/// for each strip or frame.
pub(crate) struct Profile(pub(super) Conversion);

pub(super) enum Conversion {
    Rgb(Box<Rgb>),
    /// The level of sRGB for each level of gray.
    Gray(Box<[u8; 256]>),
    Cmyk(Printed),
    Hdr(Hdr),
}

impl Profile {
    /// Reads the colours of an original. `None` for sRGB, and for an original without a profile. A profile that is
    /// damaged, or is for another colour space than the pixels, is ignored, as in browsers.
    pub(crate) fn read(kind: Kind, source: &[u8]) -> Option<Profile> {
        let meaning = source::read(kind, source)?;
        let conversion = match meaning {
            Meaning::Srgb => None,
            Meaning::Hdr(hdr) => Some(Conversion::Hdr(hdr)),
            Meaning::Profile(profile) => match profile.color_space {
                DataColorSpace::Gray => transform::gray(&profile).map(Conversion::Gray),
                DataColorSpace::Cmyk => Printed::new(&profile).map(Conversion::Cmyk),
                _ => Rgb::new(*profile).map(|rgb| Conversion::Rgb(Box::new(rgb))),
            },
        };
        conversion.map(Profile)
    }
}

impl<'a> Inks<'a> {
    /// Returns the conversion of CMYK. The profile's transform is set up already, so this costs nothing for each strip
    /// of an image.
    pub(crate) fn new(profile: Option<&'a Profile>) -> Inks<'a> {
        match profile {
            Some(Profile(Conversion::Cmyk(printed))) => Inks(Some(printed)),
            _ => Inks(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use moxcms::ColorProfile;

    use super::*;

    #[test]
    fn strips_share_a_transform() {
        let profile = Profile(Conversion::Cmyk(Printed::new(&ColorProfile::new_srgb()).unwrap()));
        let [first, second] = [0, 1].map(|_| Inks::new(Some(&profile)).0.unwrap());
        assert!(std::ptr::eq(first, second));
    }
}
