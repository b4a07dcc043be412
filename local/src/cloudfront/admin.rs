//! `CreateInvalidation` of CloudFront's API, in XML as AWS's SDKs and CLI send it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use aws_sdk_s3::primitives::{DateTime, DateTimeFormat};
use axum::Router;
use axum::extract::rejection::StringRejection;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, StatusCode};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};

use super::invalidation::InvalidationItem;
use super::{Distribution, ID};

const NAMESPACE: &str = "http://cloudfront.amazonaws.com/doc/2020-05-31/";

/// The maximum numbers of items, and of items with `*`, that a distribution has in progress. Here an invalidation is
/// complete when it is answered, so only the items of one request count.
const MAX_ITEMS: usize = 3000;
const MAX_WILDCARDS: usize = 15;

/// The maximum size of a request's body, in bytes. It holds `MAX_ITEMS` items of maximum length.
const MAX_BYTES: usize = 16 << 20;

/// How many of the last caller references are remembered.
const REMEMBERED_REFERENCES: u64 = 10_000;

#[derive(Clone)]
struct Api {
    distribution: Arc<Distribution>,
    /// Completed invalidations, by `CallerReference`.
    completed: Cache<String, Arc<Invalidation>>,
}

/// Returns the API of one distribution.
pub fn admin(distribution: Arc<Distribution>) -> Router {
    Router::new()
        .route("/2020-05-31/distribution/{id}/invalidation", post(create))
        .layer(DefaultBodyLimit::max(MAX_BYTES))
        .with_state(Api { distribution, completed: Cache::new(REMEMBERED_REFERENCES) })
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct InvalidationBatch {
    paths: Paths,
    caller_reference: String,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Paths {
    quantity: usize,
    #[serde(default)]
    items: Items,
}

#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Items {
    #[serde(rename = "Path", default)]
    paths: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Invalidation {
    #[serde(rename = "@xmlns")]
    namespace: &'static str,
    id: String,
    status: &'static str,
    create_time: String,
    invalidation_batch: InvalidationBatch,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ErrorResponse {
    #[serde(rename = "@xmlns")]
    namespace: &'static str,
    error: ApiError,
    request_id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ApiError {
    #[serde(rename = "Type")]
    fault: &'static str,
    code: &'static str,
    message: String,
}

/// The status, CloudFront's error code, and the message.
type Refusal = (StatusCode, &'static str, String);

async fn create(
    State(api): State<Api>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Result<String, StringRejection>,
) -> Response {
    match api.invalidate(&id, &headers, body) {
        Ok(invalidation) => {
            let location = format!("/2020-05-31/distribution/{id}/invalidation/{}", invalidation.id);
            (StatusCode::CREATED, [(LOCATION, location)], xml(&*invalidation)).into_response()
        }
        Err((status, code, message)) => {
            let error = ApiError { fault: "Sender", code, message };
            (status, xml(&ErrorResponse { namespace: NAMESPACE, error, request_id: "local" })).into_response()
        }
    }
}

fn bad(code: &'static str, text: impl Into<String>) -> Refusal {
    (StatusCode::BAD_REQUEST, code, text.into())
}

impl Api {
    fn invalidate(
        &self,
        id: &str,
        headers: &HeaderMap,
        body: Result<String, StringRejection>,
    ) -> Result<Arc<Invalidation>, Refusal> {
        // The value is not checked. The header is required because no page in a browser can send it across sites.
        if !headers.contains_key(AUTHORIZATION) {
            let text = "Request is missing Authentication Token";
            return Err((StatusCode::FORBIDDEN, "MissingAuthenticationToken", text.to_owned()));
        }
        if id != ID {
            return Err((StatusCode::NOT_FOUND, "NoSuchDistribution", format!("The only distribution is {ID}.")));
        }
        let too_large = |text| (StatusCode::PAYLOAD_TOO_LARGE, "BatchTooLarge", text);
        let body = body.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => too_large(format!("The body exceeds {MAX_BYTES} bytes.")),
            _ => bad("MalformedXML", rejection.body_text()),
        })?;
        let batch: InvalidationBatch =
            quick_xml::de::from_str(&body).map_err(|error| bad("MalformedXML", error.to_string()))?;
        let items = &batch.paths.items.paths;
        if batch.paths.quantity != items.len() {
            let text =
                format!("The value of Quantity is {} but there are {} items.", batch.paths.quantity, items.len());
            return Err(bad("InconsistentQuantities", text));
        }
        if items.is_empty() || batch.caller_reference.is_empty() {
            return Err(bad("InvalidArgument", "An invalidation requires at least one item and a CallerReference."));
        }
        if items.len() > MAX_ITEMS {
            return Err(too_large(format!("There are {} items; at most {MAX_ITEMS} are allowed.", items.len())));
        }
        let parsed: Result<Vec<_>, _> = items.iter().map(|item| InvalidationItem::parse(item)).collect();
        let parsed = parsed.map_err(|text| bad("InvalidArgument", text))?;
        let wildcards = parsed.iter().filter(|item| item.is_wildcard()).count();
        if wildcards > MAX_WILDCARDS {
            let text = format!("There are {wildcards} items with a *; at most {MAX_WILDCARDS} are allowed.");
            return Err(bad("TooManyInvalidationsInProgress", text));
        }
        self.take(batch, &parsed)
    }

    /// Invalidates, unless an invalidation with the same reference has been completed ("InvalidationBatch" of the API
    /// reference).
    fn take(&self, batch: InvalidationBatch, items: &[InvalidationItem]) -> Result<Arc<Invalidation>, Refusal> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let (reference, paths) = (batch.caller_reference.clone(), batch.paths.clone());
        let completed = self.completed.get_with(reference, || {
            self.distribution.invalidate(items);
            Arc::new(Invalidation {
                namespace: NAMESPACE,
                id: format!("ILOCAL{}", COUNT.fetch_add(1, Ordering::Relaxed) + 1),
                status: "Completed",
                create_time: DateTime::from(SystemTime::now()).fmt(DateTimeFormat::DateTime).unwrap_or_default(),
                invalidation_batch: batch,
            })
        });
        if completed.invalidation_batch.paths == paths {
            Ok(completed)
        } else {
            let text = "An invalidation with this CallerReference has other paths.".to_owned();
            Err((StatusCode::CONFLICT, "InvalidationBatchAlreadyExists", text))
        }
    }
}

fn xml(body: &impl Serialize) -> Response {
    match quick_xml::se::to_string(body) {
        Ok(text) => ([(CONTENT_TYPE, "text/xml")], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
