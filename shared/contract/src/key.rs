//! Object keys and their canonical form in a URL path.

use std::borrow::Cow;
use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::format::Kind;

/// The characters that a path percent-encodes: all except RFC 3986's unreserved characters (section 2.3) and the slash.
///
/// The set includes `+` although RFC 3986 allows it in a path, because S3 reads a literal `+` as a space. A change of
/// this set makes every stored variant with an affected key unreachable.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The key of an S3 object. Invariants:
///
/// * It is UTF-8 and has 1 to 1024 bytes (S3's limit).
/// * It has no empty, `.` or `..` segment, so that no proxy on the way reads it as another key.
/// * It has no control character.
///
/// ```
/// use ridge_contract::{Key, KeyError};
/// assert_eq!(Key::new("photos/a b+c.jpg").unwrap().to_path(), "/photos/a%20b%2Bc.jpg");
/// assert_eq!(Key::from_path("/a+b%20(c).jpg").unwrap().as_str(), "a+b (c).jpg");
/// assert_eq!(Key::from_path("/a/../b"), Err(KeyError::Segment));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(String);

/// Why a text is not a [`Key`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The path has nothing after the first slash.
    #[error("the path names no picture; write one, such as /photos/cat.jpg?w=200")]
    Empty,
    /// The path does not begin with a slash.
    #[error("the path must begin with a slash")]
    NotAbsolute,
    /// The key is longer than 1024 bytes.
    #[error("the key is longer than S3's 1024 bytes")]
    TooLong,
    /// The path has a `%` without two hexadecimal digits after it.
    #[error("the path has a '%' without two hexadecimal digits after it; write %25 for a percent sign")]
    Escape,
    /// The path is not UTF-8 after decoding.
    #[error("the path is not UTF-8 after percent-decoding")]
    NotUtf8,
    /// The path ends with a slash.
    #[error("the path ends with a slash, as a folder's does; name an image in it, such as /photos/cat.jpg")]
    Folder,
    /// The path has an empty, `.` or `..` segment.
    #[error("the path has an empty, '.' or '..' segment")]
    Segment,
    /// The path has a control character.
    #[error("the path has a control character")]
    Control,
}

impl Key {
    /// S3's limit, in bytes of UTF-8.
    pub const MAX_BYTES: usize = 1024;

    /// Validates a key as S3 has it, not percent-encoded.
    ///
    /// # Errors
    ///
    /// [`KeyError`] for the first invariant that does not hold.
    pub fn new(text: impl Into<String>) -> Result<Key, KeyError> {
        let text = text.into();
        if text.is_empty() {
            Err(KeyError::Empty)
        } else if text.len() > Key::MAX_BYTES {
            Err(KeyError::TooLong)
        } else if text.ends_with('/') {
            Err(KeyError::Folder)
        } else if text.split('/').any(|segment| matches!(segment, "" | "." | "..")) {
            Err(KeyError::Segment)
        } else if text.chars().any(char::is_control) {
            Err(KeyError::Control)
        } else {
            Ok(Key(text))
        }
    }

    /// Percent-decodes a URL path, with its leading slash, once.
    ///
    /// # Errors
    ///
    /// [`KeyError`], if the path is not a percent-encoded key after a slash.
    pub fn from_path(path: &str) -> Result<Key, KeyError> {
        let encoded = path.strip_prefix('/').ok_or(KeyError::NotAbsolute)?;
        if !escapes_are_whole(encoded.as_bytes()) {
            return Err(KeyError::Escape);
        }
        let text = percent_decode_str(encoded).decode_utf8().map_err(|_| KeyError::NotUtf8)?;
        Key::new(text)
    }

    /// Returns the canonical form in a URL path: percent-encoded, with a leading slash.
    pub fn to_path(&self) -> String {
        format!("/{}", self.encoded())
    }

