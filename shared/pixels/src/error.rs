//! Why an original cannot be rendered.

use std::borrow::Cow;

use ridge_contract::{Fault, Format, Problem};

use crate::Kind;
use crate::size::Size;

/// Why there is no variant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The original is not a supported image. The text says what it is, and what to do.
    #[error("{0}")]
    NotAnImage(&'static str),
    /// The original is an image in a format that is known, but not supported. The text is its name with an article.
    #[error("the original is {0}, which is not read; store it as {names}", names = Kind::names())]
    NotRead(&'static str),
    /// The original has a supported format, but uses a feature of it that is not supported.
    #[error("the original is not supported: it is {kind} with {feature}; save it without")]
    Unsupported {
        /// The format's name.
        kind: &'static str,
        /// The feature, as a noun: "12 bits per sample".
        feature: Cow<'static, str>,
    },
    /// The original has no known format.
    #[error("the original is not a picture in a format that is read: {}", Kind::names())]
    Unknown,
    /// The original has a supported format, but is broken.
    #[error("the original is a broken {kind}: {reason}")]
    Broken {
        /// The format's name.
        kind: &'static str,
        /// The decoder's message. It is logged, and not part of a response.
        reason: String,
    },
    /// The original has more pixels than `maxSourcePixels`.
    #[error(
        "the original has {size} pixels{}, which is more than the {max} of maxSourcePixels",
        if *canvases > 1 { format!(" and needs them {canvases} times over") } else { String::new() }
    )]
    TooManyPixels {
        /// The size in its header.
        size: Size,
        /// Number of images of this size that must be held at once to decode it.
        canvases: u32,
        /// The limit in pixels, width times height.
        max: u64,
    },
    /// The animation has more frames than `maxFrames`, or more pixels in all frames together than `maxSourcePixels`.
    #[error(
        "the animation has {frames} frames of {size} pixels, which is more than the {max_frames} frames of maxFrames or \
         the {max_pixels} pixels of maxSourcePixels{}",
        if *has_still { "; ask for its first frame with anim=0" } else { "" }
    )]
    TooManyFrames {
        /// Number of frames.
        frames: u32,
        /// The size of a frame of the original or of the variant, whichever is larger.
        size: Size,
        /// Whether its first frame alone is within the limits.
        has_still: bool,
        /// The largest number of frames.
        max_frames: u32,
        /// The largest number of pixels, all frames together.
        max_pixels: u64,
    },
    /// The variant would have more pixels than `maxVariantPixels` allows for its format and filters.
    #[error(
        "the variant would have {size} pixels{}, which is more than the {max} that {format} may have here \
         (maxVariantPixels is {setting}); ask for {accepted} or less",
        if *frames > 1 { format!(" in each of {frames} frames") } else { String::new() }
    )]
    TooManyVariantPixels {
        /// The format in which it would be encoded.
        format: Format,
        /// The size of a frame, padding included.
        size: Size,
        /// Number of frames of this size.
        frames: u32,
        /// The largest number of pixels of all frames together, in this format with these filters.
        max: u64,
        /// The setting `maxVariantPixels`, from which `max` follows.
        setting: u64,
        /// The largest size of the same aspect ratio that is accepted.
        accepted: Size,
    },
    /// The deadline has passed.
    #[error("rendering exceeded the time limit; request a smaller size")]
    OutOfTime,
    /// A decoder or encoder could not allocate memory.
    #[error("rendering needs more memory than is allowed; request a smaller size")]
    OutOfMemory,
    /// The encoder failed, and would fail again. The message is logged, and not part of a response.
    #[error("the variant could not be encoded")]
    Encoder(String),
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Problem {
        let fault = match error {
            Error::NotAnImage(_) | Error::NotRead(_) | Error::Unsupported { .. } | Error::Unknown => Fault::NotAnImage,
            Error::Broken { .. } | Error::Encoder(_) => Fault::Broken,
            Error::TooManyPixels { .. }
            | Error::TooManyFrames { .. }
            | Error::TooManyVariantPixels { .. }
            | Error::OutOfMemory => Fault::TooLarge,
            Error::OutOfTime => Fault::OutOfTime,
        };
        let text = match error {
            // A decoder's message may contain anything.
            Error::Broken { kind, .. } => format!("the original is a broken {kind}; upload it again"),
            other => other.to_string(),
        };
        Problem::new(fault, text)
    }
}
