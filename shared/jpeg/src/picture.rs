//! What goes in and comes out.

use crate::error::Damage;
use crate::header::Header;
use crate::planes::Plane;

/// What the caller wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Of each eight samples of the source, how many there will be, 1 to 8.
    pub eighths: u8,
    /// How large planes are that are subsampled in the file.
    pub chroma: Chroma,
    /// More scans are an error: each one of a progressive picture walks over all of it.
    pub max_scans: u32,
}

/// How large a subsampled plane becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chroma {
    /// As large as the others, on each side where 8 samples a block suffice for it.
    Full,
    /// As much smaller than the others as in the file.
    Subsampled,
}

/// A decoded picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// What the file says.
    pub header: Header,
    /// One for each component.
    pub planes: Vec<Plane>,
    /// In pixels: each side of the source, times [`Options::eighths`], divided by 8 and rounded up.
    pub width: usize,
    /// See `width`.
    pub height: usize,
    /// As asked.
    pub eighths: u8,
    /// The first damage that was met, if any.
    pub damage: Option<Damage>,
}
