//! The bucket as CloudFront sees it: signed GET and HEAD requests, and unmodified responses.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_s3::Client;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::config::interceptors::BeforeDeserializationInterceptorContextRef;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::{self, ConfigBag, Intercept, ResponseChecksumValidation, RuntimeComponents};
use aws_sdk_s3::error::{BoxError, DisplayErrorContext, SdkError};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use ridge_contract::Key;
use ridge_store::Address;

/// The bucket behind the distribution.
#[derive(Debug, Clone)]
pub struct Origin {
    client: Client,
    address: Address,
    endpoint: Option<String>,
}

/// The response of S3.
pub(super) struct S3Response {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// The maximum size of an object, in bytes. Objects are held in memory.
const MAX_BYTES: i64 = 256 << 20;

impl Origin {
    /// Returns the bucket that `client` reaches; `endpoint` is the URL of another server than AWS.
    pub fn new(client: Client, address: Address, endpoint: Option<String>) -> Origin {
        Origin { client, address, endpoint }
    }

    /// Returns the bucket's name and region.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Returns the URL of the S3 server; `None` is AWS.
    pub fn endpoint(&self) -> Option<&str> {
        self.endpoint.as_deref()
    }

    /// Requests an object. With an ETag, the request is conditional.
    pub(super) async fn ask(&self, method: &str, uri: &str, etag: Option<&str>) -> Result<S3Response, String> {
        let key = Key::from_path(uri).map_err(|error| error.to_string())?;
        let raw = Raw::default();
        // CloudFront sends each request once, and requests no checksums.
        let plain = config::Config::builder()
            .retry_config(RetryConfig::disabled())
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
        let bucket = &self.address.bucket;
        let body = if method == "HEAD" {
            let head =
                self.client.head_object().bucket(bucket).key(key.as_str()).set_if_none_match(etag.map(str::to_owned));
            let sent = head.customize().interceptor(raw.clone()).config_override(plain).send().await;
            sent.map(|_| Bytes::new()).or_else(error_body)
        } else {
            let get =
                self.client.get_object().bucket(bucket).key(key.as_str()).set_if_none_match(etag.map(str::to_owned));
            match get.customize().interceptor(raw.clone()).config_override(plain).send().await {
                Ok(output) if output.content_length.is_some_and(|length| length > MAX_BYTES) => {
                    Err(format!("{key} exceeds {MAX_BYTES} bytes"))
                }
                Ok(output) => {
                    output.body.collect().await.map(|body| body.into_bytes()).map_err(|error| error.to_string())
                }
                Err(error) => error_body(error),
            }
        }?;
        let (status, headers) = raw.take().ok_or("S3 sent no response")?;
        Ok(S3Response { status, headers, body })
    }
}

/// Returns the body of an error that S3 has sent. Other errors mean that there was no response.
fn error_body<E: std::error::Error + Send + Sync + 'static>(error: SdkError<E, HttpResponse>) -> Result<Bytes, String> {
    match error.raw_response() {
        Some(response) => Ok(Bytes::copy_from_slice(response.body().bytes().unwrap_or_default())),
        None => Err(DisplayErrorContext(error).to_string()),
    }
}

/// Records status and headers as S3 sent them, which the client's own types do not contain.
#[derive(Debug, Clone, Default)]
struct Raw(Arc<Mutex<Option<(StatusCode, HeaderMap)>>>);

impl Raw {
    fn take(&self) -> Option<(StatusCode, HeaderMap)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Intercept for Raw {
    fn name(&self) -> &'static str {
        "Raw"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        let status = StatusCode::from_u16(response.status().as_u16())?;
        let mut headers = HeaderMap::new();
        for (name, value) in response.headers() {
            headers.append(name.parse::<HeaderName>()?, HeaderValue::from_str(value)?);
        }
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((status, headers));
        Ok(())
    }
}
