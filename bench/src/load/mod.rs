//! `ridge serve` under load: many concurrent requests for one cold variant, many cold variants, and cache hits beside
//! nginx.

mod arguments;
mod generator;
mod outcome;
mod report;
mod ridge;
mod web_server;

pub(crate) use arguments::LoadArguments;

use std::fs;
use std::time::Instant;

use anyhow::{Context as _, bail};
use ridge_contract::Key;
use tokio::runtime::Runtime;

use self::outcome::{Burst, Distinct, Hits, LoadOutcome};
use self::ridge::Ridge;
use self::web_server::Nginx;
use crate::repository::root;
use crate::statistics::median;
use crate::{derived, machine, sources, tables};

const ROUNDS: usize = 3;

pub(crate) fn measure(arguments: &LoadArguments) -> anyhow::Result<()> {
    Runtime::new()?.block_on(run(arguments))
}

async fn run(arguments: &LoadArguments) -> anyhow::Result<()> {
    let machine = machine::read()?;
    let output = root().join("target/bench");
    let found = sources::of_folder(&arguments.photos)?;
    let original = derived::jpeg_12(&found, &output.join("sources"))?;
    let folder = original.parent().context("the file has no folder")?;
    let name = original.file_name().and_then(|name| name.to_str()).context("the file has no name")?;
    let path = Key::new(name)?.to_path();
    let ridge = Ridge::start(folder)?;

    eprintln!("{} requests at once for one cold variant", arguments.burst);
    let before = ridge.renders().await?;
    let run = generator::run(&ridge.url(&path, 800), arguments.burst, arguments.burst)?;
    let burst = Burst { run, renders: ridge.renders().await? - before };

    eprintln!("{} cold variants, {} at once", arguments.distinct, arguments.concurrency);
    let (before, began) = (ridge.renders().await?, Instant::now());
    // All widths from 1 except the one above.
    let widths = (1..).filter(|width| *width != 800).take(arguments.distinct as usize);
    ridge.get_all(&path, widths, arguments.concurrency as usize).await?;
    let seconds = began.elapsed().as_secs_f64();
    let distinct = Distinct { seconds, renders: ridge.renders().await? - before, peak_mib: ridge.peak_mib()? };

    let picture = ridge.get(&path, 800).await?;
    let nginx = Nginx::start(&picture)?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        eprintln!("{} hits, beside nginx, round {round} of {ROUNDS}", arguments.hits);
        ours.push(generator::run(&ridge.url(&path, 800), arguments.hits, arguments.concurrency)?.per_second);
        theirs.push(generator::run(&nginx.url, arguments.hits, arguments.concurrency)?.per_second);
    }
    let hits = Hits { bytes: picture.len(), ridge: median(ours), nginx: median(theirs) };

    let outcome = LoadOutcome { burst, distinct, hits };
    let section = report::section(&machine, arguments, &outcome);
    print!("{section}");
    fs::write(output.join("load.md"), &section)?;
    if arguments.docs {
        tables::write("bench-load", &section)?;
    }
    check(arguments, &outcome)
}

/// Checks the results. A run that shows a defect is not a measurement.
fn check(arguments: &LoadArguments, LoadOutcome { burst, distinct, .. }: &LoadOutcome) -> anyhow::Result<()> {
    if (burst.run.good, burst.renders) != (arguments.burst, 1) {
        bail!(
            "{} requests had {} good responses and {} renders: {}",
            arguments.burst,
            burst.run.good,
            burst.renders,
            burst.run.text
        );
    }
    if distinct.renders != u64::from(arguments.distinct) {
        bail!("{} variants took {} renders", arguments.distinct, distinct.renders);
    }
    Ok(())
}
