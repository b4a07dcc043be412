//! URLs as people write them, and their signatures.

use std::iter;

use anyhow::anyhow;
use http::Uri;
use ridge_contract::{Accept, Config, Fault, Problem, signing};
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
    let path = to_be_signed(uri.path(), uri.query().unwrap_or_default(), config)?;
    path.map_or_else(|| Ok(text.to_owned()), |path| signed(text, &path, until, config))
}

/// The URL with a signature over this path.
pub(crate) fn signed(text: &str, path: &str, until: u64, config: &Config) -> anyhow::Result<String> {
    let signature = config.keys.sign(path, until).ok_or_else(|| anyhow!("there is no key"))?;
    let (url, fragment) = text.split_at(text.find('#').unwrap_or(text.len()));
    Ok(format!("{url}{}{signature}{fragment}", if url.contains('?') { '&' } else { '?' }))
}

/// The path that a signature is over, as viewer-request sees the URL once it is signed; `None` where none is needed.
pub(crate) fn to_be_signed(path: &str, query: &str, config: &Config) -> anyhow::Result<Option<String>> {
    let said = |problem: Problem| anyhow!(problem.text);
    if !needs_signature(path, query, config).map_err(said)? {
        return Ok(None);
    }
    let (query, mut path_of_any) = (as_if_signed(query), None);
    for accept in accepts(config) {
        let route = route(path, &query, &accept, config).map_err(said)?;
        path_of_any = Some(route.uri());
        // Whose Accept it is does not matter: where the client decides the format, the signature leaves that open.
        if let Some(signed) = route.signed {
            return Ok(Some(signed.path));
        }
    }
    // What the parameters come to is listed, but they are not: any signature lifts that.
    Ok(path_of_any)
}

/// Whether the policy wants a signature of this from some client at least: what need not be signed as PNG may have to be
/// as WebP, for its quality.
pub(crate) fn needs_signature(path: &str, query: &str, config: &Config) -> Result<bool, Problem> {
    let mut is_needed = false;
    for accept in accepts(config) {
        match route(path, query, &accept, config) {
            Ok(route) => is_needed |= route.signed.is_some(),
            Err(problem) if problem.fault == Fault::Unsigned => is_needed = true,
            Err(problem) => return Err(problem),
        }
    }
    Ok(is_needed)
}

/// The query with something in a signature's place: any says that one is meant, and lifts the lists.
pub(crate) fn as_if_signed(query: &str) -> String {
    format!("{query}&{}=", signing::PARAMETERS[0])
}

/// A client for each format that there is to be had.
fn accepts(config: &Config) -> impl Iterator<Item = Accept> {
    let negotiated = config.formats.iter().map(|format| Accept::parse([format.mime()]));
    iter::once(Accept::parse([])).chain(negotiated)
}
