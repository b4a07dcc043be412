//! The engine: what lives as long as the process.

use std::sync::Arc;

use ridge_contract::Config;

use crate::limiter::Limiter;
use crate::refusal::Limits;
use crate::renderer::Renderer;
use crate::worker::{self, Workers};

/// Serves variants. It lives as long as the process.
pub struct Engine {
    pub(crate) config: Arc<Config>,
    pub(crate) limiter: Limiter,
    pub(crate) renderer: Renderer,
    pub(crate) limits: Limits,
    /// The largest body that the caller can return, in bytes; `None` is no limit.
    pub(crate) max_body: Option<usize>,
}

impl Engine {
    /// An engine that renders in worker processes.
    pub fn new(config: Arc<Config>, limiter: Limiter, worker: worker::Settings) -> Engine {
        let limits = Limits::new(&config, Some(worker.memory));
        let renderer = Renderer::Workers(Workers::new(worker, &config, limiter.concurrency()));
        Engine { config, limiter, renderer, limits, max_body: None }
    }

    /// An engine that renders in this process, without a limit of memory: for originals that can be trusted, such as those
    /// of tests. A render that exceeds its deadline goes on in its thread.
    pub fn in_process(config: Arc<Config>, limiter: Limiter) -> Engine {
        let limits = Limits::new(&config, None);
        let renderer = Renderer::InProcess(Arc::clone(&config));
        Engine { config, limiter, renderer, limits, max_body: None }
    }

    /// Redirects to variants that are larger than this, in bytes, instead of returning them.
    #[must_use]
    pub fn with_max_body(self, bytes: usize) -> Engine {
        Engine { max_body: Some(bytes), ..self }
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Starts a worker, so that the first render does not wait for it.
    pub async fn prepare(&self) {
        self.renderer.prepare().await;
    }
}
