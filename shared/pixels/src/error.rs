//! What can go wrong with a picture, by whose fault it is.

use std::borrow::Cow;

use ridge_contract::{Fault, Format, Problem};

use crate::kind::Kind;
use crate::size::Size;

/// Why there is no variant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The bytes are not a picture that is read; the text says what they are and what to do.
    #[error("{0}")]
    NotAnImage(&'static str),
    /// A picture in a format that is known, but not read; the text is its name with an article.
    #[error("the original is {0}, which is not read; store it as {names}", names = Kind::names())]
    NotRead(&'static str),
    /// An image in a supported format, with a feature of the format that is not supported.
    #[error("the original is not supported: it is {kind} with {feature}; save it without")]
    Unsupported {
        /// The format's name.
        kind: &'static str,
        /// The feature, as a noun: "12 bits per sample".
        feature: Cow<'static, str>,
    },
    /// Nothing that is known.
    #[error("the original is not a picture in a format that is read: {}", Kind::names())]
    Unknown,
    /// The bytes begin like a picture, but are broken.
    #[error("the original is a broken {kind}: {reason}")]
    Broken {
        /// The format that it begins like.
        kind: &'static str,
        /// The decoder's words.
        reason: String,
    },
    /// More pixels than the configuration allows.
    #[error(
        "the original has {size} pixels{}, which is more than the {max} of maxSourcePixels",
        if *canvases > 1 { format!(" and needs them {canvases} times over") } else { String::new() }
    )]
    TooManyPixels {
        /// As its header says.
        size: Size,
        /// How many pictures of this size must be held at once.
        canvases: u32,
        /// The limit, width times height.
        max: u64,
    },
    /// More frames, or more pixels in all frames together, than the configuration allows.
    #[error(
        "the animation has {frames} frames of {size} pixels, which is more than the {max_frames} frames of maxFrames or \
         the {max_pixels} pixels of maxSourcePixels{}",
        if *has_still { "; ask for its first frame with anim=0" } else { "" }
    )]
    TooManyFrames {
        /// As its header says.
        frames: u32,
        /// Of each, as it comes or as it goes, whichever is larger.
        size: Size,
        /// Whether its first frame alone would be within the limits.
        has_still: bool,
        /// The limit of frames.
        max_frames: u32,
        /// The limit of pixels, all frames together.
        max_pixels: u64,
    },
    /// The variant would have more pixels than the configuration allows for its format.
    #[error(
        "the variant would have {size} pixels{}, which is more than the {max} that {format} may have here \
         (maxVariantPixels is {setting}); ask for {accepted} or less",
        if *frames > 1 { format!(" in each of {frames} frames") } else { String::new() }
    )]
    TooManyVariantPixels {
        /// What it would be encoded as.
        format: Format,
        /// Its size, padding included.
        size: Size,
        /// How many frames of this size it would have.
        frames: u32,
        /// The most pixels of all frames together, in this format with these filters.
        max: u64,
        /// The setting that they follow from.
        setting: u64,
        /// The largest size of the same shape that is accepted.
        accepted: Size,
    },
    /// The time is used up.
    #[error("rendering exceeded the time limit; request a smaller size")]
    OutOfTime,
    /// A decoder or encoder got no memory.
    #[error("rendering needs more memory than is allowed; request a smaller size")]
    OutOfMemory,
    /// The encoder failed, and would do so again.
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
            // A decoder's own words may hold anything.
            Error::Broken { kind, .. } => format!("the original is a broken {kind}; upload it again"),
            other => other.to_string(),
        };
        Problem::new(fault, text)
    }
}
