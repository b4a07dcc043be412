//! From files to a configuration, or to what is wrong with it.

use std::fmt::Display;
use std::path::Path;

use super::object::Object;
use super::{Config, Signing};
use crate::signing::{Keys, KeysError};

/// Why a configuration is refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    /// What is wrong with the text of a file.
    #[error("{0}: {1}")]
    In(String, Box<ConfigError>),
    /// The keys of signatures are not right.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// Not JSON, an unknown field, or a value out of range.
    #[error("{field}: {reason}")]
    Field {
        /// Where, as a path such as `quality.webp`; `.` is the whole file.
        field: String,
        /// What was found, what would be right, and the line.
        reason: String,
    },
}

impl Config {
    /// Reads JSON text.
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

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// Whatever is wrong, the text begins with the file's name.
    pub fn load(path: &Path) -> Result<Config, ConfigError> {
        let file = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(json) => Config::parse(&json).map_err(|error| ConfigError::In(file, error.into())),
            Err(error) => Err(ConfigError::File(file, error)),
        }
    }

    /// Reads the files that lie beside the function's code, that of the keys too where there is one.
    pub fn baked() -> Result<Config, ConfigError> {
        let root = std::env::var_os("LAMBDA_TASK_ROOT").unwrap_or_else(|| ".".into());
        let (config, keys) = (Path::new(&root).join(Config::FILE), Path::new(&root).join(Keys::FILE));
        let keys = if keys.exists() { Keys::load(&keys)? } else { Keys::default() };
        Config::load(&config)?.with_keys(keys)
    }

    /// The same with keys. It is an error to need them and have none, and to have some and need none.
    pub fn with_keys(self, keys: Keys) -> Result<Config, ConfigError> {
        let reason = match (self.signing, keys.is_empty()) {
            (Signing::Off, false) => "there are keys, and \"off\" leaves them unused; write \"outside\" or \"all\"",
            (Signing::Outside | Signing::All, true) => "it needs keys, and there are none",
            (Signing::Off, true) | (Signing::Outside | Signing::All, false) => return Ok(Config { keys, ..self }),
        };
        Err(ConfigError::Field { field: "signing".into(), reason: reason.into() })
    }
}

/// Both may show what the file has, whatever that is; the message stays one line.
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
