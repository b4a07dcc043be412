//! Multipart uploads ("Uploading and copying objects using multipart upload in Amazon S3").

use std::time::SystemTime;

use anyhow::anyhow;
use md5::{Digest as _, Md5};
use redb::ReadableTable as _;
use serde::{Deserialize, Serialize};

use super::metadata::{ObjectMetadata, unix_seconds};
use super::objects::Objects;
use super::tables::{PART_BYTES, PARTS, UPLOADS, Upload, decoded, remove_upload};

/// The maximum number of parts ("Amazon S3 multipart upload limits").
pub(super) const MAX_PARTS: u16 = 10_000;

/// The minimum size of every part except the last, in bytes.
const MIN_PART_BYTES: u64 = 5 << 20;

/// An uploaded part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Part {
    /// From 1 to [`MAX_PARTS`].
    pub(super) number: u16,
    /// Without quotation marks.
    pub(super) etag: String,
    /// In bytes.
    pub(super) size: u64,
    /// Seconds since 1970-01-01 UTC.
    pub(super) modified: u64,
}

/// The result of completing an upload.
#[derive(Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "matched at once")]
pub(super) enum Completed {
    /// The object has been written.
    Written(ObjectMetadata),
    /// The object that it would replace does not satisfy the request's conditions.
    PreconditionFailed,
    /// The upload does not exist.
    NoSuchUpload,
    /// A named part has not been uploaded, or has another ETag.
    InvalidPart,
    /// A part other than the last one is too small.
    PartTooSmall,
}

impl Objects {
    /// Begins an upload, and returns its ID.
    pub(super) fn begin_upload(&self, key: &str, metadata: ObjectMetadata) -> anyhow::Result<String> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|error| anyhow!("random bytes are not available: {error}"))?;
        let id = hex::encode(random);
        let json =
            serde_json::to_vec(&Upload { key: key.to_owned(), metadata, begun: unix_seconds(SystemTime::now()) })?;
        self.database.write(json.len(), |write| {
            write.open_table(UPLOADS)?.insert(&*id, &*json)?;
            Ok(Some(()))
        })?;
        Ok(id)
    }

    /// Stores a part, which replaces one with the same number. Returns `None` if the upload does not exist.
    pub(super) fn put_part(&self, id: &str, key: &str, number: u16, bytes: &[u8]) -> anyhow::Result<Option<Part>> {
        if self.upload(id, key)?.is_none() {
            return Ok(None);
        }
        let (etag, modified) = (hex::encode(Md5::digest(bytes)), unix_seconds(SystemTime::now()));
        let part = Part { number, etag, size: bytes.len() as u64, modified };
        let json = serde_json::to_vec(&part)?;
        self.database.write(bytes.len(), |write| {
            if write.open_table(UPLOADS)?.get(id)?.is_none() {
                return Ok(None);
            }
            write.open_table(PARTS)?.insert((id, number), &*json)?;
            write.open_table(PART_BYTES)?.insert((id, number), bytes)?;
            Ok(Some(part))
        })
    }

    /// Returns the uploaded parts, by number; `None` if the upload does not exist.
    pub(super) fn parts(&self, id: &str, key: &str) -> anyhow::Result<Option<Vec<Part>>> {
        if self.upload(id, key)?.is_none() {
            return Ok(None);
        }
        let all = (id, 0)..=(id, u16::MAX);
        let parts = self.database.read(|read| {
            let table = read.open_table(PARTS)?;
            let parts = table.range(all.clone())?.map(|entry| decoded(entry?.1.value()));
            parts.collect::<Result<Vec<_>, redb::Error>>()
        })?;
        Ok(Some(parts))
    }

    /// Concatenates the named parts into an object, if `may` accepts the metadata of the object that it replaces.
    pub(super) fn complete_upload(
        &self,
        id: &str,
        key: &str,
        named: &[(u16, String)],
        may: impl FnOnce(Option<&ObjectMetadata>) -> bool,
    ) -> anyhow::Result<Completed> {
        let (Some(upload), Some(there)) = (self.upload(id, key)?, self.parts(id, key)?) else {
            return Ok(Completed::NoSuchUpload);
        };
        let find =
            |(number, etag): &(u16, String)| there.iter().find(|part| part.number == *number && part.etag == *etag);
        let Some(parts) = named.iter().map(find).collect::<Option<Vec<_>>>() else { return Ok(Completed::InvalidPart) };
        let Some((_, others)) = parts.split_last() else { return Ok(Completed::InvalidPart) };
        if others.iter().any(|part| part.size < MIN_PART_BYTES) {
            return Ok(Completed::PartTooSmall);
        }
        let bytes = self.database.read(|read| {
            let table = read.open_table(PART_BYTES)?;
            let mut bytes = Vec::new();
            for part in &parts {
                bytes.extend(table.get((id, part.number))?.map_or(Vec::new(), |bytes| bytes.value().to_vec()));
            }
            Ok(bytes)
        })?;
        let metadata = ObjectMetadata { etag: etag(&parts), ..upload.metadata };
        let Some(written) = self.put(key, &bytes, metadata, may)? else { return Ok(Completed::PreconditionFailed) };
        self.database.write(0, |write| remove_upload(write, id).map(Some))?;
        Ok(Completed::Written(written))
    }

    /// Drops an upload. Returns whether it existed.
    pub(super) fn abort_upload(&self, id: &str, key: &str) -> anyhow::Result<bool> {
        if self.upload(id, key)?.is_none() {
            return Ok(false);
        }
        Ok(self.database.write(0, |write| remove_upload(write, id).map(Some))?.unwrap_or(false))
    }

    fn upload(&self, id: &str, key: &str) -> anyhow::Result<Option<Upload>> {
        let upload: Option<Upload> = self.database.read(|read| match read.open_table(UPLOADS)?.get(id)? {
            Some(json) => decoded(json.value()).map(Some),
            None => Ok(None),
        })?;
        Ok(upload.filter(|upload| upload.key == key))
    }
}

