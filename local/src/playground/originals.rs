//! Serves originals to the playground, and stores uploads.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, StatusCode, Uri};
use ridge_contract::{Key, Problem};
use ridge_store::{Attributes, Error, Store as _};

use super::listed_image::ListedImage;
use super::{Playground, refusal};
use crate::out::tell;
use crate::request_guard;

/// The prefix of uploads in the bucket, so that an upload never overwrites another original.
pub(super) const UPLOADS: &str = "uploads/";

/// The path prefix of originals, before the key.
const PREFIX: &str = "/-/originals";

/// A request header that only the playground's page can send. A page of another site needs a CORS preflight for it, and
/// this server refuses that. Older browsers send no other header that identifies such a page.
const MARK: &str = "x-ridge-playground";

/// The maximum size of an original, in bytes.
const MAX_BYTES: u64 = 256 << 20;

/// Serves the original itself, even if the distribution negotiates the format of every image.
pub(super) async fn read(State(playground): State<Arc<Playground>>, headers: HeaderMap, uri: Uri) -> Response {
    if request_guard::is_cross_site(&headers) {
        return refusal(StatusCode::FORBIDDEN, "only the playground's own page shows originals");
    }
    let key = match key(&uri) {
        Ok(key) => key,
        Err(text) => return refusal(StatusCode::BAD_REQUEST, &text),
    };
    match playground.store.get(&key, MAX_BYTES).await {
        Ok(object) => {
            let mime = object.metadata.content_type.unwrap_or_else(|| "application/octet-stream".to_owned());
            // Without these headers, an HTML page in the bucket would run with this server's origin.
            let headers = [
                (CONTENT_TYPE, mime.as_str()),
                (CONTENT_SECURITY_POLICY, "sandbox"),
                (X_CONTENT_TYPE_OPTIONS, "nosniff"),
                (CACHE_CONTROL, "no-store"),
            ];
            (headers, object.bytes).into_response()
        }
        Err(Error::NotFound { key }) => refusal(StatusCode::NOT_FOUND, &format!("there is no {key}")),
        Err(error) => {
            tell!("playground: {error}");
            refusal(StatusCode::BAD_GATEWAY, "the original cannot be read; the reason is in the log")
        }
    }
}

/// Stores an upload in the bucket. It replaces an earlier upload with the same name.
pub(super) async fn write(State(playground): State<Arc<Playground>>, request: Request) -> Response {
    if !playground.takes_uploads {
        return refusal(StatusCode::FORBIDDEN, "the bucket is not this machine's own; nothing is written there");
    }
    if !is_of_the_page(request.headers()) {
        return refusal(StatusCode::FORBIDDEN, "only the playground's own page uploads pictures");
    }
    let key = match key(request.uri()) {
        Ok(key) if key.as_str().starts_with(UPLOADS) => key,
        Ok(_) => return refusal(StatusCode::BAD_REQUEST, &format!("uploads have keys that begin with {UPLOADS}")),
        Err(text) => return refusal(StatusCode::BAD_REQUEST, &text),
    };
    let (bytes, kind) = match picture(request.into_body(), playground.policy.config().max_source_bytes).await {
        Ok(picture) => picture,
        Err((status, text)) => return refusal(status, &text),
    };
    let content_type = mime_guess::from_ext(&kind.name().to_lowercase()).first_or_octet_stream().to_string();
    let attributes = Attributes { content_type, ..Attributes::default() };
    match playground.store.put(&key, bytes, &attributes).await {
        Ok(_) => {
            let picture = serde_json::to_string(&ListedImage::of(&key)).unwrap_or_default();
            (StatusCode::CREATED, [(CONTENT_TYPE, "application/json")], picture).into_response()
        }
        Err(error) => {
            tell!("playground: {error}");
            refusal(StatusCode::BAD_GATEWAY, "the picture cannot be stored; the reason is in the log")
        }
    }
}

fn key(uri: &Uri) -> Result<Key, String> {
    let path = uri.path().strip_prefix(PREFIX).unwrap_or_default();
    let key = Key::from_path(path).map_err(|error| error.to_string())?;
    if key.is_reserved() { Err(format!("{key} is in the variants' room")) } else { Ok(key) }
}

fn is_of_the_page(headers: &HeaderMap) -> bool {
    headers.contains_key(MARK) && !request_guard::is_cross_site(headers)
}

async fn picture(body: Body, max: u64) -> Result<(bytes::Bytes, ridge_pixels::Kind), (StatusCode, String)> {
    let bytes = to_bytes(body, usize::try_from(max).unwrap_or(usize::MAX)).await.map_err(|_| {
        let text = format!("the picture has more than the {max} bytes of maxSourceBytes, or broke off on its way");
        (StatusCode::PAYLOAD_TOO_LARGE, text)
    })?;
    let kind = ridge_pixels::recognise(&bytes).map_err(|error| {
        let problem = Problem::from(&error);
        let status = StatusCode::from_u16(problem.fault.response().status).unwrap_or(StatusCode::BAD_REQUEST);
        (status, problem.text)
    })?;
    Ok((bytes, kind))
}
