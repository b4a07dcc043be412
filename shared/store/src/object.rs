//! Objects and their metadata.

use std::collections::BTreeMap;

use aws_sdk_s3::error::DisplayErrorContext;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use ridge_contract::Key;

use crate::encoding::{Decoder, Fault};
use crate::error::Error;

/// An object's bytes and metadata, from one response.
#[derive(Debug, Clone)]
pub struct Object {
    /// The whole body, decoded if it has a `Content-Encoding`.
    pub bytes: Bytes,
    /// The metadata of exactly these bytes.
    pub metadata: Metadata,
}

/// The metadata of an object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Metadata {
    /// With its quotation marks.
    pub etag: Option<String>,
    /// As an HTTP date.
    pub last_modified: Option<String>,
    /// In bytes, as stored.
    pub size: Option<u64>,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Cache-Control`.
    pub cache_control: Option<String>,
    /// `Content-Encoding`.
    pub content_encoding: Option<String>,
    /// The `x-amz-meta-` headers, without that prefix.
    pub user_metadata: BTreeMap<String, String>,
}

/// The condition of a write. S3 checks it and writes in one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// None: an object that exists is overwritten.
    Any,
    /// No object has this key.
    New,
    /// The object has this ETag.
    Replaces(String),
}

/// What is written together with an object's bytes.
#[derive(Debug, Clone, Default)]
pub struct Attributes {
    /// `Content-Type`.
    pub content_type: String,
    /// `Cache-Control`.
    pub cache_control: Option<String>,
    /// Names (without `x-amz-meta-`) and values, ASCII, at most 2 KB together.
    pub user_metadata: BTreeMap<String, String>,
    /// S3 object tags, for lifecycle rules.
    pub tags: BTreeMap<String, String>,
}

impl Attributes {
    /// The tags as the header `x-amz-tagging` has them: a query string.
    pub(crate) fn tagging(&self) -> Option<String> {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.tags).finish();
        (!self.tags.is_empty()).then_some(query)
    }
}

/// Builds [`Metadata`] from the output of GET or HEAD: two types that share their fields and no trait.
macro_rules! metadata {
    ($output:expr) => {
        $crate::object::Metadata {
            etag: $output.e_tag.take(),
            last_modified: $output.last_modified.and_then(|date| date.fmt(DateTimeFormat::HttpDate).ok()),
            size: $output.content_length.and_then(|size| u64::try_from(size).ok()),
            content_type: $output.content_type.take(),
            cache_control: $output.cache_control.take(),
            content_encoding: $output.content_encoding.take(),
            user_metadata: $output.metadata.take().unwrap_or_default().into_iter().collect(),
        }
    };
}
pub(crate) use metadata;

/// Reads a body of at most `max` bytes, both as stored and decoded.
pub(crate) async fn read(key: &Key, mut body: ByteStream, metadata: Metadata, max: u64) -> Result<Object, Error> {
    let too_large = || Error::TooLarge { key: key.clone(), max };
    let announced = metadata.size.unwrap_or(0);
    if announced > max {
        return Err(too_large());
    }
    let encoding = metadata.content_encoding.as_deref().unwrap_or_default();
    let failed = |fault| match fault {
        Fault::TooLarge => too_large(),
        Fault::Unsupported => Error::Encoding { key: key.clone(), encoding: encoding.to_owned() },
        Fault::Broken(cause) => Error::Undecodable { key: key.clone(), cause },
    };
    let mut decoder = Decoder::new(encoding, announced, max).map_err(failed)?;
    while let Some(chunk) = body.next().await {
        let chunk = chunk
            .map_err(|error| Error::Unavailable { key: key.clone(), cause: DisplayErrorContext(error).to_string() })?;
        decoder.push(&chunk).map_err(failed)?;
    }
    Ok(Object { bytes: decoder.finish().map_err(failed)?, metadata })
}
