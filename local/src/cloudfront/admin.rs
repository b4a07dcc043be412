//! CloudFront's own API, as far as it is needed here: `CreateInvalidation`, in XML as AWS's SDKs and its command speak it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use aws_sdk_s3::primitives::{DateTime, DateTimeFormat};
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};

use super::invalidation::Item;
use super::{Distribution, ID};

const NAMESPACE: &str = "http://cloudfront.amazonaws.com/doc/2020-05-31/";

/// Most items that a distribution has in progress. Here none ever are: an invalidation is over when it is answered.
const MAX_ITEMS: usize = 3000;

/// The API of one distribution.
pub fn admin(distribution: Arc<Distribution>) -> Router {
    Router::new().route("/2020-05-31/distribution/{id}/invalidation", post(create)).with_state(distribution)
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct InvalidationBatch {
    paths: Paths,
    caller_reference: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Paths {
    quantity: usize,
    #[serde(default)]
    items: Items,
}

#[derive(Default, Serialize, Deserialize)]
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

/// A status, CloudFront's code for the error, and what to tell.
type Refusal = (StatusCode, &'static str, String);

async fn create(
    State(distribution): State<Arc<Distribution>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    match invalidate(&distribution, &id, &headers, &body) {
        Ok(invalidation) => {
            let location = format!("/2020-05-31/distribution/{id}/invalidation/{}", invalidation.id);
            (StatusCode::CREATED, [(LOCATION, location)], xml(&invalidation)).into_response()
        }
        Err((status, code, message)) => {
            let error = ApiError { fault: "Sender", code, message };
            (status, xml(&ErrorResponse { namespace: NAMESPACE, error, request_id: "local" })).into_response()
        }
    }
}

fn invalidate(distribution: &Distribution, id: &str, headers: &HeaderMap, body: &str) -> Result<Invalidation, Refusal> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    // Not checked, but asked for: a page in the browser, on whatever site, can send none.
    if !headers.contains_key(AUTHORIZATION) {
        let text = "Request is missing Authentication Token";
        return Err((StatusCode::FORBIDDEN, "MissingAuthenticationToken", text.to_owned()));
    }
    if id != ID {
        return Err((StatusCode::NOT_FOUND, "NoSuchDistribution", format!("The only distribution is {ID}.")));
    }
    let bad = |code, text: String| (StatusCode::BAD_REQUEST, code, text);
    let batch: InvalidationBatch =
        quick_xml::de::from_str(body).map_err(|error| bad("MalformedXML", error.to_string()))?;
    let items = &batch.paths.items.paths;
    if batch.paths.quantity != items.len() {
        let text = format!("The value of Quantity is {} and there are {} items.", batch.paths.quantity, items.len());
        return Err(bad("InconsistentQuantities", text));
    }
    if items.is_empty() || batch.caller_reference.is_empty() {
        return Err(bad("InvalidArgument", "An invalidation needs an item and a CallerReference.".to_owned()));
    }
    if items.len() > MAX_ITEMS {
        let text = format!("There are {} items, and {MAX_ITEMS} are allowed.", items.len());
        return Err((StatusCode::PAYLOAD_TOO_LARGE, "BatchTooLarge", text));
    }
    let parsed: Result<Vec<_>, _> = items.iter().map(|item| Item::parse(item)).collect();
    distribution.invalidate(&parsed.map_err(|text| bad("InvalidArgument", text))?);
    Ok(Invalidation {
        namespace: NAMESPACE,
        id: format!("ILOCAL{}", COUNT.fetch_add(1, Ordering::Relaxed) + 1),
        status: "Completed",
        create_time: DateTime::from(SystemTime::now()).fmt(DateTimeFormat::DateTime).unwrap_or_default(),
        invalidation_batch: batch,
    })
}

fn xml(answer: &impl Serialize) -> Response {
    match quick_xml::se::to_string(answer) {
        Ok(text) => ([(CONTENT_TYPE, "text/xml")], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
