//! The negotiated formats, as `ridge.json` lists them.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::format::Format;

/// A list of distinct formats, most preferred first.
pub(super) struct Negotiated;

impl Negotiated {
    fn choice() -> Vec<&'static str> {
        Format::all().filter(|format| format.is_negotiated()).map(Format::name).collect()
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Format>, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        let mut formats = Vec::new();
        for name in names {
            match name.parse::<Format>() {
                Ok(format) if format.is_negotiated() && !formats.contains(&format) => formats.push(format),
                Ok(format) if formats.contains(&format) => {
                    return Err(D::Error::custom(format!("{name:?} is listed twice")));
                }
                _ => {
                    let choice = Negotiated::choice().join(", ");
                    return Err(D::Error::custom(format!("{name:?} is not one of the negotiated formats: {choice}")));
                }
            }
        }
        Ok(formats)
    }

    pub(super) fn serialize<S: serde::Serializer>(formats: &[Format], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(formats.iter().map(|format| format.name()))
    }
}

#[cfg(test)]
impl schemars::JsonSchema for Negotiated {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Negotiated".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let choice = Negotiated::choice();
        schemars::json_schema!({ "type": "array", "items": { "enum": choice }, "uniqueItems": true })
    }
}
