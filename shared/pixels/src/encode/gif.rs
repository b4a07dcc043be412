//! GIF by the `gif` crate. A frame stores what differs from the previous one, in the palette of the first frame if that
//! has its colours. Alpha has one bit.

use std::error::Error as StdError;

use gif::{DisposalMethod, Encoder, Frame, Repeat};
use ridge_contract::Format;

use super::palette::{Indexed, Look, Pixel, Shared};
use super::settings::{Settings, failed};
use crate::error::Error;
use crate::frame::Loops;
use crate::raster::{Channels, Raster};
use crate::size::Size;

/// Encodes a still image as an animation of one frame.
pub(super) fn encode(raster: &Raster, settings: Settings) -> Result<Vec<u8>, Error> {
    let mut gif = Gif::new(raster.size, Loops(1), settings);
    let indexed = Indexed::new(&pixels(raster).collect::<Vec<_>>(), false, Look::first(settings.is_large));
    gif.begin(indexed, 0)?;
    gif.finish()
}

/// An animation that is being encoded.
pub(crate) struct Gif {
    size: Size,
    loops: Loops,
    is_large: bool,
    /// Set with the first frame, whose palette is the file's.
    encoder: Option<(Encoder<Vec<u8>>, Shared)>,
    /// The canvas after the last frame; empty before the first one.
    shown: Vec<Pixel>,
    /// The last frame. It is written when the next frame has decided how it is disposed of.
    held: Option<Frame<'static>>,
}

impl Gif {
    /// Begins an animation whose frames all have this size.
    pub(super) fn new(size: Size, loops: Loops, settings: Settings) -> Gif {
        Gif { size, loops, is_large: settings.is_large, encoder: None, shown: Vec::new(), held: None }
    }

    /// Adds a frame with its duration in milliseconds.
    pub(super) fn add(&mut self, raster: &Raster, milliseconds: u32) -> Result<(), Error> {
        if self.shown.is_empty() {
            self.shown = pixels(raster).collect();
            return self.begin(Indexed::new(&self.shown, false, Look::first(self.is_large)), milliseconds);
        }
        self.release(raster)?;
        // A frame without changes is stored too, for its duration.
        let area = self.around(raster, |shown, new| shown != new).unwrap_or(Bounds::FIRST);
        let changed = self.draw(raster, area);
        let shared = self.encoder.as_mut().and_then(|(_, shared)| Some((shared.indices(&changed)?, shared.nothing()?)));
        let frame = match shared {
            Some((indices, nothing)) => {
                let frame = Frame { buffer: indices.into(), transparent: Some(nothing), ..Frame::default() };
                placed(frame, area, milliseconds)
            }
            // A frame that is smaller than the canvas may have to be widened.
            None => {
                let look = Look::one_of_many(self.is_large);
                let indexed = Indexed::new(&changed, area != Bounds::whole(self.size), look);
                drawn(indexed, area, milliseconds)
            }
        };
        self.held = Some(frame);
        Ok(())
    }

    /// Begins the file with the first frame, whose palette is that of all frames.
    fn begin(&mut self, first: Indexed, milliseconds: u32) -> Result<(), Error> {
        let encoder = encoder(self.size, self.loops, &first.palette).map_err(|error| failed(Format::Gif)(&*error))?;
        self.encoder = Some((encoder, Shared::new(&first)));
        // An opaque frame must not look transparent.
        let nothing = first.nothing.filter(|nothing| first.indices.contains(nothing));
        let frame = drawn(first, Bounds::whole(self.size), milliseconds);
        self.held = Some(Frame { palette: None, transparent: nothing, ..frame });
        Ok(())
    }

    /// Ends the animation and returns the file.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, Error> {
        self.write_held()?;
        let (encoder, _) = self.encoder.ok_or_else(|| failed(Format::Gif)(&"it has no frame"))?;
        encoder.into_inner().map_err(|error| failed(Format::Gif)(&error))
    }

    /// Writes the frame before `next`. Only that frame can remove what `next` does not show, by clearing its area.
    fn release(&mut self, next: &Raster) -> Result<(), Error> {
        let gone =
            if self.held.is_some() { self.around(next, |shown, new| shown.is_some() && new.is_none()) } else { None };
        if let (Some(held), Some(gone)) = (&mut self.held, gone) {
            widen(held, gone);
            held.dispose = DisposalMethod::Background;
            let cleared = Bounds::of(held);
            cleared.rows(self.size).for_each(|row| self.shown[row].fill(None));
        }
        self.write_held()
    }

    fn write_held(&mut self) -> Result<(), Error> {
        let (Some(frame), Some((encoder, _))) = (self.held.take(), &mut self.encoder) else { return Ok(()) };
        encoder.write_frame(&frame).map_err(|error| failed(Format::Gif)(&error))
    }

    /// Returns the smallest area around all pixels for which `differ` is true of the shown and the new pixel.
    fn around(&self, new: &Raster, differ: impl Fn(Pixel, Pixel) -> bool) -> Option<Bounds> {
        let width = self.size.width as usize;
        let differing = self.shown.iter().zip(pixels(new)).enumerate();
        let places =
            differing.filter(|(_, (shown, new))| differ(**shown, *new)).map(|(at, _)| (at % width, at / width));
        places.map(|(x, y)| Bounds { left: x, top: y, right: x + 1, bottom: y + 1 }).reduce(Bounds::and)
    }

    /// Updates an area of the canvas. Returns its pixels; those that did not change are transparent.
    fn draw(&mut self, new: &Raster, area: Bounds) -> Vec<Pixel> {
        let mut changed = Vec::with_capacity(area.width() * area.height());
        for row in area.rows(self.size) {
            let new = pixels_of(new, row.start, row.len());
            for (shown, new) in self.shown[row].iter_mut().zip(new) {
                changed.push(if *shown == new { None } else { new });
                *shown = new;
            }
        }
        changed
    }
}

