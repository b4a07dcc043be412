//! Whole fresh processes: the memory and the elapsed time for one image in a new process.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context as _, bail};
use serde::Serialize;

use crate::derived::DerivedImages;
use crate::protocol::Answer;
use crate::side::Side;
use crate::statistics::median;

/// The task of a fresh process.
pub(crate) struct FreshTask {
    /// Such as "12 MP JPEG → WebP, 800 wide".
    pub(crate) name: String,
    source: PathBuf,
    path: &'static str,
}

/// The medians of both programs for a task.
#[derive(Debug, Serialize)]
pub(crate) struct Process {
    pub(crate) name: String,
    pub(crate) ridge: Cost,
    pub(crate) sharp: Cost,
}

/// The medians of one program for a task.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Cost {
    /// From the start of the process to its end.
    pub(crate) wall_ms: f64,
    /// The maximum resident memory.
    #[serde(rename = "peakMiB")]
    pub(crate) peak_mib: f64,
}

pub(crate) fn tasks(derived: &DerivedImages) -> Vec<FreshTask> {
    let task = |what: &str, source: &PathBuf| FreshTask {
        name: format!("{what} → WebP, 800 wide"),
        source: source.clone(),
        path: "/w_800/q_80/webp",
    };
    vec![task("12 MP JPEG", &derived.jpeg_12), task("50 MP JPEG", &derived.jpeg_50), task("15 MP PNG", &derived.png_15)]
}

pub(crate) fn measure(task: FreshTask, repeat: usize) -> anyhow::Result<Process> {
    // A first run, so that files and programs come from the disk's cache for both.
    for side in Side::BOTH {
        run(side, &task)?;
    }
    let mut runs = Side::BOTH.map(|_| (Vec::new(), Vec::new()));
    for _ in 0..repeat {
        for (side, (walls, peaks)) in Side::BOTH.into_iter().zip(&mut runs) {
            let (wall, peak) = run(side, &task)?;
            walls.push(wall);
            peaks.push(peak);
        }
    }
    let [ridge, sharp] = runs.map(|(walls, peaks)| Cost { wall_ms: median(walls), peak_mib: median(peaks) });
    Ok(Process { name: task.name, ridge, sharp })
}

/// Returns milliseconds and MiB.
fn run(side: Side, task: &FreshTask) -> anyhow::Result<(f64, f64)> {
    let mut command = side.once()?;
    let started = Instant::now();
    let output = command.arg(&task.source).arg(task.path).output().with_context(|| side.name())?;
    let wall = started.elapsed().as_secs_f64() * 1000.0;
    match serde_json::from_slice(&output.stdout).with_context(|| format!("{}: {}", side.name(), task.name))? {
        Answer::Done(done) => {
            Ok((wall, done.peak_kib.context("the worker reported no maximum memory")? as f64 / 1024.0))
        }
        Answer::Failed { error } => bail!("{}: {}: {error}", side.name(), task.name),
    }
}
