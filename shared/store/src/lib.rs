//! The objects of one S3 bucket: get with a byte cap, head, put with metadata and tags, delete.
//!
//! Region and endpoint are explicit, never from the environment: at the edge, `AWS_REGION` is where the function
//! happens to run. The tests of this contract run against two S3 servers and stand in `local/tests/servers.rs`.

mod address;
mod connect;
mod encoding;
mod error;
mod object;

pub use address::Address;
pub use connect::connect;
pub use error::Error;
pub use object::{Attributes, Condition, Facts, Object};
pub use ridge_aws::{ConnectError, Credentials, environment_credentials};

use aws_sdk_s3::Client;
use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_s3::primitives::{ByteStream, DateTimeFormat};
use bytes::Bytes;
use ridge_contract::Key;

use crate::object::facts;

/// One bucket. Cheap to clone; clones share connections. The client's futures are large and nest deeply, so each is boxed.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    bucket: String,
}

impl Store {
    /// Joins a connection, as [`connect`] makes it, and a bucket.
    pub fn new(client: Client, bucket: impl Into<String>) -> Store {
        Store { client, bucket: bucket.into() }
    }

    /// Reads an object of at most `max_bytes`, decoded where it is stored with `Content-Encoding: gzip`. A larger one is
    /// given up as soon as its size is known.
    ///
    /// One that breaks off is asked for once more: the client repeats a request, but not when it has begun to hand over
    /// the answer.
    pub async fn get(&self, key: &Key, max_bytes: u64) -> Result<Object, Error> {
        match self.get_once(key, max_bytes).await? {
            Err(Error::Unavailable { .. }) => self.get_once(key, max_bytes).await?,
            read => read,
        }
    }

    /// Fails in one way for a request without an answer, and in the other for an answer without its end.
    async fn get_once(&self, key: &Key, max_bytes: u64) -> Result<Result<Object, Error>, Error> {
        let sent = Box::pin(self.client.get_object().bucket(&self.bucket).key(key.as_str()).send()).await;
        let mut output = sent.map_err(|error| Error::of(key, error))?;
        let facts = facts!(output);
        Ok(object::read(key, output.body, facts, max_bytes).await)
    }

    /// Reads what is known of an object without its bytes.
    pub async fn head(&self, key: &Key) -> Result<Facts, Error> {
        let sent = Box::pin(self.client.head_object().bucket(&self.bucket).key(key.as_str()).send()).await;
        let mut output = sent.map_err(|error| Error::of(key, error))?;
        Ok(facts!(output))
    }

    /// Whether S3 says that there is no such object, in so many words: the answer to HEAD has no body, so it is the same for
    /// an object that is missing and for a bucket. Ask before something is deleted for it.
    pub async fn is_missing(&self, key: &Key) -> Result<bool, Error> {
        let request = self.client.get_object().bucket(&self.bucket).key(key.as_str()).range("bytes=0-0");
        match Box::pin(request.send()).await {
            Ok(_) => Ok(false),
            Err(error) if error.code() == Some("NoSuchKey") => Ok(true),
            // An object without bytes has no first one.
            Err(error) if error.code() == Some("InvalidRange") => Ok(false),
            Err(error) => Err(Error::of(key, error)),
        }
    }

    /// Writes the whole object or fails; answers its ETag.
    pub async fn put(&self, key: &Key, bytes: Bytes, attributes: &Attributes) -> Result<String, Error> {
        self.put_if(key, bytes, attributes, &Condition::Any).await
    }

    /// The same, if what is there is as the condition says; else [`Error::Changed`], and nothing is written.
    pub async fn put_if(
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
        for (name, value) in &attributes.metadata {
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

    /// Whether an object has this version and no other, so that nothing was there before it. The caller needs
    /// `s3:ListBucketVersions` on the bucket.
    pub async fn is_only_version(&self, key: &Key, version: &str) -> Result<bool, Error> {
        // Versions come in the order of their keys, so those of this one come before those of keys that begin with it.
        let request = self.client.list_object_versions().bucket(&self.bucket).prefix(key.as_str()).max_keys(2);
        let output = Box::pin(request.send()).await.map_err(|error| Error::of(key, error))?;
        let versions = output.versions().iter().map(|entry| (entry.key(), entry.version_id()));
        let markers = output.delete_markers().iter().map(|entry| (entry.key(), entry.version_id()));
        let own: Vec<_> = versions.chain(markers).filter(|(name, _)| *name == Some(key.as_str())).collect();
        Ok(matches!(&*own, [(_, Some(found))] if *found == version))
    }

    /// Deletes an object; one that is not there counts as deleted.
    pub async fn delete(&self, key: &Key) -> Result<(), Error> {
        let sent = Box::pin(self.client.delete_object().bucket(&self.bucket).key(key.as_str()).send()).await;
        sent.map(|_| ()).map_err(|error| Error::of(key, error))
    }
}
