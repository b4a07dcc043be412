//! The keys of signatures, from a file beside `ridge.json` that belongs in no repository.

use std::fmt;
use std::path::Path;

use serde::Deserialize;

/// Up to two keys. The first signs; both verify, so that keys can be rotated.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Keys(Vec<Key>);

#[derive(Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) id: String,
    pub(super) secret: Vec<u8>,
}

/// Why a keys file is refused. No text contains a secret.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The file cannot be read.
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    /// Its content is not valid.
    #[error("{file}: {reason}")]
    Keys {
        /// The file's name.
        file: String,
        /// What is wrong and what is accepted.
        reason: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeysFile {
    keys: Vec<KeyEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyEntry {
    id: String,
    secret: String,
}

/// The length of a secret in bytes: from the length of the code to SHA-256's block (RFC 2104 section 3).
const SECRET: std::ops::RangeInclusive<usize> = 32..=64;

impl Keys {
    /// The file's name beside `ridge.json`.
    pub const FILE: &str = "ridge.keys.json";

    /// The greatest number of keys.
    pub const MAX: usize = 2;

    /// Reads JSON text: `{"keys": [{"id": "2026-11", "secret": "…"}]}`, the secret in hexadecimal digits.
    ///
    /// # Errors
    ///
    /// [`KeysError::Keys`], if the text has another form, no key, too many, or two that are the same.
    pub fn parse(json: &str) -> Result<Keys, KeysError> {
        Keys::read(json, Keys::FILE)
    }

    fn read(json: &str, name: &str) -> Result<Keys, KeysError> {
        let wrong = |reason: String| KeysError::Keys { file: name.to_owned(), reason };
        // serde's own text for a wrong type shows the value, which may be a secret.
        let file: KeysFile = serde_json::from_str(json).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            wrong(format!("not {{\"keys\": [{{\"id\": …, \"secret\": …}}]}}, see line {line} column {column}"))
        })?;
        if !(1..=Keys::MAX).contains(&file.keys.len()) {
            return Err(wrong(format!("keys has {} entries; it takes 1 or {}", file.keys.len(), Keys::MAX)));
        }
        let mut keys: Vec<Key> = Vec::new();
        for (index, KeyEntry { id, secret }) in file.keys.into_iter().enumerate() {
            let is_word = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
            if !is_word || !(1..=32).contains(&id.len()) {
                return Err(wrong(format!("keys[{index}].id takes 1 to 32 of the characters A-Z a-z 0-9 _ -")));
            }
            let secret = hex::decode(&secret).ok().filter(|secret| SECRET.contains(&secret.len())).ok_or_else(|| {
                let (min, max) = (SECRET.start() * 2, SECRET.end() * 2);
                wrong(format!(
                    "keys[{index}].secret takes {min} to {max} hexadecimal digits, as `openssl rand -hex 32` prints them"
                ))
            })?;
            if keys.iter().any(|other| other.id == id || other.secret == secret) {
                return Err(wrong(format!("keys[{index}] is the other key again")));
            }
            keys.push(Key { id, secret });
        }
        Ok(Keys(keys))
    }

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`KeysError`] with the file's name, if it cannot be read or is not valid.
    pub fn load(path: &Path) -> Result<Keys, KeysError> {
        let file = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(json) => Keys::read(&json, &file),
            Err(error) => Err(KeysError::File(file, error)),
        }
    }

    /// Whether there are no keys.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn first(&self) -> Option<&Key> {
        self.0.first()
    }

    pub(super) fn named(&self, id: &str) -> Option<&Key> {
        self.0.iter().find(|key| key.id == id)
    }
}

impl fmt::Debug for Keys {
    /// Prints the ids only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|key| &key.id)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "00112233445566778899aabbccddeeffFFEEDDCCBBAA99887766554433221100";

    #[test]
    fn two_keys_are_read_and_never_shown() {
        let text = format!(
            r#"{{"keys": [{{"id": "b", "secret": "{SECRET}"}}, {{"id": "a", "secret": "{}"}}]}}"#,
            "7f".repeat(32)
        );
        let keys = Keys::parse(&text).unwrap();
        assert_eq!(keys.first().unwrap().secret[..3], [0, 0x11, 0x22]);
        assert!(keys.named("a").is_some() && keys.named("A").is_none());
        assert_eq!(format!("{keys:?}"), r#"{"b", "a"}"#);
    }

    #[test]
    fn what_is_wrong_is_said_without_a_secret() {
        let key = |id: &str, secret: &str| format!(r#"{{"id": "{id}", "secret": "{secret}"}}"#);
        let good = key("a", SECRET);
        for (keys, part) in [
            (String::new(), "keys has 0 entries; it takes 1 or 2"),
            (format!("{good},{},{}", key("b", &"1".repeat(64)), key("c", &"2".repeat(64))), "keys has 3 entries"),
            (key("a.b", SECRET), "keys[0].id takes 1 to 32"),
            (key("", SECRET), "keys[0].id takes"),
            (key("a", &SECRET[..62]), "keys[0].secret takes 64 to 128 hexadecimal digits"),
            (key("a", &SECRET.repeat(3)), "keys[0].secret takes"),
            (key("a", &SECRET.replace("00", "0x")), "keys[0].secret takes"),
            (key("a", &SECRET[..63]), "keys[0].secret takes"),
            (format!("{good},{}", key("a", &"1".repeat(64))), "keys[1] is the other key again"),
            (format!("{good},{}", key("b", SECRET)), "keys[1] is the other key again"),
            (r#"{"id": "a", "secret": 5150}"#.to_owned(), "see line 1 column"),
            (format!("{good} x"), "see line 1 column"),
        ] {
            let text = Keys::parse(&format!(r#"{{"keys": [{keys}]}}"#)).unwrap_err().to_string();
            assert!(text.starts_with("ridge.keys.json: ") && text.contains(part), "{keys}: {text}");
            assert!(!text.contains(&SECRET[..8]) && !text.contains("5150"), "{text}");
        }
    }
}
