//! URLs as people write them, and their signatures.

use anyhow::anyhow;
use http::Uri;
use ridge_contract::decide::needed_signature;
use ridge_contract::{Policy, Problem};

/// Reads a URL, or its path and query only.
pub(crate) fn parse(text: &str) -> anyhow::Result<Uri> {
    let is_bare = !text.starts_with('/') && !text.contains("://");
    let url = if is_bare { format!("https://{text}") } else { text.to_owned() };
    url.replace(' ', "%20").parse().map_err(|error| anyhow!("{text:?} is not a URL: {error}"))
}

/// The URL, signed if the policy requires a signature. The signature expires at `until`, in seconds since 1970-01-01 UTC.
pub(crate) fn signed_if_needed(text: &str, until: u64, policy: &Policy) -> anyhow::Result<String> {
    let uri = parse(text)?;
    let needed = needed_signature(uri.path(), uri.query().unwrap_or_default(), policy).map_err(told)?;
    needed.map_or_else(|| Ok(text.to_owned()), |needs| signed(text, needs.path_to_sign(), until, policy))
}

/// The URL with a signature of `path`.
pub(crate) fn signed(text: &str, path: &str, until: u64, policy: &Policy) -> anyhow::Result<String> {
    let signature = policy.keys().sign(path, until).ok_or_else(|| anyhow!("there is no key"))?;
    let (url, fragment) = text.split_at(text.find('#').unwrap_or(text.len()));
    Ok(format!("{url}{}{signature}{fragment}", if url.contains('?') { '&' } else { '?' }))
}

/// The problem's text as an error.
pub(crate) fn told(problem: Problem) -> anyhow::Error {
    anyhow!(problem.text)
}
