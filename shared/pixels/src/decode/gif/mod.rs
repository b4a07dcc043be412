//! GIF: the blocks by [`container::gif`](crate::container::gif), LZW by the `weezl` crate, and the composition of the
//! frames.
//!
//! What browsers show is shown: frames beyond the screen, pictures without a palette, and animations that end within a
//! frame.

mod composer;
mod patch;

pub(crate) use composer::Composer;

use ridge_contract::Truncated;

use super::{Header, broken, size_of};
use crate::container::gif;
use crate::error::Error;
use crate::kind::Kind;
use crate::resize::Decoded;
use crate::size::Size;

pub(super) fn header(source: &[u8]) -> Result<Header, Error> {
    let Survey { size, frames, drawn_pixels, .. } = Survey::of(source)?;
    // The canvas, and the frame that is laid on it.
    Ok(Header { frames, drawn_pixels, canvases: 2, ..Header::still(Kind::Gif, size) })
}

/// The first frame, laid on the transparent canvas.
pub(super) fn pixels(source: &[u8], max_pixels: u64, truncated: Truncated) -> Result<Decoded, Error> {
    let mut composer = Composer::new(source, max_pixels, truncated)?;
    composer.draw()?.ok_or_else(|| broken(Kind::Gif)(&"it has no frame"))?;
    let is_truncated = composer.is_truncated();
    Ok(Decoded::whole(composer.into_raster()).truncated(is_truncated))
}

/// What all blocks say, without decoding a picture.
struct Survey {
    size: Size,
    /// How many frames there are: of those behind the first, only the ones whose data is all there.
    frames: u32,
    drawn_pixels: u64,
    /// Whether the file ends within a frame behind the first.
    ends_early: bool,
}

impl Survey {
    fn of(source: &[u8]) -> Result<Survey, Error> {
        let (width, height) = gif::canvas(source).ok_or_else(|| broken(Kind::Gif)(&"it has no screen"))?;
        let size = size_of(Kind::Gif, width.into(), height.into())?;
        let mut survey = Survey { size, frames: 0, drawn_pixels: 0, ends_early: false };
        for (block, picture, _) in gif::pictures(source) {
            if block.missing > 1 && survey.frames > 0 {
                survey.ends_early = true;
                break;
            }
            let pixels = u64::from(picture.width) * u64::from(picture.height);
            survey.frames = survey.frames.saturating_add(1);
            survey.drawn_pixels = survey.drawn_pixels.saturating_add(size.pixels().max(pixels));
        }
        if survey.frames == 0 { Err(broken(Kind::Gif)(&"it has no frame")) } else { Ok(survey) }
    }
}
