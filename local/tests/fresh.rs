//! Stored variants and their originals: replaced, deleted, changed under way. CloudFront's cache is emptied by a restart.

use std::path::Path;
use std::time::Duration;

use ridge_contract::Key;
use ridge_engine::{PIPELINE, PIPELINE_KEY, SOURCE_ETAG};
use ridge_store::{Attributes, Error, Metadata, S3Store, Store as _};
use tempfile::tempdir;

use crate::support::http_client::Answer;
use crate::support::proxy::{Fault, Proxy, Rule};
use crate::support::{Ridge, before, pictures, tags};

const URL: &str = "/cat.jpg?w=40";
const YEAR: &str = "public, max-age=31536000";
const MINUTE: &str = "public, max-age=60";

fn original() -> Key {
    Key::new("cat.jpg").unwrap()
}

fn variant() -> Key {
    Key::new("w_40/webp/cat.jpg").unwrap()
}

async fn upload(store: &S3Store, sample: &str) -> String {
    store.put(&original(), pictures::sample(sample).into(), &Attributes::default()).await.unwrap()
}

async fn stored(store: &S3Store) -> Metadata {
    store.head(&variant()).await.unwrap()
}

/// By the function, not from S3.
fn is_made(answer: &Answer) -> bool {
    answer.header("server-timing").contains("encode")
}

/// A distribution of its own before the S3 of another, with nothing in its cache.
fn beside(ridge: &Ridge, data: &Path, arguments: &[&str]) -> Ridge {
    let external = ["--s3-endpoint", &ridge.s3, "--bucket", local::s3::BUCKET];
    Ridge::serve(data, &[&external, arguments].concat())
}

#[tokio::test]
async fn a_replaced_original_makes_its_variants_anew() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let store = ridge.store();
    upload(&store, "dandelion.jpg").await;
    let old = ridge.get(URL).await;
    assert!(old.status == 200 && is_made(&old), "{}", old.text());

    let again = beside(&ridge, data.path(), &[]).get(URL).await;
    assert!(!is_made(&again) && again.body == old.body, "S3's own is current");
    assert_eq!(again.header("cache-control"), YEAR);

    let etag = upload(&store, "brushes.jpg").await;
    let new = beside(&ridge, data.path(), &[]).get(URL).await;
    assert!(new.status == 200 && is_made(&new) && new.body != old.body);
    assert_eq!(new.header("cache-control"), YEAR);
    let facts = stored(&store).await;
    assert_eq!((facts.user_metadata[SOURCE_ETAG].as_str(), facts.etag.as_deref()), (&*etag, Some(new.header("etag"))));
    assert_eq!(tags(&ridge.s3, local::s3::BUCKET, variant().as_str()).await.len(), 1);
    let settled = beside(&ridge, data.path(), &[]).get(URL).await;
    assert!(!is_made(&settled) && settled.body == new.body);
}

#[tokio::test]
async fn a_deleted_original_takes_its_variants_along() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let store = ridge.store();
    upload(&store, "dandelion.jpg").await;
    assert_eq!(ridge.get(URL).await.status, 200);
    store.delete(&original()).await.unwrap();
    let gone = beside(&ridge, data.path(), &[]).get(URL).await;
    assert_eq!((gone.status, gone.text()), (404, "there is no original cat.jpg\n"));
    assert_eq!(gone.header("cache-control"), "max-age=10");
    assert_eq!(store.head(&variant()).await.unwrap_err(), Error::NotFound { key: variant() });
}

#[tokio::test]
async fn what_another_pipeline_made_is_made_anew() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let store = ridge.store();
    let etag = upload(&store, "dandelion.jpg").await;
    let mark = |pipeline: u32| {
        [(SOURCE_ETAG, etag.clone()), (PIPELINE_KEY, pipeline.to_string())].map(|(k, v)| (k.into(), v)).into()
    };
    for (metadata, is_current) in [(mark(PIPELINE), true), (mark(PIPELINE - 1), false), ([].into(), false)] {
        let attributes =
            Attributes { content_type: "image/webp".into(), user_metadata: metadata, ..Attributes::default() };
        store.put(&variant(), "stored".into(), &attributes).await.unwrap();
        let answer = beside(&ridge, data.path(), &[]).get(URL).await;
        assert_eq!((answer.status, answer.body == "stored"), (200, is_current), "{attributes:?}");
    }
    assert_eq!(stored(&store).await.user_metadata[PIPELINE_KEY], PIPELINE.to_string());
}

