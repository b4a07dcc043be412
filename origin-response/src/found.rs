//! What S3's response states about the object at the variant's key.

use std::collections::BTreeMap;

use ridge_cloudfront::event::{Headers, Response};
use ridge_engine::Found;
use ridge_store::Metadata;

/// Returns what S3 has at the variant's key; `None` if the status states nothing about it.
pub(crate) fn found(response: &Response) -> Option<Found> {
    match response.status.as_str() {
        "200" | "206" => Some(Found::Stored(metadata(&response.headers))),
        "304" => Some(Found::NotModified(metadata(&response.headers))),
        "403" => Some(Found::Denied),
        "404" => Some(Found::Missing),
        _ => None,
    }
}

/// The metadata that the engine reads: the ETag, the type and the user metadata. If a header has several lines, the first
/// one counts.
fn metadata(headers: &Headers) -> Metadata {
    let mut user_metadata = BTreeMap::new();
    for (name, value) in headers.iter() {
        if let Some(name) = name.strip_prefix("x-amz-meta-") {
            user_metadata.entry(name.to_owned()).or_insert_with(|| value.to_owned());
        }
    }
    Metadata {
        etag: headers.get("etag").map(str::to_owned),
        content_type: headers.get("content-type").map(str::to_owned),
        user_metadata,
        ..Metadata::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_of_a_header_counts() {
        let headers =
            r#"{"x-amz-meta-source-etag": [{"value": "first"}, {"value": "second"}], "etag": [{"value": "a"}]}"#;
        let metadata = metadata(&serde_json::from_str(headers).unwrap());
        assert_eq!(metadata.user_metadata, [("source-etag".to_owned(), "first".to_owned())].into());
        assert_eq!(metadata.etag.as_deref(), Some("a"));
    }
}
