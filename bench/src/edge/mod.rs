//! Both functions as whole Lambdas, beside a plain Node pair: the same emulator, the same S3, the same events.

mod measure;
mod report;
mod task;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::Args;
use local::lambda::Tools;
use local::s3::{self, Objects, Originals};
use ridge_store::S3Store;
use rustix::thread::{CpuSet, sched_getaffinity};
use tokio::runtime::Runtime;

use self::measure::{Bench, Figures};
use self::task::Task;
use crate::{machine, made, root, sources, tables};

/// What is measured, and how often.
#[derive(Args)]
pub(crate) struct Options {
    /// Folder of pictures; the largest JPEG becomes the original of 12 megapixels
    #[arg(long, value_name = "FOLDER", default_value = "testdata/photos")]
    photos: PathBuf,
    /// Fresh environments for each function and task
    #[arg(long, value_name = "N", default_value_t = 9)]
    repeat: usize,
    /// Warm invocations in each environment
    #[arg(long, value_name = "N", default_value_t = 7)]
    warm: usize,
    /// Write the table into docs/benchmarks.md and the chart into docs/bench
    #[arg(long)]
    docs: bool,
}

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Ridge,
    /// sharp and AWS's SDK, see `peer/edge`.
    Node,
    /// Node with a function that does nothing.
    Nothing,
}

impl Side {
    fn name(self) -> &'static str {
        match self {
            Side::Ridge => "Ridge",
            Side::Node => "Node pair",
            Side::Nothing => "Node, idle",
        }
    }
}

/// A task's figures, side by side.
struct Outcome {
    task: Task,
    sides: Vec<(Side, Figures)>,
}

impl Outcome {
    fn of(&self, side: Side) -> Option<&Figures> {
        self.sides.iter().find(|(other, _)| *other == side).map(|(_, figures)| figures)
    }
}

pub(crate) fn compare(options: &Options) -> anyhow::Result<()> {
    Runtime::new()?.block_on(run(options))
}

async fn run(options: &Options) -> anyhow::Result<()> {
    let machine = machine::read()?;
    let output = root().join("target/bench");
    let found = sources::of_folder(&options.photos)?;
    let original = made::jpeg_12(&found, &output.join("sources"))?;
    let peer = output.join("edge");
    package_peer(&peer)?;

    let data = tempfile::tempdir()?;
    let pictures = original.parent().context("a file lies in a folder")?;
    let objects = Objects::open(data.path(), Originals::Folder(pictures.to_owned()))?;
    let credentials = objects.credentials().clone();
    let endpoint = format!("http://{}", s3::start(Arc::new(objects), None, 0).await?);
    let bench = Bench {
        tools: Tools::find(&root().join(Tools::FOLDER))?,
        store: S3Store::new(ridge_store::connect(s3::REGION, Some(&endpoint), credentials.clone()), s3::BUCKET),
        credentials,
        processor: processor()?,
        repeat: options.repeat,
        warm: options.warm,
    };
    let mut outcomes = Vec::new();
    for task in task::all(&endpoint)? {
        eprintln!("{}", task.name);
        let sides = bench.measure(&task, |side| package(side, task.function, &peer)).await?;
        outcomes.push(Outcome { task, sides });
    }

    let report = report::section(&machine, options, &outcomes);
    print!("{report}");
    let results = output.join("edge.json");
    fs::write(&results, serde_json::to_string_pretty(&report::json(&machine, &outcomes))? + "\n")?;
    let charts = if options.docs { root().join("docs/bench") } else { output };
    fs::create_dir_all(&charts)?;
    fs::write(charts.join("edge.svg"), report::chart(&outcomes))?;
    if options.docs {
        tables::write("bench-edge", &report)?;
    }
    println!("\nraw medians: {}; chart: {}", results.display(), charts.display());
    Ok(())
}

/// The last one that this process may use, where there are several; S3 has the others to itself.
fn processor() -> std::io::Result<Option<usize>> {
    let allowed = sched_getaffinity(None)?;
    let last = (0..CpuSet::MAX_CPU).rev().find(|processor| allowed.is_set(*processor));
    Ok(last.filter(|_| allowed.count() > 1))
}

fn package(side: Side, function: &str, peer: &Path) -> PathBuf {
    match side {
        Side::Ridge => root().join("dist").join(format!("{function}.zip")),
        Side::Node => peer.join(format!("{function}.zip")),
        Side::Nothing => peer.join("nothing.zip"),
    }
}

fn package_peer(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    let status = Command::new(root().join("peer/edge/package.sh")).arg(folder).status()?;
    if !status.success() {
        bail!("the peer's packages cannot be built; tools/setup.sh bench-edge installs what is needed");
    }
    Ok(())
}
