//! A bucket in memory, for tests and tools.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use async_trait::async_trait;
use aws_sdk_s3::primitives::{DateTime, DateTimeFormat};
use bytes::Bytes;
use ridge_contract::Key;

use crate::error::Error;
use crate::object::{Attributes, Condition, Metadata, Object};
use crate::{Listed, Page, Store};

/// Most objects and folders of one page of a listing, as on S3.
const PAGE: usize = 1000;

/// A bucket in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    objects: Mutex<BTreeMap<String, Object>>,
}

impl MemoryStore {
    fn objects(&self) -> MutexGuard<'_, BTreeMap<String, Object>> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn found(&self, key: &Key) -> Result<Object, Error> {
        self.objects().get(key.as_str()).cloned().ok_or_else(|| Error::NotFound { key: key.clone() })
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn get(&self, key: &Key, max_bytes: u64) -> Result<Object, Error> {
        let object = self.found(key)?;
        let is_too_large = object.bytes.len() as u64 > max_bytes;
        if is_too_large { Err(Error::TooLarge { key: key.clone(), max: max_bytes }) } else { Ok(object) }
    }

    async fn head(&self, key: &Key) -> Result<Metadata, Error> {
        self.found(key).map(|object| object.metadata)
    }

    async fn is_missing(&self, key: &Key) -> Result<bool, Error> {
        Ok(!self.objects().contains_key(key.as_str()))
    }

    async fn put_if(
        &self,
        key: &Key,
        bytes: Bytes,
        attributes: &Attributes,
        condition: &Condition,
    ) -> Result<String, Error> {
        let mut objects = self.objects();
        let present = objects.get(key.as_str()).and_then(|object| object.metadata.etag.as_ref());
        let is_met = match condition {
            Condition::Any => true,
            Condition::New => present.is_none(),
            Condition::Replaces(etag) => present == Some(etag),
        };
        if !is_met {
            return Err(Error::Changed { key: key.clone() });
        }
        let etag = etag(&bytes);
        let metadata = Metadata {
            etag: Some(etag.clone()),
            last_modified: DateTime::from(SystemTime::now()).fmt(DateTimeFormat::HttpDate).ok(),
            size: Some(bytes.len() as u64),
            content_type: Some(attributes.content_type.clone()),
            cache_control: attributes.cache_control.clone(),
            content_encoding: None,
            user_metadata: attributes.user_metadata.clone(),
        };
        objects.insert(key.as_str().to_owned(), Object { bytes, metadata });
        Ok(etag)
    }

    async fn delete(&self, key: &Key) -> Result<(), Error> {
        self.objects().remove(key.as_str());
        Ok(())
    }

    async fn list(&self, prefix: &str, delimiter: Option<&str>, after: Option<&str>) -> Result<Page, Error> {
        let (objects, mut page) = (self.objects(), Page::default());
        let mut last = None;
        for (key, object) in objects.iter().filter(|(key, _)| key.starts_with(prefix)) {
            let end = delimiter.and_then(|delimiter| {
                key[prefix.len()..].find(delimiter).map(|found| prefix.len() + found + delimiter.len())
            });
            let name = end.map_or(key.as_str(), |end| &key[..end]);
            if after.is_some_and(|after| name <= after) || last == Some(name) {
                continue;
            }
            if page.objects.len() + page.folders.len() == PAGE {
                page.next = last.map(str::to_owned);
                break;
            }
            last = Some(name);
            if end.is_some() {
                page.folders.push(name.to_owned());
            } else {
                let size = object.bytes.len() as u64;
                page.objects.push(Listed { key: key.clone(), etag: object.metadata.etag.clone(), size });
            }
        }
        Ok(page)
    }
}

/// The same bytes have the same ETag, as on S3.
fn etag(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
}
