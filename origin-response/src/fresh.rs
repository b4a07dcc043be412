//! Whether a stored variant still stands for its original.

use std::time::{Duration, Instant};

use shared::event::{Headers, Response};
use shared::{Config, Originals, VariantPath};
use store::{Error, Facts, Store};
use tokio::time::timeout_at;

/// The pipeline's version, in every variant's metadata: raise it when stored variants should be made again. A variant of
/// a newer one is left alone: while an update spreads over the edge, both versions run.
pub const PIPELINE: u32 = 1;

/// The name of [`PIPELINE`] in a variant's metadata.
pub const PIPELINE_KEY: &str = "pipeline";
/// The name of the original's ETag there.
pub const SOURCE_ETAG: &str = "source-etag";
/// The name of the original's date there.
pub const SOURCE_LAST_MODIFIED: &str = "source-last-modified";

/// What a variant says of its making.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    source_etag: String,
    pipeline: u32,
}

/// How a stored variant stands to its original.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Made of the original as it is, by this pipeline.
    Fresh,
    /// Made of another one, or by another pipeline; with the ETag of what is stored.
    Stale { etag: Option<String> },
    /// There is no original any more.
    Gone,
    /// S3 does not tell; for the log.
    Unknown(String),
}

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

/// What is wrong with a stored variant, where something is. `original` is `None` where there is none; immutable ones are not
/// looked at.
pub fn stale(variant: &Facts, original: Option<&Facts>, originals: Originals) -> Option<Stale> {
    let mark = Mark::of_variant(variant);
    match (originals, original) {
        (Originals::Immutable, _) => mark.map_or(Some(Stale::Unmarked), |mark| mark.age()),
        (Originals::Mutable, None) => Some(Stale::Gone),
        (Originals::Mutable, Some(original)) => mark.map_or(Some(Stale::Unmarked), |mark| mark.fault(original)),
    }
}

impl Mark {
    /// As a stored variant carries it.
    pub(crate) fn of_variant(variant: &Facts) -> Option<Mark> {
        Mark::read(|name| variant.metadata.get(name).map(String::as_str))
    }

    /// As S3's answer shows it.
    fn of_headers(headers: &Headers) -> Option<Mark> {
        Mark::read(|name| headers.get(&format!("x-amz-meta-{name}")))
    }

    fn read<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Option<Mark> {
        Some(Mark { source_etag: get(SOURCE_ETAG)?.to_owned(), pipeline: get(PIPELINE_KEY)?.parse().ok()? })
    }

    /// Whether it is of this original, as good as it would be made now.
    pub(crate) fn is_of(&self, original: &Facts) -> bool {
        self.fault(original).is_none()
    }

    fn fault(&self, original: &Facts) -> Option<Stale> {
        if original.etag.as_ref() == Some(&self.source_etag) { self.age() } else { Some(Stale::Replaced) }
    }

    fn age(&self) -> Option<Stale> {
        (self.pipeline < PIPELINE).then_some(Stale::Outdated)
    }
}

/// How long a viewer waits for the comparison: S3 has answered already, and a HEAD takes some ten milliseconds.
const PATIENCE: Duration = Duration::from_secs(3);

/// Compares a stored variant, which `response` is S3's answer for, with its original.
pub(crate) async fn standing(
    store: &Store,
    path: &VariantPath,
    response: &Response,
    config: &Config,
    deadline: Instant,
) -> Standing {
    let look = async {
        let etag = response.headers.get("etag").map(str::to_owned);
        let mark = async {
            match Mark::of_headers(&response.headers) {
                // S3 need not repeat metadata in a 304.
                None if response.status == "304" => {
                    let now = store.head(&path.object()).await?;
                    // CloudFront holds an older one than S3, so this one's mark says nothing.
                    let is_held = etag.is_none() || etag == now.etag;
                    Ok((Mark::of_variant(&now).filter(|_| is_held), now.etag))
                }
                mark => Ok((mark, etag.clone())),
            }
        };
        if config.originals == Originals::Immutable {
            let (mark, etag) = mark.await?;
            return Ok(if mark.is_some_and(|mark| mark.age().is_none()) {
                Standing::Fresh
            } else {
                Standing::Stale { etag }
            });
        }
        let original = match tokio::join!(store.head(path.original()), mark) {
            (Err(Error::NotFound { .. }), _) => return Ok(Standing::Gone),
            (original, mark) => (original?, mark?),
        };
        Ok(match original {
            (original, (Some(mark), _)) if mark.is_of(&original) => Standing::Fresh,
            (_, (_, etag)) => Standing::Stale { etag },
        })
    };
    match timeout_at(deadline.min(Instant::now() + PATIENCE).into(), look).await {
        Ok(Ok(standing)) => standing,
        Ok(Err(error)) => Standing::Unknown(Error::to_string(&error)),
        Err(_) => Standing::Unknown("the original could not be looked at in time".to_owned()),
    }
}
