//! GIF by the `gif` crate, and the composition of its frames (GIF89a, section 23).

use std::io::Cursor;
use std::num::NonZeroU64;

use ::gif::{ColorOutput, DecodeOptions, Decoder, DisposalMethod, MemoryLimit};

use super::frames::{Frame, Loops};
use super::{Header, broken, size_of};
use crate::container::gif;
use crate::error::Error;
use crate::kind::Kind;
use crate::raster::{Channels, Raster};
use crate::size::Size;

const BYTES: usize = 4;

pub(super) fn header(source: &[u8]) -> Result<Header, Error> {
    let mut options = options(source);
    options.skip_frame_decoding(true);
    let mut decoder = options.read_info(Cursor::new(source)).map_err(|error| broken(Kind::Gif)(&error))?;
    let size = size_of(Kind::Gif, decoder.width().into(), decoder.height().into())?;
    let (mut frames, mut drawn_pixels) = (0, 0);
    // What is broken behind some frames may still show these.
    while let Ok(Some(frame)) = decoder.next_frame_info() {
        frames += 1;
        drawn_pixels += size.pixels().max(u64::from(frame.width) * u64::from(frame.height));
    }
    // The canvas, and the frame that is laid on it.
    Ok(Header { frames, drawn_pixels, canvases: 2, ..Header::still(Kind::Gif, size) })
}

/// An extension that nobody knows is passed over, as browsers do; other blocks that nobody knows end the picture.
fn options(source: &[u8]) -> DecodeOptions {
    let mut options = DecodeOptions::new();
    options.allow_unknown_blocks(gif::blocks(source).all(|block| block.is_some()));
    options
}

/// The first frame, laid on the transparent canvas.
pub(super) fn pixels(source: &[u8], max_pixels: u64) -> Result<Raster, Error> {
    let mut composer = Composer::new(source, max_pixels)?;
    composer.draw()?.ok_or_else(|| broken(Kind::Gif)(&"it has no frame"))?;
    Ok(composer.canvas)
}

/// Lays frame after frame on the canvas.
pub(crate) struct Composer<'a> {
    source: &'a [u8],
    decoder: Decoder<Cursor<&'a [u8]>>,
    canvas: Raster,
    /// What has to happen to the canvas before the next frame.
    disposal: Disposal,
    /// Whether no frame has been drawn yet.
    is_untouched: bool,
    max_pixels: u64,
}

enum Disposal {
    Keep,
    Clear(Area),
    Restore(Raster),
}

/// A part of the canvas; it may stand out of it.
#[derive(Clone, Copy)]
struct Area {
    left: usize,
    top: usize,
    size: Size,
}

impl<'a> Composer<'a> {
    pub(crate) fn new(source: &'a [u8], max_pixels: u64) -> Result<Composer<'a>, Error> {
        let mut options = options(source);
        options.set_color_output(ColorOutput::RGBA);
        let bytes = NonZeroU64::new(max_pixels.saturating_mul(BYTES as u64));
        options.set_memory_limit(bytes.map_or(MemoryLimit::Unlimited, MemoryLimit::Bytes));
        let decoder = options.read_info(Cursor::new(source)).map_err(|error| broken(Kind::Gif)(&error))?;
        let size = size_of(Kind::Gif, decoder.width().into(), decoder.height().into())?;
        let canvas = Raster::new(size, Channels::Rgba);
        Ok(Composer { source, decoder, canvas, disposal: Disposal::Keep, is_untouched: true, max_pixels })
    }

    pub(crate) fn next(&mut self) -> Result<Option<Frame>, Error> {
        let Some((disposal, milliseconds)) = self.draw()? else { return Ok(None) };
        self.disposal = disposal;
        // Most frames are opaque, and without alpha all that follows is quicker.
        let raster = self.canvas.without_opaque_alpha().unwrap_or_else(|| self.canvas.clone());
        Ok(Some(Frame { raster, milliseconds }))
    }

    /// Draws the next frame; answers what has to happen to it afterwards, and how long it is shown.
    fn draw(&mut self) -> Result<Option<(Disposal, u32)>, Error> {
        let Some(info) = self.decoder.next_frame_info().map_err(|error| broken(Kind::Gif)(&error))? else {
            return Ok(None);
        };
        let size = size_of(Kind::Gif, info.width.into(), info.height.into())?;
        let area = Area { left: info.left.into(), top: info.top.into(), size };
        let (dispose, milliseconds) = (info.dispose, u32::from(info.delay) * 10);
        // A frame may be larger than its canvas, so its own size is held against the limit too.
        if size.pixels() > self.max_pixels {
            return Err(Error::TooManyPixels { size, canvases: 1, max: self.max_pixels });
        }
        let mut patch = Raster::new(size, Channels::Rgba);
        self.decoder.read_into_buffer(&mut patch.pixels).map_err(|error| broken(Kind::Gif)(&error))?;

        match std::mem::replace(&mut self.disposal, Disposal::Keep) {
            Disposal::Keep => {}
            Disposal::Clear(area) => area.rows(&mut self.canvas).for_each(|(_, row)| row.fill(0)),
            Disposal::Restore(canvas) => self.canvas = canvas,
        }
        let disposal = match dispose {
            DisposalMethod::Any | DisposalMethod::Keep => Disposal::Keep,
            DisposalMethod::Background => Disposal::Clear(area),
            // Nothing comes back to before the first frame but the empty canvas, which is also what clearing leaves.
            DisposalMethod::Previous if self.is_untouched => Disposal::Clear(area),
            DisposalMethod::Previous => Disposal::Restore(self.canvas.clone()),
        };
        self.is_untouched = false;
        let stride = patch.stride();
        for (y, row) in area.rows(&mut self.canvas) {
            let source = &patch.pixels[y * stride..];
            for (to, from) in row.chunks_exact_mut(BYTES).zip(source.chunks_exact(BYTES)) {
                if from[3] != 0 {
                    to.copy_from_slice(from);
                }
            }
        }
        Ok(Some((disposal, milliseconds)))
    }

    /// A GIF that does not say plays once; one that says n plays n times more, as browsers have it.
    pub(crate) fn loops(&self) -> Loops {
        let said = gif::blocks(self.source).map_while(|block| block).filter_map(|block| block.repeats()).last();
        match said {
            Some(0) => Loops(0),
            more => Loops(u32::from(more.unwrap_or(0)) + 1),
        }
    }
}

impl Area {
    /// The rows of the canvas that it covers: number within the area, and bytes.
    fn rows(self, canvas: &mut Raster) -> impl Iterator<Item = (usize, &mut [u8])> {
        let stride = canvas.stride();
        let start = (self.left * BYTES).min(stride);
        let end = (start + self.size.width as usize * BYTES).min(stride);
        let rows = canvas.pixels.chunks_exact_mut(stride).skip(self.top).take(self.size.height as usize);
        rows.map(move |row| &mut row[start..end]).enumerate()
    }
}
