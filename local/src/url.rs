//! URLs as people write them, and their signatures.

use std::iter;

use anyhow::anyhow;
use http::Uri;
use ridge_contract::{Accept, Config, Fault, Problem, signing};
use viewer_request::route;

/// Parses a URL, or its path and query alone.
pub(crate) fn parse(text: &str) -> anyhow::Result<Uri> {
    let is_bare = !text.starts_with('/') && !text.contains("://");
    let url = if is_bare { format!("https://{text}") } else { text.to_owned() };
    url.replace(' ', "%20").parse().map_err(|error| anyhow!("{text:?} is not a URL: {error}"))
}

/// Returns the URL, signed if the configuration requires it. The signature is valid until `until`, in seconds since
/// 1970-01-01 UTC.
pub(crate) fn signed_if_needed(text: &str, until: u64, config: &Config) -> anyhow::Result<String> {
    let uri = parse(text)?;
    let path = to_be_signed(uri.path(), uri.query().unwrap_or_default(), config)?;
    path.map_or_else(|| Ok(text.to_owned()), |path| signed(text, &path, until, config))
}

/// Returns the URL with a signature of `path`.
pub(crate) fn signed(text: &str, path: &str, until: u64, config: &Config) -> anyhow::Result<String> {
    let signature = config.keys.sign(path, until).ok_or_else(|| anyhow!("there is no signing key"))?;
    let (url, fragment) = text.split_at(text.find('#').unwrap_or(text.len()));
    Ok(format!("{url}{}{signature}{fragment}", if url.contains('?') { '&' } else { '?' }))
}

/// Returns the path that the signature covers, as viewer-request sees the signed URL; `None` if no signature is needed.
pub(crate) fn to_be_signed(path: &str, query: &str, config: &Config) -> anyhow::Result<Option<String>> {
    let error_of = |problem: Problem| anyhow!(problem.text);
    if !needs_signature(path, query, config).map_err(error_of)? {
        return Ok(None);
    }
    let (query, mut path_of_any) = (as_if_signed(query), None);
    for accept in accepts(config) {
        let route = route(path, &query, &accept, config).map_err(error_of)?;
        path_of_any = Some(route.uri());
        // Any client's `Accept` will do: if the client decides the format, the signature leaves the format open.
        if let Some(signed) = route.signed {
            return Ok(Some(signed.path));
        }
    }
    // The result is on the allow-lists but its parameters are not; any valid signature allows them.
    Ok(path_of_any)
}

/// Whether the configuration requires a signature from at least one client. The answer can depend on the format: the
/// quality of WebP may need a signature when PNG, which has none, does not.
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

/// Returns the query with a placeholder for the signature, so that it is treated as signed.
pub(crate) fn as_if_signed(query: &str) -> String {
    format!("{query}&{}=", signing::PARAMETERS[0])
}

/// Returns an `Accept` header for each format that the configuration negotiates, and an empty one.
fn accepts(config: &Config) -> impl Iterator<Item = Accept> {
    let negotiated = config.formats.iter().map(|format| Accept::parse([format.mime()]));
    iter::once(Accept::parse([])).chain(negotiated)
}
