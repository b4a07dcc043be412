//! A bucket on S3, or on a server that speaks its protocol.

use std::borrow::Cow;

use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata as _};
use aws_sdk_s3::primitives::{ByteStream, DateTimeFormat};
use aws_sdk_s3::types::EncodingType;
use bytes::Bytes;
use percent_encoding::percent_decode_str;
use ridge_contract::Key;

use crate::connect;
use crate::error::Error;
use crate::object::{self, Attributes, Condition, Metadata, Object, metadata};
use crate::{Listed, Page, Store};

/// One S3 bucket. Cheap to clone; clones share connections.
#[derive(Debug, Clone)]
pub struct S3Store {
    client: Client,
    bucket: String,
}

impl S3Store {
    /// Joins a connection, as [`connect`](crate::connect) makes it, and a bucket.
    pub fn new(client: Client, bucket: impl Into<String>) -> S3Store {
        S3Store { client, bucket: bucket.into() }
    }

    /// Returns whether an object has this version and no other, so that no object had this key before. Needs the
    /// permission `s3:ListBucketVersions`.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`] without that permission, and [`Error::Unavailable`].
    pub async fn is_only_version(&self, key: &Key, version: &str) -> Result<bool, Error> {
        // Versions come in the order of their keys, so those of this key precede those of keys that begin with it.
        let request = self.client.list_object_versions().bucket(&self.bucket).prefix(key.as_str()).max_keys(2);
        let output = Box::pin(request.send()).await.map_err(|error| Error::of(key, error))?;
        let versions = output.versions().iter().map(|entry| (entry.key(), entry.version_id()));
        let markers = output.delete_markers().iter().map(|entry| (entry.key(), entry.version_id()));
        let own: Vec<_> = versions.chain(markers).filter(|(name, _)| *name == Some(key.as_str())).collect();
        Ok(matches!(&*own, [(_, Some(found))] if *found == version))
    }

    /// The outer error is a request without a response, the inner one a response without its end.
    async fn get_once(&self, key: &Key, max_bytes: u64) -> Result<Result<Object, Error>, Error> {
        // The client's futures are large and nest deeply, so each is boxed.
        let sent = Box::pin(self.client.get_object().bucket(&self.bucket).key(key.as_str()).send()).await;
        let mut output = sent.map_err(|error| Error::of(key, error))?;
        let metadata = metadata!(output);
        Ok(object::read(key, output.body, metadata, max_bytes).await)
    }
}

#[async_trait]
impl Store for S3Store {
    /// A response that breaks off is requested once more: the client repeats a request, but not once it has begun to
    /// return the response.
    async fn get(&self, key: &Key, max_bytes: u64) -> Result<Object, Error> {
        match self.get_once(key, max_bytes).await? {
            Err(Error::Unavailable { .. }) => self.get_once(key, max_bytes).await?,
            read => read,
        }
    }

    async fn head(&self, key: &Key) -> Result<Metadata, Error> {
        let sent = Box::pin(self.client.head_object().bucket(&self.bucket).key(key.as_str()).send()).await;
        let mut output = sent.map_err(|error| Error::of(key, error))?;
        Ok(metadata!(output))
    }

    async fn is_missing(&self, key: &Key) -> Result<bool, Error> {
        let request = self.client.get_object().bucket(&self.bucket).key(key.as_str()).range("bytes=0-0");
        match Box::pin(request.send()).await {
            Ok(_) => Ok(false),
            Err(error) if error.code() == Some("NoSuchKey") => Ok(true),
            // An object without bytes has no first one.
            Err(error) if error.code() == Some("InvalidRange") => Ok(false),
            Err(error) => Err(Error::of(key, error)),
        }
    }

    async fn put_if(
        &self,
        key: &Key,
        bytes: Bytes,
        attributes: &Attributes,
        condition: &Condition,
    ) -> Result<String, Error> {
        let mut request = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key.as_str())
            .body(ByteStream::from(bytes))
            .content_type(&attributes.content_type)
            .set_cache_control(attributes.cache_control.clone())
            .set_tagging(attributes.tagging());
        request = match condition {
            Condition::Any => request,
            Condition::New => request.if_none_match("*"),
            Condition::Replaces(etag) => request.if_match(etag),
        };
        for (name, value) in &attributes.user_metadata {
            request = request.metadata(name, value);
        }
        let sent = Box::pin(request.customize().config_override(connect::upload()).send()).await;
        let output = sent.map_err(|error| match Error::of(key, error) {
            // There was nothing to replace.
            Error::NotFound { key } => Error::Changed { key },
            error => error,
        })?;
        Ok(output.e_tag.unwrap_or_default())
    }

    async fn delete(&self, key: &Key) -> Result<(), Error> {
        let sent = Box::pin(self.client.delete_object().bucket(&self.bucket).key(key.as_str()).send()).await;
        sent.map(|_| ()).map_err(|error| Error::of(key, error))
    }

    /// Keys are requested percent-encoded: XML cannot hold some characters, and one such key would make the whole response
    /// unreadable.
    async fn list(&self, prefix: &str, delimiter: Option<&str>, after: Option<&str>) -> Result<Page, Error> {
        let request = self
            .client
            .list_objects_v2()
            .bucket(&self.bucket)
            .prefix(prefix)
            .set_delimiter(delimiter.map(str::to_owned))
            .set_continuation_token(after.map(str::to_owned))
            .encoding_type(EncodingType::Url);
        let page = Box::pin(request.send()).await;
        let page = page.map_err(|error| Error::NotListed { cause: DisplayErrorContext(error).to_string() })?;
        // A server may not support the encoding.
        let is_encoded = page.encoding_type() == Some(&EncodingType::Url);
        let plain = |text: &str| if is_encoded { decoded(text) } else { Some(text.to_owned()) };
        let objects = page.contents().iter().filter_map(|object| {
            let size = object.size().and_then(|size| u64::try_from(size).ok()).unwrap_or(0);
            Some(Listed { key: plain(object.key()?)?, etag: object.e_tag().map(str::to_owned), size })
        });
        let folders = page.common_prefixes().iter().filter_map(|folder| plain(folder.prefix()?));
        let (objects, folders) = (objects.collect(), folders.collect());
        // A server may omit `IsTruncated`.
        let continues = |token: &&str| page.is_truncated() != Some(false) && !token.is_empty();
        let next = page.next_continuation_token().filter(continues).map(str::to_owned);
        Ok(Page { objects, folders, next })
    }
}

/// Decodes as HTML forms are decoded: S3 writes a space as `+`. `None` if the bytes are not UTF-8.
fn decoded(text: &str) -> Option<String> {
    percent_decode_str(&text.replace('+', " ")).decode_utf8().ok().map(Cow::into_owned)
}
