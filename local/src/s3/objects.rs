//! The objects of one bucket.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use bytes::Bytes;
use md5::{Digest, Md5};
use redb::{Database, ReadableDatabase, TableDefinition};
use serde::{Deserialize, Serialize};
use shared::Key;

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

/// A database, and under it a folder that is only read: what is written hides what the folder has.
pub struct Objects {
    database: Database,
    folder: Option<PathBuf>,
}

impl Objects {
    /// Opens or creates the database in `data`; `originals` is the folder under it.
    pub fn open(data: &Path, originals: Option<&Path>) -> anyhow::Result<Objects> {
        fs::create_dir_all(data).with_context(|| format!("{} cannot be created", data.display()))?;
        if let Some(folder) = originals {
            fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
        }
        let file = data.join("s3.redb");
        let database = Database::builder()
            .set_cache_size(PAGE_CACHE)
            .create(&file)
            .with_context(|| format!("{} cannot be opened; does another ridge use it?", file.display()))?;
        let write = database.begin_write()?;
        write.open_table(FACTS)?;
        write.open_table(BYTES)?;
        write.commit()?;
        Ok(Objects { database, folder: originals.map(Path::to_owned) })
    }

    /// What is known of an object.
    pub fn facts(&self, key: &str) -> anyhow::Result<Option<Facts>> {
        let table = self.database.begin_read()?.open_table(FACTS)?;
        match table.get(key)? {
            Some(json) => Ok(Some(serde_json::from_slice(json.value())?)),
            None => Ok(self.file(key).and_then(|path| facts_of_file(&path))),
        }
    }

    /// An object's bytes and what is known of them.
    pub fn get(&self, key: &str) -> anyhow::Result<Option<(Facts, Bytes)>> {
        let read = self.database.begin_read()?;
        let (facts, bytes) = (read.open_table(FACTS)?, read.open_table(BYTES)?);
        if let Some((facts, bytes)) = facts.get(key)?.zip(bytes.get(key)?) {
            return Ok(Some((serde_json::from_slice(facts.value())?, Bytes::copy_from_slice(bytes.value()))));
        }
        let Some((path, mut facts)) = self.file(key).and_then(|path| facts_of_file(&path).map(|facts| (path, facts)))
        else {
            return Ok(None);
        };
        let bytes = fs::read(path)?;
        facts.size = bytes.len() as u64;
        Ok(Some((facts, bytes.into())))
    }

    /// Writes an object whole: a reader sees the old one or the new one. Size, ETag and date are set here.
    pub fn put(&self, key: &str, bytes: &[u8], mut facts: Facts) -> anyhow::Result<Facts> {
        facts.etag = Md5::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        facts.size = bytes.len() as u64;
        facts.modified = seconds(SystemTime::now());
        let write = self.database.begin_write()?;
        write.open_table(FACTS)?.insert(key, &*serde_json::to_vec(&facts)?)?;
        write.open_table(BYTES)?.insert(key, bytes)?;
        write.commit()?;
        Ok(facts)
    }

    /// Deletes an object that was written; the folder is only read. Answers whether nothing of that key is left.
    pub fn delete(&self, key: &str) -> anyhow::Result<bool> {
        let write = self.database.begin_write()?;
        write.open_table(FACTS)?.remove(key)?;
        write.open_table(BYTES)?.remove(key)?;
        write.commit()?;
        Ok(self.file(key).is_none())
    }

    /// All keys that begin with `prefix` and come after `after`, in order.
    pub fn keys(&self, prefix: &str, after: &str) -> anyhow::Result<Vec<String>> {
        let mut keys = BTreeSet::new();
        if let Some(folder) = &self.folder {
            walk(folder, "", &mut keys)?;
        }
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

    fn file(&self, key: &str) -> Option<PathBuf> {
        // A valid key has no `..`, so the path stays in the folder. Variants never lie there.
        let key = Key::new(key).ok().filter(|key| !key.is_reserved())?;
        let path = self.folder.as_ref()?.join(key.as_str());
        path.is_file().then_some(path)
    }
}

/// The ETag is made of time and size, as file servers do: reading the file for it would cost as much as sending it.
fn facts_of_file(path: &Path) -> Option<Facts> {
    let metadata = fs::metadata(path).ok()?;
    let modified = metadata.modified().ok()?;
    let nanos = modified.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
    Some(Facts {
        etag: format!("{nanos:x}-{:x}", metadata.len()),
        modified: seconds(modified),
        size: metadata.len(),
        content_type: mime_guess::from_path(path).first().map(|mime| mime.to_string()),
        ..Facts::default()
    })
}

fn walk(folder: &Path, prefix: &str, keys: &mut BTreeSet<String>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // Names that are not UTF-8 cannot be keys.
        let Ok(name) = entry.file_name().into_string() else { continue };
        let key = format!("{prefix}{name}");
        match fs::metadata(entry.path()) {
            Ok(metadata) if metadata.is_dir() => walk(&entry.path(), &format!("{key}/"), keys)?,
            Ok(_) => _ = keys.insert(key),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives_being_closed_and_lies_over_a_folder() {
        let data = tempfile::tempdir().unwrap();
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        fs::write(folder.path().join("a/cat.jpg"), b"file").unwrap();
        let long = format!("w_200/webp/{}", "я".repeat(480));
        let written = {
            let objects = Objects::open(data.path(), Some(folder.path())).unwrap();
            assert_eq!(objects.get("a/cat.jpg").unwrap().unwrap().1, "file");
            assert_eq!(objects.facts("a/cat.jpg").unwrap().unwrap().content_type.as_deref(), Some("image/jpeg"));
            assert!(objects.get("a/../a/cat.jpg").unwrap().is_none());
            assert!(objects.get("a").unwrap().is_none());
            let facts = Facts { content_type: Some("image/webp".into()), ..Facts::default() };
            objects.put(&long, b"bytes", facts.clone()).unwrap();
            objects.put("a/cat.jpg", b"new", facts).unwrap()
        };
        let objects = Objects::open(data.path(), Some(folder.path())).unwrap();
        assert_eq!(objects.get("a/cat.jpg").unwrap().unwrap(), (written, "new".into()));
        assert_eq!(objects.keys("", "").unwrap(), ["a/cat.jpg", &long]);
        assert_eq!(objects.keys("w_", "").unwrap(), [&*long]);
        assert_eq!(objects.keys("", "b").unwrap(), [&*long]);
        assert!(objects.delete(&long).unwrap());
        assert!(!objects.delete("a/cat.jpg").unwrap(), "the file is still there");
        assert_eq!(objects.get("a/cat.jpg").unwrap().unwrap().1, "file");
    }
}
