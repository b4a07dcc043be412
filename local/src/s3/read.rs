//! GET, HEAD and listings.

use headers::{HeaderMapExt as _, LastModified};
use http::{HeaderMap, HeaderValue, header};
use s3s::dto::{
    CommonPrefix, ETag, ETagCondition, GetObjectInput, GetObjectOutput, GetObjectTaggingInput, GetObjectTaggingOutput,
    HeadObjectInput, HeadObjectOutput, ListObjectsInput, ListObjectsOutput, ListObjectsV2Input, ListObjectsV2Output,
    Object, Tag, Timestamp,
};
use s3s::{S3Error, S3Result, s3_error};

use super::body;
use super::listing::{self, ListingEntry};
use super::metadata::{ObjectMetadata, time_of};
use super::service::{Service, internal};

/// The fields that the outputs of GET and HEAD share. No trait of `s3s` covers them.
macro_rules! output {
    ($output:ident, $metadata:ident) => {
        $output {
            accept_ranges: Some("bytes".into()),
            cache_control: $metadata.cache_control.clone(),
            content_disposition: $metadata.content_disposition.clone(),
            content_encoding: $metadata.content_encoding.clone(),
            content_language: $metadata.content_language.clone(),
            content_type: $metadata.content_type.clone(),
            e_tag: Some(ETag::Strong($metadata.etag.clone())),
            last_modified: Some(time_of($metadata.modified).into()),
            metadata: Some($metadata.user.clone().into_iter().collect()),
            ..$output::default()
        }
    };
}

impl Service {
    pub(super) async fn get(&self, input: GetObjectInput) -> S3Result<GetObjectOutput> {
        let GetObjectInput { bucket, key, range, if_match, if_none_match, if_modified_since, .. } = input;
        let found = self.run(&bucket, move |objects| objects.get(&key)).await?;
        let (metadata, body) = found.ok_or_else(|| s3_error!(NoSuchKey))?;
        check(&metadata, if_match, if_none_match, if_modified_since)?;
        let part = range.map_or(Ok(0..metadata.size), |range| range.check(metadata.size))?;
        if range.is_some() && part.is_empty() {
            return Err(s3_error!(InvalidRange));
        }
        let content_range = range.map(|_| format!("bytes {}-{}/{}", part.start, part.end - 1, metadata.size));
        let content_length = Some(length(part.end - part.start));
        let body = Some(body::stream_range(body, part).await.map_err(internal)?);
        let tag_count = i32::try_from(metadata.tags.len()).ok().filter(|count| *count > 0);
        Ok(GetObjectOutput { content_length, content_range, body, tag_count, ..output!(GetObjectOutput, metadata) })
    }

    pub(super) async fn head(&self, input: HeadObjectInput) -> S3Result<HeadObjectOutput> {
        let HeadObjectInput { bucket, key, if_match, if_none_match, if_modified_since, .. } = input;
        let metadata = self.run(&bucket, move |objects| objects.metadata(&key)).await?;
        let metadata = metadata.ok_or_else(|| s3_error!(NoSuchKey))?;
        check(&metadata, if_match, if_none_match, if_modified_since)?;
        Ok(HeadObjectOutput { content_length: Some(length(metadata.size)), ..output!(HeadObjectOutput, metadata) })
    }

    pub(super) async fn tags(&self, input: GetObjectTaggingInput) -> S3Result<GetObjectTaggingOutput> {
        let GetObjectTaggingInput { bucket, key, .. } = input;
        let metadata =
            self.run(&bucket, move |objects| objects.metadata(&key)).await?.ok_or_else(|| s3_error!(NoSuchKey))?;
        let tag = |(key, value)| Tag { key: Some(key), value: Some(value) };
        Ok(GetObjectTaggingOutput { tag_set: metadata.tags.into_iter().map(tag).collect(), version_id: None })
    }

