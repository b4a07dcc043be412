//! `ridge explain`: where a URL leads, and why.

use std::io;

use anyhow::anyhow;
use clap::Args;
use ridge_contract::{Accept, Decision, Path, Policy, decide};
use serde_json::json;

use super::PolicyFiles;
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
    policy: PolicyFiles,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &ExplainArguments) -> anyhow::Result<()> {
    let policy = Policy::new(arguments.policy.config()?);
    let uri = url::parse(&arguments.url)?;
    let accept = Accept::parse([arguments.accept.as_str()]);
    let decision =
        decide(uri.path(), uri.query().unwrap_or_default(), &accept, &policy).and_then(Decision::unless_refused);
    match (&decision, arguments.json) {
        (Ok(decision), false) => explain(decision)?,
        (Ok(decision), true) => say!("{}", as_json(decision))?,
        (Err(_), false) => {}
        (Err(problem), true) => {
            say!("{}", json!({ "status": problem.fault.response().status, "refused": problem.text }))?;
        }
    }
    match decision {
        Ok(_) => Ok(()),
        Err(problem) => Err(anyhow!("{}: {}", problem.fault.response().status, problem.text)),
    }
}

fn explain(decision: &Decision) -> io::Result<()> {
    let destination = decision.destination();
    match &destination.path {
        Path::Original(key) => say!("original  {key}\npath      {}", destination.uri())?,
        Path::Variant(path) => say!("variant   of {}\npath      {path}\nS3 key    {}", path.original(), path.object())?,
    }
    if let (Some(why), Path::Variant(path)) = (destination.why, &destination.path) {
        say!("format    {}: {}", path.variant().output(), why.sentence())?;
    }
    if destination.density_cut {
        say!("cut       dpr, so that neither side passes the configured maximum")?;
    }
    if let Some(needs) = decision.needs_signature() {
        say!("signed    over {}?exp=…", needs.path_to_sign())?;
    }
    if !destination.dropped.is_empty() {
        say!("dropped   {}", destination.dropped.join(", "))?;
    }
    Ok(())
}

fn as_json(decision: &Decision) -> serde_json::Value {
    let destination = decision.destination();
    let (original, object, format) = match &destination.path {
        Path::Original(key) => (key, key.clone(), None),
        Path::Variant(path) => (path.original(), path.object(), Some(path.variant().output().to_string())),
    };
    json!({
        "path": destination.uri(),
        "original": original.as_str(),
        "s3Key": object.as_str(),
        "format": format,
        "why": destination.why.map(ridge_contract::negotiate::Why::sentence),
        "dropped": destination.dropped,
        "densityCut": destination.density_cut,
        "signed": decision.needs_signature().map(|needs| needs.path_to_sign()),
    })
}
