//! The size and the range of the samples that a block becomes.

/// How many samples a block becomes, each side 1 to 8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// Samples across.
    pub across: u8,
    /// Samples down.
    pub down: u8,
}

/// What samples mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Levels {
    /// How much of the 255 steps of the file there are.
    pub(crate) gain: f64,
    /// What the file's 128 becomes.
    pub(crate) middle: f64,
}
