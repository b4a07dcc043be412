//! The result of a render.

use std::time::Duration;

use ridge_contract::{Fault, Format, Problem};

/// A rendered variant.
#[derive(Debug)]
pub(crate) struct Image {
    pub(crate) bytes: Vec<u8>,
    pub(crate) format: Format,
    /// How many frames the original has.
    pub(crate) source_frames: u32,
    /// Whether the original is truncated.
    pub(crate) is_truncated: bool,
}

/// Why a render failed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) problem: Problem,
    /// What the client is not told.
    pub(crate) log: String,
    /// Whether more memory would help.
    pub(crate) needs_memory: bool,
}

impl Failure {
    /// A failure that more memory would not avoid.
    pub(crate) fn new(fault: Fault, text: impl Into<String>, log: String) -> Failure {
        Failure { problem: Problem::new(fault, text), log, needs_memory: false }
    }
}

/// The stages of a render, with the time that each took.
pub(crate) type Stages = Vec<(&'static str, Duration)>;
