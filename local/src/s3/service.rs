//! The operations of the S3 API that the server implements.

use std::sync::Arc;
use std::time::SystemTime;

use s3s::dto;
use s3s::{S3, S3Error, S3ErrorCode, S3Request, S3Response, S3Result, s3_error};
use tokio::task::spawn_blocking;

use super::bucket::{BUCKET, REGION};
use super::change::{Change, Watcher};
use super::objects::Objects;
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

    pub(super) async fn tell(&self, change: Change) {
        if let Some(watcher) = self.watcher.clone() {
            // A panic has been logged by its own thread.
            let _ = tokio::spawn(async move { watcher.changed(change).await }).await;
        }
    }

    /// Runs a blocking operation. If it fails, the bucket cannot be read or written at the moment: 503.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        bucket: &str,
        operation: impl FnOnce(&Objects) -> anyhow::Result<T> + Send + 'static,
    ) -> S3Result<T> {
        here(bucket)?;
        let objects = Arc::clone(&self.objects);
        let done = spawn_blocking(move || operation(&objects)).await;
        done.map_err(internal)?.map_err(|error| {
            tell!("s3: {error:#}");
            S3Error::with_message(
                S3ErrorCode::ServiceUnavailable,
                "the bucket is not available; see the log of `ridge serve`",
            )
        })
    }
}

fn here(bucket: &str) -> S3Result<()> {
    if bucket == BUCKET { Ok(()) } else { Err(s3_error!(NoSuchBucket, "the only bucket is {BUCKET}")) }
}

/// Runs a task to its end even if the client closes the connection. hyper then drops the request's handler, but the
/// watcher must still receive what has been written.
pub(super) async fn run_to_completion<T: Send + 'static>(
    task: impl Future<Output = S3Result<T>> + Send + 'static,
) -> S3Result<T> {
    tokio::spawn(task).await.map_err(internal)?
}

/// Logs an unexpected error, and returns a 500.
pub(super) fn internal(error: impl std::error::Error + Send + Sync + 'static) -> S3Error {
    tell!("s3: {error}");
    S3Error::internal_error(error)
}

/// Implements methods of the trait [`S3`]. Each passes its whole request, or the request's input, to a method of
/// [`Service`].
macro_rules! operations {
    ($($name:ident($input:ident) -> $output:ident = $method:ident($part:ident);)*) => {
        #[async_trait::async_trait]
        impl S3 for Service {
            $(async fn $name(&self, request: S3Request<dto::$input>) -> S3Result<S3Response<dto::$output>> {
                operations!(@call self, request, $method, $part)
            })*
        }
    };
    (@call $self:ident, $request:ident, $method:ident, request) => { $self.$method($request).await.map(S3Response::new) };
    (@call $self:ident, $request:ident, $method:ident, input) => { $self.$method($request.input).await.map(S3Response::new) };
}

operations! {
    get_object(GetObjectInput) -> GetObjectOutput = get(input);
    head_object(HeadObjectInput) -> HeadObjectOutput = head(input);
    get_object_tagging(GetObjectTaggingInput) -> GetObjectTaggingOutput = tags(input);
    list_objects(ListObjectsInput) -> ListObjectsOutput = list_v1(input);
    list_objects_v2(ListObjectsV2Input) -> ListObjectsV2Output = list(input);
    put_object(PutObjectInput) -> PutObjectOutput = put(request);
    copy_object(CopyObjectInput) -> CopyObjectOutput = copy(input);
    delete_object(DeleteObjectInput) -> DeleteObjectOutput = delete(input);
    delete_objects(DeleteObjectsInput) -> DeleteObjectsOutput = delete_many(input);
    create_multipart_upload(CreateMultipartUploadInput) -> CreateMultipartUploadOutput = begin(input);
    upload_part(UploadPartInput) -> UploadPartOutput = part(request);
    upload_part_copy(UploadPartCopyInput) -> UploadPartCopyOutput = part_copy(input);
    complete_multipart_upload(CompleteMultipartUploadInput) -> CompleteMultipartUploadOutput = complete(input);
    abort_multipart_upload(AbortMultipartUploadInput) -> AbortMultipartUploadOutput = abort(input);
    list_parts(ListPartsInput) -> ListPartsOutput = parts(input);
    list_buckets(ListBucketsInput) -> ListBucketsOutput = buckets(input);
    head_bucket(HeadBucketInput) -> HeadBucketOutput = bucket(input);
    get_bucket_location(GetBucketLocationInput) -> GetBucketLocationOutput = location(input);
}

impl Service {
    async fn buckets(&self, _: dto::ListBucketsInput) -> S3Result<dto::ListBucketsOutput> {
        let created = Some(dto::Timestamp::from(SystemTime::UNIX_EPOCH));
        let bucket = dto::Bucket { name: Some(BUCKET.to_owned()), creation_date: created, ..dto::Bucket::default() };
        Ok(dto::ListBucketsOutput { buckets: Some(vec![bucket]), ..dto::ListBucketsOutput::default() })
    }

    async fn bucket(&self, input: dto::HeadBucketInput) -> S3Result<dto::HeadBucketOutput> {
        here(&input.bucket)?;
        Ok(dto::HeadBucketOutput { bucket_region: Some(REGION.to_owned()), ..dto::HeadBucketOutput::default() })
    }

    /// Returns an empty location, which means us-east-1 ("GetBucketLocation" of the API reference).
    async fn location(&self, input: dto::GetBucketLocationInput) -> S3Result<dto::GetBucketLocationOutput> {
        here(&input.bucket)?;
        Ok(dto::GetBucketLocationOutput::default())
    }
}
