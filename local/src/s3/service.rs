//! The S3 operations over [`Objects`].

use std::io::SeekFrom;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use headers::{HeaderMapExt as _, LastModified};
use http::{HeaderMap, HeaderValue, header};
use s3s::dto::{
    CommonPrefix, DeleteObjectInput, DeleteObjectOutput, ETag, ETagCondition, GetObjectInput, GetObjectOutput,
    GetObjectTaggingInput, GetObjectTaggingOutput, HeadObjectInput, HeadObjectOutput, ListObjectsV2Input,
    ListObjectsV2Output, Object, PutObjectInput, PutObjectOutput, StreamingBlob, Tag, Timestamp,
};
use s3s::{S3, S3Error, S3Request, S3Response, S3Result, s3_error};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio::task::spawn_blocking;
use tokio_util::io::ReaderStream;

use super::BUCKET;
use super::change::{Change, Watcher};
use super::listing::{self, Entry};
use super::objects::{Body, Deleted, Facts, Objects};
use crate::out::tell;

#[derive(Clone)]
pub(super) struct Service {
    objects: Arc<Objects>,
    watcher: Option<Arc<dyn Watcher>>,
}

impl Service {
    pub(super) fn new(objects: Arc<Objects>, watcher: Option<Arc<dyn Watcher>>) -> Service {
        Service { objects, watcher }
    }

    async fn tell(&self, change: Change) {
        if let Some(watcher) = self.watcher.clone() {
            // One that panics has said so.
            let _ = tokio::spawn(async move { watcher.changed(change).await }).await;
        }
    }

    /// Runs a blocking operation on the objects.
    async fn run<T: Send + 'static>(
        &self,
        bucket: &str,
        operation: impl FnOnce(&Objects) -> anyhow::Result<T> + Send + 'static,
    ) -> S3Result<T> {
        if bucket != BUCKET {
            return Err(s3_error!(NoSuchBucket, "the only bucket is {BUCKET}"));
        }
        let objects = Arc::clone(&self.objects);
        let done = spawn_blocking(move || operation(&objects)).await;
        done.map_err(internal)?.map_err(|error| internal(std::io::Error::other(error.to_string())))
    }
}

#[async_trait::async_trait]
impl S3 for Service {
    async fn get_object(&self, request: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        let GetObjectInput { bucket, key, range, if_match, if_none_match, if_modified_since, .. } = request.input;
        let found = self.run(&bucket, move |objects| objects.get(&key)).await?;
        let (facts, body) = found.ok_or_else(|| s3_error!(NoSuchKey))?;
        check(&facts, if_match, if_none_match, if_modified_since)?;
        let part = range.map_or(Ok(0..facts.size), |range| range.check(facts.size))?;
        if range.is_some() && part.is_empty() {
            return Err(s3_error!(InvalidRange));
        }
        let content_range = range.map(|_| format!("bytes {}-{}/{}", part.start, part.end - 1, facts.size));
        let content_length = length(part.end - part.start);
        Ok(S3Response::new(GetObjectOutput {
            accept_ranges: Some("bytes".into()),
            content_length: Some(content_length),
            body: Some(stream(body, part).await.map_err(internal)?),
            content_range,
            cache_control: facts.cache_control.clone(),
            content_type: facts.content_type.clone(),
            e_tag: Some(ETag::Strong(facts.etag.clone())),
            last_modified: Some(modified(&facts).into()),
            tag_count: i32::try_from(facts.tags.len()).ok().filter(|count| *count > 0),
            metadata: Some(facts.metadata.into_iter().collect()),
            ..GetObjectOutput::default()
        }))
    }

    async fn head_object(&self, request: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
        let HeadObjectInput { bucket, key, if_match, if_none_match, if_modified_since, .. } = request.input;
        let facts = self.run(&bucket, move |objects| objects.facts(&key)).await?;
        let facts = facts.ok_or_else(|| s3_error!(NoSuchKey))?;
        check(&facts, if_match, if_none_match, if_modified_since)?;
        Ok(S3Response::new(HeadObjectOutput {
            accept_ranges: Some("bytes".into()),
            content_length: Some(length(facts.size)),
            cache_control: facts.cache_control.clone(),
            content_type: facts.content_type.clone(),
            e_tag: Some(ETag::Strong(facts.etag.clone())),
            last_modified: Some(modified(&facts).into()),
            metadata: Some(facts.metadata.into_iter().collect()),
            ..HeadObjectOutput::default()
        }))
    }

