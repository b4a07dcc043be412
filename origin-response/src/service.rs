//! What lives as long as the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ridge_cloudfront::BODY_BUDGET;
use ridge_contract::Policy;
use ridge_engine::{Engine, Limiter, worker};

use crate::stores::Stores;

/// The function with everything that outlives one event.
pub struct Service {
    pub(crate) engine: Engine,
    pub(crate) stores: Stores,
    is_warm: AtomicBool,
}

impl Service {
    /// A function that has seen no event yet.
    pub fn new(policy: Arc<Policy>, stores: Stores, limiter: Limiter, worker: worker::Settings) -> Service {
        let engine = Engine::new(policy, limiter, worker).with_max_body(BODY_BUDGET);
        Service { engine, stores, is_warm: AtomicBool::new(false) }
    }

    /// Starts a worker, so that the first event does not wait for it.
    pub async fn prepare(&self) {
        self.engine.prepare().await;
    }

    /// Returns whether this is the first event of the process.
    pub(crate) fn is_first_event(&self) -> bool {
        !self.is_warm.swap(true, Ordering::Relaxed)
    }
}
