//! A store whose operations fail, as an S3 that throttles does.

use async_trait::async_trait;
use bytes::Bytes;
use ridge_contract::Key;
use ridge_store::{Attributes, Condition, Error, MemoryStore, Metadata, Object, Page, Store};

/// Fails the named operations on keys that begin with a prefix.
#[derive(Debug)]
pub(crate) struct Failing<'a> {
    pub(crate) store: &'a MemoryStore,
    /// Operation and beginning of keys, such as `("get", "photos/")`.
    pub(crate) fails: &'a [(&'static str, &'static str)],
}

impl Failing<'_> {
    fn check(&self, operation: &str, key: &Key) -> Result<(), Error> {
        let fails = self.fails.iter().any(|(name, prefix)| *name == operation && key.as_str().starts_with(prefix));
        if fails { Err(Error::Unavailable { key: key.clone(), cause: "SlowDown".to_owned() }) } else { Ok(()) }
    }
}

#[async_trait]
impl Store for Failing<'_> {
    async fn get(&self, key: &Key, max_bytes: u64) -> Result<Object, Error> {
        self.check("get", key)?;
        self.store.get(key, max_bytes).await
    }

    async fn head(&self, key: &Key) -> Result<Metadata, Error> {
        self.check("head", key)?;
        self.store.head(key).await
    }

    async fn is_missing(&self, key: &Key) -> Result<bool, Error> {
        self.check("get", key)?;
        self.store.is_missing(key).await
    }

    async fn put_if(&self, key: &Key, bytes: Bytes, attributes: &Attributes, on: &Condition) -> Result<String, Error> {
        self.check("put", key)?;
        self.store.put_if(key, bytes, attributes, on).await
    }

    async fn delete(&self, key: &Key) -> Result<(), Error> {
        self.check("delete", key)?;
        self.store.delete(key).await
    }

    async fn list(&self, prefix: &str, delimiter: Option<&str>, after: Option<&str>) -> Result<Page, Error> {
        self.store.list(prefix, delimiter, after).await
    }
}
