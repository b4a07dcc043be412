//! Storing a variant, so that what is stored never claims to be of an original that it was not made of.

use std::time::Instant;

use bytes::Bytes;
use shared::{Config, Format, Key, Originals};
use store::{Attributes, Condition, Error, Facts, Store};
use tokio::time::timeout_at;

use crate::fresh::{Mark, PIPELINE, PIPELINE_KEY, SOURCE_ETAG, SOURCE_LAST_MODIFIED};
use crate::make::cache_control;

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
    /// Stores it, or says why not. The original is looked at again meanwhile, which takes no time of its own: it may
    /// have been replaced since it was read, and its purge may already be over.
    pub(crate) async fn store(&self, format: Format, bytes: Bytes, deadline: Instant) -> Result<Kept, String> {
        let attributes = attributes(format, self.source, self.config);
        let all = async {
            let put = self.put(bytes, &attributes);
            let (put, is_current) = tokio::join!(put, self.is_current());
            Ok::<_, Error>(Kept::Stored { etag: put?, is_current })
        };
        let kept = timeout_at(deadline.into(), all).await;
        kept.map_err(|_| "the variant could not be stored in time".to_owned())?.map_err(|error| error.to_string())
    }

    async fn put(&self, bytes: Bytes, attributes: &Attributes) -> Result<String, Error> {
        let condition = match self.found {
            Found::Missing | Found::Denied => Condition::New,
            Found::Stale { etag: Some(etag) } => Condition::Replaces(etag.clone()),
            Found::Stale { etag: None } => Condition::Any,
        };
        let put = self.store.put_if(self.object, bytes.clone(), attributes, &condition).await;
        let Err(Error::Changed { key }) = put else { return put };
        // Another writer was faster: as good as ours if it read the same bytes. If it read others, the original says who
        // is right.
        let other = self.store.head(self.object).await?;
        let mark = Mark::of_source(self.source);
        match other.etag {
            Some(etag) if mark.is_some() && Mark::of_variant(&Facts { etag: None, ..other }) == mark => Ok(etag),
            Some(etag) if self.is_current().await => {
                self.store.put_if(self.object, bytes, attributes, &Condition::Replaces(etag)).await
            }
            _ => Err(Error::Changed { key }),
        }
    }

    /// Whether the original is still the one that was read. Where S3 does not say, it is not taken for granted.
    async fn is_current(&self) -> bool {
        if self.config.originals == Originals::Immutable {
            return true;
        }
        self.store.head(self.original).await.is_ok_and(|now| now.etag == self.source.etag)
    }
}

fn attributes(format: Format, source: &Facts, config: &Config) -> Attributes {
    let metadata = [
        (PIPELINE_KEY, PIPELINE.to_owned()),
        (SOURCE_ETAG, source.etag.clone().unwrap_or_default()),
        (SOURCE_LAST_MODIFIED, source.last_modified.clone().unwrap_or_default()),
    ];
    Attributes {
        content_type: format.mime().to_owned(),
        cache_control: Some(cache_control(config.max_age)),
        metadata: metadata.map(|(name, value)| (name.to_owned(), value)).into(),
        tags: [("ridge".to_owned(), "variant".to_owned())].into(),
    }
}
