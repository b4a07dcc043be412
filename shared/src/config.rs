//! The configuration, `ridge.json`: one file, baked into both functions.

mod editor;
mod negotiated;
#[cfg(test)]
mod schema;
mod whole;

pub use editor::SchemaFile;

use std::path::Path;

use serde::Deserialize;

use negotiated::Negotiated;
use whole::Whole;

use crate::format::Format;
use crate::problem::{Fault, Problem};
use crate::values::{Quality, Side};
use crate::variant::{Options, Variant};

/// All settings. An empty object is a valid configuration; an unknown field or a value out of range is an error.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Config {
    /// Where an editor finds this schema, such as `shared/ridge.schema.json`. Nothing else reads it.
    #[serde(rename = "$schema")]
    pub schema: SchemaFile,
    /// Largest `w`, in pixels, 1 to 16383. Also where `dpr` stops multiplying. Default 4096.
    #[serde(with = "Whole::<1, { Side::MAX as u64 }>")]
    pub max_width: Side,
    /// Largest `h`, in pixels, 1 to 16383. Also where `dpr` stops multiplying. Default 4096.
    #[serde(with = "Whole::<1, { Side::MAX as u64 }>")]
    pub max_height: Side,
    /// Largest original that is read, in bytes, 1 to 268435456. Default 32 MiB.
    #[serde(with = "Whole::<1, 268_435_456>")]
    pub max_source_bytes: u64,
    /// Largest original that is decoded, in pixels (width × height), 1 to 268435456. Default 50 million.
    #[serde(with = "Whole::<1, 268_435_456>")]
    pub max_source_pixels: u64,
    /// Most frames of an animation that is kept moving, 1 to 10000; their pixels count together against
    /// `maxSourcePixels`. Default 1000.
    #[serde(with = "Whole::<1, 10_000>")]
    pub max_frames: u32,
    /// Largest picture that is encoded as AVIF, in pixels (width × height), 0 to 268435456: it takes many times longer
    /// than any other format. A larger one is answered in the next of `formats`. Default 2 million.
    #[serde(with = "Whole::<0, 268_435_456>")]
    pub max_avif_pixels: u64,
    /// Quality where a URL names none, 1 to 100 for each lossy format. Default 80.
    pub quality: Qualities,
    /// Work put into encoding: more is smaller and slower. The words and scales are sharp's.
    pub effort: Efforts,
    /// Formats that a client gets by naming them in `Accept`, most wanted first. Default `["webp"]`.
    #[serde(with = "Negotiated")]
    pub formats: Vec<Format>,
    /// Negotiate the format of every image URL, parameters or not. Default `false`.
    pub auto: bool,
    /// Whether originals are ever replaced or deleted under their key. Where they are not, a stored variant is never
    /// compared with its original, which spares S3 a request. Default `"mutable"`.
    pub originals: Originals,
    /// How long browsers and CloudFront keep a variant, in seconds, 0 to 31536000. Default one year.
    #[serde(with = "Whole::<0, 31_536_000>")]
    pub max_age: u64,
}

/// What becomes of an original once it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Originals {
    /// It may be replaced or deleted.
    Mutable,
    /// It stays as it is.
    Immutable,
}

/// Default quality per lossy format, 1 to 100 each. Default 80.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Qualities {
    /// For WebP.
    #[serde(with = "Whole::<1, 100>")]
    pub webp: Quality,
    /// For AVIF.
    #[serde(with = "Whole::<1, 100>")]
    pub avif: Quality,
    /// For JPEG.
    #[serde(with = "Whole::<1, 100>")]
    pub jpeg: Quality,
}

/// How hard an encoder tries: more is smaller and slower. The words and scales are sharp's.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Efforts {
    /// For WebP, 0 to 6. Default 4.
    #[serde(with = "Whole::<0, 6>")]
    pub webp: u8,
    /// For AVIF, 0 to 9. Default 3.
    #[serde(with = "Whole::<0, 9>")]
    pub avif: u8,
    /// For JPEG, 0 or 1; 1 tries progressive too, and keeps it where it is smaller. Default 0.
    #[serde(with = "Whole::<0, 1>")]
    pub jpeg: u8,
    /// For PNG, 0 to 9. Default 2.
    #[serde(with = "Whole::<0, 9>")]
    pub png: u8,
}

