//! `ridge sign`: signs a URL.

use std::time::SystemTime;

use anyhow::bail;
use clap::Args;
use ridge_contract::Signing;
use ridge_contract::decide::needed_signature;
use ridge_contract::signing::SignatureParameters;

use super::PolicyFiles;
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
    policy: PolicyFiles,
}

/// The first second of the year 10000, in seconds since 1970-01-01 UTC. HTTP dates have four digits for the year.
const YEAR_10000: u64 = 253_402_300_800;

/// When a signature expires.
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
    /// The expiry time, in seconds since 1970-01-01 UTC.
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
    let policy = arguments.policy.policy()?;
    let text = &arguments.url;
    let uri = url::parse(text)?;
    let query = uri.query().unwrap_or_default();
    if !SignatureParameters::parse(query).is_empty() {
        bail!("{text:?} has exp or sig already; leave them out");
    }
    if policy.config().signing == Signing::Off {
        bail!("signing is \"off\" in the configuration, so no URL need be signed");
    }
    let Some(needs) = needed_signature(uri.path(), query, &policy).map_err(url::told)? else {
        bail!("this URL is allowed without a signature")
    };
    say!("{}", url::signed(text, needs.path_to_sign(), arguments.term.end()?, &policy)?)?;
    Ok(())
}
