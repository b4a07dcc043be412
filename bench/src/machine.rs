//! What a result depends on, apart from the two programs' code.

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
    /// The processor's name; empty where the system does not tell.
    pub(crate) cpu: String,
    pub(crate) cores: usize,
    /// The system's load average over one, five and fifteen minutes before the run.
    pub(crate) load: String,
    /// Ridge's commit, with "-dirty" where files were changed.
    pub(crate) commit: String,
    /// Node's, sharp's, and those of the libraries in it.
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
        commit: told(git).unwrap_or_default().trim().to_owned(),
        versions: serde_json::from_str(&told(sharp(&["--versions"]))?)?,
    })
}

impl Machine {
    /// Of one of the programs or libraries.
    pub(crate) fn version(&self, of: &str) -> &str {
        self.versions[of].as_str().unwrap_or("?")
    }
}

fn told(mut command: Command) -> anyhow::Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| program.clone())?;
    if !output.status.success() {
        bail!("{program}: {}; tools/setup.sh bench installs what is needed", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}
