//! An S3 server on a folder. Its protocol is the `s3s` crate's. Objects lie in one database file, which keeps key,
//! bytes and attributes together through a crash; under them, originals that are only read.
//!
//! Not `s3s-fs`: it answers no conditional GET, keeps no tags, and fails on keys of more than some 150 bytes.

mod change;
mod listing;
mod objects;
mod originals;
mod service;

pub use change::{Change, Watcher};
pub use objects::{Body, Deleted, Facts, Objects};
pub use originals::Originals;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s::{S3Result, s3_error};
use store::Credentials;

use crate::host;
use service::Service;

/// The one bucket.
pub const BUCKET: &str = "ridge";
/// Where it claims to lie.
pub const REGION: &str = "us-east-1";
const ACCESS_KEY: &str = "ridge";
const SECRET_KEY: &str = "ridge-on-this-machine";

/// What the server takes. Everybody knows them, so they keep nobody out; they make clients sign as they must on AWS.
pub fn credentials() -> Credentials {
    Credentials::new(ACCESS_KEY, SECRET_KEY, None, None, "local")
}

struct Access;

#[async_trait]
impl S3Access for Access {
    async fn check(&self, request: &mut S3AccessContext<'_>) -> S3Result<()> {
        if !host::is_here(request.headers()) {
            return Err(s3_error!(AccessDenied, "{}", host::REFUSAL));
        }
        request.credentials().map(drop).ok_or_else(|| s3_error!(AccessDenied, "Signature is required"))
    }
}

/// Serves the objects on a loopback port (0 takes a free one) until the process ends; answers the address. The watcher is
/// told of every change.
pub async fn start(objects: Arc<Objects>, watcher: Option<Arc<dyn Watcher>>, port: u16) -> std::io::Result<SocketAddr> {
    let listener = host::listen(port)?;
    let address = listener.local_addr()?;
    let mut builder = S3ServiceBuilder::new(Service::new(objects, watcher));
    builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
    builder.set_access(Access);
    let service = builder.build();
    tokio::spawn(async move {
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                // Too many open files, say: some will be closed soon.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let service = service.clone();
            tokio::spawn(async move {
                let connection = auto::Builder::new(TokioExecutor::new());
                // A client that breaks off is its own business.
                let _ = connection.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    Ok(address)
}
