//! What lives as long as the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ridge_contract::Policy;

use crate::refusal::Limits;
use crate::renders::Renders;
use crate::stores::Stores;
use crate::worker::{self, Workers};

/// The function with everything that outlives one event.
pub struct Service {
    pub(crate) policy: Arc<Policy>,
    pub(crate) stores: Stores,
    pub(crate) renders: Renders,
    pub(crate) workers: Workers,
    pub(crate) limits: Limits,
    is_warm: AtomicBool,
}

impl Service {
    /// A function that has seen no event yet.
    pub fn new(policy: Arc<Policy>, stores: Stores, renders: Renders, worker: worker::Settings) -> Service {
        let limits = Limits::new(policy.config(), Some(worker.memory));
        let workers = Workers::new(worker, policy.config(), renders.at_once());
        Service { policy, stores, renders, workers, limits, is_warm: AtomicBool::new(false) }
    }

    /// Starts what renders, so that the first event does not wait for it.
    pub async fn prepare(&self) {
        self.workers.prepare().await;
    }

    /// Whether this is the process's first event.
    pub(crate) fn begin(&self) -> bool {
        !self.is_warm.swap(true, Ordering::Relaxed)
    }
}
