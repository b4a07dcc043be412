//! Queries that the configuration allows.

use ridge_contract::{Accept, Config, Key, Path, VariantPath};
use viewer_request::route;

use super::accept::WEBP;
use super::site_error::SiteError;
use crate::url;

/// A parameter that marks the variants that the checks store.
const MARK: &str = "v=doctor";

/// Queries that the configuration allows for an image.
pub(super) struct AllowedQueries {
    /// A query for a small variant.
    pub(super) small: String,
    /// A query for a variant that may exceed the size of a generated response.
    pub(super) large: String,
}

impl AllowedQueries {
    pub(super) fn of(key: &Key, config: &Config) -> Result<AllowedQueries, SiteError> {
        let widths = config.widths.list().unwrap_or_default();
        let heights = config.heights.list().unwrap_or_default();
        let presets = config.presets.iter().map(|(name, _)| format!("p={name}"));
        let least = widths.first().map(|width| format!("w={width}"));
        let least = least.into_iter().chain(heights.first().map(|height| format!("h={height}")));
        let small = [format!("w=64&{MARK}"), "w=64".to_owned()].into_iter().chain(least).chain(presets);
        let small = small.chain(["f=auto".to_owned()]).find(|query| variant(key, query, WEBP, config).is_some());
        let small = small.ok_or(SiteError::NothingAllowed)?;
        let most = widths.last().map(|width| format!("w={width}"));
        let large = [format!("f=png&{MARK}"), "f=png".to_owned()].into_iter().chain(most);
        let large = large.into_iter().find(|query| variant(key, query, WEBP, config).is_some());
        Ok(AllowedQueries { large: large.unwrap_or_else(|| small.clone()), small })
    }
}

/// Returns the variant that a query requests, or `None` if the configuration refuses the query or the query requests
/// the original.
pub(super) fn variant(key: &Key, query: &str, accept: &str, config: &Config) -> Option<VariantPath> {
    let path = key.to_path();
    let query =
        if url::needs_signature(&path, query, config).ok()? { url::as_if_signed(query) } else { query.to_owned() };
    match route(&path, &query, &Accept::parse([accept]), config).ok()?.path {
        Path::Variant(path) => Some(path),
        Path::Original(_) => None,
    }
}
