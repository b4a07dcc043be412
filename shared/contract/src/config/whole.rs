//! Whole numbers with a range.
//!
//! A field names its range once, in `#[serde(with = "Whole::<MIN, MAX>")]`. Deserialization uses it, and so does the
//! JSON Schema, because schemars reads serde's attributes.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::values::{Quality, Side};

/// A whole number from `MIN` to `MAX`.
pub(super) struct Whole<const MIN: u64, const MAX: u64>;

impl<const MIN: u64, const MAX: u64> Whole<MIN, MAX> {
    pub(super) fn deserialize<'de, T: Number, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let number = value.as_u64().filter(|number| (MIN..=MAX).contains(number)).and_then(T::from_whole);
        number.ok_or_else(|| D::Error::custom(format!("{value} is not a whole number from {MIN} to {MAX}")))
    }

    pub(super) fn serialize<T: Number, S: serde::Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(value.to_whole())
    }
}

/// A type that can hold such a number.
pub(super) trait Number: Sized {
    /// Converts a number; `None` if the type cannot hold it.
    fn from_whole(number: u64) -> Option<Self>;
    fn to_whole(&self) -> u64;
}

macro_rules! number {
    ($($type:ty: $from:expr, $to:expr;)*) => {$(
        impl Number for $type {
            fn from_whole(number: u64) -> Option<Self> {
                number.try_into().ok().and_then($from)
            }
            fn to_whole(&self) -> u64 {
                $to(*self).into()
            }
        }
    )*};
}

number! {
    u8: Some, u8::from;
    u32: Some, u32::from;
    u64: Some, u64::from;
    Side: Side::new, Side::get;
    Quality: Quality::new, Quality::get;
}

#[cfg(test)]
impl<const MIN: u64, const MAX: u64> schemars::JsonSchema for Whole<MIN, MAX> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Whole{MIN}To{MAX}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "minimum": MIN, "maximum": MAX })
    }
}
