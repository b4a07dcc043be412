//! How variants are encoded where a URL does not say.

use serde::{Deserialize, Serialize};

use super::Config;
use super::whole::Whole;
use crate::format::Format;
use crate::values::Quality;

/// Default quality per lossy format, 1 to 100 each. Default 80.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
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

const DEFAULT_QUALITY: u8 = 80;

impl Default for Qualities {
    fn default() -> Self {
        let quality = Quality::new(DEFAULT_QUALITY).expect("a constant in range");
        Qualities { webp: quality, avif: quality, jpeg: quality }
    }
}

impl Default for Efforts {
    fn default() -> Self {
        Efforts { webp: 4, avif: 3, jpeg: 0, png: 2 }
    }
}

impl Config {
    /// How hard the encoder of a format tries; 0 where it has no choice.
    pub fn effort(&self, format: Format) -> u8 {
        match format {
            Format::WebP => self.effort.webp,
            Format::Avif => self.effort.avif,
            Format::Jpeg => self.effort.jpeg,
            Format::Png => self.effort.png,
            Format::Gif | Format::ThumbHash | Format::Json => 0,
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
            Format::Jpeg | Format::Png | Format::Gif | Format::ThumbHash | Format::Json => self.quality.jpeg,
        })
    }
}
