//! The functions that are linked into this program. They are called with JSON, as Lambda calls them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use origin_response::Service;
use ridge_cloudfront::event::{Cf, Event};
use ridge_contract::Policy;
use ridge_telemetry::log::cut;

use crate::lambda::{Log, PURGE_TIMEOUT};
use crate::out::tell;

/// A Lambda function, which receives and returns JSON.
#[async_trait]
pub trait Function: Send + Sync {
    /// Invokes the function once. Returns its result, or the reason of its failure.
    async fn call(&self, event: Vec<u8>) -> Result<Vec<u8>, String>;
}

/// `viewer-request`, linked into this program.
pub struct LinkedViewerRequest {
    /// Compiled from the configuration, which a package contains as `ridge.json`.
    pub policy: Arc<Policy>,
    /// Receives the log lines.
    pub log: Log,
}

/// `origin-response`, linked into this program.
pub struct LinkedOriginResponse {
    /// The state of the process between invocations.
    pub service: Service,
    /// The function's timeout; at the edge at most 30 seconds.
    pub timeout: Duration,
    /// Receives the log lines.
    pub log: Log,
}

/// `purge`, linked into this program.
pub struct LinkedPurge {
    /// The state of the process between invocations.
    pub service: purge::Service,
    /// The number of invocations so far.
    pub calls: AtomicU64,
}

#[async_trait]
impl Function for LinkedViewerRequest {
    async fn call(&self, event: Vec<u8>) -> Result<Vec<u8>, String> {
        let (reply, refusal) = viewer_request::handle(cf(&event)?, &self.policy);
        if let Some(refusal) = refusal {
            (self.log)(&refusal.line().map_err(|error| error.to_string())?);
        }
        json(&reply)
    }
}

#[async_trait]
impl Function for LinkedOriginResponse {
    async fn call(&self, event: Vec<u8>) -> Result<Vec<u8>, String> {
        let deadline = Instant::now() + self.timeout;
        let (response, report) = origin_response::handle(cf(&event)?, &self.service, deadline).await;
        (self.log)(&report.line().map_err(|error| error.to_string())?);
        if let Some(error) = &report.error {
            tell!("origin-response: {}: {}", cut(&report.uri, 300), cut(error, 1000));
        }
        json(&response)
    }
}

#[async_trait]
impl Function for LinkedPurge {
    async fn call(&self, event: Vec<u8>) -> Result<Vec<u8>, String> {
        let event = serde_json::from_slice(&event).map_err(|error| error.to_string())?;
        let call = self.calls.fetch_add(1, Ordering::Relaxed).to_string();
        let (answer, report) = purge::handle(event, &self.service, &call, Instant::now() + PURGE_TIMEOUT).await;
        for error in report.errors.iter().chain(&report.unreadable) {
            tell!("purge: {error}");
        }
        json(&answer)
    }
}

fn cf(event: &[u8]) -> Result<Cf, String> {
    let event: Event = serde_json::from_slice(event).map_err(|error| error.to_string())?;
    event.into_cf().ok_or_else(|| "the event has no record".to_owned())
}

fn json(answer: &impl serde::Serialize) -> Result<Vec<u8>, String> {
    serde_json::to_vec(answer).map_err(|error| error.to_string())
}
