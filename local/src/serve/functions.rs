//! The functions of the distribution: linked into this program, or run from their packages by AWS's programs.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use aws_sdk_s3::Client;
use origin_response::{Service, Stores};
use ridge_engine::{Limiter, worker};
use ridge_store::{Credentials, S3Store};

use super::settings::{Packages, ServeSettings};
use crate::cloudfront::{self, Function, LinkedOriginResponse, LinkedPurge, LinkedViewerRequest};
use crate::lambda::{self, FunctionSettings, Lambda, Package, Runtime};
use crate::metrics::Metrics;
use crate::out::tell;
use crate::s3;

/// `viewer-request` and `origin-response`.
pub(super) type EdgeFunctions = (Box<dyn Function>, Box<dyn Function>);

/// Returns the linked functions at the edge.
pub(super) fn linked(settings: &ServeSettings, client: &Client, metrics: &Arc<Metrics>) -> EdgeFunctions {
    let (policy, client) = (Arc::clone(&settings.policy), client.clone());
    let stores = Stores::new(Box::new(move |address, _| Ok(Arc::new(S3Store::new(client.clone(), &address.bucket)))));
    let viewer_request =
        LinkedViewerRequest { policy: Arc::clone(&policy), log: log("viewer-request", metrics, |_| {}) };
    let (at_once, waiting) = settings.renders;
    let service = Service::new(policy, stores, Limiter::new(at_once, waiting), worker::Settings::here());
    let log = log("origin-response", metrics, |_| {});
    (Box::new(viewer_request), Box::new(LinkedOriginResponse { service, timeout: settings.timeout, log }))
}

/// Returns the linked function `purge`.
pub(super) fn linked_purge(admin: &str, credentials: Credentials) -> Box<dyn Function> {
    let client = purge::connect(Some(admin), credentials);
    let distribution = purge::Distribution::new(client, cloudfront::ID, purge::By::Tags);
    // The embedded S3 server has no object versions to list.
    let service = purge::Service { distribution, uploads: None };
    Box::new(LinkedPurge { service, calls: AtomicU64::new(0) })
}

/// Returns a log that counts the metrics of a line and passes the line to `next`.
fn log(name: &'static str, metrics: &Arc<Metrics>, next: impl Fn(&str) + Send + Sync + 'static) -> lambda::Log {
    let metrics = Arc::clone(metrics);
    Arc::new(move |line| {
        if let Err(error) = metrics.take(line) {
            tell!("{name}: {error:#}");
        }
        next(line);
    })
}

impl Packages {
    /// Returns the packaged functions at the edge.
    pub(super) fn functions(
        &self,
        timeout: Duration,
        credentials: &Credentials,
        metrics: &Arc<Metrics>,
    ) -> anyhow::Result<EdgeFunctions> {
        let function = |name: &'static str, memory, timeout| {
            let settings = FunctionSettings {
                name,
                runtime: Runtime::Node24,
                memory,
                timeout,
                // As at the edge, not the bucket's region.
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

    /// Returns the packaged function `purge`.
    pub(super) fn purge(&self, admin: &str, credentials: &Credentials) -> anyhow::Result<Box<dyn Function>> {
        let settings = FunctionSettings {
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

    fn function(&self, settings: FunctionSettings, metrics: &Arc<Metrics>) -> anyhow::Result<Box<dyn Function>> {
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
