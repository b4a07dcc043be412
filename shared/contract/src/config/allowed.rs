//! Allow-lists in `ridge.json`: `"any"`, or a list.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::whole::Number as _;
use crate::values::Side;

/// The allowed values of a parameter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Allowed<T> {
    /// All values that the parameter accepts.
    #[default]
    Any,
    /// The listed values; none if the list is empty.
    Only(Vec<T>),
}

/// [`Allowed::Any`] in `ridge.json`.
pub(super) const ANY: &str = "any";

impl<T> Allowed<T> {
    /// Returns the list; `None` if any value is allowed.
    pub fn list(&self) -> Option<&[T]> {
        match self {
            Allowed::Any => None,
            Allowed::Only(list) => Some(list),
        }
    }
}

/// Deserializes `"any"` or a list of distinct items, each with the given function.
pub(super) struct AnyOr<F>(pub(super) F);

impl<'de, T: PartialEq, F: Fn(&Value) -> Result<T, String>> DeserializeSeed<'de> for AnyOr<F> {
    type Value = Allowed<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Allowed<T>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: PartialEq, F: Fn(&Value) -> Result<T, String>> Visitor<'de> for AnyOr<F> {
    type Value = Allowed<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{ANY:?} or a list")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Allowed<T>, E> {
        if text == ANY { Ok(Allowed::Any) } else { Err(E::custom(format!("{text:?} is neither {ANY:?} nor a list"))) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Allowed<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = sequence.next_element_seed(Item { read: &self.0, before: &list })? {
            list.push(item);
        }
        Ok(Allowed::Only(list))
    }
}

struct Item<'a, T, F> {
    read: &'a F,
    before: &'a [T],
}

impl<'de, T: PartialEq, F: Fn(&Value) -> Result<T, String>> DeserializeSeed<'de> for Item<'_, T, F> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let item = (self.read)(&value).map_err(D::Error::custom)?;
        let is_new = !self.before.contains(&item);
        if is_new { Ok(item) } else { Err(D::Error::custom(format!("{value} is listed twice"))) }
    }
}

impl<'de> Deserialize<'de> for Allowed<Side> {
    /// Deserializes a list in any order and sorts it in ascending order.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = |value: &Value| {
            let side = value.as_u64().and_then(Side::from_whole);
            side.ok_or_else(|| format!("{value} is not a whole number from 1 to {}", Side::MAX))
        };
        let mut allowed = AnyOr(read).deserialize(deserializer)?;
        if let Allowed::Only(list) = &mut allowed {
            list.sort_unstable();
        }
        Ok(allowed)
    }
}

impl Serialize for Allowed<Side> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Allowed::Any => serializer.serialize_str(ANY),
            Allowed::Only(list) => serializer.collect_seq(list.iter().map(|side| side.get())),
        }
    }
}

impl Serialize for Allowed<String> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Allowed::Any => serializer.serialize_str(ANY),
            Allowed::Only(list) => serializer.collect_seq(list),
        }
    }
}

/// Returns the JSON Schema: [`ANY`], or a list of the given items.
#[cfg(test)]
pub(super) fn schema(items: &Value) -> schemars::Schema {
    // One schema with two types, not `anyOf`: an editor then reports the error at the item.
    schemars::json_schema!({
        "type": ["array", "string"], "pattern": format!("^{ANY}$"), "items": items, "uniqueItems": true,
    })
}

#[cfg(test)]
impl schemars::JsonSchema for Allowed<Side> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Sides".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schema(&serde_json::json!({ "type": "integer", "minimum": 1, "maximum": Side::MAX }))
    }
}
