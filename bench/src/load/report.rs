//! The figures told.

use super::{Options, Outcome};
use crate::machine::Machine;

pub(super) fn section(machine: &Machine, options: &Options, outcome: &Outcome) -> String {
    let Outcome { burst, distinct, hits } = outcome;
    format!(
        "Commit {} on {}, {} cores, which the load generator (h2load) shares; the original is a JPEG of 12 megapixels.\n\n\
         | | |\n| --- | --- |\n\
         | {} requests at once for one cold variant, 800 wide | {} good answers, {} render |\n\
         | {} cold variants, 1 wide and up, {} at once | all good, {:.0} a second, peak of the process {} MiB |\n\
         | hits, {:.0} kB each, {} connections | {:.0} a second; nginx, from disk: {:.0}; ratio {:.2} |\n",
        machine.commit,
        machine.cpu,
        machine.cores,
        options.burst,
        burst.run.good,
        burst.renders,
        options.distinct,
        options.concurrency,
        f64::from(options.distinct) / distinct.seconds,
        distinct.peak_mib,
        hits.bytes as f64 / 1e3,
        options.concurrency,
        hits.ridge,
        hits.nginx,
        hits.ridge / hits.nginx,
    )
}
