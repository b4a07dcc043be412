//! What was done with one batch, for the log.

use serde::Serialize;

use crate::batch::Batch;
use crate::distribution::Invalidation;

/// One batch's story: one line of JSON in the log.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Report {
    /// The originals that changed.
    pub originals: Vec<String>,
    /// What CloudFront has taken.
    pub invalidations: Vec<Invalidation>,
    /// How many messages are of no consequence: variants, and what no request can name.
    pub ignored: usize,
    /// How many messages the queue must deliver again.
    pub failed: usize,
    /// Messages that cannot be read, and are not delivered again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<String>,
    /// Why CloudFront did not take all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<String>,
}

impl Report {
    pub(crate) fn new(batch: &Batch) -> Report {
        Report {
            originals: batch.changed.keys().map(ToString::to_string).collect(),
            ignored: batch.ignored,
            unreadable: batch.unreadable.clone(),
            ..Report::default()
        }
    }
}
