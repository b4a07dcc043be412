//! Listings of a bucket: originals, and the places where variants of one original may be stored.

use std::str::FromStr as _;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use ridge_contract::params::{NO_WIDTH, PARAMS, Param};
use ridge_contract::{Key, Output, VariantPath};
use ridge_store::{Error, Listed, Page, Store};

/// How many folders are listed concurrently.
const CONCURRENCY: usize = 16;

/// The beginning of the keys of all variants, and of some originals.
const VARIANTS: &str = "w_";

/// An original in a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Original {
    pub(crate) key: Key,
    /// With its quotation marks.
    pub(crate) etag: Option<String>,
    /// In bytes.
    pub(crate) size: u64,
}

impl Original {
    /// `None` for an object that cannot be an original.
    fn new(object: Listed) -> Option<Original> {
        let key = Key::new(object.key).ok().filter(|key| !key.is_reserved())?;
        Some(Original { key, etag: object.etag, size: object.size })
    }
}

/// Lists the originals whose keys begin with `prefix`, in the order of their keys. S3 returns a thousand objects a request.
pub(crate) async fn originals(store: &dyn Store, prefix: &str) -> Result<Vec<Original>, Error> {
    let pages: Vec<Page> = pages(store, prefix, None).try_collect().await?;
    Ok(pages.into_iter().flat_map(|page| page.objects).filter_map(Original::new).collect())
}

/// Lists the first originals, at most `max`, whose keys begin with `prefix` and that are called images.
pub(crate) async fn images(store: &dyn Store, prefix: &str, max: usize) -> Result<Vec<Key>, Error> {
    let mut pages = std::pin::pin!(pages(store, prefix, None));
    let mut keys = Vec::new();
    while let Some(page) = pages.try_next().await? {
        let originals = page.objects.into_iter().filter_map(Original::new);
        keys.extend(originals.map(|original| original.key).filter(Key::is_called_picture));
        if keys.len() >= max {
            keys.truncate(max);
            break;
        }
    }
    Ok(keys)
}

/// Lists the paths at which variants of an original may be stored. S3 finds keys by their beginning only, and a variant's key
/// ends with its original's. Therefore this lists the parameters that exist, level by level, like folders: one request for
/// each `w_…/h_…/` that any original has, however many originals there are.
pub(crate) async fn places(store: &dyn Store, original: &Key) -> Result<Vec<VariantPath>, Error> {
    let mut places = Vec::new();
    let mut level = vec![VARIANTS.to_owned()];
    while !level.is_empty() {
        let folders = stream::iter(level).map(|prefix| folders(store, prefix)).buffer_unordered(CONCURRENCY);
        let folders: Vec<Vec<String>> = folders.try_collect().await?;
        level = Vec::new();
        for folder in folders.into_iter().flatten() {
            let name = folder.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            if Output::from_str(name).is_ok() {
                let object = Key::new(format!("{folder}{original}")).ok();
                places.extend(object.and_then(|object| VariantPath::parse(&object.to_path()).ok()));
            } else if is_option(name) {
                level.push(folder);
            }
        }
    }
    places.retain(|place| place.original() == original);
    places.sort_by_cached_key(|place| (place.variant().options().width, place.to_string()));
    Ok(places)
}

async fn folders(store: &dyn Store, prefix: String) -> Result<Vec<String>, Error> {
    let pages: Vec<Page> = pages(store, &prefix, Some("/")).try_collect().await?;
    Ok(pages.into_iter().flat_map(|page| page.folders).collect())
}

/// Returns whether a segment can be a parameter in a variant's path. Folders of originals are not listed.
fn is_option(segment: &str) -> bool {
    segment.split_once('_').is_some_and(|(name, value)| {
        let is_value = |param: &Param| param.draft(value).is_some() || (name == "w" && value == NO_WIDTH);
        PARAMS.iter().any(|param| param.name == name && is_value(param))
    })
}

/// All pages of a listing. A server that repeats its continuation token would never end: that is an error.
fn pages<'a>(
    store: &'a dyn Store,
    prefix: &'a str,
    delimiter: Option<&'a str>,
) -> impl futures_util::Stream<Item = Result<Page, Error>> + 'a {
    // `None` before the first page, `Some(None)` after the last one.
    stream::try_unfold(None, move |state: Option<Option<String>>| async move {
        let after = match &state {
            Some(None) => return Ok(None),
            Some(Some(after)) => Some(after.as_str()),
            None => None,
        };
        let page = store.list(prefix, delimiter, after).await?;
        let next = page.next.clone();
        if next.is_some() && next.as_deref() == after {
            return Err(Error::NotListed { cause: "the server repeats its continuation token".to_owned() });
        }
        Ok(Some((page, Some(next))))
    })
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use bytes::Bytes;
    use ridge_store::{Attributes, Condition, MemoryStore, Metadata, Object};

    use super::*;

    /// A store with empty pages, whose server repeats its continuation token.
    #[derive(Debug, Default)]
    struct Repeating(MemoryStore);

    #[async_trait]
    impl Store for Repeating {
        async fn get(&self, key: &Key, max_bytes: u64) -> Result<Object, Error> {
            self.0.get(key, max_bytes).await
        }

        async fn head(&self, key: &Key) -> Result<Metadata, Error> {
            self.0.head(key).await
        }

        async fn is_missing(&self, key: &Key) -> Result<bool, Error> {
            self.0.is_missing(key).await
        }

        async fn put_if(&self, key: &Key, bytes: Bytes, with: &Attributes, on: &Condition) -> Result<String, Error> {
            self.0.put_if(key, bytes, with, on).await
        }

        async fn delete(&self, key: &Key) -> Result<(), Error> {
            self.0.delete(key).await
        }

        async fn list(&self, _: &str, _: Option<&str>, _: Option<&str>) -> Result<Page, Error> {
            Ok(Page { next: Some("again".to_owned()), ..Page::default() })
        }
    }

    #[tokio::test]
    async fn a_repeated_continuation_token_is_an_error() {
        let cause = "the server repeats its continuation token".to_owned();
        assert_eq!(originals(&Repeating::default(), "").await, Err(Error::NotListed { cause }));
    }
}
