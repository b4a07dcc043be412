//! Conversion of CMYK to sRGB, with a printer's profile or without one.

use std::sync::Arc;

use moxcms::{ColorProfile, Layout, Transform8BitExecutor};

use super::transform::to_srgb;
use crate::gray::{encoded, linear, luminance};

/// Converts CMYK by a CMYK profile. Without one, inks mix by multiplication.
#[derive(Clone, Copy)]
pub(crate) struct Inks<'a>(pub(super) Option<&'a Printed>);

/// A profile's transform, followed by black point compensation (ISO 18619): the darkest black of the print becomes the
/// black of a screen. Without it, prints look washed out.
pub(super) struct Printed {
    transform: Arc<Transform8BitExecutor>,
    darken: [u8; 256],
}

impl Printed {
    pub(super) fn new(profile: &ColorProfile) -> Option<Printed> {
        let transform = to_srgb(profile, Layout::Rgba, Layout::Rgb)?;
        let mut black = [0; 3];
        transform.transform(&[255; 4], &mut black).ok()?;
        let black = luminance(black);
        let darken = std::array::from_fn(|level| encoded((linear(level as u8) - black).max(0.0) / (1.0 - black)));
        Some(Printed { transform, darken })
    }

    fn rgb(&self, inks: &[u8], rgb: &mut [u8]) -> Option<()> {
        self.transform.transform(inks, rgb).ok()?;
        rgb.iter_mut().for_each(|level| *level = self.darken[usize::from(*level)]);
        Some(())
    }
}

impl Inks<'_> {
    /// Converts 4 bytes of ink, 0 for none, to 3 bytes of sRGB.
    pub(crate) fn rgb(self, inks: &[u8]) -> Vec<u8> {
        let (inks_of_pixels, _) = inks.as_chunks::<4>();
        let mut rgb = vec![0; inks_of_pixels.len() * 3];
        if self.0.is_some_and(|printed| printed.rgb(inks, &mut rgb).is_some()) {
            return rgb;
        }
        let mix = |ink: u8, black: u8| ((u32::from(255 - ink) * u32::from(255 - black) + 127) / 255) as u8;
        for (rgb, &[c, m, y, k]) in rgb.as_chunks_mut::<3>().0.iter_mut().zip(inks_of_pixels) {
            *rgb = [mix(c, k), mix(m, k), mix(y, k)];
        }
        rgb
    }
}
