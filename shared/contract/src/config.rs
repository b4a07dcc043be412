//! The configuration, `ridge.json`: one file, deployed with both functions.

mod allowed;
mod coherent;
mod editor;
mod encoding;
mod lists;
mod negotiated;
mod object;
mod presets;
mod read;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod tests;
mod whole;

pub use allowed::Allowed;
pub use editor::SchemaFile;
pub use encoding::{Efforts, PerFormat, Qualities};
pub use lists::Lists;
pub use presets::{Preset, Presets};
pub use read::ConfigError;

use serde::{Deserialize, Serialize};

use negotiated::Negotiated;
use object::object;
use whole::Whole;

use crate::format::Format;
use crate::values::Side;

/// All settings. An empty object is a valid configuration; an unknown field or a value out of range is an error.
///
/// A configuration is data. [`Policy`](crate::Policy) is compiled from it and answers requests.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Config {
    /// Path of this schema for an editor, such as `ridge.schema.json`. Nothing else reads it.
    #[serde(rename = "$schema", skip_serializing)]
    pub schema: SchemaFile,
    /// Largest `w`, in pixels, 1 to 16383. Also where `dpr` stops multiplying. Default 4096.
    #[serde(with = "Whole::<1, { Side::MAX as u64 }>")]
    pub max_width: Side,
    /// Largest `h`, in pixels, 1 to 16383. Also where `dpr` stops multiplying. Default 4096.
    #[serde(with = "Whole::<1, { Side::MAX as u64 }>")]
    pub max_height: Side,
    /// Widths that a variant may have, in pixels: a list of whole numbers up to `maxWidth`, or `"any"`. Default `"any"`.
    pub widths: Allowed<Side>,
    /// Heights that a variant may have, in pixels, up to `maxHeight`. If a URL gives `w` and `h`, the height first follows
    /// the allowed width, so that the aspect ratio stays; then it is raised to a listed height. Default `"any"`.
    pub heights: Allowed<Side>,
    /// What to do with a size that is not listed. Default `"snap"`.
    pub otherwise: Otherwise,
    /// Which parameters other than `w` and `h` a URL may have: an object with the allowed parameters, each with a list of
    /// strings as a URL has them, or `"any"`. All others must stay at their defaults. Default `"any"`: all are allowed.
    pub options: Lists,
    /// Named sets of parameters, each written as a query string, such as `"thumb": "w=200&h=200"`; `p=thumb` stands for it.
    /// A preset is allowed whether or not the lists allow its parameters. Default: none.
    pub presets: Presets,
    /// Whether a URL may only name a preset: `p`, and `dpr` with it. Default `false`.
    pub presets_only: bool,
    /// Which URLs must be signed. The keys are in a file of their own. Default `"off"`.
    pub signing: Signing,
    /// Largest original that is read, in bytes, 1 to 268435456. Default 32 MiB.
    #[serde(with = "Whole::<1, 268_435_456>")]
    pub max_source_bytes: u64,
    /// Largest original that is decoded, in pixels (width × height), 1 to 268435456. Each pixel of a GIF, an animated WebP
    /// and an AVIF with more than 8 bits counts two or three times, as often as memory holds it. Default 50 million.
    #[serde(with = "Whole::<1, 268_435_456>")]
    pub max_source_pixels: u64,
    /// Most frames of an animation that stays animated, 1 to 10000. The pixels of all frames count towards
    /// `maxSourcePixels`. Default 1000.
    #[serde(with = "Whole::<1, 10_000>")]
    pub max_frames: u32,
    /// Most pixels of a variant (width × height × frames), 1 to 268435456. Each counts once as JPEG or PNG, twice as WebP,
    /// three times as WebP with a quality of 90 or more, four times as GIF; `blur` and `sharpen` add one each. Default 50331648,
    /// which is 3 × 4096 × 4096.
    #[serde(with = "Whole::<1, 268_435_456>")]
    pub max_variant_pixels: u64,
    /// Largest image that is encoded as AVIF, in pixels (width × height), 0 to 268435456; encoding AVIF takes several times
    /// as long as WebP. A larger image gets the next of `formats`. Default 2 million.
    #[serde(with = "Whole::<0, 268_435_456>")]
    pub max_avif_pixels: u64,
    /// Quality if a URL has no `q`, 1 to 100 for each lossy format. Default 80.
    #[serde(deserialize_with = "object")]
    pub quality: Qualities,
    /// Encoder effort: more is smaller and slower. The names and scales are those of sharp.
    #[serde(deserialize_with = "object")]
    pub effort: Efforts,
    /// Formats that a client gets if its `Accept` header names them, most wanted first. Default `["webp"]`.
    #[serde(with = "Negotiated")]
    pub formats: Vec<Format>,
    /// Whether the format of every image URL is negotiated, also without parameters. Default `false`.
    pub auto: bool,
    /// Whether originals can be replaced or deleted. If not, a stored variant is never compared with its original, which
    /// saves a request to S3. Default `"mutable"`.
    pub originals: Originals,
    /// What to respond if no variant can be rendered because the original is too large, damaged, or not an image. Default
    /// `"text"`.
    pub on_error: OnError,
    /// What to do with an original that ends early, for example after an interrupted upload. Default `"show"`.
    pub truncated: Truncated,
    /// How long browsers and CloudFront cache a variant, in seconds, 0 to 31536000. Default one year.
    #[serde(with = "Whole::<0, 31_536_000>")]
    pub max_age: u64,
}

/// What to do with a size that is not listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Otherwise {
    /// Raise it to the next listed size.
    Snap,
    /// Refuse it.
    Reject,
}

/// Which URLs must be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Signing {
    /// None.
    Off,
    /// Those that request what lists and presets do not allow. A signature allows it, up to `maxWidth` and `maxHeight`.
    Outside,
    /// All, including those of originals. Lists and presets apply as well.
    All,
}

/// How to respond if no variant can be rendered from an original.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum OnError {
    /// With a line of text.
    Text,
    /// With a redirect to the original. It cannot be combined with signing `"all"`, where a variant's signature does not
    /// cover its original.
    Original,
}

/// What to do with an original that ends before its last row of pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Truncated {
    /// Render what is there, as browsers do, if at least half of the rows are. Caches keep such variants for a minute.
    Show,
    /// Refuse it with a 422.
    Refuse,
}

/// Whether originals change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Originals {
    /// They may be replaced or deleted.
    Mutable,
    /// They stay as they are.
    Immutable,
}

const DEFAULT_SIDE: u32 = 4096;

impl Default for Config {
    fn default() -> Self {
        let side = Side::new(DEFAULT_SIDE).expect("a constant in range");
        Config {
            schema: SchemaFile,
            max_width: side,
            max_height: side,
            widths: Allowed::Any,
            heights: Allowed::Any,
            otherwise: Otherwise::Snap,
            options: Lists::Any,
            presets: Presets::default(),
            presets_only: false,
            signing: Signing::Off,
            max_source_bytes: 32 << 20,
            max_source_pixels: 50_000_000,
            max_frames: 1000,
            max_variant_pixels: 3 * 4096 * 4096,
            max_avif_pixels: 2_000_000,
            quality: Qualities::default(),
            effort: Efforts::default(),
            formats: vec![Format::WebP],
            auto: false,
            originals: Originals::Mutable,
            on_error: OnError::Text,
            truncated: Truncated::Show,
            max_age: 31_536_000,
        }
    }
}

impl Config {
    /// The file's name.
    pub const FILE: &str = "ridge.json";
}
