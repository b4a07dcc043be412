//! Where the bucket of a running `ridge serve` is.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The bucket's location, which `ridge serve` publishes under its API for other `ridge` commands.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BucketLocation {
    /// The S3 server's URL; `None` is AWS.
    pub(crate) endpoint: Option<String>,
    pub(crate) bucket: String,
    pub(crate) region: String,
    /// The file with the credentials of the embedded server; `None` for another server. The secret itself is never sent
    /// over HTTP.
    pub(crate) credentials: Option<PathBuf>,
}

impl BucketLocation {
    /// The path of the location in the API.
    pub(crate) const PATH: &str = "/s3";
}
