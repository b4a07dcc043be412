//! What the two sides are asked and answer, one JSON object a line. `peer/sharp.mjs` speaks the same.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Make a variant.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Request {
    /// The picture's file. Reading it is not measured.
    pub(crate) source: PathBuf,
    /// The variant, such as `/w_800/q_80/webp`.
    pub(crate) path: String,
    /// How often.
    pub(crate) repeat: u32,
    /// Where the result goes. Writing it is not measured.
    pub(crate) out: Option<PathBuf>,
}

/// How it went.
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
    /// Microseconds of the whole process, on all its threads, for each repetition.
    pub(crate) cpu_micros: Vec<u64>,
    /// Microseconds on the clock, for each repetition.
    pub(crate) wall_micros: Vec<u64>,
    /// Length of the result.
    pub(crate) bytes: u64,
    /// Width of the result.
    pub(crate) width: u32,
    /// Height of the result, or of each frame of it.
    pub(crate) height: u32,
    /// How many pictures the result holds.
    pub(crate) frames: u32,
    /// The largest resident size of a process that did only this.
    #[serde(rename = "peakKiB", default, skip_serializing_if = "Option::is_none")]
    pub(crate) peak_kib: Option<u64>,
}
