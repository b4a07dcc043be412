//! The objects of one bucket.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use bytes::Bytes;
use md5::{Digest, Md5};
use redb::{Database, ReadableDatabase, TableDefinition};
use serde::{Deserialize, Serialize};

use super::originals::Originals;

const FACTS: TableDefinition<&str, &[u8]> = TableDefinition::new("facts");
const BYTES: TableDefinition<&str, &[u8]> = TableDefinition::new("bytes");
/// Of memory that the database keeps pages in.
const PAGE_CACHE: usize = 16 << 20;

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
    /// User metadata.
    pub metadata: BTreeMap<String, String>,
    /// Object tags.
    pub tags: BTreeMap<String, String>,
}

/// Where an object's bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Here.
    Bytes(Bytes),
    /// In this file, which may be of any size.
    File(PathBuf),
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
pub struct Objects {
    database: Database,
    originals: Originals,
}

impl Objects {
    /// Opens or creates the database in `data`.
    pub fn open(data: &Path, originals: Originals) -> anyhow::Result<Objects> {
        originals.check()?;
        fs::create_dir_all(data).with_context(|| format!("{} cannot be created", data.display()))?;
        let file = data.join("s3.redb");
        let database = Database::builder()
            .set_cache_size(PAGE_CACHE)
            .create(&file)
            .with_context(|| format!("{} cannot be opened; does another ridge use it?", file.display()))?;
        let write = database.begin_write()?;
        write.open_table(FACTS)?;
        write.open_table(BYTES)?;
        write.commit()?;
        Ok(Objects { database, originals })
    }

    /// What is known of an object.
    pub fn facts(&self, key: &str) -> anyhow::Result<Option<Facts>> {
        let table = self.database.begin_read()?.open_table(FACTS)?;
        match table.get(key)? {
            Some(json) => Ok(Some(serde_json::from_slice(json.value())?)),
            None => Ok(self.originals.get(key).map(|(facts, _)| facts)),
        }
    }

    /// An object's bytes and what is known of them.
    pub fn get(&self, key: &str) -> anyhow::Result<Option<(Facts, Body)>> {
        let read = self.database.begin_read()?;
        let (facts, bytes) = (read.open_table(FACTS)?, read.open_table(BYTES)?);
        match facts.get(key)?.zip(bytes.get(key)?) {
            Some((facts, bytes)) => {
                let bytes = Bytes::copy_from_slice(bytes.value());
                Ok(Some((serde_json::from_slice(facts.value())?, Body::Bytes(bytes))))
            }
            None => Ok(self.originals.get(key)),
        }
    }

    /// Writes an object whole, if what is there `may` be replaced: a reader sees the old one or the new one, and no
    /// other writer comes between question and answer. Size, ETag and date are set here.
    pub fn put(
        &self,
        key: &str,
        bytes: &[u8],
        mut facts: Facts,
        may: impl FnOnce(Option<&Facts>) -> bool,
    ) -> anyhow::Result<Option<Facts>> {
        let write = self.database.begin_write()?;
        if !may(self.facts(key)?.as_ref()) {
            return Ok(None);
        }
        facts.etag = Md5::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        facts.size = bytes.len() as u64;
        facts.modified = seconds(SystemTime::now());
        write.open_table(FACTS)?.insert(key, &*serde_json::to_vec(&facts)?)?;
        write.open_table(BYTES)?.insert(key, bytes)?;
        write.commit()?;
        Ok(Some(facts))
    }

    /// Deletes an object that was written; originals are only read.
    pub fn delete(&self, key: &str) -> anyhow::Result<Deleted> {
        let write = self.database.begin_write()?;
        let was_written = write.open_table(FACTS)?.remove(key)?.is_some();
        write.open_table(BYTES)?.remove(key)?;
        write.commit()?;
        Ok(match (was_written, self.originals.get(key).is_some()) {
            (true, false) => Deleted::All,
            (true, true) => Deleted::Cover,
            (false, true) => Deleted::Refused,
            (false, false) => Deleted::Nothing,
        })
    }

    /// All keys that begin with `prefix` and come after `after`, in order.
    pub fn keys(&self, prefix: &str, after: &str) -> anyhow::Result<Vec<String>> {
        let mut keys = self.originals.keys();
        let table = self.database.begin_read()?.open_table(FACTS)?;
        for entry in table.range(prefix..)? {
            let key = entry?.0.value().to_owned();
            if !key.starts_with(prefix) {
                break;
            }
            keys.insert(key);
        }
        Ok(keys.into_iter().filter(|key| key.starts_with(prefix) && key.as_str() > after).collect())
    }
}

/// Since 1970.
pub(super) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives_being_closed_and_lies_over_a_folder() {
        let data = tempfile::tempdir().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let open = || Objects::open(data.path(), Originals::Folder(folder.path().to_owned())).unwrap();
        let file = folder.path().join("a/cat.jpg");
        fs::create_dir(folder.path().join("a")).unwrap();
        fs::write(&file, b"file").unwrap();
        // A link that goes round, and one that goes nowhere.
        std::os::unix::fs::symlink(".", folder.path().join("round")).unwrap();
        std::os::unix::fs::symlink("nowhere", folder.path().join("broken")).unwrap();
        let long = format!("w_200/webp/{}", "я".repeat(480));
        let written = {
            let objects = open();
            assert_eq!(objects.get("a/cat.jpg").unwrap().unwrap().1, Body::File(file.clone()));
            assert_eq!(objects.facts("a/cat.jpg").unwrap().unwrap().content_type.as_deref(), Some("image/jpeg"));
            assert!(objects.get("a/../a/cat.jpg").unwrap().is_none());
            assert!(objects.get("a").unwrap().is_none());
            let facts = Facts { content_type: Some("image/webp".into()), ..Facts::default() };
            objects.put(&long, b"bytes", facts.clone(), |there| there.is_none()).unwrap().unwrap();
            assert_eq!(objects.put(&long, b"other", facts.clone(), |there| there.is_none()).unwrap(), None);
            objects.put("a/cat.jpg", b"new", facts, |there| there.is_some()).unwrap().unwrap()
        };
        let objects = open();
        assert_eq!(objects.get("a/cat.jpg").unwrap().unwrap(), (written, Body::Bytes("new".into())));
        assert_eq!(objects.keys("", "").unwrap(), ["a/cat.jpg", &long]);
        assert_eq!(objects.keys("w_", "").unwrap(), [&*long]);
        assert_eq!(objects.keys("", "b").unwrap(), [&*long]);
        assert_eq!(objects.delete(&long).unwrap(), Deleted::All);
        assert_eq!(objects.delete(&long).unwrap(), Deleted::Nothing);
        assert_eq!(objects.delete("a/cat.jpg").unwrap(), Deleted::Cover, "the file is still there");
        assert_eq!(objects.delete("a/cat.jpg").unwrap(), Deleted::Refused);
        assert_eq!(objects.get("a/cat.jpg").unwrap().unwrap().1, Body::File(file));
    }
}
