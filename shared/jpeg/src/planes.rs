//! Where the samples go.

use crate::header::{Component, Header};
use crate::scale::Scale;

/// The samples of one component, or those of some rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plane {
    /// Samples across.
    pub width: usize,
    /// Samples down, as many as are here.
    pub height: usize,
    /// Samples down in the whole image.
    pub total: usize,
    /// Samples from one row to the next; those behind `width` are the coder's padding.
    pub stride: usize,
    /// At least `height` rows.
    pub samples: Vec<u8>,
    /// How many samples of each eight of the source there are.
    pub scale: Scale,
}

/// How the blocks of a component lie.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    /// Blocks that hold samples of the image: those of a scan of this component alone.
    pub(crate) across: usize,
    pub(crate) down: usize,
    /// With the padding of interleaved scans.
    pub(crate) stride: usize,
    pub(crate) rows: usize,
}

/// MCUs of an interleaved scan: ITU-T T.81, A.2.
pub(crate) fn mcus(header: &Header) -> (usize, usize) {
    let (across, down) = header.sampling();
    let count = |side: u16, factor: u8| usize::from(side).div_ceil(8 * usize::from(factor));
    (count(header.width, across), count(header.height, down))
}

/// Samples of a side of a component: A.1.1, and of a part of it in eighths.
fn samples(side: u16, factor: u8, max: u8, eighths: u8) -> usize {
    (usize::from(side) * usize::from(factor) * usize::from(eighths)).div_ceil(usize::from(max) * 8)
}

impl Layout {
    pub(crate) fn new(header: &Header, component: &Component) -> Layout {
        let ((max_across, max_down), (mcus_across, mcus_down)) = (header.sampling(), mcus(header));
        Layout {
            across: samples(header.width, component.across, max_across, 8).div_ceil(8),
            down: samples(header.height, component.down, max_down, 8).div_ceil(8),
            stride: mcus_across * usize::from(component.across),
            rows: mcus_down * usize::from(component.down),
        }
    }
}

/// What is missing in the file: libjpeg's zero coefficients are the same gray.
const GRAY: u8 = 128;

impl Plane {
    /// One without rows.
    pub(crate) fn new(header: &Header, component: &Component, scale: Scale) -> Plane {
        let (max_across, max_down) = header.sampling();
        let layout = Layout::new(header, component);
        Plane {
            width: samples(header.width, component.across, max_across, scale.across),
            height: 0,
            total: samples(header.height, component.down, max_down, scale.down),
            stride: layout.stride * usize::from(scale.across),
            samples: Vec::new(),
            scale,
        }
    }

    /// Makes it gray, with room for so many rows of blocks.
    pub(crate) fn clear(&mut self, blocks: usize) {
        self.samples.clear();
        self.samples.resize(self.stride * blocks * usize::from(self.scale.down), GRAY);
    }

    /// How many rows of blocks it has room for.
    pub(crate) fn blocks(&self) -> usize {
        self.samples.len() / self.stride / usize::from(self.scale.down)
    }

    /// Counts the rows that are there if it holds this strip, of strips as high as its room.
    pub(crate) fn show(&mut self, strip: usize) {
        let rows = self.samples.len() / self.stride;
        self.height = rows.min(self.total.saturating_sub(strip * rows));
    }

    /// The row `y`, without padding.
    pub fn row(&self, y: usize) -> &[u8] {
        &self.samples[y * self.stride..][..self.width]
    }
}
