//! Drawing of a GIF's frames on the canvas.

use ridge_contract::Truncated;

use super::super::canvas::{Area, BYTES, Canvas, Disposal};
use super::super::fault::broken;

use super::patch::Patch;
use super::survey::Survey;
use crate::container::gif::{self, Control, GifImage};
use crate::error::Error;
use crate::frame::{Frame, Loops};
use crate::kind::Kind;
use crate::raster::Raster;
use crate::size::Size;
use crate::truncation;

/// Draws one frame after the other on the canvas.
pub(crate) struct GifComposer<'a> {
    source: &'a [u8],
    parts: Box<dyn Iterator<Item = (GifImage<'a>, Control)> + 'a>,
    canvas: Canvas,
    /// Whether frames or rows are known to be missing.
    is_truncated: bool,
    /// Whether a frame was damaged; the frames after it are not drawn.
    has_ended: bool,
    truncated: Truncated,
    max_pixels: u64,
}

impl<'a> GifComposer<'a> {
    /// Returns a composer with an empty canvas.
    ///
    /// # Errors
    ///
    /// [`Error::Broken`] if the file ends within a frame after the first one and `truncated` refuses such files.
    pub(crate) fn new(source: &'a [u8], max_pixels: u64, truncated: Truncated) -> Result<GifComposer<'a>, Error> {
        let Survey { size, frames, ends_early, .. } = Survey::of(source)?;
        if ends_early && truncated == Truncated::Refuse {
            return Err(broken(Kind::Gif)(&format!("it ends within frame {}", frames + 1)));
        }
        let parts = gif::images(source).map(|(_, image, control)| (image, control)).take(frames as usize);
        let (parts, canvas) = (Box::new(parts), Canvas::new(size));
        Ok(GifComposer { source, parts, canvas, is_truncated: ends_early, has_ended: false, truncated, max_pixels })
    }

    /// Returns the next frame; `None` after the last whole frame.
    pub(crate) fn next(&mut self) -> Result<Option<Frame>, Error> {
        let Some(milliseconds) = self.draw()? else { return Ok(None) };
        Ok(Some(Frame { raster: self.canvas.shown(), milliseconds }))
    }

    /// Whether rows of the first frame, or frames after it, are missing. Known for the frames that were drawn.
    pub(crate) fn is_truncated(&self) -> bool {
        self.is_truncated
    }

    pub(super) fn into_raster(self) -> Raster {
        self.canvas.into_raster()
    }

    /// Draws the next frame. Returns its duration in milliseconds; `None` after the last whole frame. Of a truncated
    /// first frame, the rows that are there are drawn.
    pub(super) fn draw(&mut self) -> Result<Option<u32>, Error> {
        let part = if self.has_ended { None } else { self.parts.next() };
        let Some((image, control)) = part else { return Ok(None) };
        let is_first = self.canvas.is_untouched();
        let patch = match self.patch(&image) {
            Ok(patch) => patch,
            Err(Error::Broken { .. }) if !is_first => return Ok(self.end()),
            Err(error) => return Err(error),
        };
        if !patch.is_whole {
            self.end();
            if !is_first {
                return Ok(None);
            }
            truncation::accept(Kind::Gif, patch.whole_rows, image.height.into(), self.truncated)?;
        }
        let area = Area {
            left: image.left.into(),
            top: image.top.into(),
            width: image.width.into(),
            height: image.height.into(),
        };
        let disposal = match control.disposal {
            2 => Disposal::Clear,
            3 => Disposal::Restore,
            _ => Disposal::Keep,
        };
        let palette = colors(image.palette.or(gif::palette(self.source)), control.transparent);
        for (y, row) in self.canvas.next(area, disposal) {
            for (to, index) in row.chunks_exact_mut(BYTES).zip(patch.row(y)) {
                let color = palette[usize::from(*index)];
                if color[3] != 0 {
                    to.copy_from_slice(&color);
                }
            }
        }
        Ok(Some(u32::from(control.hundredths) * 10))
    }

    /// Decodes a frame's pixels. A frame may be larger than its canvas, so its own size is checked against the limit.
    fn patch(&self, image: &GifImage<'_>) -> Result<Patch, Error> {
        match Size::new(image.width.into(), image.height.into()) {
            Some(size) if size.pixels() > self.max_pixels => {
                Err(Error::TooManyPixels { size, canvases: 1, max: self.max_pixels })
            }
            _ => Patch::decode(image),
        }
    }

    /// Stops: no other frame is drawn.
    fn end(&mut self) -> Option<u32> {
        (self.has_ended, self.is_truncated) = (true, true);
        None
    }

    /// Returns how many times the animation plays, as browsers do: a GIF without a number plays once, one with the
    /// number n plays n times more.
    pub(crate) fn loops(&self) -> Loops {
        let said = gif::blocks(self.source).map_while(|block| block).filter_map(|block| block.repeats()).last();
        match said {
            Some(0) => Loops(0),
            more => Loops(u32::from(more.unwrap_or(0)) + 1),
        }
    }
}

/// Returns the colour of each index. An index without a colour is black, as in Chromium.
fn colors(palette: Option<&[u8]>, transparent: Option<u8>) -> [[u8; BYTES]; 256] {
    let mut colors = [[0, 0, 0, 255]; 256];
    for (color, rgb) in colors.iter_mut().zip(palette.unwrap_or_default().chunks_exact(3)) {
        color[..3].copy_from_slice(rgb);
    }
    if let Some(index) = transparent {
        colors[usize::from(index)][3] = 0;
    }
    colors
}
