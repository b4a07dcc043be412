//! The objects of the bucket.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Context as _;
use bytes::Bytes;
use md5::{Digest, Md5};
use redb::ReadableTable as _;
use ridge_store::Credentials;

use super::body::Body;
use super::credentials;
use super::database::{self, Database, cannot_write};
use super::metadata::{ObjectMetadata, unix_seconds};
use super::originals::{OpenOriginals, Originals};
use super::tables::{self, BYTES, METADATA, decoded};

/// The result of a deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deleted {
    /// The object has been deleted.
    Object,
    /// The object has been deleted, and the original with the same key is visible again.
    ObjectOverOriginal,
    /// Nothing has been deleted: the key belongs to an original, and originals are read only.
    ReadOnly,
    /// Nothing has been deleted: no object has this key.
    Nothing,
}

/// The objects in a database, and the originals below them, which are read only. An object hides the original with its
/// key.
///
/// If the folder of originals cannot be read, every operation fails, because the bucket's content is unknown.
pub struct Objects {
    pub(super) database: Database,
    originals: OpenOriginals,
    credentials: Credentials,
    credentials_file: PathBuf,
}

impl Objects {
    /// Opens or creates the database in the folder `data`, and creates new credentials there.
    ///
    /// # Errors
    ///
    /// If `data` cannot be written, another process uses it, or the originals cannot be read.
    pub fn open(data: &Path, originals: Originals) -> anyhow::Result<Objects> {
        fs::create_dir_all(data).map_err(|error| cannot_write(data, &error))?;
        let database = Database::open(data)?;
        database.write(0, |write| tables::create(write).map(Some))?;
        // After the database is locked: another running `ridge serve` still needs its credentials.
        let credentials = credentials::create(data)?;
        let credentials_file = credentials::file(data);
        let originals = OpenOriginals::new(originals, &[database::file(data), credentials_file.clone()])?;
        // Absolute, because commands that read the file have other working directories.
        let credentials_file = credentials_file.canonicalize().context("the data folder cannot be found")?;
        Ok(Objects { database, originals, credentials, credentials_file })
    }

    /// Returns the credentials that requests must be signed with.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Returns the absolute path of the credentials file.
    pub fn credentials_file(&self) -> &Path {
        &self.credentials_file
    }

    /// Returns an object's metadata, or `None` if there is no such object.
    ///
    /// # Errors
    ///
    /// If it is unknown whether the object exists.
    pub fn metadata(&self, key: &str) -> anyhow::Result<Option<ObjectMetadata>> {
        self.originals.check()?;
        let written = self.database.read(|read| match read.open_table(METADATA)?.get(key)? {
            Some(json) => decoded(json.value()).map(Some),
            None => Ok(None),
        })?;
        match written {
            Some(metadata) => Ok(Some(metadata)),
            None => Ok(self.originals.get(key)?.map(|(metadata, _)| metadata)),
        }
    }

    /// Returns an object's metadata and body, or `None` if there is no such object.
    ///
    /// # Errors
    ///
    /// If it is unknown whether the object exists, or it cannot be read.
    pub fn get(&self, key: &str) -> anyhow::Result<Option<(ObjectMetadata, Body)>> {
        self.originals.check()?;
        let written = self.database.read(|read| {
            let (metadata, bytes) = (read.open_table(METADATA)?, read.open_table(BYTES)?);
            match metadata.get(key)?.zip(bytes.get(key)?) {
                Some((metadata, bytes)) => {
                    Ok(Some((decoded(metadata.value())?, Bytes::copy_from_slice(bytes.value()))))
                }
                None => Ok(None),
            }
        })?;
        match written {
            Some((metadata, bytes)) => Ok(Some((metadata, Body::Bytes(bytes)))),
            None => self.originals.get(key),
        }
    }

    /// Writes an object if `may` accepts the metadata of the object that it replaces; returns `None` otherwise.
    ///
    /// The write is atomic: readers see the old object or the new one, and no other write happens between the check and
    /// the write. Size and date are set here, and the ETag if it is empty.
    ///
    /// # Errors
    ///
    /// If the disk is full, or the bucket cannot be read or written.
    pub fn put(
        &self,
        key: &str,
        bytes: &[u8],
        mut metadata: ObjectMetadata,
        may: impl FnOnce(Option<&ObjectMetadata>) -> bool,
    ) -> anyhow::Result<Option<ObjectMetadata>> {
        let original = self.originals.get(key)?.map(|(metadata, _)| metadata);
        if metadata.etag.is_empty() {
            metadata.etag = hex::encode(Md5::digest(bytes));
        }
        metadata.size = bytes.len() as u64;
        metadata.modified = unix_seconds(SystemTime::now());
        let json = serde_json::to_vec(&metadata)?;
        self.database.write(bytes.len() + json.len(), |write| {
            let mut table = write.open_table(METADATA)?;
            let written = match table.get(key)? {
                Some(json) => Some(decoded(json.value())?),
                None => None,
            };
            if !may(written.as_ref().or(original.as_ref())) {
                return Ok(None);
            }
            table.insert(key, &*json)?;
            write.open_table(BYTES)?.insert(key, bytes)?;
            Ok(Some(metadata))
        })
    }

    /// Deletes an object. Originals are read only.
    ///
    /// # Errors
    ///
    /// If the bucket cannot be read or written.
    pub fn delete(&self, key: &str) -> anyhow::Result<Deleted> {
        let has_original = self.originals.get(key)?.is_some();
        let was_written = self.database.write(0, |write| {
            let was_written = write.open_table(METADATA)?.remove(key)?.is_some();
            write.open_table(BYTES)?.remove(key)?;
            Ok(was_written.then_some(()))
        })?;
        Ok(match (was_written.is_some(), has_original) {
            (true, false) => Deleted::Object,
            (true, true) => Deleted::ObjectOverOriginal,
            (false, true) => Deleted::ReadOnly,
            (false, false) => Deleted::Nothing,
        })
    }

    /// Returns all keys that begin with `prefix` and sort after `after`, sorted.
    ///
    /// # Errors
    ///
    /// If the bucket cannot be read.
    pub fn keys(&self, prefix: &str, after: &str) -> anyhow::Result<Vec<String>> {
        let mut keys = self.originals.keys()?;
        keys.extend(self.database.read(|read| {
            let mut written = Vec::new();
            for entry in read.open_table(METADATA)?.range(prefix..)? {
                let key = entry?.0.value().to_owned();
                if !key.starts_with(prefix) {
                    break;
                }
                written.push(key);
            }
            Ok(written)
        })?);
        Ok(keys.into_iter().filter(|key| key.starts_with(prefix) && key.as_str() > after).collect())
    }
}

#[cfg(test)]
mod tests;
