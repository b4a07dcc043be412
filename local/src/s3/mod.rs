//! An S3 server for one bucket. The crate `s3s` implements the protocol. Objects are stored in one database file, which
//! keeps keys, bytes and metadata consistent if the process crashes. Below them are originals that are read only.
//!
//! The crate `s3s-fs` does not suffice: it has no conditional GET and no object tags, and fails on keys longer than
//! about 150 bytes.

mod body;
mod bucket;
mod change;
mod credentials;
mod database;
mod file_metadata;
mod folder;
mod listing;
mod metadata;
mod multipart;
mod objects;
mod originals;
mod read;
mod samples;
mod service;
mod tables;
mod uploads;
mod write;

pub use body::Body;
pub use bucket::{BUCKET, REGION};
pub use change::{Change, Watcher};
pub use credentials::read as read_credentials;
pub use metadata::ObjectMetadata;
pub use objects::{Deleted, Objects};
pub use originals::Originals;

use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::from_fn;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use ridge_store::Credentials;
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{S3Result, s3_error};
use tokio_util::sync::CancellationToken;

use crate::out::tell;
use crate::{listen, request_guard};
use service::Service;

struct Access;

#[async_trait]
impl S3Access for Access {
    async fn check(&self, request: &mut S3AccessContext<'_>) -> S3Result<()> {
        request.credentials().map(drop).ok_or_else(|| s3_error!(AccessDenied, "Signature is required"))
    }
}

/// Serves the objects on a loopback port (0 chooses a free one) until the process ends, and returns the address.
/// Requests must be signed with the objects' credentials. The watcher receives every change.
///
/// # Errors
///
/// If the port cannot be used.
pub async fn start(objects: Arc<Objects>, watcher: Option<Arc<dyn Watcher>>, port: u16) -> anyhow::Result<SocketAddr> {
    let listener = listen::bind(port, "--s3-port")?;
    let address = listener.local_addr()?;
    let credentials: Credentials = objects.credentials().clone();
    let mut builder = S3ServiceBuilder::new(Service::new(objects, watcher));
    builder.set_auth(SimpleAuth::from_single(credentials.access_key_id(), credentials.secret_access_key()));
    builder.set_access(Access);
    let app = Router::new().fallback(answer).with_state(builder.build());
    let app = app.layer(from_fn(request_guard::refuse_cross_site)).layer(from_fn(request_guard::require_loopback_host));
    tokio::spawn(listen::serve(listener, app, CancellationToken::new()));
    Ok(address)
}

async fn answer(State(service): State<S3Service>, request: Request) -> Response {
    match service.call(request.map(s3s::Body::http_body_unsync)).await {
        Ok(answer) => answer.map(axum::body::Body::new),
        Err(error) => {
            tell!("s3: {error:?}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
