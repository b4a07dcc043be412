//! A distribution that is told to forget.

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

/// Most originals of one invalidation. CloudFront takes 3,000 items for a distribution at a time, in one invalidation or
/// in many ("Concurrent invalidation request maximum"), tags and paths alike: so that a few of these fit beside each other.
pub const MAX_ITEMS: usize = 1000;

/// What an invalidation names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The tag of each original: exactly what was made of it. A distribution without `CacheTagConfig` takes tags and does
    /// nothing, so whoever says this must know that there is one.
    Tags,
    /// The path of each original, and all variants of all originals at once: they are taken from S3 again, not made
    /// again. For a distribution without `CacheTagConfig`.
    Paths,
}

impl By {
    pub(crate) const NAMES: [(&str, By); 2] = [("tags", By::Tags), ("paths", By::Paths)];

    /// Reads its name: `tags` or `paths`.
    pub fn named(name: &str) -> Option<By> {
        By::NAMES.iter().find(|(known, _)| *known == name).map(|(_, by)| *by)
    }

    fn items(self, originals: &[Key]) -> Vec<String> {
        match self {
            // An item that begins with `#` is a tag ("What you need to know when invalidating tags").
            By::Tags => originals.iter().map(|original| format!("#{}", CacheTag::of(original))).collect(),
            By::Paths => paths::items(originals),
        }
    }
}

/// A distribution of CloudFront.
#[derive(Debug)]
pub struct Distribution {
    client: Client,
    id: String,
    by: By,
}

/// What became of some of the originals that were to be forgotten.
#[derive(Debug)]
pub struct Part {
    /// In one invalidation.
    pub originals: Vec<Key>,
    /// The invalidation, or why there is none.
    pub outcome: Result<Invalidation, Error>,
}

/// An invalidation that CloudFront has taken; it takes effect within seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalidation {
    /// CloudFront's name for it.
    pub id: String,
    /// Tags and paths.
    pub items: Vec<String>,
}

/// Why an invalidation was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such distribution in this account.
    #[error("there is no distribution {0}")]
    NoDistribution(String),
    /// The credentials do not allow it.
    #[error("access denied; cloudfront:CreateInvalidation on the distribution is needed: {0}")]
    Denied(String),
    /// CloudFront does not take an item.
    #[error("CloudFront refused an item: {0}")]
    Refused(String),
    /// More are in progress than CloudFront takes. Trying again in some seconds helps.
    #[error("CloudFront has too many invalidations in progress: {0}")]
    Busy(String),
    /// CloudFront throttles or fails, cannot be reached, or does not take the credentials. Trying again later may help.
    #[error("CloudFront did not take the invalidation: {0}")]
    Unavailable(String),
    /// CloudFront did not answer to the end: it may have taken the invalidation. Another one for the same does no harm.
    #[error("whether CloudFront took the invalidation is not known: {0}")]
    Unanswered(String),
    /// The time was up before CloudFront was asked.
    #[error("the time was up before CloudFront was asked")]
    OutOfTime,
}

impl Distribution {
    /// A distribution by its id.
    pub fn new(client: Client, id: impl Into<String>, by: By) -> Distribution {
        Distribution { client, id: id.into(), by }
    }

    /// Makes CloudFront forget originals and all their variants, in invalidations of at most [`MAX_ITEMS`] originals, and
    /// says for each original what became of it. `reference` must be new. What is not through at the deadline has failed.
    ///
    /// A path that CloudFront does not take fails alone: the others of its invalidation are asked for again without it.
    pub async fn purge(&self, originals: &[Key], reference: &str, deadline: Instant) -> Vec<Part> {
        let mut waiting: VecDeque<_> = originals.chunks(MAX_ITEMS).collect();
        let mut parts = Vec::new();
        let mut number = 0;
        while let Some(part) = waiting.pop_front() {
            // Another invalidation needs another reference.
            let outcome = self.ask(part, &format!("{reference}-{number}"), deadline).await;
            number += 1;
            // A tag is made of letters that are always taken: if one is refused, all are.
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
        asked.unwrap_or_else(|_| Err(Error::Unanswered("the time was up".to_owned())))
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

/// Whether nobody was there to take a request.
fn was_never_sent(error: &(dyn StdError + 'static)) -> bool {
    let of_io = |error: &(dyn StdError + 'static)| error.downcast_ref::<io::Error>().map(io::Error::kind);
    causes(error).filter_map(of_io).any(|kind| kind == io::ErrorKind::ConnectionRefused)
}

/// What an error says, and the errors behind it.
fn chain(error: &(dyn StdError + 'static)) -> String {
    causes(error).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| (**error).source())
}
