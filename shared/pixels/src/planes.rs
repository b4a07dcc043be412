//! Images as luma and chroma: from a JPEG's planes to those of an encoder, without RGB pixels in between.
//!
//! JPEG (JFIF) and WebP agree on the meaning of chroma and on the position of its samples: ITU-R BT.601, each sample in
//! the middle of the pixels that it covers. So each plane is resampled on its own.

use crate::error::Error;
use crate::orientation::Orientation;
use crate::plan::Crop;
use crate::raster::{Channels, Raster};
use crate::resize::Wanted;
use crate::size::Size;
use crate::strips::Strips;

/// The planes of an image, in the range of the encoder that takes them.
pub(crate) struct Planes {
    pub(crate) luma: Raster,
    /// Blue and red differences, half as wide and high as luma, rounded up; `None` for a gray image.
    pub(crate) chroma: Option<[Raster; 2]>,
    /// Whether the original ends early, so that the last rows are missing.
    pub(crate) is_truncated: bool,
}

impl Planes {
    /// Turns stored planes upright.
    pub(crate) fn orient(self, orientation: Orientation) -> Planes {
        let Planes { luma, chroma, is_truncated } = self;
        let chroma = chroma.map(|chroma| chroma.map(|plane| plane.orient(orientation)));
        Planes { luma: luma.orient(orientation), chroma, is_truncated }
    }

    /// Returns chroma; `None` if all of it is gray.
    pub(crate) fn colors(&self) -> Option<&[Raster; 2]> {
        let is_neutral = |plane: &Raster| plane.pixels.iter().all(|sample| *sample == 128);
        self.chroma.as_ref().filter(|chroma| !chroma.iter().all(is_neutral))
    }
}

/// A component of the original that is cropped and resampled as its rows arrive.
pub(crate) struct Component {
    strips: Strips,
    size: Size,
    /// Number of rows, and the number of those that have not arrived yet.
    height: u32,
    left: u32,
    /// How many samples at each edge are repeated, mirrored.
    margin: Margin,
    /// Rows that wait to be mirrored, at the top and at the bottom.
    first: Vec<u8>,
    last: Vec<u8>,
}

/// Numbers of mirrored samples at each edge.
///
/// A chroma sample covers two pixels. If a side of the variant has an odd number of pixels, the last sample covers a
/// pixel beyond it, which the original may not have. Encoders repeat the last pixel there, so the original continues
/// mirrored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Margin {
    left: u32,
    right: u32,
    top: u32,
    bottom: u32,
}

/// The role of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// One sample per pixel.
    Luma,
    /// One sample for two pixels on each side.
    Chroma,
}

impl Component {
    /// `source` is the component's size in samples, `scale` the samples per pixel of the original across and down, and
    /// `turn` the turn that follows.
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

    /// Adds the next rows.
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

    /// Ends the component after its last row, and returns it resampled.
    pub(crate) fn finish(mut self) -> Result<Raster, Error> {
        let size = self.size;
        if let Some(width) = self.last.len().checked_div(self.margin.bottom as usize).filter(|width| *width > 0) {
            self.strips.push_rows(self.last.rchunks_exact(width))?;
        }
        self.strips.finish().resize(Crop::whole(size), size)
    }
}

/// Returns a row with `left` and `right` of its samples mirrored at its edges.
fn mirrored(row: &[u8], left: usize, right: usize) -> impl Iterator<Item = u8> {
    row[..left].iter().rev().chain(row).chain(row[row.len() - right..].iter().rev()).copied()
}

/// One side of the target: its number of samples, and the start and length of the part of the source that they cover,
/// which may reach beyond the source's edges.
struct Side {
    samples: u32,
    start: f64,
    length: f64,
}

/// A part of a sample beyond an edge that is smaller than this is a rounding error.
const ROUNDING: f64 = 1e-6;

impl Side {
    /// Maps a crop of the source, in pixels, to a target of `pixels` pixels.
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

    /// Returns the number of samples that are missing before and after the source.
    fn margins(&self, source: u32) -> (u32, u32) {
        let beyond = |samples: f64| ((samples - ROUNDING).ceil().max(0.0) as u32).min(source);
        (beyond(-self.start), beyond(self.start + self.length - f64::from(source)))
    }

    /// Returns the part in a source with `before` additional samples in front, and `all` samples in total.
    fn within(&self, before: u32, all: u32) -> (f64, f64) {
        let (start, all) = ((self.start + f64::from(before)).max(0.0), f64::from(all));
        let length = self.length.min(all);
        (start.min(all - length), length)
    }
}
