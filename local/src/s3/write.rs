//! PUT, copies and deletions.

use std::collections::BTreeMap;

use s3s::dto::{
    CopyObjectInput, CopyObjectOutput, CopyObjectResult, CopySource, DeleteObjectInput, DeleteObjectOutput,
    DeleteObjectsInput, DeleteObjectsOutput, DeletedObject, ETag, ETagCondition, Error, MetadataDirective,
    PutObjectInput, PutObjectOutput, TaggingDirective, Timestamp,
};
use s3s::{S3Request, S3Result, s3_error};

use super::body::Body;
use super::body::{self, DeclaredBody};
use super::change::Change;
use super::metadata::{ObjectMetadata, time_of};
use super::objects::Deleted;
use super::read::matches;
use super::service::{Service, internal, run_to_completion};

/// The metadata in a request. Several inputs of `s3s` have these fields, but no trait covers them.
macro_rules! metadata {
    ($input:ident) => {
        $crate::s3::metadata::ObjectMetadata {
            content_type: $input.content_type,
            cache_control: $input.cache_control,
            content_disposition: $input.content_disposition,
            content_encoding: $input.content_encoding.and_then($crate::s3::write::stored_encoding),
            content_language: $input.content_language,
            user: $input.metadata.unwrap_or_default().into_iter().collect(),
            tags: $crate::s3::write::tags($input.tagging.as_deref()),
            ..$crate::s3::metadata::ObjectMetadata::default()
        }
    };
}
pub(super) use metadata;

/// Whether the object that would be replaced satisfies the conditions of a write (`If-Match`, `If-None-Match`).
pub(super) fn may_write(
    present: Option<&ObjectMetadata>,
    if_match: Option<ETagCondition>,
    none_match: Option<ETagCondition>,
) -> bool {
    let matches = |condition: ETagCondition| present.is_some_and(|metadata| matches(metadata, &condition));
    if_match.is_none_or(matches) && !none_match.is_some_and(matches)
}

/// Removes `aws-chunked`, which describes the transfer. S3 does not store it.
pub(super) fn stored_encoding(text: String) -> Option<String> {
    let codings = text.split(',').map(str::trim).filter(|coding| !coding.eq_ignore_ascii_case("aws-chunked"));
    let kept = codings.filter(|coding| !coding.is_empty()).collect::<Vec<_>>().join(",");
    (!kept.is_empty()).then_some(kept)
}

/// Parses the header `x-amz-tagging`, which has the form of a query.
pub(super) fn tags(header: Option<&str>) -> BTreeMap<String, String> {
    form_urlencoded::parse(header.unwrap_or_default().as_bytes()).into_owned().collect()
}

impl Service {
    pub(super) async fn put(&self, request: S3Request<PutObjectInput>) -> S3Result<PutObjectOutput> {
        let declared = DeclaredBody::of(&request, request.input.content_length);
        let mut input = request.input;
        let (bytes, checksum) = declared.collect(input.body.take()).await?;
        let PutObjectInput { bucket, key, if_match, if_none_match, .. } = input;
        let metadata = metadata!(input);
        let may = move |present: Option<&ObjectMetadata>| may_write(present, if_match, if_none_match);
        let service = self.clone();
        let written = run_to_completion(async move {
            let name = key.clone();
            let written = service.run(&bucket, move |objects| objects.put(&name, &bytes, metadata, may));
            let written = written.await?.ok_or_else(|| s3_error!(PreconditionFailed))?;
            service.tell(Change::Created { key, metadata: written.clone() }).await;
            Ok(written)
        });
        Ok(PutObjectOutput {
            e_tag: Some(ETag::Strong(written.await?.etag)),
            checksum_crc32: checksum.checksum_crc32,
            checksum_crc32c: checksum.checksum_crc32c,
            checksum_crc64nvme: checksum.checksum_crc64nvme,
            checksum_sha1: checksum.checksum_sha1,
            checksum_sha256: checksum.checksum_sha256,
            ..PutObjectOutput::default()
        })
    }

