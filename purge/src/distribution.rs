//! A distribution that is told to forget.

use std::error::Error as StdError;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_sdk_cloudfront::Client;
use aws_sdk_cloudfront::config::http::HttpResponse;
use aws_sdk_cloudfront::error::SdkError;
use aws_sdk_cloudfront::operation::create_invalidation::CreateInvalidationError;
use aws_sdk_cloudfront::types::{InvalidationBatch, Paths};
use serde::Serialize;
use shared::{CacheTag, Key};

/// Most originals of one invalidation. CloudFront takes 3,000 items for a distribution at a time, in one invalidation or
/// in many ("Concurrent invalidation request maximum"), tags and paths alike: so that a few of these fit beside each other.
pub const MAX_ITEMS: usize = 1000;

/// All variants: paths allow `*` at their end only, and a variant's begins with its parameters. Of these, CloudFront takes
/// 15 at a time.
const ALL_VARIANTS: &str = "/w_*";

/// What an invalidation names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The tag of each original: exactly what was made of it. Needs a distribution with `CacheTagConfig`.
    Tags,
    /// Tags, and paths once CloudFront has refused tags.
    TagsOrPaths,
    /// The path of each original, and all variants of all originals at once: they are taken from S3 again, not made
    /// again. For China, where CloudFront has no tags, and for a distribution without `CacheTagConfig`, where an
    /// invalidation by tag is taken and does nothing.
    Paths,
}

impl By {
    pub(crate) const NAMES: [(&str, By); 3] =
        [("tags", By::Tags), ("tags-or-paths", By::TagsOrPaths), ("paths", By::Paths)];

    /// Reads its name: `tags`, `tags-or-paths` or `paths`.
    pub fn named(name: &str) -> Option<By> {
        By::NAMES.iter().find(|(known, _)| *known == name).map(|(_, by)| *by)
    }
}

/// A distribution of CloudFront.
#[derive(Debug)]
pub struct Distribution {
    client: Client,
    id: String,
    by: By,
    /// Whether CloudFront has refused a tag, as it does where it has none.
    has_no_tags: AtomicBool,
}

/// An invalidation that CloudFront has taken; it takes effect within seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
    /// CloudFront throttles, times out or fails, or does not take the credentials. Trying again later may help.
    #[error("CloudFront did not take the invalidation: {0}")]
    Unavailable(String),
}

impl Distribution {
    /// A distribution by its id.
    pub fn new(client: Client, id: impl Into<String>, by: By) -> Distribution {
        Distribution { client, id: id.into(), by, has_no_tags: AtomicBool::new(false) }
    }

    /// Makes CloudFront forget originals, at most [`MAX_ITEMS`], and all their variants. `reference` must be new.
    pub async fn purge(&self, originals: &[Key], reference: &str) -> Result<Invalidation, Error> {
        let may_fall_back = self.by == By::TagsOrPaths;
        if self.by != By::Paths && !(may_fall_back && self.has_no_tags.load(Ordering::Relaxed)) {
            match self.invalidate(tags(originals), reference).await {
                Err(Error::Refused(_)) if may_fall_back => self.has_no_tags.store(true, Ordering::Relaxed),
                done => return done,
            }
        }
        // Another invalidation needs another reference.
        self.invalidate(paths(originals), &format!("{reference}-paths")).await
    }

    async fn invalidate(&self, items: Vec<String>, reference: &str) -> Result<Invalidation, Error> {
        let refused = |error: aws_sdk_cloudfront::error::BuildError| Error::Refused(error.to_string());
        let quantity = i32::try_from(items.len()).map_err(|_| Error::Refused("there are too many items".to_owned()))?;
        let paths = Paths::builder().quantity(quantity).set_items(Some(items.clone())).build().map_err(refused)?;
        let batch = InvalidationBatch::builder().paths(paths).caller_reference(reference).build().map_err(refused)?;
        let sent = self.client.create_invalidation().distribution_id(&self.id).invalidation_batch(batch).send().await;
        let taken = sent.map_err(|error| self.error(error))?;
        let id = taken.invalidation.map(|invalidation| invalidation.id).unwrap_or_default();
        Ok(Invalidation { id, items })
    }

    fn error(&self, error: SdkError<CreateInvalidationError, HttpResponse>) -> Error {
        let cause = chain(&error);
        match error.as_service_error() {
            Some(CreateInvalidationError::NoSuchDistribution(_)) => Error::NoDistribution(self.id.clone()),
            Some(CreateInvalidationError::AccessDenied(_)) => Error::Denied(cause),
            Some(CreateInvalidationError::InvalidArgument(_)) => Error::Refused(cause),
            Some(CreateInvalidationError::TooManyInvalidationsInProgress(_)) => Error::Busy(cause),
            _ => Error::Unavailable(cause),
        }
    }
}

/// What an error says, and the errors behind it.
fn chain(error: &(dyn StdError + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| (**error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// An item that begins with `#` is a tag ("What you need to know when invalidating tags").
fn tags(originals: &[Key]) -> Vec<String> {
    originals.iter().map(|original| format!("#{}", CacheTag::of(original))).collect()
}

fn paths(originals: &[Key]) -> Vec<String> {
    originals.iter().map(Key::to_path).chain([ALL_VARIANTS.to_owned()]).collect()
}
