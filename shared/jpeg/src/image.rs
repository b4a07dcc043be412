//! A decoded image, or a strip of one.

use std::ops::ControlFlow;

use crate::error::{Damage, Error};
use crate::header::Header;
use crate::planes::Plane;
use crate::target::Target;

/// A decoded image, or a strip of one: all columns of some rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodedImage {
    /// The header of the file.
    pub header: Header,
    /// One plane for each component.
    pub planes: Vec<Plane>,
    /// In pixels: the width of the source, times [`Options::eighths`](crate::Options::eighths), divided by 8 and
    /// rounded up.
    pub width: usize,
    /// Number of rows of pixels in this image or strip.
    pub height: usize,
    /// As in the options.
    pub eighths: u8,
    /// The first damage. For a strip it is not known yet.
    pub damage: Option<Damage>,
}

/// Receives strips, and can stop the decoder.
pub(crate) type Sink<'a> = dyn FnMut(&DecodedImage) -> ControlFlow<()> + 'a;

impl DecodedImage {
    /// Returns an image without rows.
    pub(crate) fn new(header: Header, targets: &[Target], eighths: u8) -> DecodedImage {
        let plane = |target: &Target| Plane::new(&header, &target.component, target.scale);
        let planes = targets.iter().map(plane).collect();
        let width = (usize::from(header.width) * usize::from(eighths)).div_ceil(8);
        DecodedImage { header, planes, width, height: 0, eighths, damage: None }
    }

    /// Whether each plane has a row for each row of pixels. If not, chroma is interpolated from rows above and below,
    /// which a strip does not have.
    pub fn is_in_step(&self) -> bool {
        self.planes.iter().all(|plane| plane.height == self.height)
    }

    /// Fills all planes with gray, for `mcus` rows of MCUs. An MCU of a scan of one component is one block.
    pub(crate) fn clear(&mut self, mcus: usize, is_interleaved: bool) {
        for (plane, component) in self.planes.iter_mut().zip(&self.header.components) {
            plane.clear(mcus * if is_interleaved { usize::from(component.down) } else { 1 });
        }
    }

    /// Passes the planes to `sink`.
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
    pub(crate) fn add(&mut self, strip: &DecodedImage) {
        self.height += strip.height;
        for (plane, rows) in self.planes.iter_mut().zip(&strip.planes) {
            plane.samples.reserve_exact(plane.width * plane.total - plane.samples.len());
            for y in 0..rows.height {
                plane.samples.extend_from_slice(rows.row(y));
            }
            plane.height += rows.height;
        }
    }

    /// Returns an image without rows, to which strips like this one can be added.
    pub(crate) fn like(strip: &DecodedImage) -> DecodedImage {
        let plane = |plane: &Plane| Plane { height: 0, stride: plane.width, samples: Vec::new(), ..*plane };
        let planes = strip.planes.iter().map(plane).collect();
        DecodedImage { header: strip.header.clone(), planes, height: 0, ..*strip }
    }
}
