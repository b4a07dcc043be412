//! The options of a decoding.

use crate::scale::{Levels, Scale};

/// What the caller wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Of each eight samples of the source, how many there will be, 1 to 8.
    pub eighths: u8,
    /// How large planes of chroma are.
    pub chroma: Chroma,
    /// What samples mean.
    pub range: Range,
    /// More scans are an error: each one of a progressive image walks over all of it.
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
