//! CloudFront's part: viewer-request → cache → S3 → origin-response → cache, by CloudFront's rules.
//!
//! Events go in and come out of both functions as JSON, and what a function gives back is checked as the edge checks
//! it: what works here works there.

mod admin;
mod cache;
mod entry;
mod events;
mod functions;
mod invalidation;
mod log;
mod origin;
mod policy;
mod reply;
mod rules;

pub use admin::admin;
pub use functions::{Function, LinkedOriginResponse, LinkedPurge, LinkedViewerRequest};
pub use origin::Origin;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri};
use ridge_cloudfront::event::{Request, Response};

use cache::{Cache, Found};
use entry::Entry;
use invalidation::Item;
use log::Line;
use rules::ViewerReply;

use crate::out::say;

/// A distribution with one behaviour: all paths, GET and HEAD, no query string, header or cookie in the cache key.
pub struct Distribution {
    functions: Arc<Functions>,
    cache: Arc<Cache>,
}

struct Functions {
    viewer_request: Box<dyn Function>,
    origin_response: Box<dyn Function>,
    origin: Origin,
}

/// The id that a distribution has here.
pub const ID: &str = "ELOCAL";

/// Where a generated answer says how it was found, as CloudFront does in `X-Cache`.
const FOUND_HEADER: &str = "x-ridge-cache";
/// The path that viewer-request made of the one that was asked for, for the playground.
const PATH_HEADER: &str = "x-ridge-path";

impl Distribution {
    /// A distribution with an empty cache.
    pub fn new(viewer_request: Box<dyn Function>, origin_response: Box<dyn Function>, origin: Origin) -> Distribution {
        let functions = Arc::new(Functions { viewer_request, origin_response, origin });
        Distribution { functions, cache: Arc::new(Cache::new()) }
    }

    /// The bucket behind it.
    pub fn origin(&self) -> &Origin {
        &self.functions.origin
    }

    /// Forgets what these items name, and writes one line about it to standard output.
    fn invalidate(&self, items: &[Item]) {
        let count = self.cache.invalidate(|path, entry| items.iter().any(|item| item.names(path, entry)));
        let names: Vec<_> = items.iter().map(ToString::to_string).collect();
        say!("invalidated {count}: {}", names.join(" ")).ok();
    }

    /// Answers a viewer, and writes one line about it to standard output.
    pub async fn answer(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> http::Response<Bytes> {
        let mut line = Line::new(method, uri);
        let (entry, found) = self.find(method, uri, headers, &mut line).await;
        let mut response = reply::reply(&entry, method, headers);
        if let Ok(value) = found.name().parse() {
            response.headers_mut().insert(FOUND_HEADER, value);
        }
        if let Some(path) = line.rewritten.as_ref().and_then(|path| path.parse().ok()) {
            response.headers_mut().insert(PATH_HEADER, path);
        }
        line.print(found, &response, &entry);
        response
    }

    async fn find(&self, method: &Method, uri: &Uri, headers: &HeaderMap, line: &mut Line) -> (Arc<Entry>, Found) {
        if method != Method::GET && method != Method::HEAD {
            let text = "this distribution allows GET and HEAD only\n";
            return (Arc::new(Entry::text(StatusCode::FORBIDDEN, text)), Found::Error);
        }
        let event = events::viewer_request(method, uri, headers);
        let began = Instant::now();
        let reply = self.functions.viewer_request(event).await;
        line.viewer = began.elapsed();
        match reply {
            Err(reason) => (Arc::new(Entry::bad_gateway("viewer-request", &reason)), Found::Error),
            Ok(ViewerReply::Response(response)) => (Arc::new(Entry::generated(&response)), Found::Generated),
            Ok(ViewerReply::Request(request)) => {
                line.rewritten = Some(request.uri.clone());
                self.through_cache(method, *request).await
            }
        }
    }

    /// The cache key is the rewritten URI. HEAD is answered from what GET has cached, else from what HEAD has.
    async fn through_cache(&self, method: &Method, request: Request) -> (Arc<Entry>, Found) {
        let functions = Arc::clone(&self.functions);
        let mut key = request.uri.clone();
        if method == Method::HEAD {
            if let Some(entry) = self.cache.fresh(&key) {
                return (entry, Found::Hit);
            }
            key.insert_str(0, cache::HEAD);
        }
        self.cache.get(&key, move |stale| async move { functions.load(request, stale).await }).await
    }
}

impl Functions {
    async fn viewer_request(&self, event: ridge_cloudfront::event::Event) -> Result<ViewerReply, String> {
        let before = event.clone().into_cf().ok_or("no record")?.request;
        let answer = self.viewer_request.call(serde_json::to_vec(&event).map_err(|error| error.to_string())?).await?;
        rules::viewer_reply(&before, &answer)
    }

    /// Asks S3 and origin-response. With a stale entry, asks S3 only whether it has changed.
    async fn load(&self, request: Request, stale: Option<Arc<Entry>>) -> Entry {
        let began = Instant::now();
        let etag = stale.as_ref().and_then(|entry| entry.etag());
        let asked = self.origin.ask(&request.method, &request.uri, etag.as_deref()).await;
        let s3 = began.elapsed();
        let answer = match asked {
            Ok(answer) => answer,
            Err(reason) => return Entry::bad_gateway("S3", &reason),
        };
        let began = Instant::now();
        let came = events::response(&answer);
        let event = events::origin_response(request, came.clone(), &self.origin);
        let response = match self.origin_response(event, &came).await {
            Ok(response) => response,
            Err(reason) => return Entry::bad_gateway("origin-response", &reason),
        };
        let times = Times { s3, function: began.elapsed() };
        match stale {
            Some(stale) if response.status == "304" => stale.refreshed(&response, times),
            _ => Entry::from_origin(&response, answer.body, times),
        }
    }

    async fn origin_response(
        &self,
        event: ridge_cloudfront::event::Event,
        came: &Response,
    ) -> Result<Response, String> {
        let event = serde_json::to_vec(&event).map_err(|error| error.to_string())?;
        rules::origin_reply(came, &self.origin_response.call(event).await?)
    }
}

/// How long the way to the origin took.
#[derive(Debug, Clone, Copy, Default)]
struct Times {
    s3: Duration,
    function: Duration,
}