/// Returns the ETag of an object in parts: the MD5 of the parts' MD5s, and the number of parts ("Checking object
/// integrity").
fn etag(parts: &[&Part]) -> String {
    let digits = parts.iter().flat_map(|part| part.etag.as_bytes().chunks(2));
    let bytes = digits.filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    format!("{}-{}", hex::encode(Md5::digest(bytes.collect::<Vec<_>>())), parts.len())
}

#[cfg(test)]
mod tests {
    use super::super::Originals;
    use super::*;

    #[test]
    fn parts_are_concatenated() {
        let data = tempfile::tempdir().unwrap();
        let objects = Objects::open(data.path(), Originals::Samples).unwrap();
        let metadata = ObjectMetadata { content_encoding: Some("gzip".to_owned()), ..ObjectMetadata::default() };
        let id = objects.begin_upload("a.jpg", metadata).unwrap();
        let large = vec![1; MIN_PART_BYTES as usize];
        let put = |number, bytes: &[u8]| objects.put_part(&id, "a.jpg", number, bytes).unwrap().unwrap().etag;
        put(1, b"replaced");
        let (first, second) = (put(1, &large), put(3, b"end"));
        assert_eq!(objects.put_part(&id, "other.jpg", 1, b"").unwrap(), None, "another key's upload");
        drop(objects);
        let objects = Objects::open(data.path(), Originals::Samples).unwrap();
        let numbers: Vec<_> = objects.parts(&id, "a.jpg").unwrap().unwrap().iter().map(|part| part.number).collect();
        assert_eq!(numbers, [1, 3], "uploads survive a restart");
        let complete = |named: &[(u16, &str)], may: bool| {
            let named: Vec<_> = named.iter().map(|(number, etag)| (*number, (*etag).to_owned())).collect();
            objects.complete_upload(&id, "a.jpg", &named, |_| may).unwrap()
        };
        assert_eq!(complete(&[], true), Completed::InvalidPart);
        assert_eq!(complete(&[(1, &second)], true), Completed::InvalidPart);
        assert_eq!(complete(&[(3, &second), (1, &first)], true), Completed::PartTooSmall);
        assert_eq!(complete(&[(1, &first), (3, &second)], false), Completed::PreconditionFailed);
        let Completed::Written(written) = complete(&[(1, &first), (3, &second)], true) else { panic!() };
        assert_eq!((written.size, written.content_encoding.as_deref()), (MIN_PART_BYTES + 3, Some("gzip")));
        assert!(written.etag.ends_with("-2"), "{}", written.etag);
        assert_eq!(complete(&[(1, &first)], true), Completed::NoSuchUpload);
        let id = objects.begin_upload("a.jpg", ObjectMetadata::default()).unwrap();
        assert!(objects.abort_upload(&id, "a.jpg").unwrap());
        assert!(!objects.abort_upload(&id, "a.jpg").unwrap());
    }
}
