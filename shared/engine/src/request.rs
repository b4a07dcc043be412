//! One variant that is being served.

use std::time::Instant;

use ridge_contract::{Problem, VariantPath};
use ridge_store::Store;

use crate::engine::Engine;
use crate::trace::Trace;

/// One variant that is being served.
pub(crate) struct Request<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) path: &'a VariantPath,
    pub(crate) store: &'a dyn Store,
    pub(crate) deadline: Instant,
    pub(crate) trace: Trace,
}

/// Why there is no variant.
pub(crate) struct NoVariant {
    pub(crate) problem: Problem,
    /// Whether the store has returned the original.
    pub(crate) was_read: bool,
}
