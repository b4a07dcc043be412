//! The worker process: renders what comes on standard input, until that ends.

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

/// Runs the worker. The program that renders calls this in place of its own work where its only argument is
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
    // The expression of all paths is compiled at its first use: better now than when a viewer waits.
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
        // The function is gone, and nobody waits for the render that may still be running.
        exit(0)
    });
    let mut encoders = SlowEncoders::default();
    for (job, source) in jobs {
        let (answer, bytes) = render(&job, &source, &config, memory, &mut encoders);
        drop(source);
        let answer = Answer { is_spent: is_spent(memory), ..answer };
        send(&mut answers, &answer, &bytes)?;
    }
    Ok(())
}

/// Where answers go: standard output as it was at the start. What a library prints goes to standard error from now on.
fn answers() -> io::Result<fs::File> {
    // Not 0 to 2: those have a meaning for every library.
    let answers = fcntl_dupfd_cloexec(stdout(), 3)?;
    dup2_stdout(stderr())?;
    Ok(answers.into())
}

/// Limits what a file that is made to do harm can take. A limit that is lower already stays.
fn confine(memory: u64) -> io::Result<()> {
    for (resource, most) in [(Resource::Data, memory), (Resource::Core, 0)] {
        let most = Some(getrlimit(resource).maximum.map_or(most, |maximum| maximum.min(most)));
        setrlimit(resource, Rlimit { current: most, maximum: most })?;
    }
    // Where the machine itself runs out of memory, the kernel is to end the worker and not the function. It may lack the
    // file, and then all is as without it.
    fs::write("/proc/self/oom_score_adj", "1000").ok();
    Ok(())
}

/// Renders one job within a limit of memory, in bytes.
pub(super) fn render(
    job: &Job,
    source: &[u8],
    config: &Config,
    memory: u64,
    encoders: &mut SlowEncoders,
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

fn refused(error: &Error, memory: u64) -> Refused {
    let Problem { fault, text } = Problem::from(error);
    let needs_memory = *error == Error::OutOfMemory;
    let text = if needs_memory { super::too_much(memory) } else { text };
    Refused { needs_memory, ..no(fault, text, error.to_string()) }
}

fn broken(panic: &(dyn Any + Send)) -> Refused {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or_default();
    no(Fault::Broken, super::CRASHED.to_owned(), format!("panic: {text}"))
}

/// Of the memory that a worker may have, one that holds more than this share between two renders is spent.
const WORN: u64 = 4;

/// The threads of a worker between two renders: this one, and the one that reads.
const THREADS: u64 = 2;

/// Whether this process holds much memory that the next render would lack, or an encoder goes on that was given up. By
/// proc_pid_status(5), where `VmData` is what counts against [`Resource::Data`].
fn is_spent(memory: u64) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let number = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or_default()
    };
    number("VmData:") << 10 > memory / WORN || number("Threads:") > THREADS
}
