//! Renders in a separate process, the worker: the decoders read untrusted files, and some are malicious.
//!
//! A worker has a memory limit, no credentials and no sockets. It is killed at the deadline of its request, so that an
//! abandoned render takes nothing from the next one. If it crashes, the function answers with an error and keeps
//! running. Workers are started before they are needed, and reused for several renders.

mod child;
mod message;
mod pool;
mod process;
mod slow;

pub use child::work;
pub(crate) use pool::Workers;
pub(crate) use slow::SlowEncoders;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use ridge_contract::{Config, VariantPath};
use rustix::process::{Resource, getrlimit};

use crate::image::{Failure, Image, Stages};

/// The argument that starts a program as a worker.
pub const ARGUMENT: &str = "--render-worker";

/// The memory limit of a worker outside Lambda, in bytes.
pub const MEMORY: u64 = 1 << 30;

/// The part of Lambda's memory for the function itself, in bytes: the original, the variant and its base64, TLS.
const RESERVE: u64 = 128 << 20;

/// Lambda's environment variable with the function's memory, in MB.
const LAMBDA_MEMORY: &str = "AWS_LAMBDA_FUNCTION_MEMORY_SIZE";

/// The error message if a render crashes.
const CRASHED: &str = "the original is broken in a way that cannot be handled";
/// The error message if rendering fails for reasons other than the original.
pub(crate) const UNAVAILABLE: &str = "no image can be rendered at the moment; try again";

/// Returns the error message if a render needs more than `memory` bytes.
fn too_much(memory: u64) -> String {
    format!("rendering needs more memory than the {} MB that are allowed; request a smaller size", memory >> 20)
}

/// The program that runs as a worker, and its memory limit.
#[derive(Debug, Clone)]
pub struct Settings {
    /// A program that calls [`work`].
    pub program: PathBuf,
    /// The arguments of the program, including [`ARGUMENT`].
    pub arguments: Vec<OsString>,
    /// The memory limit in bytes (`RLIMIT_DATA`).
    pub memory: u64,
}

impl Settings {
    /// Returns the settings for the running program with [`MEMORY`], or this process's own limit if it is lower.
    pub fn here() -> Settings {
        Settings::of_program("/proc/self/exe", MEMORY)
    }

    /// Returns the settings for Lambda, with the function's memory except a reserve.
    pub fn in_lambda() -> Settings {
        let memory = std::env::var(LAMBDA_MEMORY).ok().and_then(|megabytes| megabytes.parse::<u64>().ok());
        Settings::of_program("/proc/self/exe", memory.map_or(MEMORY, of_function))
    }

    /// Returns the settings for another program that calls [`work`] if its argument is [`ARGUMENT`].
    pub fn of_program(program: impl Into<PathBuf>, memory: u64) -> Settings {
        let memory = getrlimit(Resource::Data).maximum.map_or(memory, |most| most.min(memory));
        Settings { program: program.into(), arguments: vec![ARGUMENT.into()], memory }
    }
}

/// Returns the memory of a worker in bytes, for a function with this memory in MB: at least half of it.
fn of_function(megabytes: u64) -> u64 {
    let memory = megabytes << 20;
    memory.saturating_sub(RESERVE).max(memory / 2)
}

/// Renders like a worker, but in this process and without a memory limit. If memory runs out, the original is not at fault.
pub(crate) fn render_here(
    path: &VariantPath,
    source: &[u8],
    config: &Config,
    left: Duration,
    encoders: &SlowEncoders,
) -> (Result<Image, Failure>, Stages) {
    let job = message::Job { path: path.to_string(), milliseconds: left.as_millis() as u64 };
    let (answer, bytes) = child::render(&job, source, config, None, encoders);
    pool::translate(answer, bytes)
}

/// Returns whether this process was started as a worker.
pub fn is_asked() -> bool {
    std::env::args_os().nth(1).is_some_and(|argument| argument == ARGUMENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_has_most_of_the_memory() {
        assert_eq!(of_function(1769), (1769 - 128) << 20);
        assert_eq!(of_function(128), 64 << 20);
    }
}
