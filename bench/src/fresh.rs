//! Whole fresh processes: what one picture costs in memory and on the clock when nothing is warm.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context as _, bail};
use serde::Serialize;

use crate::made::Made;
use crate::protocol::Answer;
use crate::side::Side;
use crate::statistics::median;

/// What a fresh process is to do.
pub(crate) struct Task {
    /// Such as "12 MP JPEG → WebP, 800 wide".
    pub(crate) name: String,
    source: PathBuf,
    path: &'static str,
}

/// Both sides' medians for a task.
#[derive(Debug, Serialize)]
pub(crate) struct Process {
    pub(crate) name: String,
    pub(crate) ridge: Cost,
    pub(crate) sharp: Cost,
}

/// One side's medians for a task.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Cost {
    /// From the start of the process to its end.
    pub(crate) wall_ms: f64,
    /// The largest resident size that it had.
    #[serde(rename = "peakMiB")]
    pub(crate) peak_mib: f64,
}

pub(crate) fn tasks(made: &Made) -> Vec<Task> {
    let task = |what: &str, source: &PathBuf| Task {
        name: format!("{what} → WebP, 800 wide"),
        source: source.clone(),
        path: "/w_800/q_80/webp",
    };
    vec![task("12 MP JPEG", &made.jpeg_12), task("50 MP JPEG", &made.jpeg_50), task("15 MP PNG", &made.png_15)]
}

pub(crate) fn measure(task: Task, repeat: usize) -> anyhow::Result<Process> {
    // Files and programs come from the disk's cache, for both.
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

/// Milliseconds and MiB.
fn run(side: Side, task: &Task) -> anyhow::Result<(f64, f64)> {
    let mut command = side.once()?;
    let started = Instant::now();
    let output = command.arg(&task.source).arg(task.path).output().with_context(|| side.name())?;
    let wall = started.elapsed().as_secs_f64() * 1000.0;
    match serde_json::from_slice(&output.stdout).with_context(|| format!("{}: {}", side.name(), task.name))? {
        Answer::Done(done) => Ok((wall, done.peak_kib.context("no peak was told")? as f64 / 1024.0)),
        Answer::Failed { error } => bail!("{}: {}: {error}", side.name(), task.name),
    }
}
