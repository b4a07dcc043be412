//! Lambda@Edge `origin-response`: translates CloudFront's event for the engine, and the engine's outcome into a response.

mod found;
mod response;
mod service;
mod stores;

pub use service::Service;
pub use stores::{Connect, ENDPOINT_HEADER, Stores};

use std::time::Instant;

use ridge_cloudfront::CACHE_TAG;
use ridge_cloudfront::event::{Cf, Response};
use ridge_contract::{CacheTag, Fault, Path, PathError, Policy, Problem, VariantPath};
use ridge_engine::{Report, original_missing, store_unavailable};

use crate::response::Translation;

/// Answers one event, and reports what was done.
///
/// The path is parsed and checked again: nothing proves that viewer-request ran.
///
/// At `deadline` a render is given up with a 503; a variant that is rendered by then is returned, stored or not.
///
/// Every response has the original's cache tag, errors too: CloudFront caches them, and an image that replaces a missing or
/// broken one is to be seen at once.
pub async fn handle(cf: Cf, service: &Service, deadline: Instant) -> (Response, Report) {
    let began = Instant::now();
    let path = Path::parse(&cf.request.uri);
    let distribution = cf.config.distribution();
    let mut report = Report::new(distribution, &cf.request.uri, path.as_ref().ok(), service.is_first_event());
    let response = answer(cf, path, service, deadline, &mut report).await;
    report.end(began);
    (response::without_store_headers(response), report)
}

async fn answer(
    cf: Cf,
    path: Result<Path, PathError>,
    service: &Service,
    deadline: Instant,
    report: &mut Report,
) -> Response {
    let Some(mut origin) = cf.response else {
        let problem = Problem::new(Fault::Unavailable, "the event holds no response of the origin");
        report.refuse(&problem);
        return Response::from(&problem);
    };
    // Generated headers are added to these, so every response has the tag.
    if let Some(original) = path.as_ref().ok().map(original) {
        origin.headers.set(CACHE_TAG, CacheTag::of(original).as_str());
    }
    let is_head = cf.request.method == "HEAD";
    if cf.request.method != "GET" && !is_head {
        return origin;
    }
    let status = origin.status.clone();
    let variant = match requested(path, &status, service.engine.policy()) {
        Ok(Some(variant)) => variant,
        Ok(None) => return origin,
        Err(problem) => {
            report.refuse(&problem);
            return Translation { origin, is_head, report }.problem(&problem);
        }
    };
    // A status that says nothing about the variant is passed on.
    let Some(found) = found::found(&origin) else { return origin };
    let (outcome, trace) = match service.stores.open(cf.request.origin.as_ref()) {
        Ok(store) => service.engine.serve(&variant, found, &*store, deadline).await,
        Err(error) => service.engine.without_store(&variant, found, error.to_string()),
    };
    report.serve(&outcome, trace);
    Translation { origin, is_head, report }.outcome(outcome)
}

/// Returns the variant that the engine is to serve; `None` if the origin's response is passed on; or the error, in place of
/// S3's own, which is XML.
fn requested(path: Result<Path, PathError>, status: &str, policy: &Policy) -> Result<Option<VariantPath>, Problem> {
    let path = path.map_err(|error| Problem::request(error.within(policy.config())))?;
    if let Path::Variant(path) = &path {
        policy.check(path)?;
    }
    match (path, status) {
        (_, status) if status.starts_with('5') => Err(store_unavailable()),
        // S3 responds with 403 for a missing key if CloudFront may not list the bucket.
        (Path::Original(key), "403" | "404") => Err(original_missing(&key)),
        (Path::Original(_), _) => Ok(None),
        (Path::Variant(path), _) => Ok(Some(path)),
    }
}

/// The original that a path is about.
fn original(path: &Path) -> &ridge_contract::Key {
    match path {
        Path::Original(original) => original,
        Path::Variant(path) => path.original(),
    }
}
