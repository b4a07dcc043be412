//! From a profile's numbers to sRGB.

use std::sync::Arc;

use moxcms::{ColorProfile, DataColorSpace, Layout, Transform8BitExecutor, TransformOptions};

use super::Profile;
use crate::gray::{encoded, linear, luminance};
use crate::raster::{Channels, Raster};

impl Profile {
    fn to_srgb(&self, from: Layout, to: Layout) -> Option<Arc<Transform8BitExecutor>> {
        self.0.create_transform_8bit(from, &ColorProfile::new_srgb(), to, TransformOptions::default()).ok()
    }

    /// Whether it changes no colour by more than a level, which is what rounding does: most profiles are sRGB's own, as one
    /// tool or another writes it.
    pub(super) fn is_srgb(&self) -> bool {
        const STEPS: [u8; 9] = [0, 32, 64, 96, 128, 160, 192, 224, 255];
        if self.0.color_space != DataColorSpace::Rgb {
            return false;
        }
        let Some(transform) = self.to_srgb(Layout::Rgb, Layout::Rgb) else { return false };
        let grays = (0..=255).map(|level| [level; 3]);
        let colors = STEPS.into_iter().flat_map(|r| STEPS.into_iter().flat_map(move |g| STEPS.map(|b| [r, g, b])));
        let from: Vec<u8> = grays.chain(colors).flatten().collect();
        let mut to = vec![0; from.len()];
        transform.transform(&from, &mut to).is_ok() && from.iter().zip(&to).all(|(from, to)| from.abs_diff(*to) <= 1)
    }
}

/// CMYK to sRGB, by the profile where it is one for inks; without one, ink mixes by multiplication.
pub(crate) struct Inks(Option<Printed>);

/// A profile, and what makes its darkest black as black as a screen's ("black point compensation", as in ISO 18619):
/// without it, prints look washed out.
struct Printed {
    transform: Arc<Transform8BitExecutor>,
    darken: [u8; 256],
}

impl Printed {
    fn new(profile: &Profile) -> Option<Printed> {
        let transform = profile.to_srgb(Layout::Rgba, Layout::Rgb)?;
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

impl Inks {
    pub(crate) fn new(profile: Option<&Profile>) -> Inks {
        let profile = profile.filter(|profile| profile.0.color_space == DataColorSpace::Cmyk);
        Inks(profile.and_then(Printed::new))
    }

    /// 4 bytes of ink, 0 for none, become 3 of light.
    pub(crate) fn rgb(&self, inks: &[u8]) -> Vec<u8> {
        let (inks_of_pixels, _) = inks.as_chunks::<4>();
        let mut rgb = vec![0; inks_of_pixels.len() * 3];
        if self.0.as_ref().is_some_and(|printed| printed.rgb(inks, &mut rgb).is_some()) {
            return rgb;
        }
        let mix = |ink: u8, black: u8| ((u32::from(255 - ink) * u32::from(255 - black) + 127) / 255) as u8;
        for (rgb, &[c, m, y, k]) in rgb.as_chunks_mut::<3>().0.iter_mut().zip(inks_of_pixels) {
            *rgb = [mix(c, k), mix(m, k), mix(y, k)];
        }
        rgb
    }
}

impl Raster {
    /// Brings the pixels to sRGB; without a profile that fits them, they are taken to be in it.
    pub(crate) fn apply_profile(self, profile: Option<&Profile>) -> Raster {
        profile.and_then(|profile| self.converted(profile)).unwrap_or(self)
    }

    fn converted(&self, profile: &Profile) -> Option<Raster> {
        let layout = match self.channels {
            Channels::One => return None,
            Channels::Rgb => Layout::Rgb,
            Channels::Rgba => Layout::Rgba,
        };
        let count = self.channels.count();
        let mut pixels = vec![0; self.pixels.len()];
        match profile.0.color_space {
            DataColorSpace::Rgb => profile.to_srgb(layout, layout)?.transform(&self.pixels, &mut pixels).ok()?,
            DataColorSpace::Gray => {
                // Gray was decoded to three equal channels; a picture with others is none.
                if !self.pixels.chunks_exact(count).all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2]) {
                    return None;
                }
                let levels: Vec<u8> = (0..=255).collect();
                let mut table = [0; 256];
                profile.to_srgb(Layout::Gray, Layout::Gray)?.transform(&levels, &mut table).ok()?;
                for (to, from) in pixels.chunks_exact_mut(count).zip(self.pixels.chunks_exact(count)) {
                    to.copy_from_slice(from);
                    to[..3].fill(table[usize::from(from[0])]);
                }
            }
            _ => return None,
        }
        Some(Raster { size: self.size, channels: self.channels, pixels })
    }
}
