//! The sample images inside the program.

use std::path::Path;
use std::time::SystemTime;

use bytes::Bytes;
use include_dir::{Dir, include_dir};

use super::body::Body;
use super::file_metadata::file_metadata;
use super::metadata::ObjectMetadata;

static PHOTOS: Dir = include_dir!("$CARGO_MANIFEST_DIR/../testdata/photos");

/// The prefix of the samples' keys.
const PREFIX: &str = "photos/";

/// Returns a sample's metadata and bytes, or `None` if no sample has this key.
pub(super) fn get(key: &str) -> Option<(ObjectMetadata, Body)> {
    let bytes = PHOTOS.get_file(key.strip_prefix(PREFIX)?)?.contents();
    // The samples change only with the program.
    let metadata = file_metadata(Path::new(key), bytes.len() as u64, SystemTime::UNIX_EPOCH);
    Some((metadata, Body::Bytes(Bytes::from_static(bytes))))
}

/// Returns the keys of all samples.
pub(super) fn keys() -> impl Iterator<Item = String> {
    PHOTOS.files().filter_map(|file| file.path().to_str()).map(|name| format!("{PREFIX}{name}"))
}
