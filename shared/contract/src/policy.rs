//! The policy: the configuration, compiled to answer requests.
//!
//! [`Config`] is what `ridge.json` says. [`Policy`] is compiled from it once: allow-lists are values, presets have their
//! sizes, output formats are listed for each kind of original. `policy/rule.rs` has the whole rule in one function.

mod allow_lists;
mod count;
mod output_formats;
mod page_variants;
mod resolved_presets;
mod rule;
mod sizes;

pub use count::{Bound, OpenSetting};
pub use rule::{NotAllowed, Verdict};

use std::fmt;
use std::path::Path;

use crate::config::{Config, ConfigError, Signing};
use crate::signing::Keys;
use allow_lists::AllowLists;
use output_formats::OutputFormats;
use resolved_presets::ResolvedPreset;

/// The compiled configuration, and the keys of signatures. Share it in an [`Arc`](std::sync::Arc).
///
/// ```
/// use ridge_contract::{Config, Policy, VariantPath};
/// let policy = Policy::new(Config::parse(r#"{"widths": [320, 640]}"#).unwrap());
/// let allowed = |path: &str| policy.check(&VariantPath::parse(path).unwrap()).map_err(|problem| problem.text);
/// assert_eq!(allowed("/w_320/webp/cat.jpg"), Ok(()));
/// assert_eq!(allowed("/w_321/webp/cat.jpg"), Err("w must be one of 320, 640; got \"321\"".to_owned()));
/// ```
#[derive(Clone)]
pub struct Policy {
    config: Config,
    keys: Keys,
    lists: AllowLists,
    formats: OutputFormats,
    presets: Vec<ResolvedPreset>,
}

impl Policy {
    /// Compiles a configuration. The policy has no keys: it accepts no signature.
    pub fn new(config: Config) -> Policy {
        let lists = AllowLists::new(&config.options);
        let formats = OutputFormats::new(&config, &lists.formats);
        let presets = config.presets.iter().map(|(_, preset)| ResolvedPreset::new(preset, &config, &lists)).collect();
        Policy { config, keys: Keys::default(), lists, formats, presets }
    }

    /// Adds the keys of signatures.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Field`] for `signing`, if it requires keys and there are none, or leaves keys unused.
    pub fn with_keys(self, keys: Keys) -> Result<Policy, ConfigError> {
        let reason = match (self.config.signing, keys.is_empty()) {
            (Signing::Off, false) => "there are keys, and \"off\" leaves them unused; write \"outside\" or \"all\"",
            (Signing::Outside | Signing::All, true) => "it needs keys, and there are none",
            (Signing::Off, true) | (Signing::Outside | Signing::All, false) => return Ok(Policy { keys, ..self }),
        };
        Err(ConfigError::Field { field: "signing".into(), reason: reason.into() })
    }

    /// Reads `ridge.json` and, if present, `ridge.keys.json` from the folder of the function's code (`LAMBDA_TASK_ROOT`,
    /// else the current folder).
    ///
    /// # Errors
    ///
    /// [`ConfigError`], if a file cannot be read or is not valid, or if keys are missing or unused.
    pub fn baked() -> Result<Policy, ConfigError> {
        let root = std::env::var_os("LAMBDA_TASK_ROOT").unwrap_or_else(|| ".".into());
        let (config, keys) = (Path::new(&root).join(Config::FILE), Path::new(&root).join(Keys::FILE));
        let keys = if keys.exists() { Keys::load(&keys)? } else { Keys::default() };
        Policy::new(Config::load(&config)?).with_keys(keys)
    }

    /// The configuration that the policy was compiled from.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The keys of signatures. There are none if `signing` is `"off"`.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }
}

impl fmt::Debug for Policy {
    /// Prints the configuration only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Policy").field(&self.config).finish()
    }
}

impl Default for Policy {
    /// The policy of the default configuration.
    fn default() -> Self {
        Policy::new(Config::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_signing_belong_together() {
        let keys = || Keys::parse(&format!(r#"{{"keys": [{{"id": "a", "secret": "{}"}}]}}"#, "1".repeat(64))).unwrap();
        for (signing, has_keys, message) in [
            ("off", false, ""),
            ("outside", true, ""),
            ("all", true, ""),
            ("all", false, "signing: it needs keys, and there are none"),
            ("outside", false, "signing: it needs keys, and there are none"),
            ("off", true, "signing: there are keys, and \"off\" leaves them unused; write \"outside\" or \"all\""),
        ] {
            let policy = Policy::new(Config::parse(&format!(r#"{{"signing": "{signing}"}}"#)).unwrap());
            let with = policy.with_keys(if has_keys { keys() } else { Keys::default() });
            assert_eq!(with.map_or_else(|error| error.to_string(), |_| String::new()), message, "{signing}");
        }
    }
}
