//! The request and response of `CreateInvalidation` in CloudFront's API, version 2020-05-31.

use std::fmt;

use aws_smithy_http::label::{EncodingStrategy, fmt_string};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::ErrorMetadata;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use serde::{Deserialize, Serialize};

const NAMESPACE: &str = "http://cloudfront.amazonaws.com/doc/2020-05-31/";

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A request.
#[derive(Debug)]
pub(crate) struct Request {
    /// The distribution's ID.
    pub(crate) distribution: String,
    /// Paths, and tags with a leading `#`.
    pub(crate) items: Vec<String>,
    /// The caller reference. If CloudFront has seen it before, it returns the invalidation of the first request.
    pub(crate) reference: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct InvalidationBatch<'a> {
    #[serde(rename = "@xmlns")]
    namespace: &'static str,
    paths: Paths<'a>,
    caller_reference: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Paths<'a> {
    quantity: usize,
    items: Items<'a>,
}

#[derive(Serialize)]
struct Items<'a> {
    #[serde(rename = "Path")]
    paths: &'a [String],
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Invalidation {
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ErrorResponse {
    error: ErrorBody,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ErrorBody {
    code: String,
    #[serde(default)]
    message: String,
}

/// CloudFront's response to a request that it refuses.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: u16,
    /// Code and message, if the body contains them.
    meta: ErrorMetadata,
}

impl ProvideErrorMetadata for Refusal {
    fn meta(&self) -> &ErrorMetadata {
        &self.meta
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.meta.code(), self.meta.message()) {
            (Some(code), Some(message)) if !message.is_empty() => write!(f, "{code}: {message}"),
            (Some(code), _) => f.write_str(code),
            (None, _) => write!(f, "status {}", self.status),
        }
    }
}

impl std::error::Error for Refusal {}

impl Request {
    /// Returns the HTTP request, without host and signature.
    ///
    /// # Errors
    ///
    /// If the batch cannot be written as XML, or the distribution's ID cannot be part of a path.
    pub(crate) fn http(&self) -> Result<HttpRequest, BoxError> {
        let batch = InvalidationBatch {
            namespace: NAMESPACE,
            paths: Paths { quantity: self.items.len(), items: Items { paths: &self.items } },
            caller_reference: &self.reference,
        };
        let body = quick_xml::se::to_string(&batch)?;
        let mut request = HttpRequest::new(SdkBody::from(body));
        request.set_method("POST")?;
        let id = fmt_string(&self.distribution, EncodingStrategy::Default);
        request.set_uri(format!("/2020-05-31/distribution/{id}/invalidation"))?;
        request.headers_mut().insert("content-type", "application/xml");
        Ok(request)
    }
}

/// Parses the response, and returns the ID of the invalidation.
///
/// # Errors
///
/// A [`Refusal`] for every status other than 2xx; another error for a response that cannot be parsed.
pub(crate) fn read(response: &HttpResponse) -> Result<String, OrchestratorError<Refusal>> {
    let body = std::str::from_utf8(response.body().bytes().unwrap_or_default()).map_err(OrchestratorError::other)?;
    if response.status().is_success() {
        let invalidation: Invalidation = quick_xml::de::from_str(body).map_err(OrchestratorError::other)?;
        return Ok(invalidation.id);
    }
    let mut meta = ErrorMetadata::builder();
    // Errors of proxies and load balancers have an HTML body, or none.
    if let Ok(ErrorResponse { error }) = quick_xml::de::from_str(body) {
        meta = meta.code(error.code).message(error.message);
    }
    Err(OrchestratorError::operation(Refusal { status: response.status().as_u16(), meta: meta.build() }))
}
