//! Both functions as whole Lambda functions, beside a pair of plain Node functions: the same emulator, the same S3
//! server, the same events.

mod arguments;
mod measure;
mod outcome;
mod report;
mod side;
mod task;

pub(crate) use arguments::EdgeArguments;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use local::lambda::Tools;
use local::s3::{self, Objects, Originals};
use ridge_store::S3Store;
use rustix::thread::{CpuSet, sched_getaffinity};
use tokio::runtime::Runtime;

use self::measure::EdgeBench;
use self::outcome::EdgeOutcome;
use self::side::EdgeSide;
use crate::repository::root;
use crate::{derived, machine, sources, tables};

pub(crate) fn compare(arguments: &EdgeArguments) -> anyhow::Result<()> {
    Runtime::new()?.block_on(run(arguments))
}

async fn run(arguments: &EdgeArguments) -> anyhow::Result<()> {
    let machine = machine::read()?;
    let output = root().join("target/bench");
    let found = sources::of_folder(&arguments.photos)?;
    let original = derived::jpeg_12(&found, &output.join("sources"))?;
    let peer = output.join("edge");
    package_peer(&peer)?;

    let data = tempfile::tempdir()?;
    let folder = original.parent().context("the file has no folder")?;
    let objects = Objects::open(data.path(), Originals::Folder(folder.to_owned()))?;
    let credentials = objects.credentials().clone();
    let endpoint = format!("http://{}", s3::start(Arc::new(objects), None, 0).await?);
    let bench = EdgeBench {
        tools: Tools::find(&root().join(Tools::FOLDER))?,
        store: S3Store::new(ridge_store::connect(s3::REGION, Some(&endpoint), credentials.clone()), s3::BUCKET),
        credentials,
        processor: processor()?,
        repeat: arguments.repeat,
        warm: arguments.warm,
    };
    let mut outcomes = Vec::new();
    for task in task::all(&endpoint)? {
        eprintln!("{}", task.name);
        let sides = bench.measure(&task, |side| package(side, task.function, &peer)).await?;
        outcomes.push(EdgeOutcome { task, sides });
    }

    let report = report::section(&machine, arguments, &outcomes);
    print!("{report}");
    let results = output.join("edge.json");
    fs::write(&results, serde_json::to_string_pretty(&report::json(&machine, &outcomes))? + "\n")?;
    let charts = if arguments.docs { root().join("docs/bench") } else { output };
    fs::create_dir_all(&charts)?;
    fs::write(charts.join("edge.svg"), report::chart(&outcomes))?;
    if arguments.docs {
        tables::write("bench-edge", &report)?;
    }
    println!("\nraw medians: {}; chart: {}", results.display(), charts.display());
    Ok(())
}

/// Returns the last processor that this process can use, if there are several; the S3 server uses the others.
fn processor() -> std::io::Result<Option<usize>> {
    let allowed = sched_getaffinity(None)?;
    let last = (0..CpuSet::MAX_CPU).rev().find(|processor| allowed.is_set(*processor));
    Ok(last.filter(|_| allowed.count() > 1))
}

fn package(side: EdgeSide, function: &str, peer: &Path) -> PathBuf {
    match side {
        EdgeSide::Ridge => root().join("dist").join(format!("{function}.zip")),
        EdgeSide::Node => peer.join(format!("{function}.zip")),
        EdgeSide::Nothing => peer.join("nothing.zip"),
    }
}

fn package_peer(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    let status = Command::new(root().join("peer/edge/package.sh")).arg(folder).status()?;
    if !status.success() {
        bail!("the peer's packages cannot be built; run tools/setup.sh bench-edge");
    }
    Ok(())
}
