//! CloudFront and S3 together.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use aws_sdk_s3::Client;
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
use origin_response::{Renders, Service, Stores, worker};
use ridge_contract::Policy;
use ridge_store::{Address, Credentials, Store};
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::cloudfront::{self, Distribution, Function, LinkedOriginResponse, LinkedPurge, LinkedViewerRequest, Origin};
use crate::lambda::{self, Lambda, Package, Runtime, Tools};
use crate::metrics::Metrics;
use crate::out::tell;
use crate::playground::Playground;
use crate::queue::Queue;
use crate::s3::{self, Objects, Originals};
use crate::{host, listen};

/// What is served, and where.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The distribution's port on loopback; 0 takes a free one.
    pub port: u16,
    /// Where CloudFront's API listens on loopback; 0 takes a free port.
    pub admin_port: u16,
    /// Where the embedded S3 listens on loopback; 0 takes a free port.
    pub s3_port: u16,
    /// A folder of originals, only read; without it, the samples.
    pub originals: Option<PathBuf>,
    /// Where the embedded S3 keeps its objects.
    pub data: PathBuf,
    /// The policy.
    pub policy: Arc<Policy>,
    /// Another S3 instead of the embedded one.
    pub external: Option<External>,
    /// What origin-response gets for one event.
    pub timeout: Duration,
    /// How many pictures the linked function makes at once, and how many wait for it; those beyond get a 503.
    pub renders: (usize, usize),
    /// The functions' packages, run by AWS's programs; without them, the functions that are linked in.
    pub packages: Option<Packages>,
}

/// What is deployed, and what runs it here.
#[derive(Debug, Clone)]
pub struct Packages {
    /// The folder of the zips.
    pub folder: PathBuf,
    /// AWS's programs.
    pub tools: Tools,
}

/// An S3 server that is not ours. Credentials are the environment's.
#[derive(Debug, Clone)]
pub struct External {
    /// Its URL; `None` is AWS.
    pub endpoint: Option<String>,
    /// Bucket and region.
    pub address: Address,
}

/// Where the bucket is, for the commands that look for a `ridge serve` on this machine: its API tells them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Location {
    /// The S3 server; `None` is AWS.
    pub(crate) endpoint: Option<String>,
    pub(crate) bucket: String,
    pub(crate) region: String,
    /// The file with the credentials of the embedded server, whose secret is never told over HTTP; `None` for another
    /// server.
    pub(crate) credentials: Option<PathBuf>,
}

impl Location {
    /// Where the API has it.
    pub(crate) const PATH: &str = "/s3";
}

/// What runs now.
#[derive(Debug)]
pub struct Running {
    /// The distribution.
    pub url: String,
    /// CloudFront's API.
    pub admin: String,
    /// The S3 server behind it; `None` is AWS.
    pub s3_endpoint: Option<String>,
    /// The bucket.
    pub address: Address,
    /// The file with the credentials of the embedded S3; `None` for another S3.
    pub credentials: Option<PathBuf>,
    stop: CancellationToken,
    viewers: JoinHandle<()>,
}

impl Running {
    /// Takes no more requests, and waits until those that came are answered.
    ///
    /// # Errors
    ///
    /// If the server broke.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.stop.cancel();
        Ok(self.viewers.await?)
    }
}

