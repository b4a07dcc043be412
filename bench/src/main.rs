//! Compares Ridge with sharp in one interleaved run: time, memory, bytes, and similarity to a reference.
//!
//! Each program runs in a process of its own for the whole run. Both use the same protocol of JSON lines; see
//! [`protocol`].

mod cases;
mod chart;
mod decode;
mod derived;
#[cfg(feature = "stack")]
mod edge;
mod fresh;
mod jpeg;
#[cfg(feature = "stack")]
mod load;
mod machine;
mod measure;
mod protocol;
mod report;
mod repository;
mod score;
mod side;
mod sources;
mod statistics;
mod tables;
mod worker;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::{Args, Parser, Subcommand};

use crate::measure::{Bench, Outcome};
use crate::report::{Report, Run};
use crate::repository::root;

/// Compares Ridge with sharp.
#[derive(Parser)]
#[command(name = "bench", about)]
struct CommandLine {
    #[command(subcommand)]
    mode: Option<Mode>,
    #[command(flatten)]
    compare: CompareArguments,
}

#[derive(Subcommand)]
enum Mode {
    /// Answer requests on standard input: Ridge's side of the comparison
    Worker,
    /// Render one variant in this process
    Once {
        /// Image file
        source: PathBuf,
        /// Variant, such as /w_800/webp
        path: String,
    },
    /// Compare the deployed functions with a pair of plain Node functions
    #[cfg(feature = "stack")]
    Edge(edge::EdgeArguments),
    /// Measure `ridge serve` under load, beside nginx
    #[cfg(feature = "stack")]
    Load(load::LoadArguments),
    /// The command `ridge`, for `load`
    #[cfg(feature = "stack")]
    #[command(subcommand)]
    Ridge(local::commands::Command),
}

#[derive(Args)]
struct CompareArguments {
    /// Folder of images
    #[arg(long, value_name = "FOLDER", default_value = "testdata/photos")]
    photos: PathBuf,
    /// Repetitions of each case; slow cases get fewer, but at least three
    #[arg(long, value_name = "N", default_value_t = 7)]
    repeat: usize,
    /// Only cases whose description contains this text
    #[arg(long, value_name = "TEXT", conflicts_with = "docs")]
    only: Option<String>,
    /// Write the tables into docs/benchmarks.md and the charts into docs/bench
    #[arg(long)]
    docs: bool,
}

fn main() -> anyhow::Result<()> {
    let arguments = CommandLine::parse();
    match arguments.mode {
        Some(Mode::Worker) => worker::serve(),
        Some(Mode::Once { source, path }) => worker::once(source, path),
        #[cfg(feature = "stack")]
        Some(Mode::Edge(options)) => edge::compare(&options),
        #[cfg(feature = "stack")]
        Some(Mode::Load(options)) => load::measure(&options),
        #[cfg(feature = "stack")]
        Some(Mode::Ridge(command)) => tokio::runtime::Runtime::new()?.block_on(command.run()),
        None => compare(&arguments.compare),
    }
}

fn compare(arguments: &CompareArguments) -> anyhow::Result<()> {
    let machine = machine::read()?;
    let output = root().join("target/bench");
    let found = sources::of_folder(&arguments.photos)?;
    let derived = derived::of(&found, &output.join("sources"))?;
    let all: Vec<_> = found.iter().chain(&derived.cases).collect();
    let wanted = |text: &str| arguments.only.as_ref().is_none_or(|only| text.contains(only.as_str()));
    let cases: Vec<_> =
        all.iter().flat_map(|source| cases::of(source)).filter(|case| wanted(&case.to_string())).collect();

    let mut bench = Bench::new(arguments.repeat, &output)?;
    let mut outcomes = Vec::new();
    for (index, case) in cases.iter().enumerate() {
        eprint!("\r\x1b[K{}/{} {case}", index + 1, cases.len());
        outcomes.push(bench.measure(case)?);
    }
    let mut processes = Vec::new();
    for task in fresh::tasks(&derived).into_iter().filter(|task| wanted(&task.name)) {
        eprint!("\r\x1b[K{}", task.name);
        processes.push(fresh::measure(task, arguments.repeat)?);
    }
    let decodes = if arguments.only.is_none() { decode::measure(&found, arguments.repeat)? } else { Vec::new() };
    eprint!("\r\x1b[K");
    if outcomes.iter().all(|outcome| !matches!(outcome, Outcome::Measured(_))) && processes.is_empty() {
        bail!("nothing was measured");
    }

    let run = Run { machine, folder: arguments.photos.clone(), photos: found, outcomes, processes, decodes };
    let report = Report::new(&run);
    print!("{}", report.text());
    let results = output.join("results.json");
    fs::write(&results, serde_json::to_string_pretty(&report.json())? + "\n")
        .with_context(|| results.display().to_string())?;
    let charts = if arguments.docs { root().join("docs/bench") } else { output };
    chart::write(&report, &charts)?;
    if arguments.docs {
        tables::write("bench", &tables::section(&report))?;
    }
    println!("\nraw medians: {}; charts: {}", results.display(), charts.display());
    Ok(())
}
