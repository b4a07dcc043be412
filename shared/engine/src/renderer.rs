//! Where a variant is rendered.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use ridge_contract::{Fault, Policy, Problem, VariantPath};
use tokio::task::spawn_blocking;
use tokio::time::timeout_at;

use crate::image::{Failure, Image, Stages};
use crate::worker::{self, UNAVAILABLE, Workers};

/// Where a variant is rendered.
pub(crate) enum Renderer {
    /// In processes of their own, with a limit of memory, which are killed at the deadline.
    Workers(Box<Workers>),
    /// In a thread of this process.
    InProcess(Arc<Policy>),
}

impl Renderer {
    /// Starts a worker if none is idle.
    pub(crate) async fn prepare(&self) {
        match self {
            Renderer::Workers(workers) => workers.prepare().await,
            Renderer::InProcess(_) => {}
        }
    }

    /// Renders. At `deadline` it gives up.
    pub(crate) async fn render(
        &self,
        path: &VariantPath,
        source: Bytes,
        deadline: Instant,
    ) -> (Result<Image, Failure>, Stages) {
        let policy = match self {
            Renderer::Workers(workers) => return workers.render(path, &source, deadline).await,
            Renderer::InProcess(policy) => Arc::clone(policy),
        };
        let path = path.clone();
        let left = deadline.saturating_duration_since(Instant::now());
        let render = spawn_blocking(move || worker::render_here(&path, &source, policy.config(), left));
        let failure = match timeout_at(deadline.into(), render).await {
            Ok(Ok(rendered)) => return rendered,
            Ok(Err(error)) => Failure::new(Fault::Unavailable, UNAVAILABLE, error.to_string()),
            Err(_) => {
                let Problem { fault, text } = Problem::from(&ridge_pixels::Error::OutOfTime);
                Failure::new(fault, text, "the render was given up at the deadline".to_owned())
            }
        };
        (Err(failure), Stages::new())
    }
}
