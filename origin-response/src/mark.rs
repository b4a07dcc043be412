//! What is stored beside a variant: what it was made of, and by what.

use std::collections::BTreeMap;

use ridge_cloudfront::event::Headers;
use ridge_store::Facts;

/// The pipeline's version, in every variant's metadata: raise it when stored variants should be made again. A variant of
/// a newer one is left alone: while an update spreads over the edge, both versions run.
pub const PIPELINE: u32 = 2;

/// The name of [`PIPELINE`] in a variant's metadata.
pub const PIPELINE_KEY: &str = "pipeline";
/// The name of the original's ETag there.
pub const SOURCE_ETAG: &str = "source-etag";
/// The name there of whether the original ends early.
pub(crate) const TRUNCATED: &str = "truncated";
/// The name of the original's date there.
pub const SOURCE_LAST_MODIFIED: &str = "source-last-modified";

/// Why a stored variant is made again, or removed, when it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stale {
    /// Its original is not there any more.
    Gone,
    /// It was made of another original.
    Replaced,
    /// It was made by an older pipeline.
    Outdated,
    /// It does not say what it was made of.
    Unmarked,
}

/// What a variant says of its making.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    source_etag: String,
    pipeline: u32,
    /// Whether the original ends early.
    pub(crate) is_truncated: bool,
}

impl Mark {
    /// As a stored variant carries it.
    pub(crate) fn of_variant(variant: &Facts) -> Option<Mark> {
        Mark::read(|name| variant.metadata.get(name).map(String::as_str))
    }

    /// As S3's answer shows it.
    pub(crate) fn of_headers(headers: &Headers) -> Option<Mark> {
        Mark::read(|name| headers.get(&format!("x-amz-meta-{name}")))
    }

    fn read<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Option<Mark> {
        Some(Mark {
            source_etag: get(SOURCE_ETAG)?.to_owned(),
            pipeline: get(PIPELINE_KEY)?.parse().ok()?,
            is_truncated: get(TRUNCATED).is_some(),
        })
    }

    /// Whether it is of this original, as good as it would be made now.
    pub(crate) fn is_of(&self, original: &Facts) -> bool {
        self.fault(original).is_none()
    }

    pub(crate) fn fault(&self, original: &Facts) -> Option<Stale> {
        if original.etag.as_ref() == Some(&self.source_etag) { self.age() } else { Some(Stale::Replaced) }
    }

    pub(crate) fn age(&self) -> Option<Stale> {
        (self.pipeline < PIPELINE).then_some(Stale::Outdated)
    }
}

/// The tags of all that is stored, for lifecycle rules.
pub(crate) fn tags() -> BTreeMap<String, String> {
    [ridge_contract::VARIANT_TAG].map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}
