//! Parses and validates configurations.

use std::fmt::Display;
use std::path::Path;

use super::Config;
use super::object::Object;
use crate::signing::KeysError;

/// Why a configuration is refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    /// The content of a file is not valid.
    #[error("{0}: {1}")]
    In(String, Box<ConfigError>),
    /// The keys file cannot be read or is not valid.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The text is not JSON, has an unknown field, or has a value out of range.
    #[error("{field}: {reason}")]
    Field {
        /// The field's path, such as `quality.webp`; `.` is the whole file.
        field: String,
        /// What was found, what is accepted, and the line.
        reason: String,
    },
}

impl Config {
    /// Parses and validates JSON text.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Field`] for the first field that is not valid.
    ///
    /// ```
    /// let error = ridge_contract::Config::parse(r#"{"quality": {"webp": 0}}"#).unwrap_err();
    /// assert_eq!(error.to_string(), "quality.webp: 0 is not a whole number from 1 to 100 at line 1 column 23");
    /// ```
    pub fn parse(json: &str) -> Result<Config, ConfigError> {
        let mut reader = serde_json::Deserializer::from_str(json);
        let Object(config): Object<Config> =
            serde_path_to_error::deserialize(&mut reader).map_err(|error| wrong(error.path(), error.inner()))?;
        reader.end().map_err(|error| wrong(&".", &error))?;
        config.coherent()
    }

    /// Reads and validates a file.
    ///
    /// # Errors
    ///
    /// [`ConfigError::File`] if the file cannot be read, [`ConfigError::In`] if it is not valid. Both texts begin with the
    /// file's name.
    pub fn load(path: &Path) -> Result<Config, ConfigError> {
        let file = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(json) => Config::parse(&json).map_err(|error| ConfigError::In(file, error.into())),
            Err(error) => Err(ConfigError::File(file, error)),
        }
    }
}

/// Creates the error for a field. Both texts may quote the file, so control characters are escaped to keep it on one
/// line.
fn wrong(field: &dyn Display, reason: &dyn Display) -> ConfigError {
    let escaped = |text: &dyn Display| {
        let mut line = String::new();
        for c in text.to_string().chars() {
            if c.is_control() { line.extend(c.escape_default()) } else { line.push(c) }
        }
        line
    };
    let field = Some(escaped(field)).filter(|field| !field.is_empty());
    ConfigError::Field { field: field.unwrap_or_else(|| "\"\"".to_owned()), reason: escaped(reason) }
}
