//! What the engine did for one variant: for logs, for metrics, and for `ridge warm`, which counts variants by [`Write`].

use std::time::{Duration, Instant};

/// What the engine did for one variant.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    /// Stages in their order, with the time that each took: `get`, `wait`, the stages of the pixel pipeline, `put`.
    pub stages: Vec<(&'static str, Duration)>,
    /// The original's size in bytes, if it was read.
    pub source_bytes: Option<usize>,
    /// The variant's size in bytes, if it was rendered.
    pub bytes: Option<usize>,
    /// Whether the variant was stored.
    pub write: Write,
    /// Whether a write failed: of the variant, or of the refusal.
    pub is_put_failed: bool,
    /// Whether a stored refusal answered, so that nothing was rendered.
    pub is_remembered: bool,
    /// Whether the original is truncated.
    pub is_truncated: bool,
    /// An error that the client is not told.
    pub error: Option<String>,
}

/// What happened to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Write {
    /// No write of the variant was attempted. If the render failed, a refusal may have been stored.
    #[default]
    None,
    /// A new variant was stored.
    New,
    /// A stale variant was replaced.
    Replaced,
    /// The variant could not be stored.
    Failed,
    /// The variant is in a fallback format, which its path does not state, so it was not stored.
    Fallback,
}

/// Reading the original.
pub(crate) const GET: &str = "get";
/// Waiting for the permit to render.
pub(crate) const WAIT: &str = "wait";
/// Writing the variant or the refusal.
pub(crate) const PUT: &str = "put";

impl Trace {
    /// Records a stage that began at this time and ends now.
    pub(crate) fn took(&mut self, stage: &'static str, began: Instant) {
        self.add(stage, began.elapsed());
    }

    /// Adds to a stage: one that repeats, as for each frame of an animation, counts as one.
    pub(crate) fn add(&mut self, stage: &'static str, time: Duration) {
        match self.stages.iter_mut().find(|(name, _)| *name == stage) {
            Some((_, total)) => *total += time,
            None => self.stages.push((stage, time)),
        }
    }
}
