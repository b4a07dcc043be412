//! What lives as long as the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use shared::Config;

use crate::renders::Renders;
use crate::stores::Stores;

/// The function with everything that outlives one event.
pub struct Service {
    pub(crate) config: Arc<Config>,
    pub(crate) stores: Stores,
    pub(crate) renders: Renders,
    is_warm: AtomicBool,
}

impl Service {
    /// A function that has seen no event yet.
    pub fn new(config: Arc<Config>, stores: Stores, renders: Renders) -> Service {
        Service { config, stores, renders, is_warm: AtomicBool::new(false) }
    }

    /// Whether this is the process's first event.
    pub(crate) fn begin(&self) -> bool {
        !self.is_warm.swap(true, Ordering::Relaxed)
    }
}
