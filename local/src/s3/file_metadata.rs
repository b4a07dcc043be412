//! Object metadata derived from a file.

use std::path::Path;
use std::time::SystemTime;

use super::metadata::{ObjectMetadata, unix_seconds};

/// Returns the metadata of a file of `size` bytes.
///
/// The ETag consists of modification time and size, as in file servers: hashing the file would cost as much as sending it.
pub(super) fn file_metadata(path: &Path, size: u64, modified: SystemTime) -> ObjectMetadata {
    let nanos = modified.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
    ObjectMetadata {
        etag: format!("{nanos:x}-{size:x}"),
        modified: unix_seconds(modified),
        size,
        content_type: mime_guess::from_path(path).first().map(|mime| mime.to_string()),
        ..ObjectMetadata::default()
    }
}
