//! The log: one line for each request.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Method, Response, Uri};
use ridge_telemetry::log::cut;

use super::cache::CacheResult;
use super::cached_response::CachedResponse;
use crate::out::say;

/// The maximum length of a path in a line, in characters.
const CHARACTERS: usize = 300;

/// The facts about one request that are known before its response.
pub(super) struct RequestLog {
    began: Instant,
    method: Method,
    path: String,
    /// The path that viewer-request returned.
    pub(super) rewritten: Option<String>,
    /// The time of viewer-request.
    pub(super) viewer: Duration,
}

impl RequestLog {
    pub(super) fn new(method: &Method, uri: &Uri) -> RequestLog {
        let path = uri.path_and_query().map_or(uri.path(), |path| path.as_str()).to_owned();
        RequestLog { began: Instant::now(), method: method.clone(), path, rewritten: None, viewer: Duration::ZERO }
    }

    /// Prints status, cache result, path, bytes, and milliseconds of each stage.
    pub(super) fn print(&self, found: CacheResult, response: &Response<Bytes>, entry: &CachedResponse) {
        let mut stages = format!("viewer-request {}", ms(self.viewer));
        if matches!(found, CacheResult::Miss | CacheResult::Refresh) {
            let inner = entry.headers.get("server-timing").and_then(|value| value.to_str().ok());
            let inner = inner.map(|timing| format!(" ({})", timing.replace(";dur=", " "))).unwrap_or_default();
            stages += &format!(", S3 {}, origin-response {}{inner}", ms(entry.times.s3), ms(entry.times.function));
        }
        // A closed standard output must not fail requests.
        say!(
            "{} {:<9} {:<4} {}  {} B  {} ms: {stages}",
            response.status().as_u16(),
            found.name(),
            self.method,
            cut(self.rewritten.as_ref().unwrap_or(&self.path), CHARACTERS),
            response.body().len(),
            ms(self.began.elapsed()),
        )
        .ok();
    }
}

fn ms(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1e3)
}
