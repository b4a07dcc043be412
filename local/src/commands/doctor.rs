//! `ridge doctor`: what is wrong with a deployment.

use anyhow::bail;
use clap::Args;

use crate::doctor::{Site, examine};

/// What to look at.
#[derive(Args)]
pub struct Arguments {
    /// A picture behind the distribution, such as https://cdn.example.com/photos/cat.jpg
    #[arg(long)]
    url: String,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let site = Site::new(&arguments.url)?;
    let (mut all, mut wrong) = (0, 0);
    for finding in examine(&site) {
        println!("{finding}");
        all += 1;
        wrong += usize::from(finding.is_wrong());
    }
    if wrong > 0 {
        bail!("{wrong} of {all} things are wrong");
    }
    Ok(())
}