    pub(super) async fn copy(&self, input: CopyObjectInput) -> S3Result<CopyObjectOutput> {
        let (found, body) = self.source(&input.copy_source).await?;
        let is_other = |condition: &ETagCondition| !matches(&found, condition);
        if input.copy_source_if_match.as_ref().is_some_and(is_other)
            || input.copy_source_if_none_match.as_ref().is_some_and(|condition| !is_other(condition))
        {
            return Err(s3_error!(PreconditionFailed));
        }
        let bytes = body::read_all(body).await.map_err(internal)?;
        let CopyObjectInput { bucket, key, metadata_directive, tagging_directive, .. } = input;
        let is_replaced = metadata_directive.is_some_and(|word| word.as_str() == MetadataDirective::REPLACE);
        let has_new_tags = tagging_directive.is_some_and(|word| word.as_str() == TaggingDirective::REPLACE);
        let given = metadata!(input);
        let tags = if has_new_tags { given.tags.clone() } else { found.tags.clone() };
        let metadata = if is_replaced { given } else { found };
        let metadata = ObjectMetadata { etag: String::new(), tags, ..metadata };
        let service = self.clone();
        let written = run_to_completion(async move {
            let name = key.clone();
            let written = service.run(&bucket, move |objects| objects.put(&name, &bytes, metadata, |_| true));
            let written = written.await?.ok_or_else(|| s3_error!(PreconditionFailed))?;
            service.tell(Change::Created { key, metadata: written.clone() }).await;
            Ok(written)
        });
        let written = written.await?;
        let copy_object_result = CopyObjectResult {
            last_modified: Some(Timestamp::from(time_of(written.modified))),
            e_tag: Some(ETag::Strong(written.etag)),
            ..CopyObjectResult::default()
        };
        Ok(CopyObjectOutput { copy_object_result: Some(copy_object_result), ..CopyObjectOutput::default() })
    }

    /// Reads the object that is copied.
    pub(super) async fn source(&self, source: &CopySource) -> S3Result<(ObjectMetadata, Body)> {
        let CopySource::Bucket { bucket, key, version_id: None } = source else {
            return Err(s3_error!(NotImplemented, "the copy source must be BUCKET/KEY without a version ID"));
        };
        let key = key.to_string();
        self.run(bucket, move |objects| objects.get(&key)).await?.ok_or_else(|| s3_error!(NoSuchKey))
    }

    pub(super) async fn delete(&self, input: DeleteObjectInput) -> S3Result<DeleteObjectOutput> {
        match self.delete_one(input.bucket, input.key).await? {
            Deleted::Object | Deleted::Nothing => Ok(DeleteObjectOutput::default()),
            Deleted::ObjectOverOriginal | Deleted::ReadOnly => Err(s3_error!(AccessDenied, "{READ_ONLY}")),
        }
    }

    pub(super) async fn delete_many(&self, input: DeleteObjectsInput) -> S3Result<DeleteObjectsOutput> {
        let is_quiet = input.delete.quiet.unwrap_or(false);
        let (mut deleted, mut errors) = (Vec::new(), Vec::new());
        for object in input.delete.objects {
            let key = object.key;
            let (code, message) = match self.delete_one(input.bucket.clone(), key.clone()).await {
                Ok(Deleted::Object | Deleted::Nothing) => {
                    deleted.push(DeletedObject { key: Some(key), ..DeletedObject::default() });
                    continue;
                }
                Ok(Deleted::ObjectOverOriginal | Deleted::ReadOnly) => {
                    ("AccessDenied".to_owned(), READ_ONLY.to_owned())
                }
                // The same error applies to all keys.
                Err(error) if error.code().as_str() == "NoSuchBucket" => return Err(error),
                Err(error) => (error.code().as_str().to_owned(), error.message().unwrap_or_default().to_owned()),
            };
            errors.push(Error { code: Some(code), key: Some(key), message: Some(message), version_id: None });
        }
        let deleted = (!is_quiet).then_some(deleted);
        Ok(DeleteObjectsOutput { deleted, errors: Some(errors), ..DeleteObjectsOutput::default() })
    }

    async fn delete_one(&self, bucket: String, key: String) -> S3Result<Deleted> {
        let service = self.clone();
        run_to_completion(async move {
            let name = key.clone();
            let deleted = service.run(&bucket, move |objects| objects.delete(&name)).await?;
            if matches!(deleted, Deleted::Object | Deleted::ObjectOverOriginal) {
                service.tell(Change::Deleted { key }).await;
            }
            Ok(deleted)
        })
        .await
    }
}

const READ_ONLY: &str = "originals are read only";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aws_chunked_is_not_stored() {
        let kept = |text: &str| stored_encoding(text.to_owned());
        assert_eq!(kept("gzip").as_deref(), Some("gzip"));
        assert_eq!(kept("aws-chunked"), None);
        assert_eq!(kept("aws-chunked,gzip").as_deref(), Some("gzip"));
        assert_eq!(kept("gzip, AWS-chunked").as_deref(), Some("gzip"));
        assert_eq!(kept(""), None);
    }
}
