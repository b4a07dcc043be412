//! Provenance: the user metadata that states from which original, and by which pipeline, a variant was rendered.

use std::collections::BTreeMap;

use ridge_store::Metadata;

/// The version of the pipeline, stored with every variant. Raise it when stored variants are to be regenerated. A variant of
/// a newer version is fresh: while an update spreads over CloudFront's regions, both versions run.
pub const PIPELINE: u32 = 2;

/// The name of [`PIPELINE`] in a variant's user metadata.
pub const PIPELINE_KEY: &str = "pipeline";
/// The name of the original's ETag there.
pub const SOURCE_ETAG: &str = "source-etag";
/// The name of the original's `Last-Modified` there.
pub const SOURCE_LAST_MODIFIED: &str = "source-last-modified";
/// The name there that marks a variant of a truncated original.
pub(crate) const TRUNCATED: &str = "truncated";

/// Why a stored variant is regenerated, or deleted, at the next request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaleReason {
    /// Its original does not exist any more.
    OriginalMissing,
    /// It was rendered from a different original.
    OriginalReplaced,
    /// It was rendered by an older pipeline or, for a stored refusal, under a different configuration.
    Outdated,
    /// It has no provenance.
    Unknown,
}

/// From what and by what a variant was rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Provenance {
    source_etag: String,
    pipeline: u32,
    /// Whether the original is truncated.
    pub(crate) is_truncated: bool,
}

impl Provenance {
    /// Reads it from a variant's metadata. `None` if the object has none.
    pub(crate) fn of(variant: &Metadata) -> Option<Provenance> {
        let get = |name: &str| variant.user_metadata.get(name);
        Some(Provenance {
            source_etag: get(SOURCE_ETAG)?.to_owned(),
            pipeline: get(PIPELINE_KEY)?.parse().ok()?,
            is_truncated: get(TRUNCATED).is_some(),
        })
    }

    /// Returns why the variant is stale, compared with its original.
    pub(crate) fn stale_reason(&self, original: &Metadata) -> Option<StaleReason> {
        let is_same = original.etag.as_ref() == Some(&self.source_etag);
        if is_same { self.outdated() } else { Some(StaleReason::OriginalReplaced) }
    }

    /// Returns [`StaleReason::Outdated`] if the variant is of an older pipeline.
    pub(crate) fn outdated(&self) -> Option<StaleReason> {
        (self.pipeline < PIPELINE).then_some(StaleReason::Outdated)
    }
}

/// The tags of every object that Ridge stores, for lifecycle rules.
pub(crate) fn tags() -> BTreeMap<String, String> {
    [ridge_contract::VARIANT_TAG].map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}
