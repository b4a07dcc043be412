//! `ridge sign`: a URL that the policy wants signed.

use std::time::{Duration, SystemTime};

use anyhow::{anyhow, bail};
use clap::Args;
use shared::{Accept, Config, Fault, Signing, signing};
use viewer_request::route;

use super::{Policy, explain};

/// What to sign.
#[derive(Args)]
pub struct Arguments {
    /// A URL, or a path with query, such as '/photos/cat.jpg?w=200'
    url: String,
    #[command(flatten)]
    term: Term,
    #[command(flatten)]
    policy: Policy,
}

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
        match self.until {
            Some(until) => Ok(until),
            None => {
                let end = SystemTime::now() + Duration::from_secs(self.seconds);
                Ok(end.duration_since(SystemTime::UNIX_EPOCH)?.as_secs())
            }
        }
    }
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let config = arguments.policy.config()?;
    let text = &arguments.url;
    let uri = explain::url(text)?;
    let query = uri.query().unwrap_or_default();
    if !signing::Given::find(query).is_empty() {
        bail!("{text:?} has exp or sig already; leave them out");
    }
    if config.signing == Signing::Off {
        bail!("signing is \"off\" in the configuration, so no URL need be signed");
    }
    let Some(path) = to_be_signed(uri.path(), query, &config)? else {
        bail!("this URL is allowed without a signature")
    };
    println!("{}", signed(text, &path, arguments.term.end()?, &config)?);
    Ok(())
}

/// The URL, with a signature where the policy wants one of it.
pub(super) fn signed_if_needed(text: &str, until: u64, config: &Config) -> anyhow::Result<String> {
    let uri = explain::url(text)?;
    let query = uri.query().unwrap_or_default();
    let path = match route(uri.path(), query, &Accept::parse([]), config) {
        Ok(route) => route.signed.map(|signed| signed.path),
        Err(problem) if problem.fault == Fault::Unsigned => to_be_signed(uri.path(), query, config)?,
        Err(problem) => bail!(problem.text),
    };
    path.map_or_else(|| Ok(text.to_owned()), |path| signed(text, &path, until, config))
}

fn signed(text: &str, path: &str, until: u64, config: &Config) -> anyhow::Result<String> {
    let signature = config.keys.sign(path, until).ok_or_else(|| anyhow!("there is no key"))?;
    Ok(format!("{text}{}{signature}", if text.contains('?') { '&' } else { '?' }))
}

/// The path that a signature is over, as viewer-request sees the URL once it is signed; `None` where none is needed.
fn to_be_signed(path: &str, query: &str, config: &Config) -> anyhow::Result<Option<String>> {
    // Any signature at all says that one is meant; and whose Accept it is does not matter, for where the client decides
    // the format, the signature leaves that open.
    let query = format!("{query}&{}=", signing::PARAMETERS[0]);
    let route = route(path, &query, &Accept::parse([]), config).map_err(|problem| anyhow!(problem.text))?;
    Ok(route.signed.map(|signed| signed.path))
}