impl Default for Efforts {
    fn default() -> Self {
        Efforts { webp: 4, avif: 3, jpeg: 0, png: 2 }
    }
}

/// Why a configuration is refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    /// Not JSON, an unknown field, or a value out of range.
    #[error("{field}: {reason}")]
    Field {
        /// Where, as a path such as `quality.webp`; `.` is the whole file.
        field: String,
        /// What was found, what would be right, and the line.
        reason: String,
    },
}

const DEFAULT_SIDE: u32 = 4096;
const DEFAULT_QUALITY: u8 = 80;

impl Default for Config {
    fn default() -> Self {
        let side = Side::new(DEFAULT_SIDE).expect("a constant in range");
        Config {
            schema: SchemaFile,
            max_width: side,
            max_height: side,
            max_source_bytes: 32 << 20,
            max_source_pixels: 50_000_000,
            max_frames: 1000,
            max_avif_pixels: 2_000_000,
            quality: Qualities::default(),
            effort: Efforts::default(),
            formats: vec![Format::WebP],
            auto: false,
            originals: Originals::Mutable,
            max_age: 31_536_000,
        }
    }
}

impl Default for Qualities {
    fn default() -> Self {
        let quality = Quality::new(DEFAULT_QUALITY).expect("a constant in range");
        Qualities { webp: quality, avif: quality, jpeg: quality }
    }
}

impl Config {
    /// The file's name.
    pub const FILE: &str = "ridge.json";

    /// Reads JSON text.
    ///
    /// ```
    /// let error = shared::Config::parse(r#"{"quality": {"webp": 0}}"#).unwrap_err();
    /// assert_eq!(error.to_string(), "quality.webp: 0 is not a whole number from 1 to 100 at line 1 column 23");
    /// ```
    pub fn parse(json: &str) -> Result<Config, ConfigError> {
        let mut reader = serde_json::Deserializer::from_str(json);
        let config = serde_path_to_error::deserialize(&mut reader).map_err(|error| ConfigError::Field {
            field: error.path().to_string(),
            reason: error.inner().to_string(),
        })?;
        reader.end().map_err(|error| ConfigError::Field { field: ".".into(), reason: error.to_string() })?;
        Ok(config)
    }

    /// Reads a file.
    pub fn load(path: &Path) -> Result<Config, ConfigError> {
        let json =
            std::fs::read_to_string(path).map_err(|error| ConfigError::File(path.display().to_string(), error))?;
        Config::parse(&json)
    }

    /// Reads the file that lies beside the function's code.
    pub fn baked() -> Result<Config, ConfigError> {
        let root = std::env::var_os("LAMBDA_TASK_ROOT").unwrap_or_else(|| ".".into());
        Config::load(&Path::new(&root).join(Config::FILE))
    }

    /// Whether the policy allows a variant. Both functions ask, so that neither door is wider than the other.
    pub fn check(&self, variant: &Variant) -> Result<(), Problem> {
        let Options { width, height, .. } = variant.options();
        for (name, side, max) in [("w", width, self.max_width), ("h", height, self.max_height)] {
            if let Some(side) = side.filter(|side| *side > max) {
                let text = format!("{name}={side} is too large: {name} takes a whole number from 1 to {max}");
                return Err(Problem::new(Fault::Request, text));
            }
        }
        Ok(())
    }

    /// What a parameter takes, with this configuration's numbers where the words name a field.
    pub fn words(&self, values: &str) -> String {
        let text = values.replace("{maxWidth}", &self.max_width.to_string());
        text.replace("{maxHeight}", &self.max_height.to_string())
    }

    /// How hard the encoder of a format tries; 0 where it has no choice.
    pub fn effort(&self, format: Format) -> u8 {
        match format {
            Format::WebP => self.effort.webp,
            Format::Avif => self.effort.avif,
            Format::Jpeg => self.effort.jpeg,
            Format::Png => self.effort.png,
            Format::Gif => 0,
        }
    }

