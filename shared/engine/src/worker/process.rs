//! A worker as the function sees it.

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::Signal;
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::Settings;
use super::message::{Answer, Job, Ready, Setup, read, write};

/// A running worker. It is killed when dropped, even during a render.
#[derive(Debug)]
pub(super) struct Worker {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
    last_words: JoinHandle<String>,
    is_ready: bool,
}

/// How a worker ended unexpectedly.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It exceeded its memory limit, or the kernel ended it to free memory.
    OutOfMemory(String),
    /// It crashed, or violated the protocol.
    Crashed(String),
}

/// The maximum number of bytes kept from a worker's standard error; the last ones are kept.
const LAST_WORDS: usize = 1000;

/// How long a worker may take to exit after it was killed or closed its pipes.
const PATIENCE: Duration = Duration::from_millis(300);

/// The text that Rust prints before it aborts, in `std::alloc::handle_alloc_error`.
const NO_MEMORY: &str = "memory allocation of";

/// The only environment variable that a worker inherits: the search path of its shared libraries. It must not inherit
/// credentials.
const LIBRARIES: &str = "LD_LIBRARY_PATH";

impl Worker {
    pub(super) async fn start(settings: &Settings, setup: &Setup) -> io::Result<Worker> {
        let mut child = Command::new(&settings.program)
            .args(&settings.arguments)
            .env_clear()
            .envs(std::env::var_os(LIBRARIES).map(|value| (LIBRARIES, value)))
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Ctrl-C in a terminal stops only the server, which first finishes the requests that it has begun.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let closed = || io::Error::other("a pipe is missing");
        let input = child.stdin.take().ok_or_else(closed)?;
        let output = child.stdout.take().ok_or_else(closed)?;
        let last_words = tokio::spawn(last_words(child.stderr.take().ok_or_else(closed)?));
        let mut worker = Worker { child, input, output, last_words, is_ready: false };
        match write(&mut worker.input, setup, &[]).await {
            Ok(()) => Ok(worker),
            Err(error) => Err(worker.end(error).await.into()),
        }
    }

    /// Waits until the worker can render. An error up to then is not caused by an original.
    pub(super) async fn ready(mut self) -> io::Result<Worker> {
        if !self.is_ready {
            if let Err(error) = read::<Ready>(&mut self.output, 0).await {
                return Err(self.end(error).await.into());
            }
            self.is_ready = true;
        }
        Ok(self)
    }

    /// Returns whether the process is still running.
    pub(super) fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Sends a job and waits for the answer. A worker takes one job at a time.
    pub(super) async fn render(&mut self, job: &Job, source: &[u8], max_bytes: u64) -> io::Result<(Answer, Vec<u8>)> {
        write(&mut self.input, job, source).await?;
        read(&mut self.output, max_bytes).await
    }

    /// Kills the worker, and waits briefly until its memory is free.
    pub(super) async fn kill(mut self) {
        // An error means that it has already exited.
        self.child.start_kill().ok();
        timeout(PATIENCE, self.child.wait()).await.ok();
    }

    /// Returns how the worker ended, after `error` in the communication with it.
    pub(super) async fn end(mut self, error: io::Error) -> End {
        let ended = timeout(PATIENCE, self.child.wait()).await;
        let Ok(Ok(status)) = ended else {
            self.kill().await;
            return End::Crashed(format!("the render worker does not keep to the protocol: {error}"));
        };
        let words = timeout(PATIENCE, self.last_words).await.ok().and_then(Result::ok).unwrap_or_default();
        told(status, words.trim())
    }
}

impl From<End> for io::Error {
    fn from(end: End) -> io::Error {
        let (End::OutOfMemory(text) | End::Crashed(text)) = end;
        io::Error::other(text)
    }
}

fn told(status: ExitStatus, words: &str) -> End {
    let text = format!("the render worker ended with {status}: {words}");
    let is = |signal: Signal| status.signal() == Some(signal.as_raw());
    // SIGKILL comes from the kernel: this function is not called for workers that were killed from here. libavif aborts
    // without a message if `avifAlloc` gets no memory; every other abort prints its reason.
    let is_out_of_memory = is(Signal::KILL) || (is(Signal::ABORT) && (words.is_empty() || words.contains(NO_MEMORY)));
    if is_out_of_memory { End::OutOfMemory(text) } else { End::Crashed(text) }
}

async fn last_words(mut pipe: ChildStderr) -> String {
    let (mut words, mut part) = (Vec::new(), [0; LAST_WORDS]);
    while let Ok(length @ 1..) = pipe.read(&mut part).await {
        words.extend_from_slice(&part[..length]);
        words.drain(..words.len().saturating_sub(LAST_WORDS));
    }
    String::from_utf8_lossy(&words).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_says_what_to_do() {
        let (abort, kill, segv) = (6, 9, 11);
        let allocation = "memory allocation of 4096 bytes failed";
        for (status, words, is_out_of_memory) in [
            (abort, allocation, true),
            (abort, "", true),
            (abort, "an assertion of a library", false),
            (kill, "", true),
            (segv, allocation, false),
            (1 << 8, "render worker: it cannot be confined", false),
        ] {
            let end = told(ExitStatus::from_raw(status), words);
            assert_eq!(matches!(end, End::OutOfMemory(_)), is_out_of_memory, "{end:?}");
        }
    }
}
