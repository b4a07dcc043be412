//! The size and the range of the samples that a block becomes.

/// The number of samples of a reduced block, 1 to 8 on each side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// Samples across.
    pub across: u8,
    /// Samples down.
    pub down: u8,
}

/// The range of samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Levels {
    /// The factor for the 255 steps of the file.
    pub(crate) gain: f64,
    /// The sample for the file's 128.
    pub(crate) middle: f64,
}
