//! Originals in the page's list.

use ridge_contract::Key;
use serde::Serialize;

/// An original in the page's list.
#[derive(Serialize)]
pub(super) struct ListedImage {
    key: String,
    /// The URL path, with its leading slash.
    path: String,
}

impl ListedImage {
    pub(super) fn of(key: &Key) -> ListedImage {
        ListedImage { key: key.to_string(), path: key.to_path() }
    }
}