    async fn put_object(&self, request: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        let PutObjectInput {
            bucket,
            key,
            body,
            content_length,
            content_type,
            cache_control,
            metadata,
            tagging,
            if_match,
            if_none_match,
            ..
        } = request.input;
        let bytes = collect(body.ok_or_else(|| s3_error!(IncompleteBody))?, content_length).await?;
        let tags = form_urlencoded::parse(tagging.as_deref().unwrap_or_default().as_bytes());
        let facts = Facts {
            content_type,
            cache_control,
            metadata: metadata.unwrap_or_default().into_iter().collect(),
            tags: tags.into_owned().collect(),
            ..Facts::default()
        };
        let may = move |present: Option<&Facts>| may_write(present, if_match, if_none_match);
        let service = self.clone();
        let written = to_the_end(async move {
            let name = key.clone();
            let written = service.run(&bucket, move |objects| objects.put(&name, &bytes, facts, may));
            let written = written.await?.ok_or_else(|| s3_error!(PreconditionFailed))?;
            service.tell(Change::Created { key, facts: written.clone() }).await;
            Ok(written)
        });
        let written = written.await?;
        Ok(S3Response::new(PutObjectOutput { e_tag: Some(ETag::Strong(written.etag)), ..PutObjectOutput::default() }))
    }

    async fn delete_object(&self, request: S3Request<DeleteObjectInput>) -> S3Result<S3Response<DeleteObjectOutput>> {
        let DeleteObjectInput { bucket, key, .. } = request.input;
        let service = self.clone();
        let deleted = to_the_end(async move {
            let name = key.clone();
            let deleted = service.run(&bucket, move |objects| objects.delete(&name)).await?;
            if matches!(deleted, Deleted::All | Deleted::Cover) {
                service.tell(Change::Deleted { key }).await;
            }
            Ok(deleted)
        });
        match deleted.await? {
            Deleted::All | Deleted::Nothing => Ok(S3Response::new(DeleteObjectOutput::default())),
            Deleted::Cover | Deleted::Refused => {
                Err(s3_error!(AccessDenied, "a file of the originals folder is not deleted from here"))
            }
        }
    }

    async fn get_object_tagging(
        &self,
        request: S3Request<GetObjectTaggingInput>,
    ) -> S3Result<S3Response<GetObjectTaggingOutput>> {
        let GetObjectTaggingInput { bucket, key, .. } = request.input;
        let facts = self.run(&bucket, move |objects| objects.facts(&key)).await?.ok_or_else(|| s3_error!(NoSuchKey))?;
        let tag = |(key, value)| Tag { key: Some(key), value: Some(value) };
        let tag_set = facts.tags.into_iter().map(tag).collect();
        Ok(S3Response::new(GetObjectTaggingOutput { tag_set, ..GetObjectTaggingOutput::default() }))
    }

    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        let ListObjectsV2Input {
            bucket,
            prefix,
            continuation_token,
            start_after,
            max_keys,
            delimiter,
            encoding_type,
            ..
        } = request.input;
        // The answer has it as it is, and a key may have what XML lacks.
        let token = continuation_token.and_then(|token| listing::decoded(&token));
        let max = usize::try_from(max_keys.unwrap_or(1000).clamp(0, 1000)).unwrap_or(0);
        let (from, after) = (prefix.clone().unwrap_or_default(), token.or(start_after).unwrap_or_default());
        let by = delimiter.clone();
        let listed = self.run(&bucket, move |objects| {
            let mut entries = listing::entries(objects.keys(&from, &after)?, &from, by.as_deref());
            let is_more = entries.len() > max;
            entries.truncate(max);
            let next = entries.last().filter(|_| is_more).map(Entry::token);
            let mut page = (Vec::new(), Vec::new(), next);
            for entry in entries {
                match entry {
                    Entry::Object(key) => page.0.push((objects.facts(&key)?.unwrap_or_default(), key)),
                    Entry::Folder(prefix) => page.1.push(prefix),
                }
            }
            Ok(page)
        });
        let (listed, folders, next) = listed.await?;
        let spelled = |text: String| listing::spelled(text, encoding_type.as_ref());
        let object = |(facts, key): (Facts, String)| Object {
            size: Some(length(facts.size)),
            last_modified: Some(modified(&facts).into()),
            e_tag: Some(ETag::Strong(facts.etag)),
            key: Some(spelled(key)),
            ..Object::default()
        };
        Ok(S3Response::new(ListObjectsV2Output {
            name: Some(bucket),
            prefix: prefix.map(&spelled),
            delimiter: delimiter.map(&spelled),
            key_count: i32::try_from(listed.len() + folders.len()).ok(),
            max_keys: i32::try_from(max).ok(),
            contents: Some(listed.into_iter().map(object).collect()),
            common_prefixes: Some(
                folders.into_iter().map(|prefix| CommonPrefix { prefix: Some(spelled(prefix)) }).collect(),
            ),
            is_truncated: Some(next.is_some()),
            next_continuation_token: next.map(listing::encoded),
            encoding_type,
            ..ListObjectsV2Output::default()
        }))
    }
}

