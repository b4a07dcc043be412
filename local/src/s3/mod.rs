//! An S3 server on a folder. Its protocol is the `s3s` crate's. Objects lie in one database file, which keeps key,
//! bytes and attributes together through a crash; under them, originals that are only read.
//!
//! Not `s3s-fs`: it answers no conditional GET, keeps no tags, and fails on keys of more than some 150 bytes.

mod body;
mod change;
mod credentials;
mod database;
mod listing;
mod multipart;
mod objects;
mod originals;
mod read;
mod service;
mod uploads;
mod write;

pub use change::{Change, Watcher};
pub use credentials::read as read_credentials;
pub use objects::{Body, Deleted, Facts, Objects};
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
use crate::{host, listen};
use service::Service;

/// The one bucket.
pub const BUCKET: &str = "ridge";
/// Where it claims to lie.
pub const REGION: &str = "us-east-1";

struct Access;

#[async_trait]
impl S3Access for Access {
    async fn check(&self, request: &mut S3AccessContext<'_>) -> S3Result<()> {
        request.credentials().map(drop).ok_or_else(|| s3_error!(AccessDenied, "Signature is required"))
    }
}

/// Serves the objects on a loopback port (0 takes a free one) until the process ends; answers the address. Requests must
/// be signed with the objects' credentials. The watcher receives every change.
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
    let app = app.layer(from_fn(host::no_foreign_pages)).layer(from_fn(host::only_here));
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
