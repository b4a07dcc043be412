//! `ridge doctor`: what is wrong with a deployment.

use anyhow::bail;
use clap::Args;

use super::PolicyFiles;
use super::sign::Term;
use crate::doctor::{Site, examine};
use crate::out::say;

/// What to look at.
#[derive(Args)]
#[command(after_help = "It asks for what the configuration allows, so name the one that was deployed.")]
pub struct Arguments {
    /// A picture behind the distribution, such as https://cdn.example.com/photos/cat.jpg
    #[arg(long)]
    url: String,
    #[command(flatten)]
    term: Term,
    #[command(flatten)]
    policy: PolicyFiles,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let site = Site::new(&arguments.url, arguments.policy.policy()?, arguments.term.end()?)?;
    let (mut all, mut wrong) = (0, 0);
    for finding in examine(&site) {
        say!("{finding}")?;
        all += 1;
        wrong += usize::from(finding.is_wrong());
    }
    if wrong > 0 {
        bail!("{wrong} of {all} things are wrong");
    }
    Ok(())
}
