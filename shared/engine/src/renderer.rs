//! Where a variant is rendered.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use ridge_contract::{Fault, Policy, Problem, VariantPath};
use tokio::task::spawn_blocking;
use tokio::time::timeout_at;

use crate::image::{Failure, Image, Stages};
use crate::limiter::RenderPermit;
use crate::worker::{self, SlowEncoders, UNAVAILABLE, Workers};

/// Where a variant is rendered.
pub(crate) enum Renderer {
    /// In processes of their own, with a limit of memory, which are killed at the deadline.
    Workers(Box<Workers>),
    /// In a thread of this process.
    InProcess { policy: Arc<Policy>, encoders: Arc<SlowEncoders> },
}

impl Renderer {
    pub(crate) fn in_process(policy: Arc<Policy>) -> Renderer {
        Renderer::InProcess { policy, encoders: Arc::default() }
    }

    /// Starts a worker if none is idle.
    pub(crate) async fn prepare(&self) {
        match self {
            Renderer::Workers(workers) => workers.prepare().await,
            Renderer::InProcess { .. } => {}
        }
    }

    /// Renders. At `deadline` it gives up. The permit is held until the render has ended, which in this process may be later.
    pub(crate) async fn render(
        &self,
        path: &VariantPath,
        source: Bytes,
        permit: RenderPermit,
        deadline: Instant,
    ) -> (Result<Image, Failure>, Stages) {
        let (policy, encoders) = match self {
            Renderer::Workers(workers) => {
                let rendered = workers.render(path, &source, deadline).await;
                drop(permit);
                return rendered;
            }
            Renderer::InProcess { policy, encoders } => (Arc::clone(policy), Arc::clone(encoders)),
        };
        let path = path.clone();
        let render = spawn_blocking(move || {
            let left = deadline.saturating_duration_since(Instant::now());
            let rendered = worker::render_here(&path, &source, policy.config(), left, &encoders);
            // The thread cannot be stopped at the deadline, so it holds the permit itself.
            drop((source, permit));
            rendered
        });
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

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use tokio::runtime::Builder;

    use super::*;
    use crate::limiter::Limiter;

    #[test]
    fn a_thread_holds_its_permit_after_the_deadline() {
        let runtime = Builder::new_current_thread().enable_time().max_blocking_threads(1).build().unwrap();
        runtime.block_on(async {
            let (renderer, limiter) = (Renderer::in_process(Arc::default()), Limiter::new(1, 0));
            let (release, released) = mpsc::channel::<()>();
            // The only thread is busy, so the render cannot end before its deadline.
            let busy = spawn_blocking(move || released.recv().is_err());
            let permit = limiter.read().await.unwrap().render().await.unwrap();
            let path = VariantPath::parse("/w_8/webp/a").unwrap();
            let (rendered, _) = renderer.render(&path, Bytes::new(), permit, Instant::now()).await;
            assert_eq!(rendered.unwrap_err().problem.fault, Fault::OutOfTime);
            assert!(limiter.read().await.is_none(), "the render still has the permit");
            drop(release);
            assert!(busy.await.unwrap());
            // Jobs run in order: this one after the render.
            spawn_blocking(|| ()).await.unwrap();
            assert!(limiter.read().await.is_some());
        });
    }
}
