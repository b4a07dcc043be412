//! Lambda@Edge `viewer-request`: rewrites the path of a request to the canonical path, which is CloudFront's whole cache key.
//!
//! [`ridge_contract::decide()`] decides; this crate translates events.

mod refusal;

pub use refusal::Refusal;

use std::time::{SystemTime, UNIX_EPOCH};

use ridge_cloudfront::event::{Cf, Reply, Response};
use ridge_contract::{Accept, Policy, decide};

/// Handles one event. Returns the request with its path rewritten and its query removed, or an error and the line to log
/// about it.
///
/// Methods other than GET and HEAD pass unchanged.
pub fn handle(mut cf: Cf, policy: &Policy) -> (Reply, Option<Refusal>) {
    let is_head = cf.request.method == "HEAD";
    if cf.request.method != "GET" && !is_head {
        return (Reply::Request(Box::new(cf.request)), None);
    }
    let accept = Accept::parse(cf.request.headers.all("accept"));
    let decision = decide(&cf.request.uri, &cf.request.querystring, &accept, policy);
    match decision.and_then(|decision| decision.verify(policy, now)) {
        Ok(route) => {
            cf.request.uri = route.uri();
            cf.request.querystring.clear();
            (Reply::Request(Box::new(cf.request)), None)
        }
        Err(problem) => {
            let response = Response::from(&problem);
            let response = if is_head { response.with_empty_body() } else { response };
            (Reply::Response(Box::new(response)), Some(Refusal::new(&cf, &problem)))
        }
    }
}

/// Seconds since 1970-01-01 UTC.
fn now() -> u64 {
    // If the clock is before 1970, every signature has expired.
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(u64::MAX, |time| time.as_secs())
}
