//! Errors and damage.

/// Why there is no image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The bytes are not a JPEG, or break a rule that decoding needs.
    #[error("not a readable JPEG: {0}")]
    Broken(&'static str),
    /// A valid JPEG that this decoder does not support. libjpeg-turbo may support it.
    #[error("not read here: {0}")]
    Unsupported(&'static str),
    /// More scans than [`Options::max_scans`](crate::Options::max_scans).
    #[error("more than {0} scans")]
    TooManyScans(u32),
    /// More pixels than [`Options::max_pixels`](crate::Options::max_pixels).
    #[error("more than {0} pixels")]
    TooManyPixels(u64),
    /// A scale other than 1 to 8 eighths.
    #[error("a scale of {0}/8")]
    Scale(u8),
    /// Damage that [`Options::is_strict`](crate::Options::is_strict) does not allow.
    #[error("damaged: {0}")]
    Damaged(Damage),
    /// The caller stopped the decoder.
    #[error("stopped by the caller")]
    Stopped,
}

/// Data that is missing or wrong in an image that can be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// The file ends before its last block; missing blocks are gray.
    #[error("the file ends too early")]
    Truncated,
    /// All scans are there, and the last one is not followed by an EOI marker.
    #[error("no end of image behind the last scan")]
    NoEnd,
    /// A scan's data end at a marker before its last block; missing blocks are gray.
    #[error("a scan ends too early")]
    ShortScan,
    /// An invalid Huffman code.
    #[error("a Huffman code that does not exist")]
    BadCode,
    /// Bytes where a marker should be: between segments, or after the last block of a scan.
    #[error("bytes that belong to nothing")]
    Extraneous,
    /// Bytes after the last block of a restart interval.
    #[error("a restart interval with bytes left over")]
    LongInterval,
    /// A restart marker is missing or out of order.
    #[error("restart markers out of order")]
    BadRestart,
    /// Progressive scans refine coefficients that were not sent, or in a wrong order.
    #[error("scans in an impossible order")]
    BadProgression,
    /// A sequential scan announces a part of the coefficients, as some cameras write it, and has all of them.
    #[error("a sequential scan that announces a part")]
    BadSelection,
    /// A progressive scan repeats coefficients that were complete.
    #[error("a scan that comes twice")]
    Repeated,
    /// Coefficients of a progressive image that no scan sent completely; libjpeg-turbo smooths them.
    #[error("the last scans are missing")]
    Incomplete,
    /// A component without a scan; it is gray.
    #[error("a component without data")]
    MissingComponent,
    /// The Adobe segment names a transform that does not exist.
    #[error("an unknown colour transform")]
    UnknownTransform,
    /// The JFIF segment has an unknown major version.
    #[error("an unknown version of JFIF")]
    UnknownVersion,
}

impl Error {
    /// Whether libjpeg-turbo would warn about the same damage, so that trying it is useless. Errors that prevent an
    /// image from being begun cost no time, so they are left to libjpeg-turbo.
    pub fn is_undisputed(&self) -> bool {
        matches!(self, Error::Damaged(damage) if damage.is_undisputed())
    }
}

impl Damage {
    /// Whether libjpeg-turbo warns about it in every file that has it. It does not notice the others, or not always.
    pub fn is_undisputed(self) -> bool {
        match self {
            Damage::Truncated
            | Damage::ShortScan
            | Damage::BadRestart
            | Damage::BadProgression
            | Damage::BadSelection
            | Damage::UnknownTransform
            | Damage::UnknownVersion => true,
            Damage::NoEnd
            | Damage::BadCode
            | Damage::Extraneous
            | Damage::LongInterval
            | Damage::Repeated
            | Damage::Incomplete
            | Damage::MissingComponent => false,
        }
    }

    /// Whether every pixel is there nevertheless.
    pub fn is_harmless(self) -> bool {
        match self {
            Damage::NoEnd
            | Damage::Extraneous
            | Damage::BadSelection
            | Damage::UnknownTransform
            | Damage::UnknownVersion => true,
            Damage::Truncated
            | Damage::ShortScan
            | Damage::BadCode
            | Damage::LongInterval
            | Damage::BadRestart
            | Damage::BadProgression
            | Damage::Repeated
            | Damage::Incomplete
            | Damage::MissingComponent => false,
        }
    }

    /// Returns the worse damage: the first one that is not harmless, or the first one.
    pub(crate) fn worse(first: Option<Damage>, second: Option<Damage>) -> Option<Damage> {
        let is_worse = first.is_none_or(Damage::is_harmless) && second.is_some_and(|second| !second.is_harmless());
        if is_worse { second } else { first.or(second) }
    }
}
