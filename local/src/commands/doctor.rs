//! `ridge doctor`: checks a deployment.

use anyhow::bail;
use clap::Args;

use super::PolicyFiles;
use super::sign::Term;
use crate::doctor::{Site, examine};
use crate::out::say;

/// Arguments of `ridge doctor`.
#[derive(Args)]
#[command(after_help = "The checks request variants that the configuration allows, so pass the deployed one.")]
pub struct DoctorArguments {
    /// URL of an image behind the distribution, such as https://cdn.example.com/photos/cat.jpg
    #[arg(long)]
    url: String,
    #[command(flatten)]
    term: Term,
    #[command(flatten)]
    policy: PolicyFiles,
}

pub(super) fn run(arguments: &DoctorArguments) -> anyhow::Result<()> {
    let site = Site::new(&arguments.url, arguments.policy.policy()?, arguments.term.end()?)?;
    let (mut all, mut failed) = (0, 0);
    for finding in examine(&site) {
        say!("{finding}")?;
        all += 1;
        failed += usize::from(finding.has_failed());
    }
    if failed > 0 {
        bail!("{failed} of {all} checks failed");
    }
    Ok(())
}
