//! From an entry to a viewer: the headers of the stack's policy, conditions and ranges.

use std::ops::Bound;

use bytes::Bytes;
use headers::{ContentRange, ETag, HeaderMapExt as _, IfModifiedSince, IfNoneMatch, IfRange, LastModified, Range};
use http::header::{CONTENT_LENGTH, HeaderName, VARY};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};

use super::entry::Entry;

/// What the stack's response headers policy adds. `Vary` in particular: CloudFront takes away `Vary` values for
/// headers that it does not forward, so no function can send this one.
const POLICY: [(HeaderName, &str); 2] = [(VARY, "Accept"), (http::header::X_CONTENT_TYPE_OPTIONS, "nosniff")];

/// Answers one viewer.
pub(super) fn reply(entry: &Entry, method: &Method, asked: &HeaderMap) -> Response<Bytes> {
    let mut response = Response::new(entry.body.clone());
    *response.status_mut() = entry.status;
    *response.headers_mut() = entry.viewer_headers();
    if entry.status == StatusCode::OK {
        if is_unmodified(&entry.headers, asked) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response.body_mut().clear();
        } else if method == Method::GET {
            cut(&mut response, asked);
        }
    }
    for (name, value) in POLICY {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    if response.status() != StatusCode::NOT_MODIFIED {
        let length = response.body().len();
        response.headers_mut().insert(CONTENT_LENGTH, length.into());
    }
    response
}

/// RFC 9110 section 13.2.2: `If-None-Match` decides where it is given, `If-Modified-Since` only where it is not.
fn is_unmodified(held: &HeaderMap, asked: &HeaderMap) -> bool {
    if let Some(condition) = asked.typed_get::<IfNoneMatch>() {
        return held.typed_get::<ETag>().is_some_and(|etag| !condition.precondition_passes(&etag));
    }
    let dates = asked.typed_get::<IfModifiedSince>().zip(held.typed_get::<LastModified>());
    dates.is_some_and(|(condition, modified)| !condition.is_modified(modified.into()))
}

/// Cuts out a single range; several at once are answered with the whole, as RFC 9110 section 14.2 allows.
fn cut(response: &mut Response<Bytes>, asked: &HeaderMap) {
    let length = response.body().len() as u64;
    let (etag, modified) = (response.headers().typed_get::<ETag>(), response.headers().typed_get::<LastModified>());
    let is_outdated =
        asked.typed_get::<IfRange>().is_some_and(|condition| condition.is_modified(etag.as_ref(), modified.as_ref()));
    let Some(range) = asked.typed_get::<Range>().filter(|_| !is_outdated) else { return };
    let mut ranges =
        range.satisfiable_ranges(length).map(|range| ends(range, length)).filter(|(start, end)| start < end);
    match (ranges.next(), ranges.next()) {
        (Some((start, end)), None) => {
            if let Ok(content_range) = ContentRange::bytes(start..end, length) {
                let part = response.body().slice(start as usize..end as usize);
                *response.body_mut() = part;
                *response.status_mut() = StatusCode::PARTIAL_CONTENT;
                response.headers_mut().typed_insert(content_range);
            }
        }
        (Some(_), Some(_)) => {}
        (None, _) => {
            *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
            response.body_mut().clear();
            response.headers_mut().typed_insert(ContentRange::unsatisfied_bytes(length));
        }
    }
}

fn ends((from, to): (Bound<u64>, Bound<u64>), length: u64) -> (u64, u64) {
    let start = match from {
        Bound::Included(start) => start,
        Bound::Excluded(start) => start + 1,
        Bound::Unbounded => 0,
    };
    let end = match to {
        Bound::Included(end) => end + 1,
        Bound::Excluded(end) => end,
        Bound::Unbounded => length,
    };
    (start.min(length), end.min(length))
}