/// Goes on when the client goes away: then hyper drops what handles its request, but what is written must be told.
async fn to_the_end<T: Send + 'static>(task: impl Future<Output = S3Result<T>> + Send + 'static) -> S3Result<T> {
    tokio::spawn(task).await.map_err(internal)?
}

/// RFC 9110 section 13.2.2: the ETag decides where it is given, the date only where it is not.
fn check(
    facts: &Facts,
    if_match: Option<ETagCondition>,
    none_match: Option<ETagCondition>,
    since: Option<Timestamp>,
) -> S3Result<()> {
    if if_match.is_some_and(|condition| !matches(facts, &condition)) {
        return Err(s3_error!(PreconditionFailed));
    }
    let is_same = match (none_match, since) {
        (Some(condition), _) => matches(facts, &condition),
        (None, Some(since)) => Timestamp::from(modified(facts)) <= since,
        (None, None) => false,
    };
    if is_same { Err(not_modified(facts)) } else { Ok(()) }
}

fn not_modified(facts: &Facts) -> S3Error {
    let mut headers = HeaderMap::new();
    headers.typed_insert(LastModified::from(modified(facts)));
    headers.extend(HeaderValue::try_from(format!("\"{}\"", facts.etag)).map(|etag| (header::ETAG, etag)));
    let mut error = s3_error!(NotModified);
    error.set_headers(headers);
    error
}

fn may_write(present: Option<&Facts>, if_match: Option<ETagCondition>, none_match: Option<ETagCondition>) -> bool {
    let matches = |condition: ETagCondition| present.is_some_and(|facts| matches(facts, &condition));
    if_match.is_none_or(matches) && !none_match.is_some_and(matches)
}

fn matches(facts: &Facts, condition: &ETagCondition) -> bool {
    match condition {
        ETagCondition::Any => true,
        ETagCondition::ETag(etag) => etag.value() == facts.etag,
    }
}

/// A part of an object's bytes; of a file, without reading it whole.
async fn stream(body: Body, part: Range<u64>) -> std::io::Result<StreamingBlob> {
    match body {
        Body::Bytes(bytes) => {
            let part = part.start as usize..part.end as usize;
            Ok(StreamingBlob::from(s3s::Body::from(bytes.slice(part))))
        }
        Body::File(path) => {
            let mut file = tokio::fs::File::open(path).await?;
            file.seek(SeekFrom::Start(part.start)).await?;
            Ok(StreamingBlob::wrap(ReaderStream::with_capacity(file.take(part.end - part.start), 64 << 10)))
        }
    }
}

/// Reads a body to its announced end; s3s has checked signature and checksum on the way.
async fn collect(mut body: StreamingBlob, announced: Option<i64>) -> S3Result<Bytes> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = body.next().await {
        bytes.extend_from_slice(&chunk.map_err(|error| S3Error::with_source(s3s::S3ErrorCode::IncompleteBody, error))?);
    }
    if announced.is_some_and(|announced| announced != length(bytes.len() as u64)) {
        return Err(s3_error!(IncompleteBody));
    }
    Ok(bytes.freeze())
}

fn modified(facts: &Facts) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(facts.modified)
}

fn length(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

fn internal(error: impl std::error::Error + Send + Sync + 'static) -> S3Error {
    tell!("s3: {error}");
    S3Error::internal_error(error)
}
