//! What was done with one event, for the log.

use std::time::{Duration, Instant};

use serde::Serialize;
use shared::Problem;

/// One event's story: one line of JSON in the log.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The path that was asked for.
    pub uri: String,
    /// How it went.
    pub outcome: Outcome,
    /// The original's size in bytes, where it was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_bytes: Option<usize>,
    /// The variant's size in bytes, where it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<usize>,
    /// Stages in their order, with milliseconds.
    pub stages: Vec<(&'static str, f64)>,
    /// What the client was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told: Option<String>,
    /// What the client was not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// How an event went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// The origin's response went through as it came, or marked as not to be kept.
    Passed,
    /// The variant was stored already.
    Stored,
    /// The variant was made and stored.
    Made,
    /// The stored variant was out of date, and was made again.
    Remade,
    /// The stored variant was passed on, and it is not known whether it is out of date.
    Perhaps,
    /// The variant was made, and could not be stored.
    NotStored,
    /// The variant's own format takes too long, so it was made in another one, and not stored.
    Instead,
    /// The request, the original or the policy was at fault.
    Refused,
    /// S3 or this function was at fault.
    Failed,
}

impl Report {
    pub(crate) fn new(uri: &str) -> Report {
        Report {
            uri: uri.to_owned(),
            outcome: Outcome::Passed,
            source_bytes: None,
            bytes: None,
            stages: Vec::new(),
            told: None,
            error: None,
        }
    }

    pub(crate) fn refused(mut self, problem: &Problem) -> Report {
        self.outcome = if problem.fault.is_passing() { Outcome::Failed } else { Outcome::Refused };
        self.told = Some(problem.text.clone());
        self
    }

    pub(crate) fn took(&mut self, stage: &'static str, began: Instant) {
        self.lasted(stage, began.elapsed());
    }

    pub(crate) fn lasted(&mut self, stage: &'static str, time: Duration) {
        let milliseconds = (time.as_secs_f64() * 1e4).round() / 10.0;
        self.stages.push((stage, milliseconds));
    }

    /// The stages as a `Server-Timing` header has them.
    pub(crate) fn server_timing(&self) -> String {
        let stages: Vec<_> = self.stages.iter().map(|(name, time)| format!("{name};dur={time}")).collect();
        stages.join(", ")
    }
}
