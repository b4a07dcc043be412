//! Images as luma and chroma: from a JPEG's planes to those of an encoder, without pixels of red, green and blue in
//! between.
//!
//! JPEG (JFIF) and WebP agree on what chroma means and where it lies: ITU-R BT.601, each sample in the middle of what it
//! stands for. So each plane is resampled from its own size to its own size.

use crate::error::Error;
use crate::orientation::Orientation;
use crate::plan::Crop;
use crate::raster::{Channels, Raster};
use crate::resize::Wanted;
use crate::size::Size;
use crate::strips::Strips;

/// An image's planes, with the range of the encoder that takes them.
pub(crate) struct Planes {
    pub(crate) luma: Raster,
    /// Blue and red differences, half as wide and as high, rounded up; none where there is no colour.
    pub(crate) chroma: Option<[Raster; 2]>,
    /// Whether the file ended early, so that the last rows are missing.
    pub(crate) is_truncated: bool,
}

impl Planes {
    /// Turns stored planes upright.
    pub(crate) fn orient(self, orientation: Orientation) -> Planes {
        let Planes { luma, chroma, is_truncated } = self;
        let chroma = chroma.map(|chroma| chroma.map(|plane| plane.orient(orientation)));
        Planes { luma: luma.orient(orientation), chroma, is_truncated }
    }

    /// Chroma, unless it says that all is gray.
    pub(crate) fn colors(&self) -> Option<&[Raster; 2]> {
        let is_neutral = |plane: &Raster| plane.pixels.iter().all(|sample| *sample == 128);
        self.chroma.as_ref().filter(|chroma| !chroma.iter().all(is_neutral))
    }
}

/// A component of the source that is cut out and resampled while its rows come.
pub(crate) struct Component {
    strips: Strips,
    size: Size,
    /// How many rows there are, and how many are still to come.
    height: u32,
    left: u32,
    /// How many of each side's samples are there once more.
    margin: Margin,
    /// Rows that are waiting to be mirrored: at the top, and at the bottom.
    first: Vec<u8>,
    last: Vec<u8>,
}

/// Samples of chroma stand for two pixels. Where a side of the target has an odd number of them, the last sample stands for
/// one beyond it, which the source may not have. It is to be as the last one, as encoders have it: so the source goes on
/// mirrored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Margin {
    left: u32,
    right: u32,
    top: u32,
    bottom: u32,
}

/// What a component is to the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// As large as the image.
    Luma,
    /// Half as large.
    Chroma,
}

impl Component {
    /// `source`: how many samples there are; `scale`: how many for a pixel of the source, across and down. `turn` is what
    /// will be done to the target.
    pub(crate) fn new(part: Part, source: Size, scale: (f64, f64), wanted: Wanted, turn: Orientation) -> Component {
        let (mirrored_x, mirrored_y) = turn.mirrors();
        let Wanted { crop, size, .. } = wanted;
        let across = Side::new(part, (crop.left, crop.width), size.width, mirrored_x).scaled(scale.0);
        let down = Side::new(part, (crop.top, crop.height), size.height, mirrored_y).scaled(scale.1);
        let ((left, right), (top, bottom)) = (across.margins(source.width), down.margins(source.height));
        let margin = Margin { left, right, top, bottom };
        let padded = Size { width: source.width + left + right, height: source.height + top + bottom };
        let (x, width) = across.within(left, padded.width);
        let (y, height) = down.within(top, padded.height);
        let crop = Crop { left: x, top: y, width, height };
        let size = Size { width: across.samples, height: down.samples };
        let strips = Strips::new(padded, Channels::One, Wanted { crop, size, ..wanted });
        Component {
            strips,
            size,
            height: source.height,
            left: source.height,
            margin,
            first: Vec::new(),
            last: Vec::new(),
        }
    }

    /// Takes the next rows.
    pub(crate) fn push<'a>(&mut self, rows: impl Iterator<Item = &'a [u8]>) -> Result<(), Error> {
        if self.margin == Margin::default() {
            return self.strips.push_rows(rows);
        }
        let Margin { left, right, top, bottom } = self.margin;
        let (mut out, mut width) = (Vec::new(), 1);
        for row in rows {
            let row: Vec<u8> = mirrored(row, left as usize, right as usize).collect();
            width = row.len();
            let index = self.height - self.left;
            self.left = self.left.saturating_sub(1);
            if index + bottom >= self.height {
                self.last.extend_from_slice(&row);
            }
            if index >= top {
                out.extend(row);
                continue;
            }
            self.first.extend(row);
            if index + 1 == top {
                let first = std::mem::take(&mut self.first);
                first.rchunks_exact(width).for_each(|row| out.extend_from_slice(row));
                out.extend(first);
            }
        }
        self.strips.push_rows(out.chunks_exact(width))
    }

    /// All rows have come.
    pub(crate) fn finish(mut self) -> Result<Raster, Error> {
        let size = self.size;
        if let Some(width) = self.last.len().checked_div(self.margin.bottom as usize).filter(|width| *width > 0) {
            self.strips.push_rows(self.last.rchunks_exact(width))?;
        }
        self.strips.finish().resize(Crop::whole(size), size)
    }
}

/// A row with so many of its samples once more on either side, the outermost next to themselves.
fn mirrored(row: &[u8], left: usize, right: usize) -> impl Iterator<Item = u8> {
    row[..left].iter().rev().chain(row).chain(row[row.len() - right..].iter().rev()).copied()
}

/// One side of the target: how many samples it has, and where the part of the source that they stand for begins and how
/// long it is, maybe beyond its edges.
struct Side {
    samples: u32,
    start: f64,
    length: f64,
}

/// Less than this of a sample beyond an edge is rounding.
const ROUNDING: f64 = 1e-6;

impl Side {
    /// Of a crop in pixels of the source that becomes so many.
    fn new(part: Part, (start, length): (f64, f64), pixels: u32, is_mirrored: bool) -> Side {
        let samples = match part {
            Part::Luma => return Side { samples: pixels, start, length },
            Part::Chroma => pixels.div_ceil(2),
        };
        let pixel = length / f64::from(pixels);
        let beyond = if pixels.is_multiple_of(2) { 0.0 } else { pixel };
        let start = if is_mirrored { start - beyond } else { start };
        Side { samples, start, length: length + beyond }
    }

    fn scaled(self, scale: f64) -> Side {
        Side { start: self.start * scale, length: self.length * scale, ..self }
    }

    /// How many samples are missing before and behind.
    fn margins(&self, source: u32) -> (u32, u32) {
        let beyond = |samples: f64| ((samples - ROUNDING).ceil().max(0.0) as u32).min(source);
        (beyond(-self.start), beyond(self.start + self.length - f64::from(source)))
    }

    /// The part in a source that has so many more samples before, and so many in all.
    fn within(&self, before: u32, all: u32) -> (f64, f64) {
        let (start, all) = ((self.start + f64::from(before)).max(0.0), f64::from(all));
        let length = self.length.min(all);
        (start.min(all - length), length)
    }
}
