//! The descriptors of the output formats.

use super::{Alpha, Cost, Format, Holds, Scale};
use crate::values::Quality;

/// The properties of a format, except how to encode it.
pub(super) struct Descriptor {
    /// The name shown to people.
    pub(super) label: &'static str,
    /// The names that `f` accepts. The first one appears in paths; the others are aliases.
    pub(super) names: &'static [&'static str],
    /// The media type.
    pub(super) mime: &'static str,
    /// File name extensions, in lower case.
    pub(super) extensions: &'static [&'static str],
    pub(super) holds: Holds,
    pub(super) alpha: Alpha,
    /// Whether the format can hold several frames.
    pub(super) animation: bool,
    /// Whether only clients that name the format in `Accept` get it.
    pub(super) negotiated: bool,
    /// The largest width or height, in pixels.
    pub(super) max_side: u32,
    pub(super) cost: Cost,
    /// The scale of `q`, for lossy formats.
    pub(super) quality: Option<Scale>,
    /// The scale of `effort`, for encoders that have one. The scales are sharp's.
    pub(super) effort: Option<Scale>,
}

const QUALITY: Option<Scale> = Some(Scale { min: Quality::MIN, max: Quality::MAX, default: 80, note: "" });

/// The `max_side` of a format without its own limit; the memory of the decoder limits it.
const UNLIMITED: u32 = i32::MAX as u32;

impl Format {
    pub(super) const fn row(self) -> &'static Descriptor {
        match self {
            Format::WebP => &Descriptor {
                label: "WebP",
                names: &["webp"],
                mime: "image/webp",
                extensions: &["webp"],
                holds: Holds::Picture,
                alpha: Alpha::Full,
                animation: true,
                negotiated: true,
                max_side: 16_383,
                cost: Cost::Bounded,
                quality: QUALITY,
                effort: Some(Scale { min: 0, max: 6, default: 4, note: "" }),
            },
            Format::Avif => &Descriptor {
                label: "AVIF",
                names: &["avif"],
                mime: "image/avif",
                extensions: &["avif"],
                holds: Holds::Picture,
                alpha: Alpha::Full,
                animation: false,
                negotiated: true,
                // The fallback format must be able to hold an image of this size too.
                max_side: 16_383,
                cost: Cost::Slow,
                quality: QUALITY,
                effort: Some(Scale { min: 0, max: 9, default: 3, note: "" }),
            },
            Format::Jpeg => &Descriptor {
                label: "JPEG",
                names: &["jpeg", "jpg"],
                mime: "image/jpeg",
                extensions: &["jpg", "jpeg"],
                holds: Holds::Picture,
                alpha: Alpha::None,
                animation: false,
                negotiated: false,
                // JPEG allows 65,535; libjpeg-turbo writes at most this (its `JPEG_MAX_DIMENSION`).
                max_side: 65_500,
                cost: Cost::Bounded,
                quality: QUALITY,
                effort: Some(Scale {
                    min: 0,
                    max: 1,
                    default: 0,
                    note: "; 1 tries progressive too, and keeps it where it is smaller",
                }),
            },
            Format::Png => &Descriptor {
                label: "PNG",
                names: &["png"],
                mime: "image/png",
                extensions: &["png"],
                holds: Holds::Picture,
                alpha: Alpha::Full,
                animation: false,
                negotiated: false,
                max_side: UNLIMITED,
                cost: Cost::Bounded,
                quality: None,
                effort: Some(Scale { min: 0, max: 9, default: 2, note: "" }),
            },
            Format::Gif => &Descriptor {
                label: "GIF",
                names: &["gif"],
                mime: "image/gif",
                extensions: &["gif"],
                holds: Holds::Picture,
                alpha: Alpha::OneBit,
                animation: true,
                negotiated: false,
                max_side: 65_535,
                cost: Cost::Bounded,
                quality: None,
                effort: None,
            },
            Format::ThumbHash => &Descriptor {
                label: "ThumbHash",
                names: &["thumbhash"],
                mime: "text/plain",
                extensions: &[],
                holds: Holds::Look,
                alpha: Alpha::Full,
                animation: false,
                negotiated: false,
                max_side: UNLIMITED,
                cost: Cost::Bounded,
                quality: None,
                effort: None,
            },
            Format::Json => &Descriptor {
                label: "JSON",
                names: &["json"],
                mime: "application/json",
                extensions: &[],
                holds: Holds::Facts,
                alpha: Alpha::Full,
                animation: false,
                negotiated: false,
                max_side: UNLIMITED,
                cost: Cost::Bounded,
                quality: None,
                effort: None,
            },
        }
    }
}
