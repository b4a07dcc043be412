//! What can go wrong, and whose fault it is.

/// Why there is no image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The bytes are not a JPEG, or break a rule without which nothing can be decoded.
    #[error("not a readable JPEG: {0}")]
    Broken(&'static str),
    /// A valid kind of JPEG that this decoder does not read, and libjpeg-turbo may.
    #[error("not read here: {0}")]
    Unsupported(&'static str),
    /// More scans than [`Options::max_scans`](crate::Options::max_scans).
    #[error("more than {0} scans")]
    TooManyScans(u32),
    /// More pixels than [`Options::max_pixels`](crate::Options::max_pixels).
    #[error("more than {0} pixels")]
    TooManyPixels(u64),
    /// Not 1 to 8 eighths.
    #[error("a scale of {0}/8")]
    Scale(u8),
    /// Damage that [`Options::is_strict`](crate::Options::is_strict) does not allow.
    #[error("damaged: {0}")]
    Damaged(Damage),
    /// The caller's check said so.
    #[error("stopped by the caller")]
    Stopped,
}

/// Data that was missing or wrong, although there is an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// The file ends before its last block; what is missing is gray.
    #[error("the file ends too early")]
    Truncated,
    /// All scans are there, and behind the last one something other than the EOI marker.
    #[error("no end of image behind the last scan")]
    NoEnd,
    /// A scan's data end at a marker before its last block; what is missing is gray.
    #[error("a scan ends too early")]
    ShortScan,
    /// A bit sequence that is no Huffman code.
    #[error("a Huffman code that does not exist")]
    BadCode,
    /// Bytes where a marker should be: between segments, or behind the last block of a scan.
    #[error("bytes that belong to nothing")]
    Extraneous,
    /// Bytes behind the last block of a restart interval.
    #[error("a restart interval with bytes left over")]
    LongInterval,
    /// A restart marker is missing or out of order.
    #[error("restart markers out of order")]
    BadRestart,
    /// Progressive scans refine what was not sent, or out of turn.
    #[error("scans in an impossible order")]
    BadProgression,
    /// A sequential scan announces a part of the coefficients, as some cameras write it, and has all of them.
    #[error("a sequential scan that announces a part")]
    BadSelection,
    /// A progressive scan sends anew what was complete.
    #[error("a scan that comes twice")]
    Repeated,
    /// Coefficients of a progressive image that no scan sent in full; libjpeg-turbo smooths.
    #[error("the last scans are missing")]
    Incomplete,
    /// A component came in no scan; it is gray.
    #[error("a component without data")]
    MissingComponent,
    /// The Adobe segment names a transform that does not exist.
    #[error("an unknown colour transform")]
    UnknownTransform,
    /// The JFIF segment is of a version whose changes nobody knows.
    #[error("an unknown version of JFIF")]
    UnknownVersion,
}

impl Error {
    /// Whether libjpeg-turbo would warn of the same, so that there is no use in asking. What keeps an image from being begun
    /// costs no time, so it is left to libjpeg-turbo.
    pub fn is_undisputed(&self) -> bool {
        matches!(self, Error::Damaged(damage) if damage.is_undisputed())
    }
}

impl Damage {
    /// Whether libjpeg-turbo warns of it in every file that has it. The others it does not notice, or not always.
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

    /// Whether every pixel is there all the same.
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

    /// The worse of two: the first one that is not harmless, or the first one.
    pub(crate) fn worse(first: Option<Damage>, second: Option<Damage>) -> Option<Damage> {
        let is_worse = first.is_none_or(Damage::is_harmless) && second.is_some_and(|second| !second.is_harmless());
        if is_worse { second } else { first.or(second) }
    }
}
