//! Tags: the cache tag of an original, and the object tag of stored variants.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::Key;

/// The S3 object tag, name and value, of every stored variant. The bucket's lifecycle rule expires objects with this tag.
pub const VARIANT_TAG: (&str, &str) = ("ridge", "variant");

/// The bytes of the SHA-256 hash that a tag has. Two of 2⁶⁴ keys share a tag by chance; then an invalidation affects both.
const BYTES: usize = 16;

/// The cache tag of an original: CloudFront invalidates by it. The original, all its variants, and errors about them have
/// the same tag.
///
/// A key may contain characters that a tag may not (spaces, commas, anything but ASCII) and may be longer; and tags are
/// compared without regard to case, unlike keys. So the tag is `ridge-` and a hash of the key in lower-case hexadecimal
/// digits. The prefix separates it from tags that others set.
///
/// Changing the tag orphans what CloudFront has cached: it can then only be invalidated by path.
///
/// ```
/// use ridge_contract::{CacheTag, Key};
/// let tag = CacheTag::of(&Key::new("photos/cat.jpg").unwrap());
/// assert_eq!(tag.to_string(), "ridge-9c4712116d1c1877625b387799d06180");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CacheTag(String);

impl CacheTag {
    /// The tag of an original. `original` is never the key of a stored variant.
    pub fn of(original: &Key) -> CacheTag {
        let hash = Sha256::digest(original.as_str());
        CacheTag(format!("ridge-{}", hex::encode(&hash[..BYTES])))
    }

    /// The header's value.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CacheTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
