//! One worker, from the function's side.

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

/// A running worker. Dropped, it is killed at once, whatever it is doing.
#[derive(Debug)]
pub(super) struct Worker {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
    last_words: JoinHandle<String>,
    is_ready: bool,
}

/// How a worker ended that was not told to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It asked for more memory than it may have, or the kernel took it away.
    OutOfMemory(String),
    /// It crashed, or did not keep to the protocol.
    Crashed(String),
}

/// Most that is kept of what a worker writes to standard error, in bytes, from the end.
const LAST_WORDS: usize = 1000;

/// How long a worker that is killed, or has closed its pipes, may take until it is gone.
const PATIENCE: Duration = Duration::from_millis(300);

/// What Rust writes before it aborts, in `std::alloc::handle_alloc_error`.
const NO_MEMORY: &str = "memory allocation of";

/// The one variable that a worker inherits: where the libraries lie that it is linked with. Credentials are none of its
/// business.
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
            // Ctrl-C in a terminal stops the server, which answers first what it has begun.
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

    /// Waits until it can render. What it fails with before has to do with no original.
    pub(super) async fn ready(mut self) -> io::Result<Worker> {
        if !self.is_ready {
            if let Err(error) = read::<Ready>(&mut self.output, 0).await {
                return Err(self.end(error).await.into());
            }
            self.is_ready = true;
        }
        Ok(self)
    }

    /// Whether it is still there.
    pub(super) fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Has it render. It takes one job at a time.
    pub(super) async fn render(&mut self, job: &Job, source: &[u8], max_bytes: u64) -> io::Result<(Answer, Vec<u8>)> {
        write(&mut self.input, job, source).await?;
        read(&mut self.output, max_bytes).await
    }

    /// Ends it, and waits a moment until its memory is free again.
    pub(super) async fn kill(mut self) {
        // Where it is gone already, all is well.
        self.child.start_kill().ok();
        timeout(PATIENCE, self.child.wait()).await.ok();
    }

    /// Says how it ended, after `error` in a conversation with it.
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
    // The kernel kills; nobody else does, for a worker that is killed from here is not asked how it ended. And libavif
    // aborts without a word where `avifAlloc` gets no memory; whatever else aborts says why.
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
