//! Lambda@Edge `viewer-request`: one canonical path for each variant, so that CloudFront caches it once.
//!
//! ```
//! use shared::{Accept, Config};
//! let accept = Accept::parse(["image/webp,*/*"]);
//! let route = viewer_request::route("/cat.jpg", "w=200&h=200", &accept, &Config::default()).unwrap();
//! assert_eq!(route.uri(), "/w_200/h_200/webp/cat.jpg");
//! ```

mod route;

pub use route::{Route, route};

use shared::event::{Cf, Reply};
use shared::{Accept, Config};

/// Answers one event: the request with its path rewritten and its query emptied, or an error.
///
/// Applied to its own answer it changes nothing.
pub fn handle(cf: Cf, config: &Config) -> Reply {
    let mut request = cf.request;
    let is_head = request.method == "HEAD";
    if request.method != "GET" && !is_head {
        return Reply::Request(Box::new(request));
    }
    let accept = Accept::parse(request.headers.all("accept"));
    match route(&request.uri, &request.querystring, &accept, config) {
        Ok(route) => {
            request.uri = route.uri();
            request.querystring.clear();
            Reply::Request(Box::new(request))
        }
        Err(problem) => {
            let response = problem.response();
            Reply::Response(Box::new(if is_head { response.with_empty_body() } else { response }))
        }
    }
}
