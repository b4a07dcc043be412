//! Writing a variant, so that no stored variant claims an original from which it was not rendered.

use std::time::{Duration, Instant};

use bytes::Bytes;
use ridge_contract::{Config, Format, Key, Originals};
use ridge_store::{Attributes, Condition, Error, Metadata, Store};
use tokio::time::timeout_at;

use crate::max_age::{cache_control, uncertain};
use crate::provenance::{PIPELINE, PIPELINE_KEY, Provenance, SOURCE_ETAG, SOURCE_LAST_MODIFIED, TRUNCATED, tags};
use crate::refusal::Refusal;

/// What the store has at the variant's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Present {
    /// No object.
    Nothing,
    /// Access was denied: there may be an object.
    Denied,
    /// An object that is to be replaced, with its ETag.
    Replaceable { etag: Option<String> },
}

/// A variant that has been stored.
pub(crate) struct Stored {
    pub(crate) etag: String,
    /// Whether the original is still the one that was rendered.
    pub(crate) is_current: bool,
}

/// The metadata of the original counts as current for this time: its event and the purge take longer.
const RECENT: Duration = Duration::from_millis(300);
/// How long the response waits for the original's metadata once the variant is stored.
const PATIENCE: Duration = Duration::from_secs(1);

/// Writes to the key of one variant.
pub(crate) struct Writer<'a> {
    pub(crate) store: &'a dyn Store,
    pub(crate) original: &'a Key,
    pub(crate) object: &'a Key,
    /// The metadata of the bytes that were read.
    pub(crate) source: &'a Metadata,
    pub(crate) present: &'a Present,
    pub(crate) config: &'a Config,
    pub(crate) deadline: Instant,
}

impl Writer<'_> {
    /// Stores the variant. Meanwhile the original is compared again: it may have been replaced since it was read, and its
    /// purge may already be complete. If the write took long, it is compared once more.
    ///
    /// # Errors
    ///
    /// A text for the log.
    pub(crate) async fn variant(&self, format: Format, bytes: Bytes, is_truncated: bool) -> Result<Stored, String> {
        let attributes = attributes(format, self.source, is_truncated, self.config);
        let began = Instant::now();
        let put = timeout_at(self.deadline.into(), self.put(bytes, &attributes));
        let (put, mut is_current) = tokio::join!(put, self.is_current());
        let etag = put.map_err(|_| "the variant could not be stored in time".to_owned())?;
        let etag = etag.map_err(|error| error.to_string())?;
        if is_current && began.elapsed() > RECENT {
            is_current = self.is_current().await;
        }
        Ok(Stored { etag, is_current })
    }

    /// Stores a refusal.
    ///
    /// # Errors
    ///
    /// A text for the log.
    pub(crate) async fn refusal(&self, refusal: &Refusal) -> Result<(), String> {
        let put = timeout_at(self.deadline.into(), self.put(refusal.text().into(), &refusal.attributes())).await;
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
        // Another writer was faster. Its variant is as good as this one if it read the same bytes. If it read different
        // bytes, the original decides which variant is right.
        let other = match self.store.head(self.object).await {
            // It has deleted the variant.
            Err(Error::NotFound { .. }) => return put(Condition::New).await,
            other => other?,
        };
        let is_as_good =
            Provenance::of(&other).is_some_and(|provenance| provenance.stale_reason(self.source).is_none());
        match other.etag {
            Some(etag) if is_as_good => Ok(etag),
            Some(etag) if self.is_unchanged().await => put(Condition::Replaces(etag)).await,
            _ => Err(changed),
        }
    }

    fn condition(&self) -> Condition {
        match self.present {
            Present::Nothing | Present::Denied => Condition::New,
            Present::Replaceable { etag: Some(etag) } => Condition::Replaces(etag.clone()),
            Present::Replaceable { etag: None } => Condition::Any,
        }
    }

    /// Returns whether the original is unchanged, as far as the store answers soon.
    async fn is_current(&self) -> bool {
        let soon = self.deadline.min(Instant::now() + PATIENCE);
        timeout_at(soon.into(), self.is_unchanged()).await.unwrap_or(false)
    }

    /// Returns whether the original is the one that was read; `false` if the store does not answer.
    async fn is_unchanged(&self) -> bool {
        if self.config.originals == Originals::Immutable {
            return true;
        }
        self.store.head(self.original).await.is_ok_and(|now| now.etag == self.source.etag)
    }
}

fn attributes(format: Format, source: &Metadata, is_truncated: bool, config: &Config) -> Attributes {
    let metadata = [
        (PIPELINE_KEY, PIPELINE.to_string()),
        (SOURCE_ETAG, source.etag.clone().unwrap_or_default()),
        (SOURCE_LAST_MODIFIED, source.last_modified.clone().unwrap_or_default()),
    ];
    let truncated = is_truncated.then(|| (TRUNCATED, "1".to_owned()));
    Attributes {
        content_type: format.mime().to_owned(),
        cache_control: Some(cache_control(if is_truncated { uncertain(config) } else { config.max_age })),
        user_metadata: metadata.into_iter().chain(truncated).map(|(name, value)| (name.to_owned(), value)).collect(),
        tags: tags(),
    }
}
