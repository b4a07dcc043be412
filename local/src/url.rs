//! URLs as people write them, and their signatures.

use anyhow::{anyhow, bail};
use http::Uri;
use shared::{Accept, Config, Fault, signing};
use viewer_request::route;

/// Reads a URL, or its path and query alone.
pub(crate) fn parse(text: &str) -> anyhow::Result<Uri> {
    let is_bare = !text.starts_with('/') && !text.contains("://");
    let url = if is_bare { format!("https://{text}") } else { text.to_owned() };
    url.replace(' ', "%20").parse().map_err(|error| anyhow!("{text:?} is not a URL: {error}"))
}

/// The URL, with a signature where the policy wants one of it, good until so many seconds after 1970.
pub(crate) fn signed_if_needed(text: &str, until: u64, config: &Config) -> anyhow::Result<String> {
    let uri = parse(text)?;
    let query = uri.query().unwrap_or_default();
    let path = match route(uri.path(), query, &Accept::parse([]), config) {
        Ok(route) => route.signed.map(|signed| signed.path),
        Err(problem) if problem.fault == Fault::Unsigned => to_be_signed(uri.path(), query, config)?,
        Err(problem) => bail!(problem.text),
    };
    path.map_or_else(|| Ok(text.to_owned()), |path| signed(text, &path, until, config))
}

/// The URL with a signature over this path.
pub(crate) fn signed(text: &str, path: &str, until: u64, config: &Config) -> anyhow::Result<String> {
    let signature = config.keys.sign(path, until).ok_or_else(|| anyhow!("there is no key"))?;
    Ok(format!("{text}{}{signature}", if text.contains('?') { '&' } else { '?' }))
}

/// The path that a signature is over, as viewer-request sees the URL once it is signed; `None` where none is needed.
pub(crate) fn to_be_signed(path: &str, query: &str, config: &Config) -> anyhow::Result<Option<String>> {
    // Any signature at all says that one is meant; and whose Accept it is does not matter, for where the client decides
    // the format, the signature leaves that open.
    let query = format!("{query}&{}=", signing::PARAMETERS[0]);
    let route = route(path, &query, &Accept::parse([]), config).map_err(|problem| anyhow!(problem.text))?;
    Ok(route.signed.map(|signed| signed.path))
}
