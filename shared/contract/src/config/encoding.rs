//! The default quality and effort of each format, for requests that set no quality.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::Config;
use crate::format::{Format, Scale};
use crate::values::Quality;

/// The default quality of each lossy format.
pub type Qualities = PerFormat<OfQuality>;

/// The encoding effort of each format whose encoder has the option: more is smaller and slower.
pub type Efforts = PerFormat<OfEffort>;

/// A number for each format that has the scale `S`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PerFormat<S>([u8; Format::ALL.len()], PhantomData<S>);

/// Selects a scale of a format's descriptor.
pub trait Scaled {
    /// Returns the scale, for formats that have one.
    fn scale(format: Format) -> Option<Scale>;
}

/// The scale of `quality`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfQuality;

/// The scale of `effort`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfEffort;

impl Scaled for OfQuality {
    fn scale(format: Format) -> Option<Scale> {
        format.quality()
    }
}

impl Scaled for OfEffort {
    fn scale(format: Format) -> Option<Scale> {
        format.effort()
    }
}

impl<S: Scaled> PerFormat<S> {
    /// Returns the number for a format, if it has the scale.
    pub fn get(&self, format: Format) -> Option<u8> {
        S::scale(format).map(|_| self.0[format as usize])
    }

    fn formats() -> impl Iterator<Item = (Format, Scale)> {
        Format::all().filter_map(|format| S::scale(format).map(|scale| (format, scale)))
    }
}

impl<S: Scaled> Default for PerFormat<S> {
    fn default() -> Self {
        let mut numbers = [0; Format::ALL.len()];
        Self::formats().for_each(|(format, scale)| numbers[format as usize] = scale.default);
        PerFormat(numbers, PhantomData)
    }
}

impl<S: Scaled> Serialize for PerFormat<S> {
    fn serialize<T: Serializer>(&self, serializer: T) -> Result<T::Ok, T::Error> {
        serializer.collect_map(Self::formats().map(|(format, _)| (format.name(), self.0[format as usize])))
    }
}

impl<'de, S: Scaled> Deserialize<'de> for PerFormat<S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Reader(PhantomData))
    }
}

struct Reader<S>(PhantomData<S>);

impl<'de, S: Scaled> Visitor<'de> for Reader<S> {
    type Value = PerFormat<S>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<PerFormat<S>, A::Error> {
        let mut read = PerFormat::default();
        let mut seen = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            let found = PerFormat::<S>::formats().find(|(format, _)| format.name() == name);
            // Raised as the error of the value, so that it includes the path of the field.
            let number =
                map.next_value_seed(Number { name: &name, scale: found.map(|(_, scale)| scale), of: &self })?;
            if let Some((format, _)) = found {
                if seen.contains(&format) {
                    return Err(A::Error::duplicate_field(format.name()));
                }
                seen.push(format);
                read.0[format as usize] = number;
            }
        }
        Ok(read)
    }
}

/// Deserializes one number.
struct Number<'a, S> {
    name: &'a str,
    scale: Option<Scale>,
    of: &'a Reader<S>,
}

impl<'de, S: Scaled> DeserializeSeed<'de> for Number<'_, S> {
    type Value = u8;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u8, D::Error> {
        let Number { name, scale, of: Reader(_) } = self;
        let Some(Scale { min, max, .. }) = scale else {
            let known: Vec<_> = PerFormat::<S>::formats().map(|(format, _)| format!("`{format}`")).collect();
            return Err(D::Error::custom(format!("unknown field `{name}`, expected one of {}", known.join(", "))));
        };
        let value = Value::deserialize(deserializer)?;
        let number = value.as_u64().and_then(|number| u8::try_from(number).ok());
        let number = number.filter(|number| (min..=max).contains(number));
        number.ok_or_else(|| D::Error::custom(format!("{value} is not a whole number from {min} to {max}")))
    }
}

impl Config {
    /// Returns the effort of a format's encoder; 0 if it has no such option.
    pub fn effort(&self, format: Format) -> u8 {
        self.effort.get(format).unwrap_or_default()
    }

    /// Returns the fallback format for an image that cannot be encoded as `format` within the limits: the next of the
    /// negotiated formats, otherwise WebP, which every client that decodes a newer format also decodes.
    pub fn instead_of(&self, format: Format) -> Format {
        self.formats.iter().skip_while(|other| **other != format).nth(1).copied().unwrap_or(Format::WebP)
    }

    /// Returns the quality of a variant: `asked`, otherwise the configuration's for its format. The result has no
    /// effect for lossless formats.
    pub fn quality(&self, asked: Option<Quality>, format: Format) -> Quality {
        let configured = || self.quality.get(format).and_then(Quality::new);
        asked.or_else(configured).unwrap_or(Quality::BEST)
    }
}

#[cfg(test)]
impl<S: Scaled> schemars::JsonSchema for PerFormat<S> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        std::any::type_name::<S>().into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let properties: serde_json::Map<_, _> = Self::formats()
            .map(|(format, Scale { min, max, default, note })| {
                let to = if max - min == 1 { "or" } else { "to" };
                let description = format!("For {}, {min} {to} {max}{note}. Default {default}.", format.label());
                let field = serde_json::json!({
                    "type": "integer", "minimum": min, "maximum": max, "default": default, "description": description,
                });
                (format.name().to_owned(), field)
            })
            .collect();
        schemars::json_schema!({ "type": "object", "properties": properties, "additionalProperties": false })
    }
}
