//! Renders in a process of their own, the worker: the decoders read strangers' files, and some are made to do harm.
//!
//! A worker has a limit of memory, no credentials and no sockets. It is killed when the time of its request is up, so
//! that a render that is given up takes nothing from the next one; when it crashes, the function answers and lives on.
//! It is started ahead of need and used again from render to render.

mod child;
mod message;
mod pool;
mod process;
mod slow;

pub use child::work;
pub(crate) use pool::Workers;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use ridge_contract::{Config, VariantPath};
use rustix::process::{Resource, getrlimit};

use crate::image::{Failure, Image, Stages};

/// The argument by which a program is asked to be a worker.
pub const ARGUMENT: &str = "--render-worker";

/// The memory of a worker outside Lambda, in bytes.
pub const MEMORY: u64 = 1 << 30;

/// What is left to the function itself of Lambda's memory, in bytes: the original, the variant and its base64, TLS.
const RESERVE: u64 = 128 << 20;

/// What Lambda calls the function's memory, in MB.
const LAMBDA_MEMORY: &str = "AWS_LAMBDA_FUNCTION_MEMORY_SIZE";

/// Told where a render ends in a way that no decoder foresees.
const CRASHED: &str = "the original is broken in a way that cannot be handled";
/// Told where it is not the original's fault.
pub(crate) const UNAVAILABLE: &str = "no image can be rendered at the moment; try again";

/// Told where a render needs more than these bytes.
fn too_much(memory: u64) -> String {
    format!("rendering needs more memory than the {} MB that are allowed; request a smaller size", memory >> 20)
}

/// How a worker is started, and what it may use.
#[derive(Debug, Clone)]
pub struct Settings {
    /// A program that calls [`work`].
    pub program: PathBuf,
    /// Its arguments, with [`ARGUMENT`].
    pub arguments: Vec<OsString>,
    /// Most memory that it may have, in bytes (`RLIMIT_DATA`).
    pub memory: u64,
}

impl Settings {
    /// The program that runs now, with [`MEMORY`], or less where this process may have less.
    pub fn here() -> Settings {
        Settings::of_program("/proc/self/exe", MEMORY)
    }

    /// The same in Lambda, with the function's memory but for a reserve.
    pub fn in_lambda() -> Settings {
        let memory = std::env::var(LAMBDA_MEMORY).ok().and_then(|megabytes| megabytes.parse::<u64>().ok());
        Settings::of_program("/proc/self/exe", memory.map_or(MEMORY, of_function))
    }

    /// Another program that calls [`work`] when it is asked to.
    pub fn of_program(program: impl Into<PathBuf>, memory: u64) -> Settings {
        let memory = getrlimit(Resource::Data).maximum.map_or(memory, |most| most.min(memory));
        Settings { program: program.into(), arguments: vec![ARGUMENT.into()], memory }
    }
}

/// The bytes that are a worker's of a function's megabytes: at least half.
fn of_function(megabytes: u64) -> u64 {
    let memory = megabytes << 20;
    memory.saturating_sub(RESERVE).max(memory / 2)
}

/// Renders as a worker does, but in this process and without a limit of memory.
pub(crate) fn render_here(
    path: &VariantPath,
    source: &[u8],
    config: &Config,
    left: Duration,
) -> (Result<Image, Failure>, Stages) {
    let job = message::Job { path: path.to_string(), milliseconds: left.as_millis() as u64 };
    let (answer, bytes) = child::render(&job, source, config, u64::MAX, &mut slow::SlowEncoders::default());
    pool::translate(answer, bytes)
}

/// Whether this process is to be a worker.
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