#[tokio::test]
async fn where_originals_are_immutable_nobody_asks() {
    let data = tempdir().unwrap();
    let behind = Ridge::serve(data.path(), &[]);
    upload(&behind.store(), "dandelion.jpg").await;
    let config = data.path().join("policy.json");
    std::fs::write(&config, r#"{"originals": "immutable"}"#).unwrap();
    let policy = ["--config", config.to_str().unwrap()];
    let proxy = Proxy::start(&behind.s3, vec![]).await;
    let old = before(&proxy, data.path(), &policy).get(URL).await;
    upload(&behind.store(), "brushes.jpg").await;
    let same = before(&proxy, data.path(), &policy).get(URL).await;
    assert!(!is_made(&same) && same.body == old.body);
    assert_eq!(proxy.count("HEAD"), 0);

    let old = Attributes {
        user_metadata: [(SOURCE_ETAG.into(), "any".into()), (PIPELINE_KEY.into(), "0".into())].into(),
        ..Attributes::default()
    };
    behind.store().put(&variant(), "stored".into(), &old).await.unwrap();
    assert!(is_made(&before(&proxy, data.path(), &policy).get(URL).await), "by another pipeline");
}

#[tokio::test]
async fn a_large_variant_that_cannot_be_replaced_is_an_error() {
    let data = tempdir().unwrap();
    let behind = Ridge::serve(data.path(), &[]);
    let upload = async |bytes| behind.store().put(&original(), bytes, &Attributes::default()).await.unwrap();
    upload(pictures::noise(700, 500).into()).await;
    assert_eq!(behind.get("/cat.jpg?f=png").await.status, 302);
    upload(pictures::noise(700, 501).into()).await;
    let rules = vec![Rule::new("PUT", "/cat.jpg", Fault::Status(503))];
    let proxy = Proxy::start(&behind.s3, rules).await;
    let answer = before(&proxy, data.path(), &[]).get("/w_auto/png/cat.jpg").await;
    assert_eq!((answer.status, answer.header("cache-control")), (503, "no-store"));
}

/// S3 has the original, so it is known that the stored variant shows what shall not be shown any more. The original is
/// a small file, read at once, whose encoding takes minutes.
#[tokio::test]
async fn what_cannot_be_made_anew_in_time_is_not_served_as_it_was() {
    let data = tempdir().unwrap();
    let config = data.path().join("policy.json");
    let policy = r#"{"maxSourcePixels": 40000000, "maxVariantPixels": 40000000, "maxAvifPixels": 40000000,
        "effort": {"avif": 9, "webp": 6}}"#;
    std::fs::write(&config, policy).unwrap();
    let behind = Ridge::serve(data.path(), &["--config", config.to_str().unwrap()]);
    let upload = async |bytes| behind.store().put(&original(), bytes, &Attributes::default()).await.unwrap();
    upload(pictures::noise(50, 50).into()).await;
    assert_eq!(behind.get("/cat.jpg?f=avif").await.status, 200);
    upload(pictures::turned_noise(5000, 4900).into()).await;
    let arguments = ["--config", config.to_str().unwrap(), "--timeout", "3"];
    let answer = beside(&behind, data.path(), &arguments).get("/cat.jpg?f=avif").await;
    assert_eq!((answer.status, answer.header("cache-control")), (503, "max-age=60"), "{}", answer.text());
    assert_eq!(answer.text(), "rendering exceeded the time limit; request a smaller size\n");
}

