//! What S3's response states about the object at the variant's key.

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

/// The metadata that the engine reads: the ETag, the type and the user metadata.
fn metadata(headers: &Headers) -> Metadata {
    let user_metadata = headers
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix("x-amz-meta-")?.to_owned(), value.to_owned())));
    Metadata {
        etag: headers.get("etag").map(str::to_owned),
        content_type: headers.get("content-type").map(str::to_owned),
        user_metadata: user_metadata.collect(),
        ..Metadata::default()
    }
}
