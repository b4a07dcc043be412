//! CloudFront, S3 and the functions, started together.

mod functions;
mod location;
mod settings;

pub(crate) use location::BucketLocation;
pub use settings::{ExternalBucket, Packages, ServeSettings};

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::from_fn;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use bytes::Bytes;
use futures_util::stream;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{Method, StatusCode};
use ridge_store::{Address, S3Store};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::cloudfront::{self, Distribution, Origin};
use crate::metrics::Metrics;
use crate::playground::Playground;
use crate::queue::Queue;
use crate::s3::{self, Objects, Originals};
use crate::{listen, request_guard};
use functions::{linked, linked_purge};

/// The servers that have been started.
#[derive(Debug)]
pub struct RunningServers {
    /// The URL of the distribution.
    pub url: String,
    /// The URL of CloudFront's API.
    pub admin: String,
    /// The URL of the S3 server; `None` is AWS.
    pub s3_endpoint: Option<String>,
    /// The bucket.
    pub address: Address,
    /// The file with the credentials of the embedded S3 server; `None` for another server.
    pub credentials: Option<PathBuf>,
    stop: CancellationToken,
    viewers: JoinHandle<()>,
}

impl RunningServers {
    /// Accepts no more requests, and waits until the running ones have been answered.
    ///
    /// # Errors
    ///
    /// If the server's task has panicked.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.stop.cancel();
        Ok(self.viewers.await?)
    }
}

/// Starts the servers, which run until the process ends.
///
/// # Errors
///
/// If a port is in use, a folder or a package cannot be read, or the credentials for another S3 server are missing.
pub async fn start(settings: ServeSettings) -> anyhow::Result<RunningServers> {
    // The API's port must be known before the S3 server starts, which reports changes to it.
    let admin = listen::bind(settings.admin_port, "--admin-port")?;
    let admin_url = format!("http://{}", admin.local_addr()?);
    let listener = listen::bind(settings.port, "--port")?;
    let (s3_endpoint, address, credentials, file) = match settings.external.clone() {
        Some(ExternalBucket { endpoint, address }) => {
            (endpoint, address, ridge_store::environment_credentials()?, None)
        }
        None => {
            let originals = settings.originals.clone().map_or(Originals::Samples, Originals::Folder);
            let objects = Arc::new(Objects::open(&settings.data, originals)?);
            let credentials = objects.credentials().clone();
            let file = objects.credentials_file().to_owned();
            let purge = match &settings.packages {
                Some(packages) => packages.purge(&admin_url, &credentials)?,
                None => linked_purge(&admin_url, credentials.clone()),
            };
            let watcher = Arc::new(Queue::new(purge));
            let port = s3::start(objects, Some(watcher), settings.s3_port).await?;
            let address = Address { bucket: s3::BUCKET.into(), region: s3::REGION.into() };
            (Some(format!("http://{port}")), address, credentials, Some(file))
        }
    };
    let client = ridge_store::connect(&address.region, s3_endpoint.as_deref(), credentials.clone());
    let metrics = Arc::new(Metrics::default());
    let (viewer_request, origin_response) = match &settings.packages {
        Some(packages) => packages.functions(settings.timeout, &credentials, &metrics)?,
        None => linked(&settings, &client, &metrics),
    };
    let origin = Origin::new(client.clone(), address.clone(), s3_endpoint.clone());
    let distribution = Arc::new(Distribution::new(viewer_request, origin_response, origin));
    let url = format!("http://localhost:{}", listener.local_addr()?.port());
    let location = serde_json::to_string(&BucketLocation {
        endpoint: s3_endpoint.clone(),
        bucket: address.bucket.clone(),
        region: address.region.clone(),
        credentials: file.clone(),
    })?;
    let api = Router::new().route("/metrics", get(show_metrics)).with_state(metrics);
    let api = api.route(BucketLocation::PATH, get(async || ([(CONTENT_TYPE, "application/json")], location)));
    let api = api.merge(cloudfront::admin(Arc::clone(&distribution)));
    let api = api.layer(from_fn(request_guard::refuse_cross_site)).layer(from_fn(request_guard::require_loopback_host));
    tokio::spawn(listen::serve(admin, api, CancellationToken::new()));
    let playground = Playground {
        store: S3Store::new(client, &address.bucket),
        policy: settings.policy,
        takes_uploads: settings.external.is_none(),
    };
    let app = Router::new().fallback(answer).with_state(distribution).merge(playground.routes());
    let app = app.layer(from_fn(request_guard::require_loopback_host));
    let stop = CancellationToken::new();
    let viewers = tokio::spawn(listen::serve(listener, app, stop.clone()));
    Ok(RunningServers { url, admin: admin_url, s3_endpoint, address, credentials: file, stop, viewers })
}

async fn answer(State(distribution): State<Arc<Distribution>>, request: Request) -> Response {
    let response = distribution.answer(request.method(), request.uri(), request.headers()).await;
    let is_of_unknown_length = request.method() == Method::HEAD && !response.headers().contains_key(CONTENT_LENGTH);
    // For an empty body the server would send `Content-Length: 0`, which is not the length that GET returns.
    response.map(|body| {
        if is_of_unknown_length { Body::from_stream(stream::empty::<io::Result<Bytes>>()) } else { body.into() }
    })
}

async fn show_metrics(State(metrics): State<Arc<Metrics>>) -> Response {
    match metrics.text() {
        Ok(text) => ([(CONTENT_TYPE, prometheus::TEXT_FORMAT)], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}\n")).into_response(),
    }
}