    pub(crate) fn encoded(&self) -> Cow<'_, str> {
        utf8_percent_encode(&self.0, ESCAPED).into()
    }

    /// Returns the key as S3 has it, not percent-encoded.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the text after the last dot of the last segment.
    pub fn extension(&self) -> Option<&str> {
        let name = self.0.rsplit('/').next().unwrap_or(&self.0);
        name.rsplit_once('.').map(|(_, extension)| extension)
    }

    /// Returns whether the extension is that of a supported input format.
    pub fn is_called_picture(&self) -> bool {
        self.extension().and_then(Kind::from_extension).is_some()
    }

    /// Returns whether the key has a reserved prefix, `w_auto/` or `w_<number>/`. Only variants have one.
    pub fn is_reserved(&self) -> bool {
        let first = self.0.split('/').next().and_then(|segment| segment.strip_prefix("w_"));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        first.is_some_and(|width| width == "auto" || is_number(width))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn escapes_are_whole(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'%')
        .all(|(at, _)| bytes.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_to_key_and_back() {
        let cases = [
            ("/cat.jpg", "cat.jpg", "/cat.jpg"),
            ("/a b.jpg", "a b.jpg", "/a%20b.jpg"),
            ("/a+b.jpg", "a+b.jpg", "/a%2Bb.jpg"),
            ("/a%2Bb.jpg", "a+b.jpg", "/a%2Bb.jpg"),
            ("/a%2bb.jpg", "a+b.jpg", "/a%2Bb.jpg"),
            ("/100%25.jpg", "100%.jpg", "/100%25.jpg"),
            ("/%2525.jpg", "%25.jpg", "/%2525.jpg"),
            ("/caf%C3%A9/%E7%8C%AB.png", "café/猫.png", "/caf%C3%A9/%E7%8C%AB.png"),
            ("/café.png", "café.png", "/caf%C3%A9.png"),
            ("/cat(1)!*'.jpg", "cat(1)!*'.jpg", "/cat%281%29%21%2A%27.jpg"),
            ("/no-extension", "no-extension", "/no-extension"),
            ("/%63at~._-.jpg", "cat~._-.jpg", "/cat~._-.jpg"),
            ("/a%2Fb.jpg", "a/b.jpg", "/a/b.jpg"),
            ("/a\\b.jpg", "a\\b.jpg", "/a%5Cb.jpg"),
            ("/.hidden", ".hidden", "/.hidden"),
        ];
        for (path, text, canonical) in cases {
            let key = Key::from_path(path).unwrap_or_else(|error| panic!("{path}: {error}"));
            assert_eq!(key.as_str(), text, "{path}");
            assert_eq!(key.to_path(), canonical, "{path}");
            assert_eq!(Key::from_path(canonical), Ok(key), "{path}");
        }
    }

    #[test]
    fn what_is_no_key() {
        let long = format!("/{}", "a".repeat(1025));
        let cases = [
            ("/", KeyError::Empty),
            ("", KeyError::NotAbsolute),
            ("cat.jpg", KeyError::NotAbsolute),
            ("//cat.jpg", KeyError::Segment),
            ("/a//b", KeyError::Segment),
            ("/a/", KeyError::Folder),
            ("/a/./b", KeyError::Segment),
            ("/a/%2e%2E/b", KeyError::Segment),
            ("/..", KeyError::Segment),
            ("/a%00b", KeyError::Control),
            ("/a%0d%0aSet-Cookie:x", KeyError::Control),
            ("/a%7f", KeyError::Control),
            ("/a%C2%85b", KeyError::Control),
            ("/a%", KeyError::Escape),
            ("/a%2", KeyError::Escape),
            ("/a%zz", KeyError::Escape),
            ("/a%ff", KeyError::NotUtf8),
            ("/%C0%AE%C0%AE/x", KeyError::NotUtf8),
            (&long, KeyError::TooLong),
        ];
        for (path, error) in cases {
            assert_eq!(Key::from_path(path), Err(error), "{path}");
        }
    }

    #[test]
    fn reserved_keys() {
        for (text, reserved) in [
            ("w_200/webp/cat.jpg", true),
            ("w_auto/webp/cat.jpg", true),
            ("w_0200/x", true),
            ("w_1", true),
            ("w_wide/cat.jpg", false),
            ("w_200px/cat.jpg", false),
            ("w_autos/cat.jpg", false),
            ("w_/cat.jpg", false),
            ("a/w_200/cat.jpg", false),
            ("W_200/cat.jpg", false),
        ] {
            assert_eq!(Key::new(text).unwrap().is_reserved(), reserved, "{text}");
        }
    }

    #[test]
    fn extensions() {
        for (text, extension) in
            [("a/b.JPG", Some("JPG")), ("a.b/c", None), ("c", None), ("x.tar.gz", Some("gz")), ("a.", Some(""))]
        {
            assert_eq!(Key::new(text).unwrap().extension(), extension, "{text}");
        }
    }
}
