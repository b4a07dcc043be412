//! Transforms from the RGB or gray of a profile to sRGB.

use std::cell::OnceCell;
use std::sync::Arc;

use moxcms::{ColorProfile, Layout, Transform8BitExecutor, TransformOptions};

use crate::raster::Channels;

pub(super) type Transform = Arc<Transform8BitExecutor>;

pub(super) fn to_srgb(profile: &ColorProfile, from: Layout, to: Layout) -> Option<Transform> {
    profile.create_transform_8bit(from, &ColorProfile::new_srgb(), to, TransformOptions::default()).ok()
}

/// A transform from RGB to sRGB.
pub(super) struct Rgb {
    profile: ColorProfile,
    rgb: Transform,
    /// Set up for the first pixels with alpha.
    rgba: OnceCell<Option<Transform>>,
}

impl Rgb {
    /// Returns `None` for sRGB, and for a profile without a transform.
    pub(super) fn new(profile: ColorProfile) -> Option<Rgb> {
        let rgb = to_srgb(&profile, Layout::Rgb, Layout::Rgb)?;
        if is_srgb(&rgb) { None } else { Some(Rgb { profile, rgb, rgba: OnceCell::new() }) }
    }

    pub(super) fn transform(&self, channels: Channels) -> Option<&Transform> {
        match channels {
            Channels::One => None,
            Channels::Rgb => Some(&self.rgb),
            Channels::Rgba => self.rgba.get_or_init(|| to_srgb(&self.profile, Layout::Rgba, Layout::Rgba)).as_ref(),
        }
    }
}

/// Whether a transform changes no colour by more than one level, which is rounding. Most profiles are that of sRGB, as
/// some tool writes it.
fn is_srgb(transform: &Transform) -> bool {
    const STEPS: [u8; 9] = [0, 32, 64, 96, 128, 160, 192, 224, 255];
    let grays = (0..=255).map(|level| [level; 3]);
    let colors = STEPS.into_iter().flat_map(|r| STEPS.into_iter().flat_map(move |g| STEPS.map(|b| [r, g, b])));
    let from: Vec<u8> = grays.chain(colors).flatten().collect();
    let mut to = vec![0; from.len()];
    transform.transform(&from, &mut to).is_ok() && from.iter().zip(&to).all(|(from, to)| from.abs_diff(*to) <= 1)
}

/// Returns the level of sRGB for each level of gray.
pub(super) fn gray(profile: &ColorProfile) -> Option<Box<[u8; 256]>> {
    let levels: Vec<u8> = (0..=255).collect();
    let mut table = Box::new([0; 256]);
    to_srgb(profile, Layout::Gray, Layout::Gray)?.transform(&levels, &mut table[..]).ok()?;
    Some(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_share_a_transform() {
        let rgb = Rgb::new(ColorProfile::new_display_p3()).unwrap();
        for channels in [Channels::Rgb, Channels::Rgba] {
            let [first, second] = [0, 1].map(|_| rgb.transform(channels).unwrap());
            assert!(Arc::ptr_eq(first, second), "{channels:?}");
        }
    }
}
