//! What a decoder reads before it decodes a pixel.

use crate::kind::Kind;
use crate::orientation::Orientation;
use crate::size::Size;

/// What an image's header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The format.
    pub kind: Kind,
    /// The size as stored, before orientation.
    pub size: Size,
    /// How the stored pixels must be turned.
    pub orientation: Orientation,
    /// How many frames are played; 1 for what is shown as a still image.
    pub frames: u32,
    /// How many frames the file holds, played or not.
    pub frames_in_file: u32,
    /// How many images of its size must be held at once to decode one.
    pub canvases: u32,
    /// How many pixels all its frames draw together; those of a GIF may be larger than its canvas.
    pub drawn_pixels: u64,
}

impl Header {
    /// One image of this size, drawn once.
    pub(super) fn still(kind: Kind, size: Size) -> Header {
        let orientation = Orientation::Upright;
        Header { kind, size, orientation, frames: 1, frames_in_file: 1, canvases: 1, drawn_pixels: size.pixels() }
    }

    /// How many pixels must be held at once to decode it.
    pub fn held_pixels(&self) -> u64 {
        self.size.pixels() * u64::from(self.canvases)
    }

    /// The size as people see it.
    pub fn upright(&self) -> Size {
        self.orientation.stored_size(self.size)
    }
}
