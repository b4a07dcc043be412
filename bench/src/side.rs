//! The two programs, and their worker processes.

use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, bail};

use crate::protocol::{Answer, Done, Request};
use crate::repository::root;

/// A program that is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Ridge,
    Sharp,
}

impl Side {
    pub(crate) const BOTH: [Side; 2] = [Side::Ridge, Side::Sharp];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Side::Ridge => "Ridge",
            Side::Sharp => "sharp",
        }
    }

    /// Returns the command of the worker process.
    fn worker(self) -> anyhow::Result<Command> {
        Ok(match self {
            Side::Ridge => ridge(&["worker"])?,
            Side::Sharp => sharp(&[]),
        })
    }

    /// Returns the command of a process that renders one variant.
    pub(crate) fn once(self) -> anyhow::Result<Command> {
        Ok(match self {
            Side::Ridge => ridge(&["once"])?,
            Side::Sharp => sharp(&["--once"]),
        })
    }
}

fn ridge(arguments: &[&str]) -> anyhow::Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    command.args(arguments);
    Ok(command)
}

/// Returns the command of the program for sharp.
pub(crate) fn sharp(arguments: &[&str]) -> Command {
    let mut command = Command::new("node");
    command.arg(root().join("peer/sharp.mjs")).args(arguments);
    command
}

/// A worker process, which lives for the whole run.
pub(crate) struct Worker {
    side: Side,
    child: Child,
    /// Dropped to end the process.
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Worker {
    pub(crate) fn start(side: Side) -> anyhow::Result<Worker> {
        let mut child = side
            .worker()?
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}; tools/setup.sh bench installs it", side.name()))?;
        let stdin = child.stdin.take();
        let stdout = BufReader::new(child.stdout.take().context("no stdout")?);
        Ok(Worker { side, child, stdin, stdout })
    }

    /// Sends a request and waits for the response. The outer error means that the process has ended; the inner one is
    /// its response.
    pub(crate) fn ask(&mut self, request: &Request) -> anyhow::Result<Result<Done, String>> {
        let stdin = self.stdin.as_mut().context("the worker process is ending")?;
        writeln!(stdin, "{}", serde_json::to_string(request)?)?;
        let mut line = String::new();
        if self.stdout.read_line(&mut line)? == 0 {
            bail!("the process of {} ended during {}", self.side.name(), request.path);
        }
        Ok(match serde_json::from_str(&line)? {
            Answer::Done(done) => Ok(done),
            Answer::Failed { error } => Err(format!("{}: {error}", self.side.name())),
        })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        drop(self.stdin.take());
        // The process ends with its input. Its exit status does not matter.
        let _ = self.child.wait();
    }
}
