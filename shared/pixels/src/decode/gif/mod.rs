//! GIF: blocks by [`container::gif`](crate::container::gif), LZW by the `weezl` crate, and the composition of frames.
//!
//! The result is what browsers show, also for frames beyond the screen, images without a palette, and animations that
//! end within a frame.
//!

mod composer;
mod patch;
mod survey;

pub(crate) use composer::GifComposer;

use ridge_contract::Truncated;

use super::fault::broken;
use super::header::Header;
use crate::error::Error;
use crate::kind::Kind;
use crate::resize::Decoded;
use survey::Survey;

pub(super) fn header(source: &[u8]) -> Result<Header, Error> {
    let Survey { size, frames, drawn_pixels, .. } = Survey::of(source)?;
    // The canvas, and the frame that is drawn on it.
    Ok(Header { frames, drawn_pixels, canvases: 2, ..Header::still(Kind::Gif, size) })
}

/// Decodes the first frame on the transparent canvas.
pub(super) fn pixels(source: &[u8], max_pixels: u64, truncated: Truncated) -> Result<Decoded, Error> {
    let mut composer = GifComposer::new(source, max_pixels, truncated)?;
    composer.draw()?.ok_or_else(|| broken(Kind::Gif)(&"it has no frame"))?;
    let is_truncated = composer.is_truncated();
    Ok(Decoded::whole(composer.into_raster()).truncated(is_truncated))
}
