//! What a decoder reads before it decodes a pixel.

use crate::kind::Kind;
use crate::orientation::Orientation;
use crate::size::Size;

/// The header of an original.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The format.
    pub kind: Kind,
    /// The size of the stored image, before it is turned upright.
    pub size: Size,
    /// The turn from the stored image to the upright one.
    pub orientation: Orientation,
    /// Number of frames that are played; 1 for what is shown as a still image.
    pub frames: u32,
    /// Number of frames in the file, played or not.
    pub frames_in_file: u32,
    /// Number of images of this size that must be held at once to decode one.
    pub canvases: u32,
    /// Number of pixels of all frames together. A frame of a GIF may be larger than its canvas.
    pub drawn_pixels: u64,
}

impl Header {
    /// Returns the header of a still image that is held once.
    pub(super) fn still(kind: Kind, size: Size) -> Header {
        let orientation = Orientation::Upright;
        Header { kind, size, orientation, frames: 1, frames_in_file: 1, canvases: 1, drawn_pixels: size.pixels() }
    }

    /// Returns the number of pixels that must be held at once to decode the image.
    pub fn held_pixels(&self) -> u64 {
        self.size.pixels() * u64::from(self.canvases)
    }

    /// Returns the size of the upright image.
    pub fn upright(&self) -> Size {
        self.orientation.stored_size(self.size)
    }
}