fn encoder(size: Size, loops: Loops, palette: &[u8]) -> Result<Encoder<Vec<u8>>, Box<dyn StdError>> {
    let mut encoder = Encoder::new(Vec::new(), u16::try_from(size.width)?, u16::try_from(size.height)?, palette)?;
    match loops.0 {
        0 => encoder.set_repeat(Repeat::Infinite)?,
        // A GIF without a number plays once.
        1 => {}
        times => encoder.set_repeat(Repeat::Finite(u16::try_from(times - 1).unwrap_or(u16::MAX)))?,
    }
    Ok(encoder)
}

/// Returns a frame with a palette of its own.
fn drawn(indexed: Indexed, area: Bounds, milliseconds: u32) -> Frame<'static> {
    let Indexed { indices, palette, nothing } = indexed;
    let frame = Frame { buffer: indices.into(), palette: Some(palette), transparent: nothing, ..Frame::default() };
    placed(frame, area, milliseconds)
}

fn placed(mut frame: Frame<'static>, area: Bounds, milliseconds: u32) -> Frame<'static> {
    area.hold(&mut frame);
    frame.delay = u16::try_from((milliseconds + 5) / 10).unwrap_or(u16::MAX);
    frame
}

/// Adds transparent pixels around a frame, so that it covers this area too.
fn widen(frame: &mut Frame<'static>, area: Bounds) {
    let from = Bounds::of(frame);
    let to = from.and(area);
    let Some(nothing) = frame.transparent.filter(|_| to != from) else { return };
    let mut buffer = vec![nothing; to.width() * to.height()];
    let inner = Bounds {
        left: from.left - to.left,
        top: from.top - to.top,
        right: from.right - to.left,
        bottom: from.bottom - to.top,
    };
    let size = Size { width: to.width() as u32, height: to.height() as u32 };
    for (row, drawn) in inner.rows(size).zip(frame.buffer.chunks_exact(from.width())) {
        buffer[row].copy_from_slice(drawn);
    }
    to.hold(frame);
    frame.buffer = buffer.into();
}

/// A part of the canvas. `right` and `bottom` are the first column and row outside of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bounds {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
}

impl Bounds {
    const FIRST: Bounds = Bounds { left: 0, top: 0, right: 1, bottom: 1 };

    fn whole(size: Size) -> Bounds {
        Bounds { left: 0, top: 0, right: size.width as usize, bottom: size.height as usize }
    }

    fn of(frame: &Frame<'_>) -> Bounds {
        let (left, top) = (usize::from(frame.left), usize::from(frame.top));
        Bounds { left, top, right: left + usize::from(frame.width), bottom: top + usize::from(frame.height) }
    }

    /// Moves a frame to this area. An image for this format is planned within 65,535 pixels a side.
    fn hold(self, frame: &mut Frame<'_>) {
        (frame.left, frame.top) = (self.left as u16, self.top as u16);
        (frame.width, frame.height) = (self.width() as u16, self.height() as u16);
    }

    fn and(self, other: Bounds) -> Bounds {
        Bounds {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    fn width(self) -> usize {
        self.right - self.left
    }

    fn height(self) -> usize {
        self.bottom - self.top
    }

    /// Returns the ranges of its rows in a canvas of this size.
    fn rows(self, canvas: Size) -> impl Iterator<Item = std::ops::Range<usize>> {
        let width = canvas.width as usize;
        (self.top..self.bottom).map(move |y| y * width + self.left..y * width + self.right)
    }
}

fn pixels(raster: &Raster) -> impl Iterator<Item = Pixel> {
    pixels_of(raster, 0, usize::try_from(raster.size.pixels()).expect("limits hold"))
}

/// Returns `count` pixels from index `start` on. Alpha is reduced to one bit.
fn pixels_of(raster: &Raster, start: usize, count: usize) -> impl Iterator<Item = Pixel> {
    let bytes = raster.channels.count();
    let channels = raster.channels;
    raster.pixels[start * bytes..(start + count) * bytes].chunks_exact(bytes).map(move |pixel| match channels {
        Channels::One => Some([pixel[0]; 3]),
        Channels::Rgb => Some([pixel[0], pixel[1], pixel[2]]),
        Channels::Rgba => (pixel[3] >= 128).then(|| [pixel[0], pixel[1], pixel[2]]),
    })
}
