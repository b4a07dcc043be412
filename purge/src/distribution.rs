//! Invalidations of a distribution.

use std::collections::VecDeque;
use std::error::Error as StdError;
use std::io;
use std::time::Instant;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata as _;
use ridge_contract::{CacheTag, Key};
use tokio::time::timeout_at;

use crate::api::{Refusal, Request};
use crate::connect::Client;
use crate::paths;

/// The maximum number of originals in one invalidation. CloudFront allows 3,000 items in progress for a distribution,
/// in one invalidation or several ("Concurrent invalidation request maximum"), tags and paths together. With this
/// maximum, about three invalidations can be in progress.
pub const MAX_ITEMS: usize = 1000;

/// How originals are named in an invalidation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// By the cache tag of each original, which invalidates exactly the original and its variants. A distribution
    /// without `CacheTagConfig` accepts tags but ignores them, so the caller must know that it has one.
    Tags,
    /// By the path of each original and one path for all variants of all originals. The variants remain in S3, so
    /// CloudFront requests them again but nothing is rendered. For a distribution without `CacheTagConfig`.
    Paths,
}

impl By {
    pub(crate) const NAMES: [(&str, By); 2] = [("tags", By::Tags), ("paths", By::Paths)];

    /// Parses a name: `tags` or `paths`.
    pub fn named(name: &str) -> Option<By> {
        By::NAMES.iter().find(|(known, _)| *known == name).map(|(_, by)| *by)
    }

    fn items(self, originals: &[Key]) -> Vec<String> {
        match self {
            // Items that start with `#` are tags ("What you need to know when invalidating tags").
            By::Tags => originals.iter().map(|original| format!("#{}", CacheTag::of(original))).collect(),
            By::Paths => paths::items(originals),
        }
    }
}

/// A CloudFront distribution.
#[derive(Debug)]
pub struct Distribution {
    client: Client,
    id: String,
    by: By,
}

/// The result for some of the originals.
#[derive(Debug)]
pub struct Part {
    /// The originals of one invalidation.
    pub originals: Vec<Key>,
    /// The invalidation, or the reason of its failure.
    pub outcome: Result<Invalidation, Error>,
}

/// An invalidation that CloudFront has accepted. It takes effect within seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalidation {
    /// CloudFront's ID of the invalidation.
    pub id: String,
    /// Tags and paths.
    pub items: Vec<String>,
}

/// Why an invalidation failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The account has no such distribution.
    #[error("there is no distribution {0} in this account")]
    NoDistribution(String),
    /// The credentials do not allow the operation.
    #[error("access denied; cloudfront:CreateInvalidation on the distribution is required: {0}")]
    Denied(String),
    /// CloudFront refused an item.
    #[error("CloudFront refused an item: {0}")]
    Refused(String),
    /// Too many invalidations are in progress. A retry after some seconds can succeed.
    #[error("too many invalidations are in progress: {0}")]
    Busy(String),
    /// CloudFront throttled the request, failed, could not be reached, or refused the credentials. A later retry can
    /// succeed.
    #[error("CloudFront is not available: {0}")]
    Unavailable(String),
    /// CloudFront's response is missing or incomplete, so it may have accepted the invalidation. A retry is harmless.
    #[error("unknown whether CloudFront accepted the invalidation: {0}")]
    Unanswered(String),
    /// The deadline passed before the request was sent.
    #[error("the deadline passed before the request was sent")]
    OutOfTime,
}

impl Distribution {
    /// Returns the distribution with this ID.
    pub fn new(client: Client, id: impl Into<String>, by: By) -> Distribution {
        Distribution { client, id: id.into(), by }
    }

    /// Invalidates originals and all their variants, with at most [`MAX_ITEMS`] originals in each invalidation. Returns
    /// the result for every original. `reference` must be new. Requests that are not finished at the deadline have
    /// failed.
    ///
    /// If CloudFront refuses a path, only that path fails: the other originals of its invalidation are requested again
    /// without it.
    pub async fn purge(&self, originals: &[Key], reference: &str, deadline: Instant) -> Vec<Part> {
        let mut waiting: VecDeque<_> = originals.chunks(MAX_ITEMS).collect();
        let mut parts = Vec::new();
        let mut number = 0;
        while let Some(part) = waiting.pop_front() {
            // Each invalidation needs its own reference.
            let outcome = self.ask(part, &format!("{reference}-{number}"), deadline).await;
            number += 1;
            // Tags consist of characters that CloudFront accepts, so a refusal of one tag applies to all tags.
            if self.by == By::Paths && part.len() > 1 && matches!(outcome, Err(Error::Refused(_))) {
                let (first, second) = part.split_at(part.len() / 2);
                waiting.push_front(second);
                waiting.push_front(first);
            } else {
                parts.push(Part { originals: part.to_vec(), outcome });
            }
        }
        parts
    }

    async fn ask(&self, originals: &[Key], reference: &str, deadline: Instant) -> Result<Invalidation, Error> {
        if Instant::now() >= deadline {
            return Err(Error::OutOfTime);
        }
        let asked = timeout_at(deadline.into(), self.invalidate(self.by.items(originals), reference)).await;
        asked.unwrap_or_else(|_| Err(Error::Unanswered("the deadline passed".to_owned())))
    }

    async fn invalidate(&self, items: Vec<String>, reference: &str) -> Result<Invalidation, Error> {
        let request = Request { distribution: self.id.clone(), items, reference: reference.to_owned() };
        let items = request.items.clone();
        let id = self.client.invalidate(request).await.map_err(|error| self.error(error))?;
        Ok(Invalidation { id, items })
    }

    fn error(&self, error: SdkError<Refusal, HttpResponse>) -> Error {
        let cause = chain(&error);
        match error.as_service_error().map(|refusal| refusal.code()) {
            Some(Some("NoSuchDistribution")) => Error::NoDistribution(self.id.clone()),
            Some(Some("AccessDenied")) => Error::Denied(cause),
            Some(Some("InvalidArgument")) => Error::Refused(cause),
            Some(Some("TooManyInvalidationsInProgress")) => Error::Busy(cause),
            Some(_) => Error::Unavailable(cause),
            None if was_never_sent(&error) => Error::Unavailable(cause),
            None => Error::Unanswered(cause),
        }
    }
}

/// Whether the connection was refused, so that the request was not sent.
fn was_never_sent(error: &(dyn StdError + 'static)) -> bool {
    let of_io = |error: &(dyn StdError + 'static)| error.downcast_ref::<io::Error>().map(io::Error::kind);
    causes(error).filter_map(of_io).any(|kind| kind == io::ErrorKind::ConnectionRefused)
}

/// Returns the texts of an error and of its sources.
fn chain(error: &(dyn StdError + 'static)) -> String {
    causes(error).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| (**error).source())
}
