//! What can go wrong, and whose fault it is.

/// Why there is no picture.
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

/// Data that was missing or wrong, although there is a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// The file ends before its EOI marker.
    #[error("the file ends too early")]
    Truncated,
    /// A scan's data end before its last block; what is missing is gray.
    #[error("a scan ends too early")]
    ShortScan,
    /// A bit sequence that is no Huffman code.
    #[error("a Huffman code that does not exist")]
    BadCode,
    /// Bytes where a marker should be.
    #[error("bytes that belong to nothing")]
    Extraneous,
    /// A restart marker is missing or out of order.
    #[error("restart markers out of order")]
    BadRestart,
    /// Progressive scans refine what was not sent, or out of turn; or a sequential one sends a part.
    #[error("scans in an impossible order")]
    BadProgression,
    /// A progressive scan sends anew what was complete.
    #[error("a scan that comes twice")]
    Repeated,
    /// Coefficients of a progressive picture that no scan sent in full; libjpeg-turbo smooths.
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
    /// Whether libjpeg-turbo would warn of the same, so that there is no use in asking. What keeps a picture from being begun
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
            | Damage::UnknownTransform
            | Damage::UnknownVersion => true,
            Damage::BadCode | Damage::Extraneous | Damage::Repeated | Damage::Incomplete | Damage::MissingComponent => {
                false
            }
        }
    }
}
