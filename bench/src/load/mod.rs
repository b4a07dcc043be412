//! `ridge serve` under load: one cold variant for many at once, many cold variants, and hits beside nginx.

mod generator;
mod report;
mod ridge;
mod web_server;

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context as _, bail};
use clap::Args;
use ridge_contract::Key;
use tokio::runtime::Runtime;

use self::generator::Run;
use self::ridge::Ridge;
use self::web_server::Nginx;
use crate::{machine, made, root, sources, tables};

/// What is asked, and how often.
#[derive(Args)]
pub(crate) struct Options {
    /// Folder of pictures; the largest JPEG becomes the original of 12 megapixels
    #[arg(long, value_name = "FOLDER", default_value = "testdata/photos")]
    photos: PathBuf,
    /// Requests at once for the one cold variant
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1000))]
    burst: u32,
    /// Distinct cold variants
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..=4000))]
    distinct: u32,
    /// How many of these are asked for at once
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1000))]
    concurrency: u32,
    /// Requests for one variant that is in the cache, in each of three rounds
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1000..=1_000_000))]
    hits: u32,
    /// Write the table into docs/benchmarks.md
    #[arg(long)]
    docs: bool,
}

/// What came of it.
struct Outcome {
    burst: Burst,
    distinct: Distinct,
    hits: Hits,
}

struct Burst {
    run: Run,
    renders: u64,
}

struct Distinct {
    seconds: f64,
    renders: u64,
    peak_mib: u64,
}

/// Requests a second, medians of the rounds.
struct Hits {
    bytes: usize,
    ridge: f64,
    nginx: f64,
}

const ROUNDS: usize = 3;

pub(crate) fn measure(options: &Options) -> anyhow::Result<()> {
    Runtime::new()?.block_on(run(options))
}

async fn run(options: &Options) -> anyhow::Result<()> {
    let machine = machine::read()?;
    let output = root().join("target/bench");
    let found = sources::of_folder(&options.photos)?;
    let original = made::jpeg_12(&found, &output.join("sources"))?;
    let folder = original.parent().context("a file lies in a folder")?;
    let name = original.file_name().and_then(|name| name.to_str()).context("a file has a name")?;
    let path = Key::new(name)?.to_path();
    let ridge = Ridge::start(folder)?;

    eprintln!("{} requests at once for one cold variant", options.burst);
    let before = ridge.renders().await?;
    let run = generator::run(&ridge.url(&path, 800), options.burst, options.burst)?;
    let burst = Burst { run, renders: ridge.renders().await? - before };

    eprintln!("{} cold variants, {} at once", options.distinct, options.concurrency);
    let (before, began) = (ridge.renders().await?, Instant::now());
    // From 1 on, but not the one above.
    let widths = (1..).filter(|width| *width != 800).take(options.distinct as usize);
    ridge.get_all(&path, widths, options.concurrency as usize).await?;
    let seconds = began.elapsed().as_secs_f64();
    let distinct = Distinct { seconds, renders: ridge.renders().await? - before, peak_mib: ridge.peak_mib()? };

    let picture = ridge.get(&path, 800).await?;
    let nginx = Nginx::start(&picture)?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        eprintln!("{} hits, beside nginx, round {round} of {ROUNDS}", options.hits);
        ours.push(generator::run(&ridge.url(&path, 800), options.hits, options.concurrency)?.per_second);
        theirs.push(generator::run(&nginx.url, options.hits, options.concurrency)?.per_second);
    }
    let hits = Hits { bytes: picture.len(), ridge: median(&mut ours), nginx: median(&mut theirs) };

    let outcome = Outcome { burst, distinct, hits };
    let section = report::section(&machine, options, &outcome);
    print!("{section}");
    fs::write(output.join("load.md"), &section)?;
    if options.docs {
        tables::write("bench-load", &section)?;
    }
    check(options, &outcome)
}

/// A run that shows a defect is not a measurement.
fn check(options: &Options, Outcome { burst, distinct, .. }: &Outcome) -> anyhow::Result<()> {
    if (burst.run.good, burst.renders) != (options.burst, 1) {
        bail!(
            "of {} requests {} had a good answer, and there were {} renders: {}",
            options.burst,
            burst.run.good,
            burst.renders,
            burst.run.text
        );
    }
    if distinct.renders != u64::from(options.distinct) {
        bail!("{} variants took {} renders", options.distinct, distinct.renders);
    }
    Ok(())
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
