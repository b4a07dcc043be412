//! Truncated originals: their variants are cached for a minute, when they are rendered and when they are stored.

use std::path::Path;

use ridge_contract::Key;
use ridge_engine::{PIPELINE, PIPELINE_KEY, SOURCE_ETAG};
use ridge_store::{Attributes, Store as _};
use tempfile::tempdir;

use crate::support::{Ridge, pictures};

const URL: &str = "/a.jpg?w=40";
const MINUTE: &str = "public, max-age=60";
const YEAR: &str = "public, max-age=31536000";

fn key(name: &str) -> Key {
    Key::new(name).unwrap()
}

/// Starts a distribution with an empty cache.
fn beside(ridge: &Ridge, data: &Path) -> Ridge {
    Ridge::serve(data, &["--s3-endpoint", &ridge.s3, "--bucket", local::s3::BUCKET])
}

#[tokio::test]
async fn variants_of_truncated_originals_are_cached_briefly() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let whole = pictures::sample("dandelion.jpg");
    let cut = whole[..whole.len() * 9 / 10].to_vec();
    ridge.store().put(&key("a.jpg"), cut.into(), &Attributes::default()).await.unwrap();
    let first = ridge.get(URL).await;
    assert_eq!((first.status, first.header("cache-control")), (200, MINUTE), "{}", first.text());
    let stored = ridge.store().head(&key("w_40/webp/a.jpg")).await.unwrap();
    assert_eq!((stored.user_metadata["truncated"].as_str(), stored.cache_control.as_deref()), ("1", Some(MINUTE)));
    let again = beside(&ridge, data.path()).get(URL).await;
    assert_eq!((again.status, again.header("cache-control")), (200, MINUTE));
    assert!(!again.header("server-timing").contains("encode") && again.body == first.body, "the variant is stored");

    ridge.store().put(&key("a.jpg"), whole.into(), &Attributes::default()).await.unwrap();
    let mended = beside(&ridge, data.path()).get(URL).await;
    assert_eq!((mended.status, mended.header("cache-control")), (200, YEAR));
    assert!(!ridge.store().head(&key("w_40/webp/a.jpg")).await.unwrap().user_metadata.contains_key("truncated"));
}

#[tokio::test]
async fn stored_variants_of_truncated_originals_are_marked() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let original = pictures::sample("brook.jpg");
    let etag = ridge.store().put(&key("a.jpg"), original.into(), &Attributes::default()).await.unwrap();
    let mark = |truncated: Option<&str>| {
        let always = [(SOURCE_ETAG, etag.clone()), (PIPELINE_KEY, PIPELINE.to_string())];
        let truncated = truncated.map(|value| ("truncated", value.to_owned()));
        always.into_iter().chain(truncated).map(|(name, value)| (name.to_owned(), value)).collect()
    };
    for (truncated, cache_control) in [(Some("1"), MINUTE), (None, YEAR)] {
        let attributes =
            Attributes { content_type: "image/webp".into(), user_metadata: mark(truncated), ..Attributes::default() };
        ridge.store().put(&key("w_40/webp/a.jpg"), pictures::sample("mark.webp").into(), &attributes).await.unwrap();
        let answer = beside(&ridge, data.path()).get(URL).await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, cache_control), "{truncated:?}");
    }
}
