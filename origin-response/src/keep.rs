//! Storing a variant, so that what is stored never claims to be of an original that it was not made of.

use std::time::{Duration, Instant};

use bytes::Bytes;
use ridge_contract::{Config, Format, Key, Originals};
use ridge_store::{Attributes, Condition, Error, Facts, Store};
use tokio::time::timeout_at;

use crate::age::{cache_control, unsure};
use crate::mark::{Mark, PIPELINE, PIPELINE_KEY, SOURCE_ETAG, SOURCE_LAST_MODIFIED, TRUNCATED, tags};
use crate::refusal::Refusal;

/// What S3 had in the variant's place when it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// Nothing.
    Missing,
    /// It said 403, which may mean that the variant is there.
    Denied,
    /// A variant that is out of date, with its ETag.
    Stale { etag: Option<String> },
}

/// Where a variant is when it is answered.
pub(crate) enum Kept {
    /// In S3, with this entity tag. It is current unless the original changed while the variant was made.
    Stored { etag: String, is_current: bool },
    /// Nowhere: S3 did not take it.
    Lost,
    /// Nowhere: it is not of the format that its path says, since that one takes too long. What can be stored is the
    /// variant at this path.
    Elsewhere(Option<String>),
}

/// What S3 said of the original so long ago still holds: its event and the purge take longer.
const RECENT: Duration = Duration::from_millis(300);
/// How long the answer waits for what S3 says of the original, when the variant is stored.
const PATIENCE: Duration = Duration::from_secs(1);

/// A variant to be stored.
pub(crate) struct Keeping<'a> {
    pub(crate) store: &'a Store,
    pub(crate) original: &'a Key,
    pub(crate) object: &'a Key,
    /// Of the bytes that were really read.
    pub(crate) source: &'a Facts,
    pub(crate) found: &'a Found,
    pub(crate) config: &'a Config,
}

impl Keeping<'_> {
    /// Stores it, or says why not. Meanwhile the original is looked at again, for it may have been replaced since it was
    /// read, and its purge may already be over; once more where storing took so long that this, too, is long ago.
    pub(crate) async fn store(
        &self,
        format: Format,
        bytes: Bytes,
        is_truncated: bool,
        deadline: Instant,
    ) -> Result<Kept, String> {
        let attributes = attributes(format, self.source, is_truncated, self.config);
        let began = Instant::now();
        let put = timeout_at(deadline.into(), self.put(bytes, &attributes));
        let (put, mut is_current) = tokio::join!(put, self.is_current(deadline));
        let etag = put.map_err(|_| "the variant could not be stored in time".to_owned())?;
        let etag = etag.map_err(|error| error.to_string())?;
        if is_current && began.elapsed() > RECENT {
            is_current = self.is_current(deadline).await;
        }
        Ok(Kept::Stored { etag, is_current })
    }

    /// Stores in its place why there is no variant.
    pub(crate) async fn refuse(&self, refusal: &Refusal, deadline: Instant) -> Result<(), String> {
        let put = timeout_at(deadline.into(), self.put(refusal.text().into(), &refusal.attributes())).await;
        let put = put.map_err(|_| "the refusal could not be stored in time".to_owned())?;
        put.map(|_| ()).map_err(|error| error.to_string())
    }

    async fn put(&self, bytes: Bytes, attributes: &Attributes) -> Result<String, Error> {
        let put =
            async |condition: Condition| self.store.put_if(self.object, bytes.clone(), attributes, &condition).await;
        let changed = match put(self.condition()).await {
            Err(changed @ Error::Changed { .. }) => changed,
            done => return done,
        };
        // Another writer was faster: as good as ours if it read the same bytes. If it read others, the original says who
        // is right.
        let other = match self.store.head(self.object).await {
            // It has removed the variant.
            Err(Error::NotFound { .. }) => return put(Condition::New).await,
            other => other?,
        };
        let is_as_good = Mark::of_variant(&other).is_some_and(|mark| mark.is_of(self.source));
        match other.etag {
            Some(etag) if is_as_good => Ok(etag),
            Some(etag) if self.is_unchanged().await => put(Condition::Replaces(etag)).await,
            _ => Err(changed),
        }
    }

    fn condition(&self) -> Condition {
        match self.found {
            Found::Missing | Found::Denied => Condition::New,
            Found::Stale { etag: Some(etag) } => Condition::Replaces(etag.clone()),
            Found::Stale { etag: None } => Condition::Any,
        }
    }

    /// Whether the original is still the one that was read, as far as S3 tells soon.
    async fn is_current(&self, deadline: Instant) -> bool {
        let soon = deadline.min(Instant::now() + PATIENCE);
        timeout_at(soon.into(), self.is_unchanged()).await.unwrap_or(false)
    }

    /// Whether the original is still the one that was read. Where S3 does not say, it is not taken for granted.
    async fn is_unchanged(&self) -> bool {
        if self.config.originals == Originals::Immutable {
            return true;
        }
        self.store.head(self.original).await.is_ok_and(|now| now.etag == self.source.etag)
    }
}

fn attributes(format: Format, source: &Facts, is_truncated: bool, config: &Config) -> Attributes {
    let metadata = [
        (PIPELINE_KEY, PIPELINE.to_string()),
        (SOURCE_ETAG, source.etag.clone().unwrap_or_default()),
        (SOURCE_LAST_MODIFIED, source.last_modified.clone().unwrap_or_default()),
    ];
    let truncated = is_truncated.then(|| (TRUNCATED, "1".to_owned()));
    Attributes {
        content_type: format.mime().to_owned(),
        cache_control: Some(cache_control(if is_truncated { unsure(config) } else { config.max_age })),
        metadata: metadata.into_iter().chain(truncated).map(|(name, value)| (name.to_owned(), value)).collect(),
        tags: tags(),
    }
}
