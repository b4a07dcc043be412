//! The sample pictures, inside the program.

use anyhow::Context as _;
use include_dir::{Dir, include_dir};

use crate::s3::{Facts, Objects};

static PHOTOS: Dir = include_dir!("$CARGO_MANIFEST_DIR/../testdata/photos");

/// Puts the samples into the bucket, under `photos/`, where they are not there yet.
pub(crate) fn put(objects: &Objects) -> anyhow::Result<()> {
    for file in PHOTOS.files() {
        let name = file.path().to_str().context("a sample's name is not UTF-8")?;
        let key = format!("photos/{name}");
        if objects.facts(&key)?.is_none_or(|facts| facts.size != file.contents().len() as u64) {
            let content_type = mime_guess::from_path(name).first().map(|mime| mime.to_string());
            objects.put(&key, file.contents(), Facts { content_type, ..Facts::default() })?;
        }
    }
    Ok(())
}
