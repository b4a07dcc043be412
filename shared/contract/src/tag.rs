//! The tag by which CloudFront knows all that was made of one original.

use std::fmt::{self, Write as _};

use sha2::{Digest as _, Sha256};

use crate::Key;

/// Of SHA-256: two keys share these bits by chance only after some 2⁶⁴ keys, and then too much is purged, never too little.
const BYTES: usize = 16;

/// The cache tag of an original: the same for the original itself, all its variants, and what is said when they cannot
/// be had.
///
/// A key may hold what a tag may not (spaces, commas, anything but ASCII), and be longer than a tag may be; and tags are
/// compared without regard to case, as keys are not. So the tag is a hash of the key, in lower-case hexadecimal digits
/// after `ridge-`, which keeps it apart from tags that others may set.
///
/// Changing it orphans what CloudFront holds: it can no longer be purged until it is too old.
///
/// ```
/// use ridge_contract::{CacheTag, Key};
/// let tag = CacheTag::of(&Key::new("photos/cat.jpg").unwrap());
/// assert_eq!(tag.to_string(), "ridge-9c4712116d1c1877625b387799d06180");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CacheTag(String);

impl CacheTag {
    /// Of an original, never of a variant's own key.
    pub fn of(original: &Key) -> CacheTag {
        let mut tag = String::from("ridge-");
        for byte in &Sha256::digest(original.as_str())[..BYTES] {
            // Writing to a string cannot fail.
            let _ = write!(tag, "{byte:02x}");
        }
        CacheTag(tag)
    }

    /// As the header has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CacheTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
