//! The worker process: renders the jobs from standard input until it is closed.

use std::any::Any;
use std::fs;
use std::io::{self, Write as _, stderr, stdin, stdout};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{ExitCode, exit};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::{Duration, Instant};

use ridge_contract::{Config, Fault, Problem, VariantPath};
use ridge_pixels::Error;
use rustix::io::fcntl_dupfd_cloexec;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::stdio::dup2_stdout;

use super::message::{Answer, Job, Made, Ready, Refused, Setup, receive, send};
use super::slow::{Bounded, SlowEncoders};
use crate::stopwatch::Stopwatch;

/// Runs the worker. A program that renders calls this instead of its own work if its only argument is
/// [`ARGUMENT`](super::ARGUMENT).
pub fn work() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            writeln!(stderr(), "render worker: {error}").ok();
            ExitCode::FAILURE
        }
    }
}

fn serve() -> io::Result<()> {
    let mut answers = answers()?;
    let Some((Setup { config, memory }, _)) = receive(&mut stdin().lock())? else { return Ok(()) };
    confine(memory)?;
    // Compile the regular expression for paths now, before a viewer waits.
    VariantPath::parse("/w_1/webp/a").map_err(io::Error::other)?;
    send(&mut answers, &Ready {}, &[])?;
    let (sender, jobs) = sync_channel(0);
    thread::spawn(move || {
        let mut input = stdin().lock();
        while let Ok(Some(job)) = receive::<Job>(&mut input) {
            if sender.send(job).is_err() {
                return;
            }
        }
        // The function has exited, and nobody waits for the render that may still be running.
        exit(0)
    });
    let encoders = SlowEncoders::default();
    for (job, source) in jobs {
        let (answer, bytes) = render(&job, &source, &config, Some(memory), &encoders);
        drop(source);
        let answer = Answer { is_spent: is_spent(memory), ..answer };
        send(&mut answers, &answer, &bytes)?;
    }
    Ok(())
}

/// Returns the original standard output, for the answers, and redirects standard output to standard error. Text that a
/// library prints then cannot corrupt an answer.
fn answers() -> io::Result<fs::File> {
    // A descriptor from 3 upwards: libraries use 0 to 2 for the standard streams.
    let answers = fcntl_dupfd_cloexec(stdout(), 3)?;
    dup2_stdout(stderr())?;
    Ok(answers.into())
}

/// Sets the resource limits of the process, since it decodes untrusted files. A lower existing limit is kept.
fn confine(memory: u64) -> io::Result<()> {
    for (resource, most) in [(Resource::Data, memory), (Resource::Core, 0)] {
        let most = Some(getrlimit(resource).maximum.map_or(most, |maximum| maximum.min(most)));
        setrlimit(resource, Rlimit { current: most, maximum: most })?;
    }
    // If the machine runs out of memory, the kernel must end the worker and not the function. The file does not exist
    // on every system; then the setting is skipped.
    fs::write("/proc/self/oom_score_adj", "1000").ok();
    Ok(())
}

/// Renders one job. `memory` is the memory limit in bytes; `None` if there is none.
pub(super) fn render(
    job: &Job,
    source: &[u8],
    config: &Config,
    memory: Option<u64>,
    encoders: &SlowEncoders,
) -> (Answer, Vec<u8>) {
    let stopwatch = Stopwatch::until(Instant::now() + Duration::from_millis(job.milliseconds));
    let mut bounded = Bounded { observer: stopwatch, encoders };
    let rendered = match VariantPath::parse(&job.path) {
        Ok(path) => {
            let render = || ridge_pixels::render(source, path.variant(), config, &mut bounded);
            let rendered = catch_unwind(AssertUnwindSafe(render)).map_err(|panic| broken(&*panic));
            rendered.and_then(|rendered| rendered.map_err(|error| refused(&error, memory)))
        }
        Err(error) => Err(no(Fault::Unavailable, super::UNAVAILABLE.to_owned(), error.to_string())),
    };
    let stages =
        bounded.observer.stop().into_iter().map(|(name, time)| (name.to_owned(), time.as_micros() as u64)).collect();
    let (outcome, bytes) = match rendered {
        Ok(picture) => {
            let made = Made {
                format: picture.format.name().to_owned(),
                source_frames: picture.source.frames,
                is_truncated: picture.is_truncated,
            };
            (Ok(made), picture.bytes)
        }
        Err(refused) => (Err(refused), Vec::new()),
    };
    (Answer { outcome, stages, is_spent: false }, bytes)
}

fn no(fault: Fault, text: String, log: String) -> Refused {
    Refused { fault: fault.name().to_owned(), text, log, needs_memory: false }
}

fn refused(error: &Error, memory: Option<u64>) -> Refused {
    let Problem { fault, text } = Problem::from(error);
    let log = error.to_string();
    match (error, memory) {
        (Error::OutOfMemory, Some(memory)) => Refused { needs_memory: true, ..no(fault, super::too_much(memory), log) },
        // Other renders may have taken the memory, so the original is not at fault.
        (Error::OutOfMemory, None) => no(Fault::Unavailable, super::UNAVAILABLE.to_owned(), log),
        _ => no(fault, text, log),
    }
}

fn broken(panic: &(dyn Any + Send)) -> Refused {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or_default();
    no(Fault::Broken, super::CRASHED.to_owned(), format!("panic: {text}"))
}

/// A worker that holds more than 1 / `WORN` of its memory limit between two renders is spent.
const WORN: u64 = 4;

/// The threads of a worker between two renders: the main thread and the reader.
const THREADS: u64 = 2;

/// Returns whether this process holds memory that the next render would lack, or an abandoned encoder still runs. See
/// proc_pid_status(5): `VmData` is the memory that counts against [`Resource::Data`].
fn is_spent(memory: u64) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let number = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or_default()
    };
    number("VmData:") << 10 > memory / WORN || number("Threads:") > THREADS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lack_of_memory_is_the_originals_fault_only_under_a_limit() {
        let under_limit = refused(&Error::OutOfMemory, Some(64 << 20));
        assert_eq!((&*under_limit.fault, under_limit.needs_memory), (Fault::TooLarge.name(), true));
        assert!(under_limit.text.contains("64 MB"), "{}", under_limit.text);
        let without_limit = refused(&Error::OutOfMemory, None);
        assert_eq!((&*without_limit.fault, without_limit.needs_memory), (Fault::Unavailable.name(), false));
    }
}
