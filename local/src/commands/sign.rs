//! `ridge sign`: a URL that the policy wants signed.

use std::time::{Duration, SystemTime};

use anyhow::{anyhow, bail};
use clap::Args;
use shared::{Accept, Config, Signing, signing};
use viewer_request::route;

use super::{Policy, explain};

/// What to sign.
#[derive(Args)]
pub struct Arguments {
    /// A URL, or a path with query, such as '/photos/cat.jpg?w=200'
    url: String,
    /// Until when it holds, in seconds since 1970
    #[arg(long, value_name = "SECONDS", conflicts_with = "seconds")]
    until: Option<u64>,
    /// For how many seconds from now
    #[arg(long = "for", value_name = "SECONDS", default_value_t = 86_400)]
    seconds: u64,
    #[command(flatten)]
    policy: Policy,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let config = arguments.policy.config()?;
    let text = &arguments.url;
    let uri = explain::url(text)?;
    let query = uri.query().unwrap_or_default();
    if !signing::Given::find(query).is_empty() {
        bail!("{text:?} has exp or sig already; leave them out");
    }
    let until = match arguments.until {
        Some(until) => until,
        None => (SystemTime::now() + Duration::from_secs(arguments.seconds))
            .duration_since(SystemTime::UNIX_EPOCH)?
            .as_secs(),
    };
    let path = to_be_signed(uri.path(), query, &config)?;
    let signature = config.keys.sign(&path, until).ok_or_else(|| anyhow!("there is no key"))?;
    println!("{text}{}{signature}", if text.contains('?') { '&' } else { '?' });
    Ok(())
}

/// The path that the signature is over, as viewer-request sees the URL once it is signed.
fn to_be_signed(path: &str, query: &str, config: &Config) -> anyhow::Result<String> {
    if config.signing == Signing::Off {
        bail!("signing is \"off\" in the configuration, so no URL need be signed");
    }
    // Any signature at all says that one is meant; and whose Accept it is does not matter, for where the client decides
    // the format, the signature leaves that open.
    let query = format!("{query}&{}=", signing::PARAMETERS[0]);
    let route = route(path, &query, &Accept::parse([]), config).map_err(|problem| anyhow!(problem.text))?;
    route.signed.map(|signed| signed.path).ok_or_else(|| anyhow!("this URL is allowed without a signature"))
}
