//! The protocol of the worker processes: one JSON object a line. `peer/sharp.mjs` implements it too.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// A request to render a variant.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Request {
    /// The image file. Reading it is not measured.
    pub(crate) source: PathBuf,
    /// The variant, such as `/w_800/q_80/webp`.
    pub(crate) path: String,
    /// The number of repetitions.
    pub(crate) repeat: u32,
    /// The file for the result. Writing it is not measured.
    pub(crate) out: Option<PathBuf>,
}

/// The response to a request.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Answer {
    Done(Done),
    Failed { error: String },
}

/// A finished request.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Done {
    /// CPU time of the whole process, on all its threads, for each repetition, in microseconds.
    pub(crate) cpu_micros: Vec<u64>,
    /// Elapsed time for each repetition, in microseconds.
    pub(crate) wall_micros: Vec<u64>,
    /// Size of the result.
    pub(crate) bytes: u64,
    /// Width of the result.
    pub(crate) width: u32,
    /// Height of the result, or of each of its frames.
    pub(crate) height: u32,
    /// Number of frames in the result.
    pub(crate) frames: u32,
    /// The maximum resident memory of a process with a single request.
    #[serde(rename = "peakKiB", default, skip_serializing_if = "Option::is_none")]
    pub(crate) peak_kib: Option<u64>,
}
