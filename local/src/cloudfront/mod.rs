//! A CloudFront distribution: viewer-request → cache → S3 → origin-response → cache.
//!
//! Both functions receive and return events as JSON, and their results are checked by the same rules as at the edge: a
//! result that is valid here is valid there.

mod admin;
mod cache;
mod cached_response;
mod events;
mod function_result;
mod functions;
mod invalidation;
mod origin;
mod request_log;
mod response_headers_policy;
mod times;
mod viewer_response;

pub use admin::admin;
pub use functions::{Function, LinkedOriginResponse, LinkedPurge, LinkedViewerRequest};
pub use origin::Origin;

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri};
use ridge_cloudfront::event::{Request, Response};

use cache::{Cache, CacheResult};
use cached_response::CachedResponse;
use function_result::ViewerRequestResult;
use invalidation::InvalidationItem;
use request_log::RequestLog;
use times::Times;

use crate::out::say;

/// A distribution with one cache behaviour: all paths, GET and HEAD; the cache key contains no query string, header or
/// cookie.
pub struct Distribution {
    functions: Arc<OriginSide>,
    cache: Arc<Cache>,
}

struct OriginSide {
    viewer_request: Box<dyn Function>,
    origin_response: Box<dyn Function>,
    origin: Origin,
}

/// The ID of the distribution.
pub const ID: &str = "ELOCAL";

/// The header that says where the response came from, as CloudFront's `X-Cache` does.
const RESULT_HEADER: &str = "x-ridge-cache";
/// The header with the path that viewer-request returned, for the playground.
const PATH_HEADER: &str = "x-ridge-path";

impl Distribution {
    /// Returns a distribution with an empty cache.
    pub fn new(viewer_request: Box<dyn Function>, origin_response: Box<dyn Function>, origin: Origin) -> Distribution {
        let functions = Arc::new(OriginSide { viewer_request, origin_response, origin });
        Distribution { functions, cache: Arc::new(Cache::new()) }
    }

    /// Returns the bucket behind the distribution.
    pub fn origin(&self) -> &Origin {
        &self.functions.origin
    }

    /// Invalidates the items, and writes one line to standard output.
    fn invalidate(&self, items: &[InvalidationItem]) {
        let count = self.cache.invalidate(|path, entry| items.iter().any(|item| item.names(path, entry)));
        let names: Vec<_> = items.iter().map(ToString::to_string).collect();
        say!("invalidated {count}: {}", names.join(" ")).ok();
    }

    /// Answers a viewer's request, and writes one line to standard output.
    pub async fn answer(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> http::Response<Bytes> {
        let mut line = RequestLog::new(method, uri);
        let (entry, found) = self.find(method, uri, headers, &mut line).await;
        let mut response = viewer_response::respond(&entry, method, headers);
        if let Ok(value) = found.name().parse() {
            response.headers_mut().insert(RESULT_HEADER, value);
        }
        if let Some(path) = line.rewritten.as_ref().and_then(|path| path.parse().ok()) {
            response.headers_mut().insert(PATH_HEADER, path);
        }
        line.print(found, &response, &entry);
        response
    }

    async fn find(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        line: &mut RequestLog,
    ) -> (Arc<CachedResponse>, CacheResult) {
        if method != Method::GET && method != Method::HEAD {
            let text = "this distribution allows GET and HEAD only\n";
            return (Arc::new(CachedResponse::text(StatusCode::FORBIDDEN, text)), CacheResult::Error);
        }
        let event = events::viewer_request(method, uri, headers);
        let began = Instant::now();
        let reply = self.functions.viewer_request(event).await;
        line.viewer = began.elapsed();
        match reply {
            Err(reason) => (Arc::new(CachedResponse::bad_gateway("viewer-request", &reason)), CacheResult::Error),
            Ok(ViewerRequestResult::Response(response)) => {
                (Arc::new(CachedResponse::generated(&response)), CacheResult::Generated)
            }
            Ok(ViewerRequestResult::Request(request)) => {
                line.rewritten = Some(request.uri.clone());
                self.through_cache(method, *request).await
            }
        }
    }

    /// Looks up the rewritten URI, which is the cache key. HEAD is answered from a cached GET response, or else from a
    /// cached HEAD response.
    async fn through_cache(&self, method: &Method, request: Request) -> (Arc<CachedResponse>, CacheResult) {
        let functions = Arc::clone(&self.functions);
        let mut key = request.uri.clone();
        if method == Method::HEAD {
            if let Some(entry) = self.cache.fresh(&key) {
                return (entry, CacheResult::Hit);
            }
            key.insert_str(0, cache::HEAD);
        }
        self.cache.get(&key, move |stale| async move { functions.load(request, stale).await }).await
    }
}

impl OriginSide {
    async fn viewer_request(&self, event: ridge_cloudfront::event::Event) -> Result<ViewerRequestResult, String> {
        let before = event.clone().into_cf().ok_or("no record")?.request;
        let answer = self.viewer_request.call(serde_json::to_vec(&event).map_err(|error| error.to_string())?).await?;
        function_result::viewer_request_result(&before, &answer)
    }

    /// Requests the object from S3 and passes the response to origin-response. With a stale response, the request to S3
    /// is conditional.
    async fn load(&self, request: Request, stale: Option<Arc<CachedResponse>>) -> CachedResponse {
        let began = Instant::now();
        let etag = stale.as_ref().and_then(|entry| entry.etag());
        let sent = self.origin.ask(&request.method, &request.uri, etag.as_deref()).await;
        let s3 = began.elapsed();
        let answer = match sent {
            Ok(answer) => answer,
            Err(reason) => return CachedResponse::bad_gateway("S3", &reason),
        };
        let began = Instant::now();
        let from_origin = events::response(&answer);
        let event = events::origin_response(request, from_origin.clone(), &self.origin);
        let response = match self.origin_response(event, &from_origin).await {
            Ok(response) => response,
            Err(reason) => return CachedResponse::bad_gateway("origin-response", &reason),
        };
        let times = Times { s3, function: began.elapsed() };
        match stale {
            Some(stale) if response.status == "304" => stale.refreshed(&response, times),
            _ => CachedResponse::from_origin(&response, answer.body, times),
        }
    }

    async fn origin_response(
        &self,
        event: ridge_cloudfront::event::Event,
        from_origin: &Response,
    ) -> Result<Response, String> {
        let event = serde_json::to_vec(&event).map_err(|error| error.to_string())?;
        function_result::origin_response_result(from_origin, &self.origin_response.call(event).await?)
    }
}
