//! Planes of samples.

use crate::header::{Component, Header};
use crate::scale::Scale;

/// The samples of one component, or of some of its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plane {
    /// Samples across.
    pub width: usize,
    /// Rows of samples that are here.
    pub height: usize,
    /// Rows of samples of the whole image.
    pub total: usize,
    /// Samples from one row to the next; those after `width` are padding.
    pub stride: usize,
    /// At least `height` rows.
    pub samples: Vec<u8>,
    /// Samples for each eight samples of the source.
    pub scale: Scale,
}

/// The blocks of a component.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    /// Blocks with samples of the image, which a scan of this component alone has.
    pub(crate) across: usize,
    pub(crate) down: usize,
    /// Blocks with the padding of interleaved scans.
    pub(crate) stride: usize,
    pub(crate) rows: usize,
}

/// Returns columns and rows of MCUs of an interleaved scan (ITU-T T.81, A.2).
pub(crate) fn mcus(header: &Header) -> (usize, usize) {
    let (across, down) = header.sampling();
    let count = |side: u16, factor: u8| usize::from(side).div_ceil(8 * usize::from(factor));
    (count(header.width, across), count(header.height, down))
}

/// Returns the samples of a component's side (A.1.1), reduced to eighths.
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

/// The value of missing samples: that of libjpeg's zero coefficients.
const GRAY: u8 = 128;

impl Plane {
    /// Returns a plane without rows.
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

    /// Fills the plane with gray, for this number of rows of blocks.
    pub(crate) fn clear(&mut self, blocks: usize) {
        self.samples.clear();
        self.samples.resize(self.stride * blocks * usize::from(self.scale.down), GRAY);
    }

    /// Returns the number of rows of blocks for which the plane has room.
    pub(crate) fn blocks(&self) -> usize {
        self.samples.len() / self.stride / usize::from(self.scale.down)
    }

    /// Sets the number of rows for the strip with this index, of strips as high as the plane's room.
    pub(crate) fn show(&mut self, strip: usize) {
        let rows = self.samples.len() / self.stride;
        self.height = rows.min(self.total.saturating_sub(strip * rows));
    }

    /// Returns row `y`, without padding.
    pub fn row(&self, y: usize) -> &[u8] {
        &self.samples[y * self.stride..][..self.width]
    }
}