/// Starts serving; goes on until the process ends.
pub async fn start(settings: Settings) -> anyhow::Result<Running> {
    // Before S3, which tells of changes there.
    let admin = listen::bind(settings.admin_port, "--admin-port")?;
    let admin_url = format!("http://{}", admin.local_addr()?);
    let listener = listen::bind(settings.port, "--port")?;
    let (s3_endpoint, address, credentials, file) = match settings.external.clone() {
        Some(External { endpoint, address }) => (endpoint, address, ridge_store::credentials_of_lambda()?, None),
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
    let location = serde_json::to_string(&Location {
        endpoint: s3_endpoint.clone(),
        bucket: address.bucket.clone(),
        region: address.region.clone(),
        credentials: file.clone(),
    })?;
    let api = Router::new().route("/metrics", get(show_metrics)).with_state(metrics);
    let api = api.route(Location::PATH, get(async || ([(CONTENT_TYPE, "application/json")], location)));
    let api = api.merge(cloudfront::admin(Arc::clone(&distribution)));
    let api = api.layer(from_fn(host::no_foreign_pages)).layer(from_fn(host::only_here));
    tokio::spawn(listen::serve(admin, api, CancellationToken::new()));
    let playground = Playground {
        distribution: Arc::clone(&distribution),
        store: Store::new(client, &address.bucket),
        policy: settings.policy,
        takes_uploads: settings.external.is_none(),
    };
    let app = Router::new().fallback(answer).with_state(distribution).merge(playground.routes());
    let app = app.layer(from_fn(host::only_here));
    let stop = CancellationToken::new();
    let viewers = tokio::spawn(listen::serve(listener, app, stop.clone()));
    Ok(Running { url, admin: admin_url, s3_endpoint, address, credentials: file, stop, viewers })
}

/// viewer-request and origin-response.
type Functions = (Box<dyn Function>, Box<dyn Function>);

fn linked(settings: &Settings, client: &Client, metrics: &Arc<Metrics>) -> Functions {
    let (policy, client) = (Arc::clone(&settings.policy), client.clone());
    let stores = Stores::new(Box::new(move |address, _| Ok(Store::new(client.clone(), &address.bucket))));
    let viewer_request =
        LinkedViewerRequest { policy: Arc::clone(&policy), log: log("viewer-request", metrics, |_| {}) };
    let (at_once, waiting) = settings.renders;
    let service = Service::new(policy, stores, Renders::new(at_once, waiting), worker::Settings::here());
    let log = log("origin-response", metrics, |_| {});
    (Box::new(viewer_request), Box::new(LinkedOriginResponse { service, timeout: settings.timeout, log }))
}

/// A log that counts, and goes on to `next`.
fn log(name: &'static str, metrics: &Arc<Metrics>, next: impl Fn(&str) + Send + Sync + 'static) -> lambda::Log {
    let metrics = Arc::clone(metrics);
    Arc::new(move |line| {
        if let Err(error) = metrics.take(line) {
            tell!("{name}: {error:#}");
        }
        next(line);
    })
}

fn linked_purge(admin: &str, credentials: Credentials) -> Box<dyn Function> {
    let client = purge::connect(Some(admin), credentials);
    let distribution = purge::Distribution::new(client, cloudfront::ID, purge::By::Tags);
    // The embedded S3 has no versions to ask for.
    let service = purge::Service { distribution, uploads: None };
    Box::new(LinkedPurge { service, calls: AtomicU64::new(0) })
}

impl Packages {
    fn functions(
        &self,
        timeout: Duration,
        credentials: &Credentials,
        metrics: &Arc<Metrics>,
    ) -> anyhow::Result<Functions> {
        let function = |name: &'static str, memory, timeout| {
            let settings = lambda::Settings {
                name,
                runtime: Runtime::Node24,
                memory,
                timeout,
                // Another region than any bucket here, as at the edge.
                region: "ap-northeast-1",
                credentials: credentials.clone(),
                environment: Vec::new(),
                processor: None,
            };
            self.function(settings, metrics)
        };
        let viewer_request = function("viewer-request", lambda::VIEWER_MEMORY, lambda::VIEWER_TIMEOUT)?;
        Ok((viewer_request, function("origin-response", lambda::ORIGIN_MEMORY, timeout)?))
    }

    fn purge(&self, admin: &str, credentials: &Credentials) -> anyhow::Result<Box<dyn Function>> {
        let settings = lambda::Settings {
            name: "purge",
            runtime: Runtime::Provided,
            memory: lambda::PURGE_MEMORY,
            timeout: lambda::PURGE_TIMEOUT,
            region: s3::REGION,
            credentials: credentials.clone(),
            environment: purge::Settings::variables(cloudfront::ID, admin),
            processor: None,
        };
        self.function(settings, &Arc::default())
    }

    fn function(&self, settings: lambda::Settings, metrics: &Arc<Metrics>) -> anyhow::Result<Box<dyn Function>> {
        let name = settings.name;
        let package = Package::unpack(&self.folder.join(format!("{name}.zip")))?;
        let log = log(name, metrics, move |line| {
            if !lambda::is_routine(line) {
                tell!("{name}: {line}");
            }
        });
        Ok(Box::new(Lambda::new(self.tools.clone(), package, settings, log)))
    }
}

async fn answer(State(distribution): State<Arc<Distribution>>, request: Request) -> Response {
    let answer = distribution.answer(request.method(), request.uri(), request.headers()).await;
    let is_of_unknown_length = request.method() == Method::HEAD && !answer.headers().contains_key(CONTENT_LENGTH);
    // An empty body would be given the length 0, which is not what GET would get.
    answer.map(
        |body| if is_of_unknown_length { Body::from_stream(stream::empty::<io::Result<Bytes>>()) } else { body.into() },
    )
}

async fn show_metrics(State(metrics): State<Arc<Metrics>>) -> Response {
    match metrics.text() {
        Ok(text) => ([(CONTENT_TYPE, prometheus::TEXT_FORMAT)], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}\n")).into_response(),
    }
}
