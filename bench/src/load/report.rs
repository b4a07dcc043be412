//! The report as a table.

use super::arguments::LoadArguments;
use super::outcome::LoadOutcome;
use crate::machine::Machine;

pub(super) fn section(machine: &Machine, arguments: &LoadArguments, outcome: &LoadOutcome) -> String {
    let LoadOutcome { burst, distinct, hits } = outcome;
    format!(
        "Commit {} on {}, {} cores, which the load generator (h2load) shares; the original is a JPEG of 12 megapixels.\n\n\
         | | |\n| --- | --- |\n\
         | {} requests at once for one cold variant, 800 wide | {} good responses, {} render |\n\
         | {} cold variants, 1 wide and up, {} at once | all good, {:.0} a second, peak of the process {} MiB |\n\
         | hits, {:.0} kB each, {} connections | {:.0} a second; nginx, from disk: {:.0}; ratio {:.2} |\n",
        machine.commit,
        machine.cpu,
        machine.cores,
        arguments.burst,
        burst.run.good,
        burst.renders,
        arguments.distinct,
        arguments.concurrency,
        f64::from(arguments.distinct) / distinct.seconds,
        distinct.peak_mib,
        hits.bytes as f64 / 1e3,
        arguments.concurrency,
        hits.ridge,
        hits.nginx,
        hits.ridge / hits.nginx,
    )
}
