//! Queries that the configuration allows.

use ridge_contract::{Accept, Key, Path, Policy, VariantPath, decide};

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
    pub(super) fn of(key: &Key, until: u64, policy: &Policy) -> Result<AllowedQueries, SiteError> {
        let config = policy.config();
        let is_allowed = |query: &String| variant(key, query, WEBP, until, policy).is_some();
        let widths = config.widths.list().unwrap_or_default();
        let heights = config.heights.list().unwrap_or_default();
        let presets = config.presets.iter().map(|(name, _)| format!("p={name}"));
        let least = widths.first().map(|width| format!("w={width}"));
        let least = least.into_iter().chain(heights.first().map(|height| format!("h={height}")));
        let small = [format!("w=64&{MARK}"), "w=64".to_owned()].into_iter().chain(least).chain(presets);
        let small = small.chain(["f=auto".to_owned()]).find(is_allowed);
        let small = small.ok_or(SiteError::NothingAllowed)?;
        let most = widths.last().map(|width| format!("w={width}"));
        let large = [format!("f=png&{MARK}"), "f=png".to_owned()].into_iter().chain(most);
        let large = large.into_iter().find(is_allowed);
        Ok(AllowedQueries { large: large.unwrap_or_else(|| small.clone()), small })
    }
}

/// Returns the variant that a query leads to, signed until `until` if it must be; `None` if the policy refuses it or it leads to the
/// original.
pub(super) fn variant(key: &Key, query: &str, accept: &str, until: u64, policy: &Policy) -> Option<VariantPath> {
    let url = url::signed_if_needed(&format!("{}?{query}", key.to_path()), until, policy).ok()?;
    let (path, query) = url.split_once('?')?;
    let decision = decide(path, query, &Accept::parse([accept]), policy).ok()?;
    match &decision.destination().path {
        Path::Variant(path) => Some(path.clone()),
        Path::Original(_) => None,
    }
}
