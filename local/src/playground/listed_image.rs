//! Originals as the page lists them.

use ridge_contract::Key;
use serde::Serialize;

/// An original that the page offers.
#[derive(Serialize)]
pub(super) struct ListedImage {
    key: String,
    /// As it stands in a URL, with its first slash.
    path: String,
}

impl ListedImage {
    pub(super) fn of(key: &Key) -> ListedImage {
        ListedImage { key: key.to_string(), path: key.to_path() }
    }
}
