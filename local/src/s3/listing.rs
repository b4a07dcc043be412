//! Listings, grouped by delimiter ("ListObjectsV2" of S3's API reference).

use std::borrow::Cow;

use form_urlencoded::byte_serialize;
use percent_encoding::percent_decode_str;
use s3s::dto::EncodingType;

/// Decodes as HTML forms are decoded: S3 writes a space as `+`. `None` if the bytes are not UTF-8.
pub(super) fn decoded(text: &str) -> Option<String> {
    percent_decode_str(&text.replace('+', " ")).decode_utf8().ok().map(Cow::into_owned)
}

/// An entry of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ListingEntry {
    /// An object's key.
    Object(String),
    /// The common prefix of a group of keys. It ends with the delimiter.
    Folder(String),
}

impl ListingEntry {
    /// Returns the continuation token: the next page contains the keys that sort after it.
    pub(super) fn token(&self) -> String {
        match self {
            ListingEntry::Object(key) => key.clone(),
            // Sorts after every key with this prefix.
            ListingEntry::Folder(prefix) => format!("{prefix}{}", char::MAX),
        }
    }
}

/// Groups keys by their characters between `prefix` and the next delimiter. The keys must be sorted and begin with
/// `prefix`.
pub(super) fn entries(keys: Vec<String>, prefix: &str, delimiter: Option<&str>) -> Vec<ListingEntry> {
    let delimiter = delimiter.filter(|delimiter| !delimiter.is_empty());
    let entry = |key: String| {
        let end = delimiter.and_then(|delimiter| Some(key.get(prefix.len()..)?.find(delimiter)? + delimiter.len()));
        match end {
            Some(end) => ListingEntry::Folder(key[..prefix.len() + end].to_owned()),
            None => ListingEntry::Object(key),
        }
    };
    let mut entries: Vec<_> = keys.into_iter().map(entry).collect();
    entries.dedup();
    entries
}

/// Returns a key or prefix as the response contains it. XML has no representation for some characters, so clients can
/// request URL encoding.
pub(super) fn encoded_if_requested(text: String, encoding: Option<&EncodingType>) -> String {
    let is_url = encoding.is_some_and(|encoding| encoding.as_str() == EncodingType::URL);
    if is_url { encoded(text) } else { text }
}

pub(super) fn encoded(text: String) -> String {
    byte_serialize(text.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_grouped_up_to_the_delimiter() {
        let keys = || ["a", "a/b", "a/b/c", "a/d", "ab", "é/x"].map(str::to_owned).to_vec();
        let object = |key: &str| ListingEntry::Object(key.to_owned());
        let folder = |key: &str| ListingEntry::Folder(key.to_owned());
        assert_eq!(entries(keys(), "", Some("/")), [object("a"), folder("a/"), object("ab"), folder("é/")]);
        assert_eq!(entries(keys(), "", None), keys().iter().map(|key| object(key)).collect::<Vec<_>>());
        let below = keys()[1..4].to_vec();
        assert_eq!(entries(below, "a/", Some("/")), [object("a/b"), folder("a/b/"), object("a/d")]);
        let after = folder("a/").token();
        let rest: Vec<_> = keys().into_iter().filter(|key| *key > after).collect();
        assert_eq!(rest, ["ab", "é/x"]);
    }
}
