//! Whether a stored variant still stands for its original (contract section 5).

use std::time::Instant;

use shared::event::{Headers, Response};
use shared::{Config, Originals, VariantPath};
use store::{Error, Facts, Store};
use tokio::time::timeout_at;

/// The pipeline's version, in every variant's metadata: raise it when stored variants should be made again.
pub(crate) const PIPELINE: &str = "1";

/// Names in a variant's metadata.
pub(crate) const PIPELINE_KEY: &str = "pipeline";
pub(crate) const SOURCE_ETAG: &str = "source-etag";
pub(crate) const SOURCE_LAST_MODIFIED: &str = "source-last-modified";

/// What a variant says of its making.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    source_etag: String,
    pipeline: String,
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

impl Mark {
    /// Of what is made now of this original.
    pub(crate) fn of_source(source: &Facts) -> Option<Mark> {
        Some(Mark { source_etag: source.etag.clone()?, pipeline: PIPELINE.to_owned() })
    }

    /// As a stored variant carries it.
    pub(crate) fn of_variant(variant: &Facts) -> Option<Mark> {
        let get = |name| variant.metadata.get(name).cloned();
        Some(Mark { source_etag: get(SOURCE_ETAG)?, pipeline: get(PIPELINE_KEY)? })
    }

    /// As S3's answer shows it.
    fn of_headers(headers: &Headers) -> Option<Mark> {
        let get = |name| headers.get(&format!("x-amz-meta-{name}")).map(str::to_owned);
        Some(Mark { source_etag: get(SOURCE_ETAG)?, pipeline: get(PIPELINE_KEY)? })
    }
}

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
                None if response.status == "304" => Ok(Mark::of_variant(&store.head(&path.object()).await?)),
                mark => Ok(mark),
            }
        };
        if config.originals == Originals::Immutable {
            let is_new = mark.await?.is_some_and(|mark| mark.pipeline == PIPELINE);
            return Ok(if is_new { Standing::Fresh } else { Standing::Stale { etag } });
        }
        let (original, mark) = tokio::join!(store.head(path.original()), mark);
        match (original, mark?) {
            (Ok(original), Some(mark)) if Mark::of_source(&original).as_ref() == Some(&mark) => Ok(Standing::Fresh),
            (Ok(_), _) => Ok(Standing::Stale { etag }),
            (Err(Error::NotFound { .. }), _) => Ok(Standing::Gone),
            (Err(error), _) => Err(error),
        }
    };
    match timeout_at(deadline.into(), look).await {
        Ok(Ok(standing)) => standing,
        Ok(Err(error)) => Standing::Unknown(error.to_string()),
        Err(_) => Standing::Unknown("the original could not be looked at in time".to_owned()),
    }
}
