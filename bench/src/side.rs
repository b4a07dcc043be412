//! The two sides, and how to talk to one.

use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, bail};

use crate::protocol::{Answer, Done, Request};
use crate::repository::root;

/// Who does the work.
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

    /// The process that answers requests.
    fn worker(self) -> anyhow::Result<Command> {
        Ok(match self {
            Side::Ridge => ridge(&["worker"])?,
            Side::Sharp => sharp(&[]),
        })
    }

    /// The process that makes one variant and ends.
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

/// The peer's program.
pub(crate) fn sharp(arguments: &[&str]) -> Command {
    let mut command = Command::new("node");
    command.arg(root().join("peer/sharp.mjs")).args(arguments);
    command
}

/// A side's process that lives for the whole run.
pub(crate) struct Worker {
    side: Side,
    child: Child,
    /// Taken when it shall end.
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

    /// Asks and waits. The outer error is a process that is gone, the inner one its answer.
    pub(crate) fn ask(&mut self, request: &Request) -> anyhow::Result<Result<Done, String>> {
        let stdin = self.stdin.as_mut().context("the worker has been told to end")?;
        writeln!(stdin, "{}", serde_json::to_string(request)?)?;
        let mut line = String::new();
        if self.stdout.read_line(&mut line)? == 0 {
            bail!("{} ended at {}", self.side.name(), request.path);
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
        // It ends with its input; what it thinks of that is of no interest.
        let _ = self.child.wait();
    }
}
