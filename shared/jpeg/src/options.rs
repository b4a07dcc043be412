//! The options of a decoding.

use crate::scale::{Levels, Scale};

/// The options of a decoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Number of samples for each eight samples of the source, 1 to 8.
    pub eighths: u8,
    /// The size of the chroma planes.
    pub chroma: Chroma,
    /// The range of samples.
    pub range: Range,
    /// Largest number of scans: each scan of a progressive image covers the whole image. More are
    /// [`Error::TooManyScans`](crate::Error::TooManyScans).
    pub max_scans: u32,
    /// Largest number of pixels of the source. More are [`Error::TooManyPixels`](crate::Error::TooManyPixels), before
    /// memory is allocated for them.
    pub max_pixels: u64,
    /// Whether damage is an error as soon as it is found, for callers that have no use for a damaged image.
    pub is_strict: bool,
}

/// The size of the chroma planes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chroma {
    /// As large as luma, also if the file has fewer samples, on each side for which 8 samples of a block suffice.
    Full,
    /// Subsampled as in the file.
    Subsampled,
    /// At this scale, for each component but the first one: a variant may have less chroma than the file.
    Reduced(Scale),
}

impl Chroma {
    /// Whether the scale is possible.
    pub(crate) fn is_possible(self) -> bool {
        let is_possible = |samples: u8| (1..=8).contains(&samples);
        match self {
            Chroma::Full | Chroma::Subsampled => true,
            Chroma::Reduced(Scale { across, down }) => is_possible(across) && is_possible(down),
        }
    }
}

/// The range of luma and chroma samples (ITU-R BT.601).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Range {
    /// 0 to 255, as in the file.
    Full,
    /// The range of video: luma 16 to 235, chroma 16 to 240. Samples beyond it are kept if a byte can hold them.
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
