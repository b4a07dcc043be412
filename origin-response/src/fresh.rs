//! Whether a stored variant still stands for its original.

use std::time::{Duration, Instant};

use ridge_cloudfront::event::{Headers, Response};
use ridge_contract::{Config, Originals, VariantPath};
use ridge_store::{Error, Facts, Store};
use tokio::time::timeout_at;

use crate::mark::{Mark, Stale};
use crate::refusal::{Limits, Refusal};
use crate::service::Service;

/// What a stored object says of itself.
enum Stored {
    Variant(Mark),
    Refusal(Refusal),
}

impl Stored {
    fn of_object(facts: &Facts) -> Option<Stored> {
        let refusal = Refusal::of_object(facts).map(Stored::Refusal);
        refusal.or_else(|| Mark::of_variant(facts).map(Stored::Variant))
    }

    fn of_headers(headers: &Headers) -> Option<Stored> {
        let refusal = Refusal::of_headers(headers).map(Stored::Refusal);
        refusal.or_else(|| Mark::of_headers(headers).map(Stored::Variant))
    }

    fn fault(&self, original: Option<&Facts>, originals: Originals, limits: &Limits) -> Option<Stale> {
        match (self, originals, original) {
            (Stored::Refusal(refusal), ..) => refusal.fault(original, originals, limits),
            (Stored::Variant(mark), Originals::Immutable, _) => mark.age(),
            (Stored::Variant(_), Originals::Mutable, None) => Some(Stale::Gone),
            (Stored::Variant(mark), Originals::Mutable, Some(original)) => mark.fault(original),
        }
    }

    fn is_truncated(&self) -> bool {
        matches!(self, Stored::Variant(mark) if mark.is_truncated)
    }
}

/// How a stored variant stands to its original.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Made of the original as it is, by this pipeline.
    Fresh { is_truncated: bool },
    /// Made of another one, or by another pipeline; with the ETag of what is stored.
    Stale { etag: Option<String> },
    /// There is no original any more.
    Gone,
    /// S3 does not tell; for the log.
    Unknown(String),
}

/// What is wrong with a stored variant or [`Refusal`], where something is. `original` is `None` where there is none;
/// immutable ones are not looked at. How much memory the function has is not known here, so a refusal for want of memory
/// holds.
pub fn stale(variant: &Facts, original: Option<&Facts>, config: &Config) -> Option<Stale> {
    let limits = Limits::new(config, None);
    match Stored::of_object(variant) {
        None if original.is_none() && config.originals == Originals::Mutable => Some(Stale::Gone),
        None => Some(Stale::Unmarked),
        Some(stored) => stored.fault(original, config.originals, &limits),
    }
}

/// How long a viewer waits for the comparison: S3 has answered already, and a HEAD takes some ten milliseconds.
const PATIENCE: Duration = Duration::from_secs(3);

/// Compares a stored object, which `response` is S3's answer for, with its original.
pub(crate) async fn standing(
    store: &Store,
    path: &VariantPath,
    response: &Response,
    service: &Service,
    deadline: Instant,
) -> Standing {
    let originals = service.policy.config().originals;
    let look = async {
        let etag = response.headers.get("etag").map(str::to_owned);
        let stored = async {
            match Stored::of_headers(&response.headers) {
                // S3 need not repeat metadata in a 304.
                None if response.status == "304" => {
                    let now = store.head(&path.object()).await?;
                    // CloudFront holds an older one than S3, so what S3 has says nothing of it.
                    let is_held = etag.is_none() || etag == now.etag;
                    // CloudFront never holds a refusal by its entity tag.
                    let is_variant = |stored: &Stored| matches!(stored, Stored::Variant(_));
                    Ok((Stored::of_object(&now).filter(is_variant).filter(|_| is_held), now.etag))
                }
                stored => Ok((stored, etag.clone())),
            }
        };
        let (original, (stored, etag)) = if originals == Originals::Immutable {
            (None, stored.await?)
        } else {
            let (original, stored) = tokio::join!(store.head(path.original()), stored);
            // A bucket that is not there looks the same to HEAD.
            if matches!(original, Err(Error::NotFound { .. })) && store.is_missing(path.original()).await? {
                return Ok(Standing::Gone);
            }
            (Some(original?), stored?)
        };
        Ok(match stored {
            Some(stored) if stored.fault(original.as_ref(), originals, &service.limits).is_none() => {
                Standing::Fresh { is_truncated: stored.is_truncated() }
            }
            _ => Standing::Stale { etag },
        })
    };
    match timeout_at(deadline.min(Instant::now() + PATIENCE).into(), look).await {
        Ok(Ok(standing)) => standing,
        Ok(Err(error)) => Standing::Unknown(Error::to_string(&error)),
        Err(_) => Standing::Unknown("the original could not be looked at in time".to_owned()),
    }
}
