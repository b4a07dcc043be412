//! The objects of one bucket: the trait [`Store`], with the backends [`S3Store`] and [`MemoryStore`].
//!
//! S3's region and endpoint are explicit, never from the environment: at the edge, `AWS_REGION` is where the function
//! happens to run. Every backend runs the tests of `tests/contract.rs`.
//!
//! ```
//! # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
//! # runtime.block_on(async {
//! use ridge_contract::Key;
//! use ridge_store::{Attributes, MemoryStore, Store as _};
//!
//! let (store, key) = (MemoryStore::default(), Key::new("photos/cat.jpg").unwrap());
//! store.put(&key, "bytes".into(), &Attributes::default()).await.unwrap();
//! assert_eq!(store.get(&key, 5).await.unwrap().bytes, "bytes");
//! # });
//! ```

mod address;
mod connect;
mod encoding;
mod error;
mod memory;
mod object;
mod s3;

pub use address::Address;
pub use connect::connect;
pub use error::Error;
pub use memory::MemoryStore;
pub use object::{Attributes, Condition, Metadata, Object};
pub use ridge_aws::{ConnectError, Credentials, environment_credentials};
pub use s3::S3Store;

use std::fmt::Debug;

use async_trait::async_trait;
use bytes::Bytes;
use ridge_contract::Key;

/// The objects of one bucket.
#[async_trait]
pub trait Store: Debug + Send + Sync {
    /// Reads an object of at most `max_bytes`, decoded if it is stored with `Content-Encoding: gzip`. A larger object is
    /// given up as soon as its size is known.
    ///
    /// # Errors
    ///
    /// All of [`Error`] except [`Error::Changed`] and [`Error::NotListed`].
    async fn get(&self, key: &Key, max_bytes: u64) -> Result<Object, Error>;

    /// Reads the metadata of an object.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], which S3 also returns for a missing bucket (see [`Store::is_missing`]), [`Error::Denied`] and
    /// [`Error::Unavailable`].
    async fn head(&self, key: &Key) -> Result<Metadata, Error>;

    /// Returns whether the store states that the object does not exist. The response to HEAD has no body, so it is the
    /// same for a missing object and a missing bucket: call this before deleting anything because of it.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`] and [`Error::Unavailable`].
    async fn is_missing(&self, key: &Key) -> Result<bool, Error>;

    /// Writes the whole object if the present one meets the condition. Returns the new ETag.
    ///
    /// # Errors
    ///
    /// [`Error::Changed`] if the condition is not met; [`Error::Denied`] and [`Error::Unavailable`]. Nothing is written
    /// then, except that an [`Error::Unavailable`] write may have succeeded.
    async fn put_if(
        &self,
        key: &Key,
        bytes: Bytes,
        attributes: &Attributes,
        condition: &Condition,
    ) -> Result<String, Error>;

    /// Writes the whole object, whatever is there. Returns the new ETag.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`] and [`Error::Unavailable`], as for [`Store::put_if`].
    async fn put(&self, key: &Key, bytes: Bytes, attributes: &Attributes) -> Result<String, Error> {
        self.put_if(key, bytes, attributes, &Condition::Any).await
    }

    /// Deletes an object. A missing one counts as deleted.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`] and [`Error::Unavailable`].
    async fn delete(&self, key: &Key) -> Result<(), Error>;

    /// Lists one page of the objects whose keys begin with `prefix`, in the order of their keys' UTF-8 bytes. With a
    /// `delimiter`, keys that contain it after the prefix are grouped into [`Page::folders`]. `after` is [`Page::next`] of
    /// the page before.
    ///
    /// # Errors
    ///
    /// [`Error::NotListed`].
    async fn list(&self, prefix: &str, delimiter: Option<&str>, after: Option<&str>) -> Result<Page, Error>;
}

/// One page of a listing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// The objects that are not in a folder.
    pub objects: Vec<Listed>,
    /// Beginnings of keys up to and including the delimiter, each once.
    pub folders: Vec<String>,
    /// What [`Store::list`] takes for the next page; `None` after the last one.
    pub next: Option<String>,
}

/// An object in a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its key. A bucket may hold keys that are not a valid [`Key`].
    pub key: String,
    /// With its quotation marks.
    pub etag: Option<String>,
    /// In bytes.
    pub size: u64,
}
