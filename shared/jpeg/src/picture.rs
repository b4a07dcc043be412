//! What goes in and comes out.

use std::ops::ControlFlow;

use crate::error::{Damage, Error};
use crate::header::Header;
use crate::idct::{Levels, Scale};
use crate::planes::{Plane, Target};

/// What the caller wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Of each eight samples of the source, how many there will be, 1 to 8.
    pub eighths: u8,
    /// How large planes of chroma are.
    pub chroma: Chroma,
    /// What samples mean.
    pub range: Range,
    /// More scans are an error: each one of a progressive picture walks over all of it.
    pub max_scans: u32,
    /// More pixels, of the source, are an error before memory is taken for them.
    pub max_pixels: u64,
    /// Whether damage is an error, at once: for whom it is of no use, the rest would be work for nothing.
    pub is_strict: bool,
}

/// How large the planes of chroma become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chroma {
    /// As large as the others even if the file has less of them, on each side where 8 samples a block suffice for it.
    Full,
    /// As much smaller than the others as in the file.
    Subsampled,
    /// So large, of each component but the first: a target may have less chroma than the file.
    Reduced(Scale),
}

impl Chroma {
    /// Whether it can be had.
    pub(crate) fn is_possible(self) -> bool {
        let is_possible = |samples: u8| (1..=8).contains(&samples);
        match self {
            Chroma::Full | Chroma::Subsampled => true,
            Chroma::Reduced(Scale { across, down }) => is_possible(across) && is_possible(down),
        }
    }
}

/// The range of samples of luma and chroma: ITU-R BT.601.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Range {
    /// 0 to 255, as in the file.
    Full,
    /// That of video: luma 16 to 235, chroma 16 to 240. What lies beyond stays as far as a byte holds it.
    Limited,
}

impl Range {
    pub(crate) fn levels(self, is_luma: bool) -> Levels {
        match (self, is_luma) {
            (Range::Full, _) => Levels { gain: 1.0, middle: 128.0 },
            (Range::Limited, true) => Levels { gain: 219.0 / 255.0, middle: 16.0 + 128.0 * 219.0 / 255.0 },
            (Range::Limited, false) => Levels { gain: 224.0 / 255.0, middle: 128.0 },
        }
    }
}

/// A decoded picture, or a strip of one: all columns of some rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// What the file says.
    pub header: Header,
    /// One for each component.
    pub planes: Vec<Plane>,
    /// In pixels: the side of the source, times [`Options::eighths`], divided by 8 and rounded up.
    pub width: usize,
    /// Rows of pixels that are here; of a whole picture, as many as `width` has it for the other side.
    pub height: usize,
    /// As asked.
    pub eighths: u8,
    /// The first damage that was met, if any. Of a strip it is not known yet.
    pub damage: Option<Damage>,
}

/// What takes strips. It may stop the work.
pub(crate) type Sink<'a> = dyn FnMut(&Picture) -> ControlFlow<()> + 'a;

/// What is called once a row of MCUs.
pub(crate) struct Hooks<'a, 'b> {
    pub(crate) check: &'a mut dyn FnMut() -> ControlFlow<()>,
    /// None as long as the planes are not for giving away.
    pub(crate) sink: Option<&'a mut Sink<'b>>,
    pub(crate) is_strict: bool,
}

impl Hooks<'_, '_> {
    /// Before a row, with what was wrong with those before.
    pub(crate) fn check(&mut self, damage: Option<Damage>) -> Result<(), Error> {
        match damage {
            Some(damage) if self.is_strict && !damage.is_harmless() => Err(Error::Damaged(damage)),
            _ if (self.check)().is_break() => Err(Error::Stopped),
            _ => Ok(()),
        }
    }
}

impl Picture {
    /// One without rows.
    pub(crate) fn new(header: Header, targets: &[Target], eighths: u8) -> Picture {
        let plane = |target: &Target| Plane::new(&header, &target.component, target.scale);
        let planes = targets.iter().map(plane).collect();
        let width = (usize::from(header.width) * usize::from(eighths)).div_ceil(8);
        Picture { header, planes, width, height: 0, eighths, damage: None }
    }

    /// Whether each plane has a row for each row of pixels. Where not, chroma must be mixed from rows above and below, which
    /// a strip does not have.
    pub fn is_in_step(&self) -> bool {
        self.planes.iter().all(|plane| plane.height == self.height)
    }

    /// Makes all planes gray, with room for so many rows of MCUs, of one block each where the scan has one component.
    pub(crate) fn clear(&mut self, mcus: usize, is_interleaved: bool) {
        for (plane, component) in self.planes.iter_mut().zip(&self.header.components) {
            plane.clear(mcus * if is_interleaved { usize::from(component.down) } else { 1 });
        }
    }

    /// Hands over what the planes hold.
    pub(crate) fn show(&mut self, strip: usize, sink: &mut Sink<'_>) -> Result<(), Error> {
        let (_, max_down) = self.header.sampling();
        let total = (usize::from(self.header.height) * usize::from(self.eighths)).div_ceil(8);
        for (plane, component) in self.planes.iter_mut().zip(&self.header.components) {
            plane.show(strip);
            if component.down == max_down {
                let rows = plane.blocks() * usize::from(self.eighths);
                self.height = rows.min(total.saturating_sub(strip * rows));
            }
        }
        if sink(self).is_break() { Err(Error::Stopped) } else { Ok(()) }
    }

    /// Adds the rows of a strip, without padding.
    pub(crate) fn add(&mut self, strip: &Picture) {
        self.height += strip.height;
        for (plane, rows) in self.planes.iter_mut().zip(&strip.planes) {
            plane.samples.reserve_exact(plane.width * plane.total - plane.samples.len());
            for y in 0..rows.height {
                plane.samples.extend_from_slice(rows.row(y));
            }
            plane.height += rows.height;
        }
    }

    /// One to add strips to.
    pub(crate) fn like(strip: &Picture) -> Picture {
        let plane = |plane: &Plane| Plane { height: 0, stride: plane.width, samples: Vec::new(), ..*plane };
        let planes = strip.planes.iter().map(plane).collect();
        Picture { header: strip.header.clone(), planes, height: 0, ..*strip }
    }
}
