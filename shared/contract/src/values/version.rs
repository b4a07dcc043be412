//! Cache busters.

use std::fmt;
use std::str::FromStr;

use super::BadValue;

/// A cache buster: [`Version::MIN`] to [`Version::MAX`] characters from [`Version::CHARACTERS`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Version(String);

impl Version {
    /// The minimum number of characters.
    pub const MIN: u32 = 1;

    /// The maximum number of characters.
    pub const MAX: u32 = 64;

    /// The accepted ranges of characters, each with its first and last character.
    pub const CHARACTERS: &'static [(char, char)] = &[('A', 'Z'), ('a', 'z'), ('0', '9'), ('_', '_'), ('-', '-')];
}

impl FromStr for Version {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        let is_known = |c| Version::CHARACTERS.iter().any(|(first, last)| (first..=last).contains(&&c));
        // Every accepted character is one byte.
        let has_length = u32::try_from(text.len()).is_ok_and(|length| (Version::MIN..=Version::MAX).contains(&length));
        if has_length && text.chars().all(is_known) { Ok(Version(text.to_owned())) } else { Err(BadValue) }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
