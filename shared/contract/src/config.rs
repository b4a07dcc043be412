//! The configuration, `ridge.json`: one file, baked into both functions.

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
use crate::signing::Keys;
use crate::values::Side;

/// All settings. An empty object is a valid configuration; an unknown field or a value out of range is an error.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Config {
    /// Where an editor finds this schema, such as `ridge.schema.json`. Nothing else reads it.
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
    /// Heights likewise, up to `maxHeight`. Where `w` and `h` are given, the height follows the width that is allowed,
    /// so that the aspect ratio stays; with a list it is then brought into the list. Default `"any"`.
    pub heights: Allowed<Side>,
    /// What becomes of another size than the allowed ones. Default `"snap"`.
    pub otherwise: Otherwise,
    /// Which parameters apart from `w` and `h` a URL may have: an object of those that it may, each with a list of
    /// strings as a URL has them, or `"any"`. What is not named there stays at its default. Default `"any"`: all.
    pub options: Lists,
    /// Named sets of parameters, in the words of a query string, such as `"thumb": "w=200&h=200"`; `p=thumb` stands for
    /// it. A preset is allowed whatever the lists say. Default: none.
    pub presets: Presets,
    /// Whether nothing but a preset may be asked for: `p`, and `dpr` beside it. Default `false`.
    pub presets_only: bool,
    /// Which URLs must be signed; the keys are in a file of their own. Default `"off"`.
    pub signing: Signing,
    /// Largest original that is read, in bytes, 1 to 268435456. Default 32 MiB.
    #[serde(with = "Whole::<1, 268_435_456>")]
    pub max_source_bytes: u64,
    /// Largest original that is decoded, in pixels (width × height), 1 to 268435456. GIF, animated WebP and AVIF of more
    /// than 8 bits count twice or three times, as often as they must be held. Default 50 million.
    #[serde(with = "Whole::<1, 268_435_456>")]
    pub max_source_pixels: u64,
    /// Most frames of an animation that is kept moving, 1 to 10000; their pixels count together against
    /// `maxSourcePixels`. Default 1000.
    #[serde(with = "Whole::<1, 10_000>")]
    pub max_frames: u32,
    /// Most pixels of a variant (width × height × frames), 1 to 268435456. Each counts once as JPEG or PNG, twice as WebP,
    /// three times as WebP with a quality of 90 or more, four times as GIF; `blur` and `sharpen` add one each. Default 50331648,
    /// which is 3 × 4096 × 4096.
    #[serde(with = "Whole::<1, 268_435_456>")]
    pub max_variant_pixels: u64,
    /// Largest picture that is encoded as AVIF, in pixels (width × height), 0 to 268435456: it takes several
    /// times as long as WebP. A larger one is answered in the next of `formats`. Default 2 million.
    #[serde(with = "Whole::<0, 268_435_456>")]
    pub max_avif_pixels: u64,
    /// Quality where a URL names none, 1 to 100 for each lossy format. Default 80.
    #[serde(deserialize_with = "object")]
    pub quality: Qualities,
    /// Work put into encoding: more is smaller and slower. The words and scales are sharp's.
    #[serde(deserialize_with = "object")]
    pub effort: Efforts,
    /// Formats that a client gets by naming them in `Accept`, most wanted first. Default `["webp"]`.
    #[serde(with = "Negotiated")]
    pub formats: Vec<Format>,
    /// Negotiate the format of every image URL, parameters or not. Default `false`.
    pub auto: bool,
    /// Whether originals are ever replaced or deleted under their key. Where they are not, a stored variant is never
    /// compared with its original, which spares S3 a request. Default `"mutable"`.
    pub originals: Originals,
    /// What is answered where no variant can be made of an original, since it is too large, broken, or no picture.
    /// Default `"text"`.
    pub on_error: OnError,
    /// What to do with an original that ends early, as after an upload that broke off. Default `"show"`.
    pub truncated: Truncated,
    /// How long browsers and CloudFront keep a variant, in seconds, 0 to 31536000. Default one year.
    #[serde(with = "Whole::<0, 31_536_000>")]
    pub max_age: u64,
    /// The keys of signatures, from a file of their own.
    #[serde(skip)]
    pub keys: Keys,
}

/// What becomes of a size that is not in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Otherwise {
    /// It is brought up to the next size of the list.
    Snap,
    /// It is refused.
    Reject,
}

/// Which URLs must be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Signing {
    /// None.
    Off,
    /// Those that ask for what the lists and presets do not allow; a signature allows it, up to `maxWidth` and
    /// `maxHeight`.
    Outside,
    /// All, those of originals too. Lists and presets hold as well.
    All,
}

/// How an error about an original is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum OnError {
    /// With a line of text.
    Text,
    /// With a redirect to the original. Not together with signing `"all"`, where a signature for a variant is none for
    /// its original.
    Original,
}

/// What to do with an original that ends before its last row of pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Truncated {
    /// It is shown, as browsers do, where at least half of its rows are there. Caches keep its variants for a minute.
    Show,
    /// It is refused with a 422.
    Refuse,
}

/// What becomes of an original once it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Originals {
    /// It may be replaced or deleted.
    Mutable,
    /// It stays as it is.
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
            keys: Keys::default(),
        }
    }
}

impl Config {
    /// The file's name.
    pub const FILE: &str = "ridge.json";
}