#[tokio::test]
async fn while_s3_does_not_tell_what_is_stored_is_served_for_a_minute() {
    let data = tempdir().unwrap();
    let behind = Ridge::serve(data.path(), &[]);
    upload(&behind.store(), "dandelion.jpg").await;
    let old = behind.get(URL).await;
    upload(&behind.store(), "brushes.jpg").await;
    for method in ["HEAD", "GET"] {
        let rules = vec![Rule::new(method, "/ridge/cat.jpg", Fault::Status(503))];
        let proxy = Proxy::start(&behind.s3, rules).await;
        let answer = before(&proxy, data.path(), &[]).get(URL).await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, MINUTE), "{method} fails");
        assert_eq!(answer.body, old.body, "{method} fails");
    }
    let new = beside(&behind, data.path(), &[]).get(URL).await;
    assert!(is_made(&new) && new.body != old.body);
}

/// HEAD says the same of a bucket that is not there as of an object, and denials say nothing at all.
#[tokio::test]
async fn a_variant_is_removed_only_where_s3_says_that_there_is_no_original() {
    let data = tempdir().unwrap();
    let behind = Ridge::serve(data.path(), &[]);
    upload(&behind.store(), "dandelion.jpg").await;
    let made = behind.get(URL).await;
    for status in [404, 403] {
        let rule = |method| Rule::new(method, "/ridge/cat.jpg", Fault::Status(status));
        let proxy = Proxy::start(&behind.s3, vec![rule("HEAD"), rule("GET")]).await;
        let answer = before(&proxy, data.path(), &[]).get(URL).await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, MINUTE), "{status}");
        assert_eq!((&answer.body, proxy.count("DELETE")), (&made.body, 0), "{status}");
    }
    stored(&behind.store()).await;
    behind.store().delete(&original()).await.unwrap();
    assert_eq!(beside(&behind, data.path(), &[]).get(URL).await.status, 404);
    assert!(behind.keys("w_").await.is_empty(), "its original is really gone");
}

