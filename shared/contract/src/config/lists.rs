//! The allow-list `options`: the allowed parameters except `w` and `h`, and their allowed values.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::allowed::{ANY, Allowed, AnyOr};
use crate::params::{PARAMS, Param};

/// The allowed values of the options. The default value of an option is always allowed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Lists {
    /// All values are allowed.
    #[default]
    Any,
    /// Only the listed parameters and values are allowed.
    Only(BTreeMap<&'static str, Allowed<String>>),
}

impl Lists {
    /// Returns the parameters that the allow-list can restrict.
    pub(crate) fn params() -> impl Iterator<Item = &'static Param> {
        PARAMS.iter().filter(|param| param.is_listed)
    }

    /// Returns the allowed values of a parameter, in canonical form.
    pub(crate) fn of(&self, name: &str) -> Allowed<&str> {
        match self {
            Lists::Any => Allowed::Any,
            Lists::Only(lists) => match lists.get(name) {
                None => Allowed::Only(Vec::new()),
                Some(Allowed::Any) => Allowed::Any,
                Some(Allowed::Only(list)) => Allowed::Only(list.iter().map(String::as_str).collect()),
            },
        }
    }
}

/// Returns a value in canonical form.
///
/// # Errors
///
/// A description of the accepted values, if the parameter does not accept it.
fn canonical(param: &Param, value: &Value) -> Result<String, String> {
    let read = value.as_str().and_then(|text| param.canonical(text));
    read.ok_or_else(|| format!("{value} is not what {} takes: a string with {}", param.name, param.words()))
}

impl<'de> Deserialize<'de> for Lists {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Lists;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{ANY:?} or an object")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Lists, E> {
        if text == ANY { Ok(Lists::Any) } else { Err(E::custom(format!("{text:?} is neither {ANY:?} nor an object"))) }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Lists, A::Error> {
        let mut lists = BTreeMap::new();
        while let Some(name) = map.next_key::<String>()? {
            let Some(param) = Lists::params().find(|param| param.name == name) else {
                // Raised as the error of the value, so that it includes the path of the field.
                map.next_value_seed(Unknown(&name))?;
                continue;
            };
            let allowed = map.next_value_seed(AnyOr(|value: &Value| canonical(param, value)))?;
            if lists.insert(param.name, allowed).is_some() {
                return Err(A::Error::custom(format!("`{name}` is there twice")));
            }
        }
        Ok(Lists::Only(lists))
    }
}

struct Unknown<'a>(&'a str);

impl<'de> DeserializeSeed<'de> for Unknown<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, _: D) -> Result<(), D::Error> {
        let known: Vec<_> = Lists::params().map(|param| param.name).collect();
        Err(D::Error::custom(format!("unknown option `{}`; known are {}", self.0, known.join(", "))))
    }
}

impl Serialize for Lists {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Lists::Any => serializer.serialize_str(ANY),
            Lists::Only(lists) => serializer.collect_map(lists),
        }
    }
}

#[cfg(test)]
impl schemars::JsonSchema for Lists {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Options".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        use crate::params::Every;
        let properties: serde_json::Map<_, _> = Lists::params()
            .map(|param| {
                let mut items = serde_json::json!({ "type": "string" });
                match param.takes.every() {
                    // A longer list would not help in an editor.
                    Every::These(every) if every.len() <= 10 => items["enum"] = every.into(),
                    Every::These(_) | Every::Many(_) => items["pattern"] = param.takes.pattern_of_input().into(),
                }
                let mut schema = super::allowed::schema(&items).to_value();
                schema["description"] = format!("{}: {}.", param.words(), param.meaning).into();
                (param.name.to_owned(), schema)
            })
            .collect();
        schemars::json_schema!({
            "type": ["object", "string"], "pattern": format!("^{ANY}$"),
            "properties": properties, "additionalProperties": false,
        })
    }
}
