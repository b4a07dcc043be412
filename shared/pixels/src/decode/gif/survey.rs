//! What the blocks of a GIF say without decoding an image.

use super::super::fault::{broken, size_of};
use crate::container::gif;
use crate::error::Error;
use crate::kind::Kind;
use crate::size::Size;

/// What all blocks say together.
pub(super) struct Survey {
    pub(super) size: Size,
    /// Number of frames. Frames after the first one count only if all of their data is there.
    pub(super) frames: u32,
    pub(super) drawn_pixels: u64,
    /// Whether the file ends within a frame after the first one.
    pub(super) ends_early: bool,
}

impl Survey {
    pub(super) fn of(source: &[u8]) -> Result<Survey, Error> {
        let (width, height) = gif::canvas(source).ok_or_else(|| broken(Kind::Gif)(&"it has no screen"))?;
        let size = size_of(Kind::Gif, width, height)?;
        let mut survey = Survey { size, frames: 0, drawn_pixels: 0, ends_early: false };
        for (block, image, _) in gif::images(source) {
            if block.missing > 1 && survey.frames > 0 {
                survey.ends_early = true;
                break;
            }
            let pixels = u64::from(image.width) * u64::from(image.height);
            survey.frames = survey.frames.saturating_add(1);
            survey.drawn_pixels = survey.drawn_pixels.saturating_add(size.pixels().max(pixels));
        }
        if survey.frames == 0 { Err(broken(Kind::Gif)(&"it has no frame")) } else { Ok(survey) }
    }
}
