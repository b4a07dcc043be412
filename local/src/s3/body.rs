//! Bodies: those of requests, read and compared with their checksums, and those of objects, streamed.

use std::fs::File;
use std::io::SeekFrom;
use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use http::HeaderMap;
use md5::{Digest as _, Md5};
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme, Sha1, Sha256};
use s3s::dto::{Checksum, StreamingBlob};
use s3s::{S3Error, S3ErrorCode, S3Request, S3Result, TrailingHeaders, s3_error};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

/// The maximum size of a request's body, in bytes. Bodies are held in memory; larger objects are uploaded in parts.
const MAX_REQUEST_BYTES: usize = 1 << 30;

/// Where an object's bytes are.
#[derive(Debug)]
pub enum Body {
    /// In memory.
    Bytes(Bytes),
    /// In this file, which can be of any size.
    File(File),
}

/// What a client declares about a body: its length, and checksums in headers or trailers.
pub(super) struct DeclaredBody {
    headers: HeaderMap,
    trailers: Option<TrailingHeaders>,
    length: Option<i64>,
}

impl DeclaredBody {
    /// Returns the declarations of a request. `length` is the length without the framing of `aws-chunked`.
    pub(super) fn of<T>(request: &S3Request<T>, length: Option<i64>) -> DeclaredBody {
        DeclaredBody { headers: request.headers.clone(), trailers: request.trailing_headers.clone(), length }
    }

    /// Reads a body to its declared end, and compares it with the declared checksums. Returns the body and the
    /// checksums. `s3s` checks the signature.
    pub(super) async fn collect(&self, body: Option<StreamingBlob>) -> S3Result<(Bytes, Checksum)> {
        let mut body = body.ok_or_else(|| s3_error!(IncompleteBody))?;
        let mut bytes = BytesMut::new();
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|error| S3Error::with_source(S3ErrorCode::IncompleteBody, error))?;
            if bytes.len() + chunk.len() > MAX_REQUEST_BYTES {
                return Err(s3_error!(
                    EntityTooLarge,
                    "a request body can have at most {MAX_REQUEST_BYTES} bytes; use a multipart upload"
                ));
            }
            bytes.extend_from_slice(&chunk);
        }
        if self.length.is_some_and(|length| length != bytes.len() as i64) {
            return Err(s3_error!(IncompleteBody));
        }
        let bytes = bytes.freeze();
        let checksum = self.check(&bytes)?;
        Ok((bytes, checksum))
    }

    fn check(&self, bytes: &Bytes) -> S3Result<Checksum> {
        let trailers = self.trailers.as_ref().and_then(TrailingHeaders::take).unwrap_or_default();
        let named =
            |name: &str| trailers.get(name).or_else(|| self.headers.get(name)).and_then(|value| value.to_str().ok());
        let crc32 = named("x-amz-checksum-crc32");
        let crc32c = named("x-amz-checksum-crc32c");
        let crc64nvme = named("x-amz-checksum-crc64nvme");
        let (sha1, sha256) = (named("x-amz-checksum-sha1"), named("x-amz-checksum-sha256"));
        let mut hasher = ChecksumHasher {
            crc32: crc32.map(|_| Crc32::new()),
            crc32c: crc32c.map(|_| Crc32c::new()),
            sha1: sha1.map(|_| Sha1::new()),
            sha256: sha256.map(|_| Sha256::new()),
            crc64nvme: crc64nvme.map(|_| Crc64Nvme::new()),
        };
        hasher.update(bytes);
        let found = hasher.finalize();
        let md5 = self.headers.get("content-md5").and_then(|value| value.to_str().ok());
        let is_right = found.checksum_crc32.as_deref() == crc32
            && found.checksum_crc32c.as_deref() == crc32c
            && found.checksum_crc64nvme.as_deref() == crc64nvme
            && found.checksum_sha1.as_deref() == sha1
            && found.checksum_sha256.as_deref() == sha256
            && md5.is_none_or(|md5| md5 == STANDARD.encode(Md5::digest(bytes)));
        if is_right { Ok(found) } else { Err(s3_error!(BadDigest)) }
    }
}

/// Reads all bytes of an object.
pub(super) async fn read_all(body: Body) -> std::io::Result<Bytes> {
    match body {
        Body::Bytes(bytes) => Ok(bytes),
        Body::File(file) => {
            let mut bytes = Vec::new();
            tokio::fs::File::from_std(file).read_to_end(&mut bytes).await?;
            Ok(bytes.into())
        }
    }
}

/// Streams a range of an object's bytes, in bytes from its start. A file is not read into memory.
pub(super) async fn stream_range(body: Body, part: Range<u64>) -> std::io::Result<StreamingBlob> {
    match body {
        Body::Bytes(bytes) => {
            let part = part.start as usize..part.end as usize;
            Ok(StreamingBlob::from(s3s::Body::from(bytes.slice(part))))
        }
        Body::File(file) => {
            let mut file = tokio::fs::File::from_std(file);
            file.seek(SeekFrom::Start(part.start)).await?;
            Ok(StreamingBlob::wrap(ReaderStream::with_capacity(file.take(part.end - part.start), 64 << 10)))
        }
    }
}
