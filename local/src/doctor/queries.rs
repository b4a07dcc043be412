//! What is asked for: something that the policy allows, whatever it allows.

use ridge_contract::{Accept, Config, Key, Path, VariantPath};
use viewer_request::route;

use super::accept::WEBP;
use super::site_error::SiteError;
use crate::url;

/// A mark, so that the variants can be told from others.
const MARK: &str = "v=doctor";

/// Queries that the policy allows of a picture.
pub(super) struct AllowedQueries {
    /// Something small.
    pub(super) small: String,
    /// Something that may be too large for a function's own answer.
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

/// What a query becomes; `None` where the policy refuses it, or it is the original.
pub(super) fn variant(key: &Key, query: &str, accept: &str, config: &Config) -> Option<VariantPath> {
    let path = key.to_path();
    let query =
        if url::needs_signature(&path, query, config).ok()? { url::as_if_signed(query) } else { query.to_owned() };
    match route(&path, &query, &Accept::parse([accept]), config).ok()?.path {
        Path::Variant(path) => Some(path),
        Path::Original(_) => None,
    }
}
