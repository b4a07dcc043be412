//! Serves one variant: from the store if it is fresh, otherwise rendered from its original.
//!
//! [`Engine::serve`] takes a parsed variant, what the caller has found at its key, a [`Store`](ridge_store::Store) and a
//! deadline, and returns an [`Outcome`]. It knows neither CloudFront's events nor HTTP: an entry point translates.

mod engine;
mod freshness;
mod image;
mod limiter;
mod max_age;
mod outcome;
mod problems;
mod provenance;
mod redirect;
mod refusal;
mod render;
mod renderer;
mod report;
mod request;
mod serve;
mod stopwatch;
mod trace;
pub mod worker;
mod write;

pub use engine::Engine;
pub use freshness::stale_reason;
pub use limiter::Limiter;
pub use max_age::cache_control;
pub use outcome::{Outcome, PassOn, Redirect, Refused, Rendered};
pub use problems::{original_missing, store_unavailable};
pub use provenance::{PIPELINE, PIPELINE_KEY, SOURCE_ETAG, SOURCE_LAST_MODIFIED, StaleReason};
pub use refusal::Refusal;
pub use report::{Logged, Report};
pub use serve::Found;
pub use stopwatch::Stopwatch;
pub use trace::{Trace, Write};
