//! The tables of the database, and the records in them.

use std::time::SystemTime;

use redb::{ReadableTable as _, TableDefinition, WriteTransaction};
use serde::{Deserialize, Serialize};

use super::metadata::{ObjectMetadata, unix_seconds};

/// Object metadata as JSON, by key.
pub(super) const METADATA: TableDefinition<&str, &[u8]> = TableDefinition::new("facts");
/// Object bytes, by key.
pub(super) const BYTES: TableDefinition<&str, &[u8]> = TableDefinition::new("bytes");
/// Unfinished uploads as JSON, by upload ID.
pub(super) const UPLOADS: TableDefinition<&str, &[u8]> = TableDefinition::new("uploads");
/// Uploaded parts as JSON, by upload ID and part number.
pub(super) const PARTS: TableDefinition<(&str, u16), &[u8]> = TableDefinition::new("parts");
/// Bytes of uploaded parts, by upload ID and part number.
pub(super) const PART_BYTES: TableDefinition<(&str, u16), &[u8]> = TableDefinition::new("part-bytes");

/// Age, in seconds, at which a starting server drops an unfinished upload: 7 days.
const MAX_UPLOAD_AGE: u64 = 7 * 24 * 3600;

/// An upload that is not complete.
#[derive(Serialize, Deserialize)]
pub(super) struct Upload {
    pub(super) key: String,
    /// The metadata that the object will have.
    #[serde(rename = "facts")]
    pub(super) metadata: ObjectMetadata,
    /// Seconds since 1970-01-01 UTC.
    pub(super) begun: u64,
}

/// Creates missing tables, and drops uploads that are older than 7 days.
pub(super) fn create(write: &WriteTransaction) -> Result<(), redb::Error> {
    write.open_table(METADATA)?;
    write.open_table(BYTES)?;
    write.open_table(PARTS)?;
    write.open_table(PART_BYTES)?;
    let table = write.open_table(UPLOADS)?;
    let mut expired = Vec::new();
    for entry in table.iter()? {
        let (id, json) = entry?;
        let upload: Upload = decoded(json.value())?;
        if upload.begun + MAX_UPLOAD_AGE < unix_seconds(SystemTime::now()) {
            expired.push(id.value().to_owned());
        }
    }
    drop(table);
    expired.iter().try_for_each(|id| remove_upload(write, id).map(drop))
}

/// Removes an upload and its parts. Returns whether the upload existed.
pub(super) fn remove_upload(write: &WriteTransaction, id: &str) -> Result<bool, redb::Error> {
    let all = (id, 0)..=(id, u16::MAX);
    write.open_table(PARTS)?.retain_in(all.clone(), |_, _| false)?;
    write.open_table(PART_BYTES)?.retain_in(all, |_, _| false)?;
    Ok(write.open_table(UPLOADS)?.remove(id)?.is_some())
}

/// Parses a record.
pub(super) fn decoded<T: for<'a> Deserialize<'a>>(json: &[u8]) -> Result<T, redb::Error> {
    serde_json::from_slice(json).map_err(|error| redb::Error::Corrupted(error.to_string()))
}
