//! The `$schema` field of `ridge.json`, which only editors use.

use serde::{Deserialize, Deserializer};

/// The value of `$schema`, any string. It is dropped, so that two configurations that differ only there are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(with = "String", inline))]
pub struct SchemaFile;

impl<'de> Deserialize<'de> for SchemaFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|_| SchemaFile)
    }
}
