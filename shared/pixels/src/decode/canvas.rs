//! The canvas on which the frames of an animation are drawn one after the other (GIF89a specification, section 23; PNG
//! specification, third edition, section 11.3.6).

use crate::raster::{Channels, Raster};
use crate::size::Size;

/// Bytes of a pixel.
pub(super) const BYTES: usize = 4;

/// RGBA pixels, initially transparent.
pub(super) struct Canvas {
    raster: Raster,
    /// What happens before the next frame is drawn.
    pending: Pending,
    /// Whether no frame has been drawn yet.
    is_untouched: bool,
}

/// What happens to the area of a frame before the next frame is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Disposal {
    Keep,
    Clear,
    Restore,
}

enum Pending {
    Nothing,
    Clear(Area),
    Restore(Raster),
}

/// An area in pixels, which may reach beyond the canvas.
#[derive(Clone, Copy)]
pub(super) struct Area {
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

impl Canvas {
    pub(super) fn new(size: Size) -> Canvas {
        Canvas { raster: Raster::new(size, Channels::Rgba), pending: Pending::Nothing, is_untouched: true }
    }

    pub(super) fn is_untouched(&self) -> bool {
        self.is_untouched
    }

    /// Disposes of the previous frame, and returns the rows on which the next one is drawn: the row's number within its
    /// area, and the bytes of the part that lies on the canvas.
    pub(super) fn next(&mut self, area: Area, disposal: Disposal) -> impl Iterator<Item = (usize, &mut [u8])> {
        match std::mem::replace(&mut self.pending, Pending::Nothing) {
            Pending::Nothing => {}
            Pending::Clear(area) => area.rows(&mut self.raster).for_each(|(_, row)| row.fill(0)),
            Pending::Restore(raster) => self.raster = raster,
        }
        self.pending = match disposal {
            Disposal::Keep => Pending::Nothing,
            // Before the first frame there is only the empty canvas, which clearing restores too.
            Disposal::Restore if !self.is_untouched => Pending::Restore(self.raster.clone()),
            Disposal::Clear | Disposal::Restore => Pending::Clear(area),
        };
        self.is_untouched = false;
        area.rows(&mut self.raster)
    }

    /// Returns a copy of the canvas. Most frames are opaque, and without alpha all later steps are faster.
    pub(super) fn shown(&self) -> Raster {
        self.raster.without_opaque_alpha().unwrap_or_else(|| self.raster.clone())
    }

    pub(super) fn into_raster(self) -> Raster {
        self.raster
    }
}

impl Area {
    fn rows(self, raster: &mut Raster) -> impl Iterator<Item = (usize, &mut [u8])> {
        let stride = raster.stride();
        let start = (self.left * BYTES).min(stride);
        let end = (start + self.width * BYTES).min(stride);
        let rows = raster.pixels.chunks_exact_mut(stride).skip(self.top).take(self.height);
        rows.map(move |row| &mut row[start..end]).enumerate()
    }
}
