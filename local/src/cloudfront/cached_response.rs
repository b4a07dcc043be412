//! A response in the cache.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use headers::{CacheControl, HeaderMapExt as _};
use http::header::{AGE, CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, ETAG, TRANSFER_ENCODING, VIA};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use ridge_cloudfront::event::{BodyEncoding, Headers, Response};

use super::times::Times;
use crate::out::tell;

/// How long CloudFront caches responses and errors without `Cache-Control`. The minimum TTL is 0, for errors too, so
/// that `no-store` works.
const DEFAULT_TTL: Duration = Duration::from_secs(86_400);
const ERROR_TTL: Duration = Duration::from_secs(10);

/// A response, and how long it can be cached.
#[derive(Debug, Clone)]
pub(super) struct CachedResponse {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) born: Instant,
    pub(super) ttl: Duration,
    /// Whether the origin has confirmed the response with a 304.
    pub(super) is_refreshed: bool,
    /// How long the origin side took, for the log.
    pub(super) times: Times,
}

impl CachedResponse {
    /// Returns the final response of the origin side. Without a generated body it has the origin's body.
    pub(super) fn from_origin(response: &Response, origin_body: Bytes, times: Times) -> CachedResponse {
        let generated = CachedResponse::generated(response);
        let body = if response.body.is_some() { generated.body } else { origin_body };
        let ttl = ttl(generated.status, &generated.headers);
        CachedResponse { body, ttl, times, ..generated }
    }

    /// Returns a generated response, which is not cached.
    pub(super) fn generated(response: &Response) -> CachedResponse {
        let status = response.status.parse().ok().and_then(|status: u16| StatusCode::from_u16(status).ok());
        let text = response.body.as_deref().unwrap_or_default();
        let body = match response.body_encoding {
            Some(BodyEncoding::Base64) => STANDARD.decode(text).map(Bytes::from),
            Some(BodyEncoding::Text) | None => Ok(Bytes::copy_from_slice(text.as_bytes())),
        };
        let (Some(status), Ok(body)) = (status, body) else {
            return CachedResponse::bad_gateway(
                "the function",
                "its response has an invalid status or an invalid base64 body",
            );
        };
        CachedResponse::new(status, map(&response.headers), body)
    }

    /// Returns one line of text, which is not cached.
    pub(super) fn text(status: StatusCode, text: &str) -> CachedResponse {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        CachedResponse::new(status, headers, Bytes::copy_from_slice(text.as_bytes()))
    }

    /// Returns CloudFront's response when a function or the origin fails. The reason goes to the log, not to the
    /// viewer.
    pub(super) fn bad_gateway(who: &str, reason: &str) -> CachedResponse {
        tell!("502: {who}: {reason}");
        CachedResponse::text(StatusCode::BAD_GATEWAY, &format!("{who} failed; see the log of `ridge serve`\n"))
    }

    fn new(status: StatusCode, headers: HeaderMap, body: Bytes) -> CachedResponse {
        CachedResponse {
            status,
            headers,
            body,
            born: Instant::now(),
            ttl: Duration::ZERO,
            is_refreshed: false,
            times: Times::default(),
        }
    }

    /// Returns the response after the origin has confirmed it with a 304.
    pub(super) fn refreshed(&self, response: &Response, times: Times) -> CachedResponse {
        let mut headers = self.headers.clone();
        // RFC 9111 section 3.2: headers that describe the content of a 304 do not describe the cached content.
        let is_of_content = |name: &HeaderName| name.as_str().starts_with("content-") || name == TRANSFER_ENCODING;
        for (name, value) in map(&response.headers).iter().filter(|(name, _)| !is_of_content(name)) {
            headers.insert(name, value.clone());
        }
        CachedResponse {
            ttl: ttl(self.status, &headers),
            headers,
            born: Instant::now(),
            is_refreshed: true,
            times,
            ..self.clone()
        }
    }

    pub(super) fn is_fresh(&self) -> bool {
        self.born.elapsed() < self.ttl
    }

    pub(super) fn etag(&self) -> Option<String> {
        Some(self.headers.get(ETAG)?.to_str().ok()?.to_owned())
    }

    /// Returns the cache tags of the response's header.
    pub(super) fn tags(&self) -> impl Iterator<Item = &str> {
        let lines = self.headers.get_all(ridge_cloudfront::CACHE_TAG).iter().filter_map(|line| line.to_str().ok());
        lines
            .flat_map(|line| line.split(','))
            .map(str::trim)
            .filter(|tag| !tag.is_empty())
            .take(ridge_cloudfront::CACHE_TAGS)
    }

    /// Returns the approximate size in memory, in bytes.
    pub(super) fn weight(&self) -> usize {
        let headers: usize = self.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 64).sum();
        self.body.len() + headers
    }

    /// Returns the headers for a viewer, with the `Age` that a cache must send (RFC 9111 section 5.1).
    pub(super) fn viewer_headers(&self) -> HeaderMap {
        let mut headers = self.headers.clone();
        for hop in [CONNECTION, TRANSFER_ENCODING, VIA, CONTENT_LENGTH] {
            headers.remove(hop);
        }
        if !self.ttl.is_zero() {
            headers.insert(AGE, self.born.elapsed().as_secs().into());
        }
        headers
    }
}

/// The error statuses that CloudFront caches ("How CloudFront caches HTTP 4xx and 5xx status codes").
const CACHED_ERRORS: [u16; 12] = [400, 403, 404, 405, 412, 414, 415, 500, 501, 502, 503, 504];

fn ttl(status: StatusCode, headers: &HeaderMap) -> Duration {
    let is_error = status.is_client_error() || status.is_server_error();
    if is_error && !CACHED_ERRORS.contains(&status.as_u16()) {
        return Duration::ZERO;
    }
    let default = if is_error { ERROR_TTL } else { DEFAULT_TTL };
    match headers.typed_get::<CacheControl>() {
        Some(control) if control.no_store() || control.no_cache() || control.private() => Duration::ZERO,
        Some(control) => control.s_max_age().or(control.max_age()).unwrap_or(default),
        None => default,
    }
}

fn map(headers: &Headers) -> HeaderMap {
    let pairs = headers.iter().filter_map(|(name, value)| {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        Some((name, HeaderValue::from_bytes(value.as_bytes()).ok()?))
    });
    let mut map = HeaderMap::new();
    for (name, value) in pairs {
        map.append(name, value);
    }
    map
}
