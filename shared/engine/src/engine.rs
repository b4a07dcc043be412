//! The engine: what lives as long as the process.

use std::sync::Arc;

use ridge_contract::Policy;

use crate::limiter::Limiter;
use crate::refusal::Limits;
use crate::renderer::Renderer;
use crate::worker::{self, Workers};

/// Serves variants. It lives as long as the process.
pub struct Engine {
    pub(crate) policy: Arc<Policy>,
    pub(crate) limiter: Limiter,
    pub(crate) renderer: Renderer,
    pub(crate) limits: Limits,
    /// The largest body that the caller can return, in bytes; `None` is no limit.
    pub(crate) max_body: Option<usize>,
}

impl Engine {
    /// An engine that renders in worker processes.
    pub fn new(policy: Arc<Policy>, limiter: Limiter, worker: worker::Settings) -> Engine {
        let limits = Limits::new(policy.config(), Some(worker.memory));
        let renderer = Renderer::Workers(Box::new(Workers::new(worker, policy.config(), limiter.concurrency())));
        Engine { policy, limiter, renderer, limits, max_body: None }
    }

    /// An engine that renders in this process, without a limit of memory: for originals that can be trusted, such as those
    /// of tests. A render that exceeds its deadline continues in its thread, and holds its permit until it ends.
    pub fn in_process(policy: Arc<Policy>, limiter: Limiter) -> Engine {
        let limits = Limits::new(policy.config(), None);
        let renderer = Renderer::in_process(Arc::clone(&policy));
        Engine { policy, limiter, renderer, limits, max_body: None }
    }

    /// Redirects to variants that are larger than this, in bytes, instead of returning them.
    #[must_use]
    pub fn with_max_body(self, bytes: usize) -> Engine {
        Engine { max_body: Some(bytes), ..self }
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Starts a worker, so that the first render does not wait for it.
    pub async fn prepare(&self) {
        self.renderer.prepare().await;
    }
}
