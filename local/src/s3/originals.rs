//! Originals that are only read: a folder, or the sample pictures inside the program.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Context as _;
use bytes::Bytes;
use include_dir::{Dir, include_dir};
use shared::Key;

use super::objects::{Body, Facts, seconds};

static PHOTOS: Dir = include_dir!("$CARGO_MANIFEST_DIR/../testdata/photos");

/// Where the samples lie in the bucket.
const SAMPLES: &str = "photos/";

/// What lies under the objects that are written.
pub enum Originals {
    /// The sample pictures, under `photos/`.
    Samples,
    /// The files of a folder and its sub-folders.
    Folder(PathBuf),
}

impl Originals {
    /// Whether they can be read.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        match self {
            Originals::Samples => Ok(()),
            Originals::Folder(folder) => {
                fs::read_dir(folder).map(drop).with_context(|| format!("{} cannot be read", folder.display()))
            }
        }
    }

    /// What is known of one, and where its bytes are.
    pub(super) fn get(&self, key: &str) -> Option<(Facts, Body)> {
        match self {
            Originals::Samples => {
                let bytes = PHOTOS.get_file(key.strip_prefix(SAMPLES)?)?.contents();
                // The samples change with the program only.
                let facts = facts(Path::new(key), bytes.len() as u64, SystemTime::UNIX_EPOCH);
                Some((facts, Body::Bytes(Bytes::from_static(bytes))))
            }
            Originals::Folder(folder) => {
                // A valid key has no `..`, so the path stays in the folder. Variants never lie there.
                let key = Key::new(key).ok().filter(|key| !key.is_reserved())?;
                let path = folder.join(key.as_str());
                let metadata = fs::metadata(&path).ok().filter(fs::Metadata::is_file)?;
                Some((facts(&path, metadata.len(), metadata.modified().ok()?), Body::File(path)))
            }
        }
    }

    /// All keys.
    pub(super) fn keys(&self) -> BTreeSet<String> {
        let mut keys = BTreeSet::new();
        match self {
            Originals::Samples => {
                let names = PHOTOS.files().filter_map(|file| file.path().to_str());
                keys.extend(names.map(|name| format!("{SAMPLES}{name}")));
            }
            Originals::Folder(folder) => walk(folder, "", &mut keys),
        }
        keys
    }
}

/// The ETag is made of time and size, as file servers do: reading the file for it would cost as much as sending it.
fn facts(path: &Path, size: u64, modified: SystemTime) -> Facts {
    let nanos = modified.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
    Facts {
        etag: format!("{nanos:x}-{size:x}"),
        modified: seconds(modified),
        size,
        content_type: mime_guess::from_path(path).first().map(|mime| mime.to_string()),
        ..Facts::default()
    }
}

/// What cannot be read, or whose name is not UTF-8, is not there. Links to folders are not followed: they may go round.
fn walk(folder: &Path, prefix: &str, keys: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (Ok(name), Ok(kind)) = (entry.file_name().into_string(), entry.file_type()) else { continue };
        let key = format!("{prefix}{name}");
        if kind.is_dir() {
            walk(&entry.path(), &format!("{key}/"), keys);
        } else if entry.path().is_file() {
            keys.insert(key);
        }
    }
}
