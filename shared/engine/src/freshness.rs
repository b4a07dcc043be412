//! Freshness: whether a stored variant still belongs to its original.

use std::time::{Duration, Instant};

use ridge_contract::{Config, Originals, VariantPath};
use ridge_store::{Error, Metadata, Store};
use tokio::time::timeout_at;

use crate::provenance::{Provenance, StaleReason};
use crate::refusal::{Limits, Refusal};

/// What a stored object is.
pub(crate) enum Stored {
    Variant(Provenance),
    Refusal(Refusal),
}

impl Stored {
    /// `None` for an object that Ridge did not write.
    pub(crate) fn of(object: &Metadata) -> Option<Stored> {
        Refusal::of(object).map(Stored::Refusal).or_else(|| Provenance::of(object).map(Stored::Variant))
    }

    fn stale_reason(&self, original: Option<&Metadata>, originals: Originals, limits: &Limits) -> Option<StaleReason> {
        match (self, originals, original) {
            (Stored::Refusal(refusal), ..) => refusal.stale_reason(original, originals, limits),
            (Stored::Variant(provenance), Originals::Immutable, _) => provenance.outdated(),
            (Stored::Variant(_), Originals::Mutable, None) => Some(StaleReason::OriginalMissing),
            (Stored::Variant(provenance), Originals::Mutable, Some(original)) => provenance.stale_reason(original),
        }
    }

    fn is_truncated(&self) -> bool {
        matches!(self, Stored::Variant(provenance) if provenance.is_truncated)
    }
}

/// Freshness of a stored variant.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// Rendered from the present original by the present pipeline.
    Fresh { is_truncated: bool },
    /// To be regenerated. The ETag is the stored variant's.
    Stale { etag: Option<String> },
    /// The original does not exist any more.
    OriginalMissing,
    /// The store does not answer. The text is for the log.
    Unknown(String),
}

/// Returns why a stored variant or [`Refusal`] is stale; `None` if it is fresh. `original` is `None` if there is none; it is
/// not consulted if originals are immutable. The function's memory is not known here, so a refusal for want of memory is
/// fresh.
pub fn stale_reason(variant: &Metadata, original: Option<&Metadata>, config: &Config) -> Option<StaleReason> {
    let limits = Limits::new(config, None);
    match Stored::of(variant) {
        None if original.is_none() && config.originals == Originals::Mutable => Some(StaleReason::OriginalMissing),
        None => Some(StaleReason::Unknown),
        Some(stored) => stored.stale_reason(original, config.originals, &limits),
    }
}

/// How long the comparison may take: the viewer waits, and a HEAD takes some ten milliseconds.
const PATIENCE: Duration = Duration::from_secs(3);

/// A stored variant whose freshness is asked for.
pub(crate) struct Comparison<'a> {
    pub(crate) store: &'a dyn Store,
    pub(crate) path: &'a VariantPath,
    pub(crate) originals: Originals,
    pub(crate) limits: &'a Limits,
}

impl Comparison<'_> {
    /// Compares the stored object with its original. `is_not_modified` says that `object` comes from a 304 (Not Modified),
    /// in which S3 need not repeat user metadata.
    pub(crate) async fn freshness(&self, object: &Metadata, is_not_modified: bool, deadline: Instant) -> Freshness {
        let deadline = deadline.min(Instant::now() + PATIENCE);
        match timeout_at(deadline.into(), self.compare(object, is_not_modified)).await {
            Ok(Ok(freshness)) => freshness,
            Ok(Err(error)) => Freshness::Unknown(error.to_string()),
            Err(_) => Freshness::Unknown("the original could not be compared in time".to_owned()),
        }
    }

    async fn compare(&self, object: &Metadata, is_not_modified: bool) -> Result<Freshness, Error> {
        let stored = self.stored(object, is_not_modified);
        let (original, (stored, etag)) = if self.originals == Originals::Immutable {
            (None, stored.await?)
        } else {
            let key = self.path.original();
            let (original, stored) = tokio::join!(self.store.head(key), stored);
            // HEAD gives the same answer for a missing bucket.
            if matches!(original, Err(Error::NotFound { .. })) && self.store.is_missing(key).await? {
                return Ok(Freshness::OriginalMissing);
            }
            (Some(original?), stored?)
        };
        Ok(match stored {
            Some(stored) if stored.stale_reason(original.as_ref(), self.originals, self.limits).is_none() => {
                Freshness::Fresh { is_truncated: stored.is_truncated() }
            }
            _ => Freshness::Stale { etag },
        })
    }

    /// Returns what the object is, and the ETag that a write is to replace.
    async fn stored(
        &self,
        object: &Metadata,
        is_not_modified: bool,
    ) -> Result<(Option<Stored>, Option<String>), Error> {
        let stored = Stored::of(object);
        if stored.is_some() || !is_not_modified {
            return Ok((stored, object.etag.clone()));
        }
        let now = self.store.head(&self.path.object()).await?;
        // CloudFront may have cached an older object than the store has.
        let is_same = object.etag.is_none() || object.etag == now.etag;
        // CloudFront never caches a refusal by its ETag.
        let is_variant = |stored: &Stored| matches!(stored, Stored::Variant(_));
        Ok((Stored::of(&now).filter(|stored| is_same && is_variant(stored)), now.etag))
    }
}
