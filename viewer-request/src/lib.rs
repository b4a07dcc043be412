//! Lambda@Edge `viewer-request`: one canonical path for each variant, so that CloudFront caches it once.
//!
//! ```
//! use ridge_contract::{Accept, Config};
//! let accept = Accept::parse(["image/webp,*/*"]);
//! let route = viewer_request::route("/cat.jpg", "w=200&h=200", &accept, &Config::default()).unwrap();
//! assert_eq!(route.uri(), "/w_200/h_200/webp/cat.jpg");
//! ```

mod refusal;
mod route;

pub use refusal::Refusal;
pub use route::{Route, Signed, route};

use std::time::{SystemTime, UNIX_EPOCH};

use ridge_cloudfront::event::{Cf, Reply, Response};
use ridge_contract::{Accept, Config};

/// Answers one event: the request with its path rewritten and its query emptied, or an error, which is to be logged.
///
/// Applied to its own answer it changes nothing, where no signature is needed: that is taken off with the query.
pub fn handle(mut cf: Cf, config: &Config) -> (Reply, Option<Refusal>) {
    let is_head = cf.request.method == "HEAD";
    if cf.request.method != "GET" && !is_head {
        return (Reply::Request(Box::new(cf.request)), None);
    }
    let accept = Accept::parse(cf.request.headers.all("accept"));
    let decided = route(&cf.request.uri, &cf.request.querystring, &accept, config);
    match decided.and_then(|route| route.verify(config, now).map(|()| route)) {
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

/// Seconds since 1970.
fn now() -> u64 {
    // By a clock that is before 1970, every signature has expired.
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(u64::MAX, |time| time.as_secs())
}