    /// What a picture is encoded as that cannot be encoded as `format` within the limits: the next of the negotiated
    /// formats, else WebP, which every client reads that reads a newer one.
    pub fn instead_of(&self, format: Format) -> Format {
        self.formats.iter().skip_while(|other| **other != format).nth(1).copied().unwrap_or(Format::WebP)
    }

    /// The quality of a variant in a format that has one.
    pub fn quality(&self, asked: Option<Quality>, format: Format) -> Quality {
        asked.unwrap_or(match format {
            Format::WebP => self.quality.webp,
            Format::Avif => self.quality.avif,
            Format::Jpeg | Format::Png | Format::Gif => self.quality.jpeg,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_object_is_the_default() {
        assert_eq!(Config::parse("{}").unwrap(), Config::default());
    }

    #[test]
    fn every_field_is_read() {
        let json = r#"{"maxWidth": 2000, "maxHeight": 1000, "maxSourceBytes": 1000000, "maxSourcePixels": 2000000, "maxFrames": 9,
            "maxAvifPixels": 0, "quality": {"webp": 70, "avif": 60, "jpeg": 75}, "effort": {"webp": 0, "avif": 9, "jpeg": 1, "png": 5},
            "formats": [], "auto": true, "originals": "immutable", "maxAge": 60}"#;
        let config = Config::parse(json).unwrap();
        assert_eq!((config.max_width.get(), config.max_height.get()), (2000, 1000));
        assert_eq!((config.max_source_bytes, config.max_source_pixels), (1_000_000, 2_000_000));
        assert_eq!(config.max_frames, 9);
        assert_eq!((config.max_avif_pixels, config.effort), (0, Efforts { webp: 0, avif: 9, jpeg: 1, png: 5 }));
        let Qualities { webp, avif, jpeg } = config.quality;
        assert_eq!((webp.get(), avif.get(), jpeg.get()), (70, 60, 75));
        assert_eq!((config.formats.len(), config.auto, config.max_age), (0, true, 60));
        assert_eq!(config.originals, Originals::Immutable);
    }

    #[test]
    fn an_editor_may_have_its_schema() {
        assert_eq!(Config::parse(r#"{"$schema": "./shared/ridge.schema.json"}"#).unwrap(), Config::default());
        let error = Config::parse(r#"{"$schema": 1}"#).unwrap_err().to_string();
        assert!(error.starts_with("$schema: invalid type"), "{error}");
    }

    #[test]
    fn errors_name_field_value_and_range() {
        for (json, message) in [
            (r#"{"maxWidht": 1}"#, "maxWidht: unknown field `maxWidht`"),
            (r#"{"maxWidth": 0}"#, "maxWidth: 0 is not a whole number from 1 to 16383"),
            (r#"{"maxWidth": 16384}"#, "maxWidth: 16384 is not a whole number from 1 to 16383"),
            (r#"{"maxWidth": "4096"}"#, "maxWidth: \"4096\" is not a whole number"),
            (r#"{"maxHeight": 1.5}"#, "maxHeight: 1.5 is not a whole number"),
            (r#"{"maxAge": -1}"#, "maxAge: -1 is not a whole number from 0 to 31536000"),
            (r#"{"quality": {"webp": 101}}"#, "quality.webp: 101 is not a whole number from 1 to 100"),
            (r#"{"quality": {"png": 80}}"#, "quality.png: unknown field `png`"),
            (r#"{"effort": {"webp": 7}}"#, "effort.webp: 7 is not a whole number from 0 to 6"),
            (r#"{"formats": ["jpeg"]}"#, "formats: \"jpeg\" is not one of the negotiated formats"),
            (r#"{"formats": ["webp", "webp"]}"#, "formats: \"webp\" is listed twice"),
            (r#"{"auto": "yes"}"#, "auto: invalid type"),
            (r#"{"originals": "fixed"}"#, "originals: unknown variant `fixed`, expected `mutable` or `immutable`"),
            ("{} x", ".: trailing characters"),
            ("", ".: EOF"),
        ] {
            let error = Config::parse(json).unwrap_err().to_string();
            assert!(error.starts_with(message), "{json} gave {error:?}");
        }
    }
}
