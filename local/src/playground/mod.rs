//! The playground: the page at `/` for trying every parameter on an image. Its files are under `/-/playground/` and
//! `/-/originals/`, so `ridge serve` cannot serve objects under these prefixes.

mod facts;
mod listed_image;
mod originals;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::middleware::map_response;
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderName, HeaderValue, StatusCode};
use include_dir::{Dir, include_dir};
use ridge_contract::Policy;
use ridge_store::S3Store;

use crate::out::tell;

static PAGE: Dir = include_dir!("$CARGO_MANIFEST_DIR/src/playground/page");

/// The content security policy: the page requests only this server and runs only its scripts.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'; trusted-types 'none'";

/// The response headers of the page.
const HEADERS: [(HeaderName, &str); 4] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    // The page changes with each version of the program.
    (CACHE_CONTROL, "no-cache"),
];

/// The state of the playground's routes.
pub(crate) struct Playground {
    /// The bucket, accessed directly and not through the functions.
    pub(crate) store: S3Store,
    /// The policy that the functions apply.
    pub(crate) policy: Arc<Policy>,
    /// Whether uploads are accepted: only if the bucket is on this machine.
    pub(crate) takes_uploads: bool,
}

impl Playground {
    /// Returns the routes of the page, its files, and the originals.
    pub(crate) fn routes(self) -> Router {
        let page = Router::new().route("/", get(index)).route("/-/playground/{*file}", get(file));
        let page = page.layer(map_response(async |mut response: Response| {
            for (name, value) in HEADERS {
                response.headers_mut().insert(name, HeaderValue::from_static(value));
            }
            response
        }));
        let originals = get(originals::read).put(originals::write);
        page.route("/-/originals/{*key}", originals).with_state(Arc::new(self))
    }
}

async fn index(State(playground): State<Arc<Playground>>) -> Response {
    let facts = match facts::Facts::gather(&playground).await {
        Ok(facts) => facts,
        Err(error) => {
            tell!("the bucket cannot be listed: {error:#}");
            return refusal(StatusCode::BAD_GATEWAY, "the bucket cannot be listed; the reason is in the log");
        }
    };
    let page = PAGE.get_file("index.html").and_then(|file| file.contents_utf8()).unwrap_or_default();
    Html(page.replace(r#""{facts}""#, &facts.json())).into_response()
}

async fn file(Path(name): Path<String>) -> Response {
    match PAGE.get_file(&name) {
        Some(file) => {
            let mime = mime_guess::from_path(&name).first_or_octet_stream();
            ([(CONTENT_TYPE, mime.to_string())], file.contents()).into_response()
        }
        None => refusal(StatusCode::NOT_FOUND, "the playground has no such file"),
    }
}

/// Returns an error response with one line of text.
fn refusal(status: StatusCode, text: &str) -> Response {
    (status, [(CACHE_CONTROL, "no-store")], format!("{text}\n")).into_response()
}
