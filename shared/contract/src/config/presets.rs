//! Presets: named sets of parameters, each written as a query string.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::params::Draft;
use crate::query;

/// All presets by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Presets(BTreeMap<String, Preset>);

/// One preset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preset {
    text: String,
    draft: Draft,
}

/// The parameters that a preset cannot set: another preset, and the original.
const NOT_IN_A_PRESET: [&str; 2] = ["p", "raw"];

impl Presets {
    /// Returns the preset with this name.
    pub fn get(&self, name: &str) -> Option<&Preset> {
        self.0.get(name)
    }

    /// Returns all presets, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Preset)> {
        self.0.iter().map(|(name, preset)| (name.as_str(), preset))
    }

    /// Returns the names for an error message.
    pub fn names(&self) -> String {
        if self.0.is_empty() {
            "there are none".to_owned()
        } else {
            self.0.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
        }
    }

    /// Returns whether there are no presets.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Preset {
    /// Returns the values that the preset sets.
    pub fn draft(&self) -> &Draft {
        &self.draft
    }

    fn parse(text: String) -> Result<Preset, String> {
        let query = query::parse(&text).map_err(|error| error.to_string())?;
        if let Some(name) = query.dropped.first() {
            return Err(format!(
                "{name} is not a parameter; write it as in a URL, such as \"w=200&h=200&fit=contain\""
            ));
        }
        if let Some(name) = query.known.iter().find(|name| NOT_IN_A_PRESET.contains(name)) {
            return Err(format!("{name} cannot be in a preset"));
        }
        if query.known.is_empty() {
            return Err("it is empty; write it as in a URL, such as \"w=200&h=200&fit=contain\"".to_owned());
        }
        Ok(Preset { draft: query.draft(), text })
    }
}

impl<'de> Deserialize<'de> for Presets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Reader).map(Presets)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = BTreeMap<String, Preset>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of names and query strings")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut presets = BTreeMap::new();
        while let Some(Name(name)) = map.next_key()? {
            if presets.contains_key(&name) {
                return Err(A::Error::custom(format!("`{name}` is there twice")));
            }
            presets.insert(name, map.next_value()?);
        }
        Ok(presets)
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Name(String);

/// The pattern of valid names: no character needs percent-encoding in a URL.
#[cfg(test)]
const NAME: &str = "^[A-Za-z0-9_-]{1,64}$";

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let is_word = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        if is_word && (1..=64).contains(&name.len()) {
            Ok(Name(name))
        } else {
            let text = format!("the name {name:?} is not 1 to 64 of the characters A-Z a-z 0-9 _ -");
            Err(D::Error::custom(text))
        }
    }
}

impl<'de> Deserialize<'de> for Preset {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Preset::parse(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl Serialize for Presets {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, preset)| (name, &preset.text)))
    }
}

#[cfg(test)]
impl schemars::JsonSchema for Presets {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Presets".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "object",
            "propertyNames": { "pattern": NAME },
            "additionalProperties": { "type": "string" },
        })
    }
}
