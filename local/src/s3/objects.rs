//! The objects of one bucket.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use bytes::Bytes;
use md5::{Digest, Md5};
use redb::{ReadableTable as _, TableDefinition};
use ridge_store::Credentials;
use serde::{Deserialize, Serialize};

use super::credentials;
use super::database::{self, Database, cannot_write};
use super::originals::{Guarded, Originals};
use super::uploads;

const FACTS: TableDefinition<&str, &[u8]> = TableDefinition::new("facts");
const BYTES: TableDefinition<&str, &[u8]> = TableDefinition::new("bytes");

/// What S3 keeps beside an object's bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Facts {
    /// Without quotation marks.
    pub etag: String,
    /// Seconds since 1970.
    pub modified: u64,
    /// In bytes.
    pub size: u64,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Cache-Control`.
    pub cache_control: Option<String>,
    /// `Content-Encoding`.
    pub content_encoding: Option<String>,
    /// `Content-Disposition`.
    pub content_disposition: Option<String>,
    /// `Content-Language`.
    pub content_language: Option<String>,
    /// User metadata.
    pub metadata: BTreeMap<String, String>,
    /// Object tags.
    pub tags: BTreeMap<String, String>,
}

/// Where an object's bytes are.
#[derive(Debug)]
pub enum Body {
    /// Here.
    Bytes(Bytes),
    /// In this file, which may be of any size.
    File(File),
}

/// What was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deleted {
    /// What was written; nothing of that key is left.
    All,
    /// What was written; the original under it is there again.
    Cover,
    /// Nothing: only an original has that key, and they are only read.
    Refused,
    /// Nothing: nothing had that key.
    Nothing,
}

/// A database, and under it originals that are only read: what is written hides what they have.
///
/// Where the folder of originals cannot be read, every operation is an error: nothing can be said of the bucket then.
pub struct Objects {
    pub(super) database: Database,
    originals: Guarded,
    credentials: Credentials,
    credentials_file: PathBuf,
}

impl Objects {
    /// Opens or creates the database in `data`, and makes new credentials there.
    ///
    /// # Errors
    ///
    /// If `data` cannot be written, another process uses it, or the originals cannot be read.
    pub fn open(data: &Path, originals: Originals) -> anyhow::Result<Objects> {
        fs::create_dir_all(data).map_err(|error| cannot_write(data, &error))?;
        let database = Database::open(data)?;
        database.write(0, |write| {
            write.open_table(FACTS)?;
            write.open_table(BYTES)?;
            uploads::begin(write)?;
            Ok(Some(()))
        })?;
        // After the lock on the database: another `ridge serve` still needs its own.
        let credentials = credentials::create(data)?;
        let credentials_file = credentials::file(data);
        let originals = Guarded::new(originals, &[database::file(data), credentials_file.clone()])?;
        // Commands that read it have other working directories.
        let credentials_file = credentials_file.canonicalize().context("the data folder cannot be found")?;
        Ok(Objects { database, originals, credentials, credentials_file })
    }

    /// What requests must be signed with, until the process ends.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// The file that they are in, as an absolute path.
    pub fn credentials_file(&self) -> &Path {
        &self.credentials_file
    }

    /// What is known of an object.
    ///
    /// # Errors
    ///
    /// If it cannot be looked at, which says nothing of whether it is there.
    pub fn facts(&self, key: &str) -> anyhow::Result<Option<Facts>> {
        self.originals.check()?;
        let written = self.database.read(|read| match read.open_table(FACTS)?.get(key)? {
            Some(json) => decoded(json.value()).map(Some),
            None => Ok(None),
        })?;
        match written {
            Some(facts) => Ok(Some(facts)),
            None => Ok(self.originals.get(key)?.map(|(facts, _)| facts)),
        }
    }

    /// An object's bytes and what is known of them.
    ///
    /// # Errors
    ///
    /// If it cannot be looked at, which says nothing of whether it is there.
    pub fn get(&self, key: &str) -> anyhow::Result<Option<(Facts, Body)>> {
        self.originals.check()?;
        let written = self.database.read(|read| {
            let (facts, bytes) = (read.open_table(FACTS)?, read.open_table(BYTES)?);
            match facts.get(key)?.zip(bytes.get(key)?) {
                Some((facts, bytes)) => Ok(Some((decoded(facts.value())?, Bytes::copy_from_slice(bytes.value())))),
                None => Ok(None),
            }
        })?;
        match written {
            Some((facts, bytes)) => Ok(Some((facts, Body::Bytes(bytes)))),
            None => self.originals.get(key),
        }
    }

    /// Writes an object whole, if what is there `may` be replaced: a reader sees the old one or the new one, and no
    /// other writer comes between question and answer. Size and date are set here, and the ETag where it is empty.
    ///
    /// # Errors
    ///
    /// If the disk is full, or the bucket cannot be read or written.
    pub fn put(
        &self,
        key: &str,
        bytes: &[u8],
        mut facts: Facts,
        may: impl FnOnce(Option<&Facts>) -> bool,
    ) -> anyhow::Result<Option<Facts>> {
        let original = self.originals.get(key)?.map(|(facts, _)| facts);
        if facts.etag.is_empty() {
            facts.etag = hexadecimal(&Md5::digest(bytes));
        }
        facts.size = bytes.len() as u64;
        facts.modified = seconds(SystemTime::now());
        let json = serde_json::to_vec(&facts)?;
        self.database.write(bytes.len() + json.len(), |write| {
            let mut table = write.open_table(FACTS)?;
            let written = match table.get(key)? {
                Some(json) => Some(decoded(json.value())?),
                None => None,
            };
            if !may(written.as_ref().or(original.as_ref())) {
                return Ok(None);
            }
            table.insert(key, &*json)?;
            write.open_table(BYTES)?.insert(key, bytes)?;
            Ok(Some(facts))
        })
    }

    /// Deletes an object that was written; originals are only read.
    ///
    /// # Errors
    ///
    /// If the bucket cannot be read or written.
    pub fn delete(&self, key: &str) -> anyhow::Result<Deleted> {
        let has_original = self.originals.get(key)?.is_some();
        let was_written = self.database.write(0, |write| {
            let was_written = write.open_table(FACTS)?.remove(key)?.is_some();
            write.open_table(BYTES)?.remove(key)?;
            Ok(was_written.then_some(()))
        })?;
        Ok(match (was_written.is_some(), has_original) {
            (true, false) => Deleted::All,
            (true, true) => Deleted::Cover,
            (false, true) => Deleted::Refused,
            (false, false) => Deleted::Nothing,
        })
    }

    /// All keys that begin with `prefix` and come after `after`, in order.
    ///
    /// # Errors
    ///
    /// If the bucket cannot be read.
    pub fn keys(&self, prefix: &str, after: &str) -> anyhow::Result<Vec<String>> {
        let mut keys = self.originals.keys()?;
        keys.extend(self.database.read(|read| {
            let mut written = Vec::new();
            for entry in read.open_table(FACTS)?.range(prefix..)? {
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

/// Reads what is stored as JSON.
pub(super) fn decoded<T: for<'a> Deserialize<'a>>(json: &[u8]) -> Result<T, redb::Error> {
    serde_json::from_slice(json).map_err(|error| redb::Error::Corrupted(error.to_string()))
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Since 1970.
pub(super) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn bytes(body: Body) -> Vec<u8> {
        match body {
            Body::Bytes(bytes) => bytes.to_vec(),
            Body::File(mut file) => {
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes).unwrap();
                bytes
            }
        }
    }

    #[test]
    fn survives_being_closed_and_lies_over_a_folder() {
        let data = tempfile::tempdir().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let open = || Objects::open(data.path(), Originals::Folder(folder.path().to_owned())).unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        fs::write(folder.path().join("a/cat.jpg"), b"file").unwrap();
        let long = format!("w_200/webp/{}", "я".repeat(480));
        let read = |objects: &Objects, key: &str| objects.get(key).unwrap().map(|(facts, body)| (facts, bytes(body)));
        let written = {
            let objects = open();
            assert_eq!(read(&objects, "a/cat.jpg").unwrap().1, b"file");
            assert_eq!(objects.facts("a/cat.jpg").unwrap().unwrap().content_type.as_deref(), Some("image/jpeg"));
            assert!(objects.get("a/../a/cat.jpg").unwrap().is_none());
            assert!(objects.get("a").unwrap().is_none());
            let facts = Facts { content_type: Some("image/webp".into()), ..Facts::default() };
            objects.put(&long, b"bytes", facts.clone(), |there| there.is_none()).unwrap().unwrap();
            assert_eq!(objects.put(&long, b"other", facts.clone(), |there| there.is_none()).unwrap(), None);
            objects.put("a/cat.jpg", b"new", facts, |there| there.is_some()).unwrap().unwrap()
        };
        let objects = open();
        assert_eq!(read(&objects, "a/cat.jpg").unwrap(), (written, b"new".to_vec()));
        assert_eq!(objects.keys("", "").unwrap(), ["a/cat.jpg", &long]);
        assert_eq!(objects.keys("w_", "").unwrap(), [&*long]);
        assert_eq!(objects.keys("", "b").unwrap(), [&*long]);
        assert_eq!(objects.delete(&long).unwrap(), Deleted::All);
        assert_eq!(objects.delete(&long).unwrap(), Deleted::Nothing);
        assert_eq!(objects.delete("a/cat.jpg").unwrap(), Deleted::Cover, "the file is still there");
        assert_eq!(objects.delete("a/cat.jpg").unwrap(), Deleted::Refused);
        assert_eq!(read(&objects, "a/cat.jpg").unwrap().1, b"file");
    }

    /// The data folder may lie in the folder of originals.
    #[test]
    fn its_own_files_are_no_originals() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let objects = Objects::open(&data, Originals::Folder(folder.path().to_owned())).unwrap();
        for own in ["data/credentials", "data/s3.redb"] {
            assert!(folder.path().join(own).exists());
            assert!(objects.get(own).unwrap().is_none(), "{own}");
        }
        assert!(objects.keys("", "").unwrap().is_empty());
        assert_eq!(objects.credentials_file(), data.canonicalize().unwrap().join("credentials"));
    }

    #[test]
    fn where_originals_cannot_be_read_nothing_can_be_said_or_deleted() {
        let (data, parent) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (folder, away) = (parent.path().join("originals"), parent.path().join("away"));
        fs::create_dir(&folder).unwrap();
        let objects = Objects::open(data.path(), Originals::Folder(folder.clone())).unwrap();
        let put = || objects.put("w_20/webp/cat.jpg", b"variant", Facts::default(), |_| true);
        put().unwrap().unwrap();
        fs::rename(&folder, &away).unwrap();
        let key = "w_20/webp/cat.jpg";
        assert!(objects.get(key).is_err() && objects.facts(key).is_err() && objects.keys("", "").is_err());
        assert!(objects.delete(key).is_err() && put().is_err());
        fs::rename(&away, &folder).unwrap();
        assert_eq!(objects.facts(key).unwrap().unwrap().size, 7);
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = Objects::open(&file.path().join("data"), Originals::Samples).err().unwrap().to_string();
        assert!(error.contains("/data\" cannot be written: "), "{error}");
        assert!(error.ends_with("choose a folder that can be with --data"), "{error}");
    }
}
