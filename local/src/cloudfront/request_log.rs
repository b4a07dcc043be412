//! One line per request.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Method, Response, Uri};
use ridge_telemetry::log::cut;

use super::cache::CacheResult;
use super::cached_response::CachedResponse;
use crate::out::say;

/// Most characters of a path in a line.
const CHARACTERS: usize = 300;

/// A request's story so far.
pub(super) struct RequestLog {
    began: Instant,
    method: Method,
    path: String,
    /// What viewer-request made of the path.
    pub(super) rewritten: Option<String>,
    /// Spent in viewer-request.
    pub(super) viewer: Duration,
}

impl RequestLog {
    pub(super) fn new(method: &Method, uri: &Uri) -> RequestLog {
        let path = uri.path_and_query().map_or(uri.path(), |path| path.as_str()).to_owned();
        RequestLog { began: Instant::now(), method: method.clone(), path, rewritten: None, viewer: Duration::ZERO }
    }

    /// Status, hit or miss, variant, bytes, milliseconds by stage.
    pub(super) fn print(&self, found: CacheResult, response: &Response<Bytes>, entry: &CachedResponse) {
        let mut stages = format!("viewer-request {}", ms(self.viewer));
        if matches!(found, CacheResult::Miss | CacheResult::Refresh) {
            let inner = entry.headers.get("server-timing").and_then(|value| value.to_str().ok());
            let inner = inner.map(|timing| format!(" ({})", timing.replace(";dur=", " "))).unwrap_or_default();
            stages += &format!(", S3 {}, origin-response {}{inner}", ms(entry.times.s3), ms(entry.times.function));
        }
        // Requests are answered whether or not anyone reads of them.
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
