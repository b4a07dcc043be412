//! An S3 server on a folder. Its protocol is the `s3s` crate's; objects lie in one database file, which keeps key,
//! bytes and attributes together through a crash, and over it a folder of originals can be laid.

mod objects;
mod service;

pub use objects::{Facts, Objects};

use std::net::SocketAddr;
use std::sync::Arc;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use store::Credentials;
use tokio::net::TcpListener;

use service::Service;

/// The one bucket.
pub const BUCKET: &str = "ridge";
/// Where it claims to lie.
pub const REGION: &str = "us-east-1";
const ACCESS_KEY: &str = "ridge";
const SECRET_KEY: &str = "ridge-on-this-machine";

/// What the server takes. It listens on loopback only, so these keep nobody out; they make clients sign as they must
/// on AWS.
pub fn credentials() -> Credentials {
    Credentials::new(ACCESS_KEY, SECRET_KEY, None, None, "local")
}

/// Serves the objects on a loopback port (0 takes a free one) until the process ends; answers the address.
pub async fn start(objects: Arc<Objects>, port: u16) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let address = listener.local_addr()?;
    let mut builder = S3ServiceBuilder::new(Service::new(objects));
    builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
    let service = builder.build();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
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
