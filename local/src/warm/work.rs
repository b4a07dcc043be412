//! Renders a variant ahead of traffic with the engine that serves requests, so that it stores the same object.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ridge_contract::{Fault, Key, Policy, VariantPath};
use ridge_engine::{Engine, Found, Limiter, Outcome, Refusal, Refused, Trace, Write, stale_reason, worker};
use ridge_store::{Error, Metadata, S3Store, Store as _};

use crate::listing::Original;

/// The time limit for one variant. No viewer waits, so it is longer than the function's.
const PATIENCE: Duration = Duration::from_secs(300);

/// Renders variants in one bucket.
pub(crate) struct Worker {
    store: S3Store,
    engine: Engine,
}

/// The result for one variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Done {
    /// It was rendered and stored; its size in bytes.
    Rendered(u64),
    /// It was stored and fresh.
    Fresh,
    /// It is served in a fallback format, because its own format takes too long. It is never stored.
    Fallback,
    /// Its original is not an image in a supported format, and its extension does not say so.
    NoImage,
    /// It cannot be rendered or stored.
    Failed {
        /// The error message for clients, and the log's if it says more.
        why: String,
        /// Whether every variant of this original fails for this reason.
        is_of_original: bool,
    },
}

impl Worker {
    /// Creates a worker for `concurrency` concurrent requests. It renders as many at a time as there are processors.
    pub(crate) fn new(policy: Arc<Policy>, store: S3Store, concurrency: usize) -> Worker {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let engine = Engine::new(policy, Limiter::new(processors, concurrency), worker::Settings::here());
        Worker { store, engine }
    }

    /// Returns the metadata of the object stored at a path, and whether it is fresh; `None` if nothing is stored there.
    pub(crate) async fn look(
        &self,
        path: &VariantPath,
        original: &Original,
    ) -> Result<Option<(Metadata, bool)>, Error> {
        match self.store.head(&path.object()).await {
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
            Ok(stored) => {
                let source = Metadata { etag: original.etag.clone(), ..Metadata::default() };
                let is_fresh = stale_reason(&stored, Some(&source), self.engine.policy().config()).is_none();
                Ok(Some((stored, is_fresh)))
            }
        }
    }

    /// Renders a variant that is missing or stale.
    pub(crate) async fn render(&self, path: &VariantPath, original: &Original) -> Done {
        let found = match self.look(path, original).await {
            Ok(Some((stored, true))) if Refusal::of(&stored).is_none() => return Done::Fresh,
            // A stored refusal is repeated without a render.
            Ok(Some((stored, _))) => Found::Stored(stored),
            Ok(None) => Found::Missing,
            Err(error) => return Done::Failed { why: error.to_string(), is_of_original: false },
        };
        let (outcome, trace) = self.engine.serve(path, found, &self.store, Instant::now() + PATIENCE).await;
        done(&outcome, &trace, &original.key)
    }
}

fn done(outcome: &Outcome, trace: &Trace, original: &Key) -> Done {
    let failed = |why| Done::Failed { why, is_of_original: false };
    let error = || trace.error.clone().unwrap_or_else(|| "it could not be stored".to_owned());
    match (outcome, trace.write) {
        (Outcome::Refused(refused), _) => refusal(refused, trace, original),
        // Another writer stored it first.
        (Outcome::Fresh(_), _) => Done::Fresh,
        (Outcome::Rendered(_) | Outcome::Redirect(_), Write::New | Write::Replaced) => {
            Done::Rendered(trace.bytes.unwrap_or(0) as u64)
        }
        (Outcome::Rendered(_) | Outcome::Redirect(_), Write::Fallback) => Done::Fallback,
        (Outcome::Rendered(_) | Outcome::Redirect(_), Write::None | Write::Failed) | (Outcome::Unverified(_), _) => {
            failed(error())
        }
    }
}

fn refusal(Refused { problem, .. }: &Refused, trace: &Trace, original: &Key) -> Done {
    if problem.fault == Fault::NotAnImage && !original.is_called_picture() {
        return Done::NoImage;
    }
    // The message for clients, and the log's message if it says more.
    let why = match &trace.error {
        Some(error) if *error != problem.text => format!("{} ({error})", problem.text),
        _ => problem.text.clone(),
    };
    // Only these faults apply to all variants: an animation may be too large while its first frame is not.
    let is_of_original = matches!(problem.fault, Fault::NotAnImage | Fault::Missing);
    Done::Failed { why, is_of_original }
}
