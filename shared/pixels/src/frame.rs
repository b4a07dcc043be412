//! Frames of animations, as decoders give them and encoders take them.

use crate::raster::Raster;

/// One image of an animation, as the whole canvas shows it.
pub(crate) struct Frame {
    pub(crate) raster: Raster,
    /// How long the frame is shown.
    pub(crate) milliseconds: u32,
}

/// How many times an animation plays; 0 is forever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Loops(pub(crate) u32);