    pub(super) async fn list(&self, input: ListObjectsV2Input) -> S3Result<ListObjectsV2Output> {
        let ListObjectsV2Input {
            bucket,
            prefix,
            continuation_token,
            start_after,
            max_keys,
            delimiter,
            encoding_type,
            ..
        } = input;
        // The response contains the token unchanged, so tokens are URL-encoded: keys can contain characters that XML
        // cannot.
        let token = continuation_token.and_then(|token| listing::decoded(&token));
        let max = usize::try_from(max_keys.unwrap_or(1000).clamp(0, 1000)).unwrap_or(0);
        let (from, after) = (prefix.clone().unwrap_or_default(), token.or(start_after).unwrap_or_default());
        let by = delimiter.clone();
        let listed = self.run(&bucket, move |objects| {
            let mut entries = listing::entries(objects.keys(&from, &after)?, &from, by.as_deref());
            let is_more = entries.len() > max;
            entries.truncate(max);
            let next = entries.last().filter(|_| is_more).map(ListingEntry::token);
            let mut page = (Vec::new(), Vec::new(), next);
            for entry in entries {
                match entry {
                    ListingEntry::Object(key) => page.0.push((objects.metadata(&key)?.unwrap_or_default(), key)),
                    ListingEntry::Folder(prefix) => page.1.push(prefix),
                }
            }
            Ok(page)
        });
        let (listed, folders, next) = listed.await?;
        let spelled = |text: String| listing::encoded_if_requested(text, encoding_type.as_ref());
        let object = |(metadata, key): (ObjectMetadata, String)| Object {
            size: Some(length(metadata.size)),
            last_modified: Some(time_of(metadata.modified).into()),
            e_tag: Some(ETag::Strong(metadata.etag)),
            key: Some(spelled(key)),
            ..Object::default()
        };
        Ok(ListObjectsV2Output {
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
        })
    }

    /// Lists by ListObjects, the first version of the operation, whose pages begin after a key. Older clients use it.
    pub(super) async fn list_v1(&self, input: ListObjectsInput) -> S3Result<ListObjectsOutput> {
        let ListObjectsInput { bucket, prefix, marker, max_keys, delimiter, encoding_type, .. } = input;
        let newer = ListObjectsV2Input {
            bucket,
            prefix,
            start_after: marker.clone(),
            max_keys,
            delimiter,
            encoding_type,
            ..ListObjectsV2Input::default()
        };
        let listed = self.list(newer).await?;
        let next = listed.next_continuation_token.and_then(|token| listing::decoded(&token));
        let spelled = |text: String| listing::encoded_if_requested(text, listed.encoding_type.as_ref());
        Ok(ListObjectsOutput {
            name: listed.name,
            prefix: listed.prefix,
            marker: marker.map(&spelled),
            next_marker: next.map(&spelled),
            max_keys: listed.max_keys,
            delimiter: listed.delimiter,
            contents: listed.contents,
            common_prefixes: listed.common_prefixes,
            is_truncated: listed.is_truncated,
            encoding_type: listed.encoding_type.clone(),
            ..ListObjectsOutput::default()
        })
    }
}

/// Checks a request's conditions. RFC 9110 section 13.2.2: the date is ignored if the request has an ETag.
pub(super) fn check(
    metadata: &ObjectMetadata,
    if_match: Option<ETagCondition>,
    none_match: Option<ETagCondition>,
    since: Option<Timestamp>,
) -> S3Result<()> {
    if if_match.is_some_and(|condition| !matches(metadata, &condition)) {
        return Err(s3_error!(PreconditionFailed));
    }
    let is_same = match (none_match, since) {
        (Some(condition), _) => matches(metadata, &condition),
        (None, Some(since)) => Timestamp::from(time_of(metadata.modified)) <= since,
        (None, None) => false,
    };
    if is_same { Err(not_modified(metadata)) } else { Ok(()) }
}

fn not_modified(metadata: &ObjectMetadata) -> S3Error {
    let mut headers = HeaderMap::new();
    headers.typed_insert(LastModified::from(time_of(metadata.modified)));
    headers.extend(HeaderValue::try_from(format!("\"{}\"", metadata.etag)).map(|etag| (header::ETAG, etag)));
    let mut error = s3_error!(NotModified);
    error.set_headers(headers);
    error
}

/// Whether an object's ETag satisfies a condition.
pub(super) fn matches(metadata: &ObjectMetadata, condition: &ETagCondition) -> bool {
    match condition {
        ETagCondition::Any => true,
        ETagCondition::ETag(etag) => etag.value() == metadata.etag,
    }
}

pub(super) fn length(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
