//! `ridge explain`: what a URL becomes, and why.

use anyhow::anyhow;
use clap::Args;
use http::Uri;
use serde_json::json;
use shared::{Accept, Path};
use viewer_request::{Route, route};

use super::Policy;

/// What to explain.
#[derive(Args)]
pub struct Arguments {
    /// A URL, or a path with query, such as '/photos/cat.jpg?w=200'
    url: String,
    /// Accept header of the client
    #[arg(long, default_value = "image/avif,image/webp,*/*;q=0.8")]
    accept: String,
    #[command(flatten)]
    policy: Policy,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let config = arguments.policy.without_keys()?;
    let uri = url(&arguments.url)?;
    let accept = Accept::parse([arguments.accept.as_str()]);
    let decision = route(uri.path(), uri.query().unwrap_or_default(), &accept, &config);
    match (&decision, arguments.json) {
        (Ok(route), false) => explain(route),
        (Ok(route), true) => println!("{}", as_json(route)),
        (Err(_), false) => {}
        (Err(problem), true) => {
            println!("{}", json!({ "status": problem.fault.answer().status, "refused": problem.text }));
        }
    }
    match decision {
        Ok(_) => Ok(()),
        Err(problem) => Err(anyhow!("{}: {}", problem.fault.answer().status, problem.text)),
    }
}

/// Reads a URL, or its path and query alone.
pub(super) fn url(text: &str) -> anyhow::Result<Uri> {
    let is_bare = !text.starts_with('/') && !text.contains("://");
    let url = if is_bare { format!("https://{text}") } else { text.to_owned() };
    url.replace(' ', "%20").parse().map_err(|error| anyhow!("{text:?} is not a URL: {error}"))
}

fn explain(route: &Route) {
    match &route.path {
        Path::Original(key) => println!("original  {key}\npath      {}", route.uri()),
        Path::Variant(path) => {
            println!("variant   of {}\npath      {path}\nS3 key    {}", path.original(), path.object())
        }
    }
    if let (Some(why), Path::Variant(path)) = (route.why, &route.path) {
        println!("format    {}: {}", path.variant().output(), why.sentence());
    }
    if route.density_cut {
        println!("cut       dpr, so that neither side passes the configured maximum");
    }
    if let Some(signed) = &route.signed {
        println!("signed    over {}?exp=…", signed.path);
    }
    if !route.dropped.is_empty() {
        println!("dropped   {}", route.dropped.join(", "));
    }
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
        "why": route.why.map(shared::negotiate::Why::sentence),
        "dropped": route.dropped,
        "densityCut": route.density_cut,
        "signed": route.signed.as_ref().map(|signed| &signed.path),
    })
}
