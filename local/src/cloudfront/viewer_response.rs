//! Responses to viewers: the policy's headers, conditional requests and ranges.

use bytes::Bytes;
use headers::{ContentRange, ETag, HeaderMapExt as _, IfModifiedSince, IfNoneMatch, IfRange, LastModified};
use http::header::{CONTENT_LENGTH, RANGE};
use http::{HeaderMap, Method, Response, StatusCode};

use http_range_header::parse_range_header;

use super::cached_response::CachedResponse;
use super::response_headers_policy;

/// Returns the response to one viewer.
pub(super) fn respond(entry: &CachedResponse, method: &Method, request_headers: &HeaderMap) -> Response<Bytes> {
    let mut response = Response::new(entry.body.clone());
    *response.status_mut() = entry.status;
    *response.headers_mut() = entry.viewer_headers();
    if entry.status == StatusCode::OK {
        if is_unmodified(&entry.headers, request_headers) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response.body_mut().clear();
        } else if method == Method::GET {
            cut(&mut response, request_headers);
        }
    }
    response_headers_policy::OF_STACK.apply(response.headers_mut(), request_headers);
    // A HEAD response from the origin has no body. Its length is the origin's, or unknown.
    let is_bare = method == Method::HEAD && response.body().is_empty();
    if is_bare && let Some(length) = entry.headers.get(CONTENT_LENGTH) {
        response.headers_mut().insert(CONTENT_LENGTH, length.clone());
    } else if !is_bare && response.status() != StatusCode::NOT_MODIFIED {
        let length = response.body().len();
        response.headers_mut().insert(CONTENT_LENGTH, length.into());
    }
    response
}

/// RFC 9110 section 13.2.2: `If-Modified-Since` is ignored if the request has `If-None-Match`.
fn is_unmodified(held: &HeaderMap, request_headers: &HeaderMap) -> bool {
    if let Some(condition) = request_headers.typed_get::<IfNoneMatch>() {
        return held.typed_get::<ETag>().is_some_and(|etag| !condition.precondition_passes(&etag));
    }
    let dates = request_headers.typed_get::<IfModifiedSince>().zip(held.typed_get::<LastModified>());
    dates.is_some_and(|(condition, modified)| !condition.is_modified(modified.into()))
}

/// Cuts the body to a single range. Several ranges get the whole body, which RFC 9110 section 14.2 allows.
fn cut(response: &mut Response<Bytes>, request_headers: &HeaderMap) {
    let length = response.body().len() as u64;
    let (etag, modified) = (response.headers().typed_get::<ETag>(), response.headers().typed_get::<LastModified>());
    let is_outdated = request_headers
        .typed_get::<IfRange>()
        .is_some_and(|condition| condition.is_modified(etag.as_ref(), modified.as_ref()));
    let range = request_headers.get(RANGE).and_then(|value| value.to_str().ok()).filter(|_| !is_outdated);
    // An invalid `Range` is ignored.
    let Some(Ok(range)) = range.map(parse_range_header) else { return };
    match range.validate(length).as_deref() {
        Ok([range]) => {
            if let Ok(content_range) = ContentRange::bytes(range.start()..=range.end(), length) {
                let part = response.body().slice(*range.start() as usize..=*range.end() as usize);
                *response.body_mut() = part;
                *response.status_mut() = StatusCode::PARTIAL_CONTENT;
                response.headers_mut().typed_insert(content_range);
            }
        }
        Ok(_) => {}
        Err(_) => {
            *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
            response.body_mut().clear();
            response.headers_mut().typed_insert(ContentRange::unsatisfied_bytes(length));
        }
    }
}
