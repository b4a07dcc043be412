//! `ridge sign`: a URL that the policy wants signed.

use std::time::SystemTime;

use anyhow::bail;
use clap::Args;
use ridge_contract::{Signing, signing};

use super::ConfigFiles;
use crate::out::say;
use crate::url;

/// What to sign.
#[derive(Args)]
pub struct SignArguments {
    /// A URL, or a path with query, such as '/photos/cat.jpg?w=200'
    url: String,
    #[command(flatten)]
    term: Term,
    #[command(flatten)]
    policy: ConfigFiles,
}

/// In seconds since 1970: dates have four digits for the year, and nobody means it.
const YEAR_10000: u64 = 253_402_300_800;

/// How long a signature holds.
#[derive(Args)]
pub(super) struct Term {
    /// Until when a signature holds, in seconds since 1970
    #[arg(long, value_name = "SECONDS", conflicts_with = "seconds")]
    until: Option<u64>,
    /// For how many seconds from now
    #[arg(long = "for", value_name = "SECONDS", default_value_t = 86_400)]
    seconds: u64,
}

impl Term {
    /// In seconds since 1970.
    pub(super) fn end(&self) -> anyhow::Result<u64> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
        let until = self.until.unwrap_or(now.saturating_add(self.seconds));
        if until >= YEAR_10000 {
            bail!(
                "a signature cannot hold until the year 10000; --until takes seconds since 1970, --for seconds from now"
            );
        }
        Ok(until)
    }
}

pub(super) fn run(arguments: &SignArguments) -> anyhow::Result<()> {
    let config = arguments.policy.config()?;
    let text = &arguments.url;
    let uri = url::parse(text)?;
    let query = uri.query().unwrap_or_default();
    if !signing::Given::find(query).is_empty() {
        bail!("{text:?} has exp or sig already; leave them out");
    }
    if config.signing == Signing::Off {
        bail!("signing is \"off\" in the configuration, so no URL need be signed");
    }
    let Some(path) = url::to_be_signed(uri.path(), query, &config)? else {
        bail!("this URL is allowed without a signature")
    };
    say!("{}", url::signed(text, &path, arguments.term.end()?, &config)?)?;
    Ok(())
}