#[tokio::test]
async fn a_304_of_s3_is_looked_into_too() {
    let data = tempdir().unwrap();
    let config = data.path().join("policy.json");
    std::fs::write(&config, r#"{"maxAge": 1}"#).unwrap();
    let ridge = Ridge::serve(data.path(), &["--config", config.to_str().unwrap()]);
    upload(&ridge.store(), "dandelion.jpg").await;
    let old = ridge.get(URL).await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let same = ridge.get(URL).await;
    assert_eq!((same.status, same.found(), same.body == old.body), (200, "Refresh", true));
    upload(&ridge.store(), "brushes.jpg").await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let new = ridge.get(URL).await;
    assert_eq!((new.status, new.found(), is_made(&new)), (200, "Miss", true));
    assert_ne!(new.body, old.body);
}

/// What is uncertain is never kept longer than what is certain; and what is certain, as long as the configuration says
/// now, not as it said when the variant was stored.
#[tokio::test]
async fn the_configuration_of_today_says_how_long() {
    let data = tempdir().unwrap();
    let behind = Ridge::serve(data.path(), &[]);
    upload(&behind.store(), "dandelion.jpg").await;
    assert_eq!(behind.get(URL).await.header("cache-control"), YEAR);
    let config = data.path().join("policy.json");
    std::fs::write(&config, r#"{"maxAge": 5}"#).unwrap();
    let policy = ["--config", config.to_str().unwrap()];
    assert_eq!(beside(&behind, data.path(), &policy).get(URL).await.header("cache-control"), "public, max-age=5");
    let proxy = Proxy::start(&behind.s3, vec![Rule::new("HEAD", "/ridge/cat.jpg", Fault::Status(503))]).await;
    let unchecked = before(&proxy, data.path(), &policy).get(URL).await;
    assert_eq!((unchecked.status, unchecked.header("cache-control")), (200, "public, max-age=5"));
}

/// A distribution that reads the original of this moment, and goes on with it when the proxy lets it.
async fn slow_reader(behind: &Ridge, data: &Path) -> (Ridge, Proxy) {
    let proxy = Proxy::start(&behind.s3, vec![Rule::new("GET", "/ridge/cat.jpg", Fault::Hold)]).await;
    (before(&proxy, data, &[]), proxy)
}

/// What happens while the proxy holds an answer.
async fn meanwhile<T>(proxy: &Proxy, happens: impl Future<Output = T>) -> T {
    proxy.until_held().await;
    let happened = happens.await;
    proxy.release();
    happened
}

#[tokio::test]
async fn an_original_replaced_under_way_leaves_nothing_that_claims_to_be_current() {
    let data = tempdir().unwrap();
    let behind = Ridge::serve(data.path(), &[]);
    let store = behind.store();
    let read = upload(&store, "dandelion.jpg").await;
    let (slow, proxy) = slow_reader(&behind, data.path()).await;
    let (old, _) = tokio::join!(slow.get(URL), meanwhile(&proxy, upload(&store, "brushes.jpg")));
    assert_eq!((old.status, old.header("cache-control")), (200, MINUTE), "its purge may be over");
    assert_eq!(stored(&store).await.user_metadata[SOURCE_ETAG], read, "of the bytes that were read");
    let new = beside(&behind, data.path(), &[]).get(URL).await;
    assert!(is_made(&new) && new.body != old.body);
}

/// S3 is asked again where storing took long: what it said before is of no use then.
#[tokio::test]
async fn an_original_replaced_while_its_variant_is_stored_is_noticed() {
    let data = tempdir().unwrap();
    let behind = Ridge::serve(data.path(), &[]);
    upload(&behind.store(), "dandelion.jpg").await;
    let proxy = Proxy::start(&behind.s3, vec![Rule::new("PUT", "", Fault::Hold)]).await;
    let slow = before(&proxy, data.path(), &[]);
    let replaced = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        upload(&behind.store(), "brushes.jpg").await
    };
    let (old, _) = tokio::join!(slow.get(URL), meanwhile(&proxy, replaced));
    assert_eq!((old.status, old.header("cache-control")), (200, MINUTE));
}

#[tokio::test]
async fn an_original_that_cannot_be_looked_at_again_keeps_nothing_back() {
    let data = tempdir().unwrap();
    let behind = Ridge::serve(data.path(), &[]);
    behind.store().put(&original(), pictures::noise(700, 500).into(), &Attributes::default()).await.unwrap();
    let hangs = Fault::Latency(Duration::from_secs(30));
    let proxy = Proxy::start(&behind.s3, vec![Rule::new("HEAD", "/ridge/cat.jpg", hangs)]).await;
    let ridge = before(&proxy, data.path(), &["--timeout", "8"]);
    let (small, large) = (ridge.get(URL).await, ridge.get("/cat.jpg?f=png").await);
    assert_eq!((small.status, small.header("cache-control")), (200, MINUTE));
    assert!(!small.header("etag").is_empty(), "it is stored");
    assert_eq!((large.status, large.header("location")), (302, "/w_auto/png/cat.jpg"));
}

#[tokio::test]
async fn a_late_writer_of_old_bytes_does_not_overwrite_new_ones() {
    let data = tempdir().unwrap();
    let behind = Ridge::serve(data.path(), &[]);
    let store = behind.store();
    upload(&store, "dandelion.jpg").await;
    let (slow, proxy) = slow_reader(&behind, data.path()).await;
    let replaced = async {
        upload(&store, "brushes.jpg").await;
        behind.get(URL).await
    };
    let (old, new) = tokio::join!(slow.get(URL), meanwhile(&proxy, replaced));
    assert_eq!((new.status, new.header("cache-control")), (200, YEAR));
    assert_eq!((old.status, old.header("cache-control"), old.header("etag")), (200, MINUTE, ""));
    assert_ne!(old.body, new.body);
    assert_eq!(stored(&store).await.etag.as_deref(), Some(new.header("etag")));
}

#[tokio::test]
async fn of_two_writers_of_the_same_bytes_both_are_right() {
    let data = tempdir().unwrap();
    let behind = Ridge::serve(data.path(), &[]);
    upload(&behind.store(), "dandelion.jpg").await;
    let (slow, proxy) = slow_reader(&behind, data.path()).await;
    let (late, early) = tokio::join!(slow.get(URL), meanwhile(&proxy, behind.get(URL)));
    for answer in [&late, &early] {
        assert_eq!((answer.status, answer.header("cache-control")), (200, YEAR));
        assert!(is_made(answer));
    }
    assert_eq!(late.header("etag"), early.header("etag"));
    assert_eq!(late.body, early.body);
}
