//! The conditions of a result, apart from the code of both programs.

use std::fs;
use std::process::Command;
use std::thread::available_parallelism;

use anyhow::{Context as _, bail};
use serde::Serialize;
use serde_json::Value;

use crate::repository::root;
use crate::side::sharp;

/// Machine, load and versions.
#[derive(Debug, Serialize)]
pub(crate) struct Machine {
    /// The processor's name; empty if the system does not report it.
    pub(crate) cpu: String,
    pub(crate) cores: usize,
    /// The system's load averages over one, five and fifteen minutes before the run.
    pub(crate) load: String,
    /// Ridge's commit, with "-dirty" if files have changed.
    pub(crate) commit: String,
    /// The versions of Node, sharp, and the libraries in sharp.
    pub(crate) versions: Value,
}

pub(crate) fn read() -> anyhow::Result<Machine> {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let loads = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<_> = loads.split(' ').take(3).collect();
    let mut git = Command::new("git");
    git.arg("-C").arg(root()).args(["describe", "--always", "--dirty"]);
    Ok(Machine {
        cpu: cpu.map_or_else(String::new, |(_, name)| name.to_owned()),
        cores: available_parallelism()?.get(),
        load: load.join(" "),
        commit: output_of(git).unwrap_or_default().trim().to_owned(),
        versions: serde_json::from_str(&output_of(sharp(&["--versions"]))?)?,
    })
}

impl Machine {
    /// Returns the version of a program or library.
    pub(crate) fn version(&self, of: &str) -> &str {
        self.versions[of].as_str().unwrap_or("?")
    }
}

fn output_of(mut command: Command) -> anyhow::Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| program.clone())?;
    if !output.status.success() {
        bail!("{program}: {}; run tools/setup.sh bench", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}
