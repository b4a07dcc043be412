//! Operations of multipart uploads.

use bytes::Bytes;
use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, CompleteMultipartUploadInput, CompleteMultipartUploadOutput,
    CopyPartResult, CreateMultipartUploadInput, CreateMultipartUploadOutput, ETag, ListPartsInput, ListPartsOutput,
    Part, Range, Timestamp, UploadPartCopyInput, UploadPartCopyOutput, UploadPartInput, UploadPartOutput,
};
use s3s::{S3Request, S3Result, s3_error};

use super::body::{self, DeclaredBody};
use super::change::Change;
use super::metadata::{ObjectMetadata, time_of};
use super::read::length;
use super::service::{Service, internal, run_to_completion};
use super::uploads::{self, Completed, MAX_PARTS};
use super::write::{may_write, metadata};

impl Service {
    pub(super) async fn begin(&self, input: CreateMultipartUploadInput) -> S3Result<CreateMultipartUploadOutput> {
        let CreateMultipartUploadInput { bucket, key, .. } = input;
        let metadata = metadata!(input);
        let name = key.clone();
        let id = self.run(&bucket, move |objects| objects.begin_upload(&name, metadata)).await?;
        Ok(CreateMultipartUploadOutput {
            bucket: Some(bucket),
            key: Some(key),
            upload_id: Some(id),
            ..CreateMultipartUploadOutput::default()
        })
    }

    pub(super) async fn part(&self, request: S3Request<UploadPartInput>) -> S3Result<UploadPartOutput> {
        let declared = DeclaredBody::of(&request, request.input.content_length);
        let UploadPartInput { bucket, key, upload_id, part_number, body, .. } = request.input;
        let (bytes, checksum) = declared.collect(body).await?;
        let part = self.keep(bucket, key, upload_id, part_number, bytes).await?;
        Ok(UploadPartOutput {
            e_tag: Some(ETag::Strong(part.etag)),
            checksum_crc32: checksum.checksum_crc32,
            checksum_crc32c: checksum.checksum_crc32c,
            checksum_crc64nvme: checksum.checksum_crc64nvme,
            checksum_sha1: checksum.checksum_sha1,
            checksum_sha256: checksum.checksum_sha256,
            ..UploadPartOutput::default()
        })
    }

    pub(super) async fn part_copy(&self, input: UploadPartCopyInput) -> S3Result<UploadPartCopyOutput> {
        let UploadPartCopyInput { bucket, key, upload_id, part_number, copy_source, copy_source_range, .. } = input;
        let (found, body) = self.source(&copy_source).await?;
        let bytes = body::read_all(body).await.map_err(internal)?;
        let bytes = match copy_source_range.as_deref().map(Range::parse) {
            None => bytes,
            Some(range) => {
                let range = range.map_err(|_| s3_error!(InvalidArgument, "x-amz-copy-source-range is not valid"))?;
                let part = range.check(found.size)?;
                bytes.slice(part.start as usize..part.end as usize)
            }
        };
        let part = self.keep(bucket, key, upload_id, part_number, bytes).await?;
        let copy_part_result = CopyPartResult {
            last_modified: Some(Timestamp::from(time_of(part.modified))),
            e_tag: Some(ETag::Strong(part.etag)),
            ..CopyPartResult::default()
        };
        Ok(UploadPartCopyOutput { copy_part_result: Some(copy_part_result), ..UploadPartCopyOutput::default() })
    }

    async fn keep(
        &self,
        bucket: String,
        key: String,
        id: String,
        number: i32,
        bytes: Bytes,
    ) -> S3Result<uploads::Part> {
        let number = u16::try_from(number).ok().filter(|number| (1..=MAX_PARTS).contains(number));
        let number = number.ok_or_else(|| s3_error!(InvalidArgument, "partNumber must be from 1 to {MAX_PARTS}"))?;
        let kept = self.run(&bucket, move |objects| objects.put_part(&id, &key, number, &bytes)).await?;
        kept.ok_or_else(|| s3_error!(NoSuchUpload))
    }

    pub(super) async fn complete(
        &self,
        input: CompleteMultipartUploadInput,
    ) -> S3Result<CompleteMultipartUploadOutput> {
        let CompleteMultipartUploadInput { bucket, key, upload_id, multipart_upload, if_match, if_none_match, .. } =
            input;
        let mut named = Vec::new();
        for part in multipart_upload.and_then(|upload| upload.parts).unwrap_or_default() {
            let number = part.part_number.and_then(|number| u16::try_from(number).ok());
            named.push(number.zip(part.e_tag.map(ETag::into_value)).ok_or_else(|| s3_error!(InvalidPart))?);
        }
        if !named.is_sorted_by(|(one, _), (next, _)| one < next) {
            return Err(s3_error!(InvalidPartOrder));
        }
        let may = move |present: Option<&ObjectMetadata>| may_write(present, if_match, if_none_match);
        let (service, name, place) = (self.clone(), key.clone(), bucket.clone());
        let written = run_to_completion(async move {
            let key = name.clone();
            let completed = service.run(&place, move |objects| objects.complete_upload(&upload_id, &key, &named, may));
            let written = match completed.await? {
                Completed::Written(written) => written,
                Completed::PreconditionFailed => return Err(s3_error!(PreconditionFailed)),
                Completed::NoSuchUpload => return Err(s3_error!(NoSuchUpload)),
                Completed::InvalidPart => return Err(s3_error!(InvalidPart)),
                Completed::PartTooSmall => return Err(s3_error!(EntityTooSmall)),
            };
            service.tell(Change::Created { key: name, metadata: written.clone() }).await;
            Ok(written)
        });
        Ok(CompleteMultipartUploadOutput {
            e_tag: Some(ETag::Strong(written.await?.etag)),
            location: Some(format!("/{bucket}/{key}")),
            bucket: Some(bucket),
            key: Some(key),
            ..CompleteMultipartUploadOutput::default()
        })
    }

    pub(super) async fn abort(&self, input: AbortMultipartUploadInput) -> S3Result<AbortMultipartUploadOutput> {
        let AbortMultipartUploadInput { bucket, key, upload_id, .. } = input;
        let was_there = self.run(&bucket, move |objects| objects.abort_upload(&upload_id, &key)).await?;
        if was_there { Ok(AbortMultipartUploadOutput::default()) } else { Err(s3_error!(NoSuchUpload)) }
    }

    /// Returns all parts in one page. S3 would return pages of 1,000 parts; clients request more only if a page is
    /// truncated.
    pub(super) async fn parts(&self, input: ListPartsInput) -> S3Result<ListPartsOutput> {
        let ListPartsInput { bucket, key, upload_id, part_number_marker, .. } = input;
        let (id, name) = (upload_id.clone(), key.clone());
        let parts = self.run(&bucket, move |objects| objects.parts(&id, &name)).await?;
        let parts = parts.ok_or_else(|| s3_error!(NoSuchUpload))?;
        let after = part_number_marker.unwrap_or(0);
        let parts = parts.into_iter().filter(|part| i32::from(part.number) > after).map(|part| Part {
            part_number: Some(i32::from(part.number)),
            size: Some(length(part.size)),
            last_modified: Some(Timestamp::from(time_of(part.modified))),
            e_tag: Some(ETag::Strong(part.etag)),
            ..Part::default()
        });
        Ok(ListPartsOutput {
            parts: Some(parts.collect()),
            bucket: Some(bucket),
            key: Some(key),
            upload_id: Some(upload_id),
            is_truncated: Some(false),
            ..ListPartsOutput::default()
        })
    }
}
