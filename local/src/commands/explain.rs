//! `ridge explain`: what a URL becomes, and why.

use std::io;

use anyhow::anyhow;
use clap::Args;
use ridge_contract::{Accept, Path};
use serde_json::json;
use viewer_request::{Route, route};

use super::ConfigFiles;
use crate::out::say;
use crate::url;

/// What to explain.
#[derive(Args)]
pub struct ExplainArguments {
    /// A URL, or a path with query, such as '/photos/cat.jpg?w=200'
    url: String,
    /// Accept header of the client
    #[arg(long, default_value = "image/avif,image/webp,*/*;q=0.8")]
    accept: String,
    #[command(flatten)]
    policy: ConfigFiles,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &ExplainArguments) -> anyhow::Result<()> {
    let config = arguments.policy.without_keys()?;
    let uri = url::parse(&arguments.url)?;
    let accept = Accept::parse([arguments.accept.as_str()]);
    let decision = route(uri.path(), uri.query().unwrap_or_default(), &accept, &config);
    match (&decision, arguments.json) {
        (Ok(route), false) => explain(route)?,
        (Ok(route), true) => say!("{}", as_json(route))?,
        (Err(_), false) => {}
        (Err(problem), true) => {
            say!("{}", json!({ "status": problem.fault.answer().status, "refused": problem.text }))?;
        }
    }
    match decision {
        Ok(_) => Ok(()),
        Err(problem) => Err(anyhow!("{}: {}", problem.fault.answer().status, problem.text)),
    }
}

fn explain(route: &Route) -> io::Result<()> {
    match &route.path {
        Path::Original(key) => say!("original  {key}\npath      {}", route.uri())?,
        Path::Variant(path) => say!("variant   of {}\npath      {path}\nS3 key    {}", path.original(), path.object())?,
    }
    if let (Some(why), Path::Variant(path)) = (route.why, &route.path) {
        say!("format    {}: {}", path.variant().output(), why.sentence())?;
    }
    if route.density_cut {
        say!("cut       dpr, so that neither side passes the configured maximum")?;
    }
    if let Some(signed) = &route.signed {
        say!("signed    over {}?exp=…", signed.path)?;
    }
    if !route.dropped.is_empty() {
        say!("dropped   {}", route.dropped.join(", "))?;
    }
    Ok(())
}

fn as_json(route: &Route) -> serde_json::Value {
    let (original, object, format) = match &route.path {
        Path::Original(key) => (key, key.clone(), None),
        Path::Variant(path) => (path.original(), path.object(), Some(path.variant().output().to_string())),
    };
    json!({
        "path": route.uri(),
        "original": original.as_str(),
        "s3Key": object.as_str(),
        "format": format,
        "why": route.why.map(ridge_contract::negotiate::Why::sentence),
        "dropped": route.dropped,
        "densityCut": route.density_cut,
        "signed": route.signed.as_ref().map(|signed| &signed.path),
    })
}
