//! An original that is replaced or deleted through S3 is gone from CloudFront, with all its variants.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use bytes::Bytes;
use shared::{CacheTag, Key};
use store::Attributes;
use support::{CHROME, Ridge, pictures};
use tempfile::tempdir;

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

async fn put(ridge: &Ridge, name: &str, bytes: impl Into<Bytes>) {
    let attributes = Attributes { content_type: "image/jpeg".into(), ..Attributes::default() };
    ridge.store().put(&key(name), bytes.into(), &attributes).await.unwrap();
}

/// The path of a variant of an original, and where S3 keeps it.
const VARIANTS: [(&str, &str); 2] =
    [("/mine/a,b.jpg?w=60", "w_60/webp/mine/a,b.jpg"), ("/mine/a,b.jpg?w=30&h=30", "w_30/h_30/webp/mine/a,b.jpg")];
const ORIGINAL: &str = "/mine/a,b.jpg";
const OTHERS: [&str; 2] = ["/photos/drum.jpg?w=60", "/photos/mark.png"];

/// A `ridge serve` that has all of them cached.
async fn warm(data: &std::path::Path) -> Ridge {
    let ridge = Ridge::serve(data, &[]);
    put(&ridge, "mine/a,b.jpg", pictures::sample("brook.jpg")).await;
    for path in VARIANTS.map(|(path, _)| path).into_iter().chain([ORIGINAL]).chain(OTHERS) {
        assert_eq!(ridge.get(path).await.found(), "Miss", "{path}");
        assert_eq!(ridge.get(path).await.found(), "Hit", "{path}");
    }
    assert_eq!(ridge.send("HEAD", ORIGINAL, &[CHROME]).await.found(), "Hit");
    ridge
}

#[tokio::test]
async fn a_replaced_original_is_seen_at_once_and_others_stay() {
    let data = tempdir().unwrap();
    let ridge = warm(data.path()).await;
    let before = ridge.get(VARIANTS[0].0).await;
    assert_eq!(before.header("cache-tag"), CacheTag::of(&key("mine/a,b.jpg")).as_str());
    put(&ridge, "mine/a,b.jpg", pictures::sample("mark.png")).await;
    for (path, _) in VARIANTS {
        let after = ridge.get(path).await;
        assert_eq!((after.status, after.found()), (200, "Miss"), "{path}");
        assert_ne!(after.body, before.body);
    }
    assert_ne!(ridge.get(VARIANTS[0].0).await.picture(), before.picture(), "another shape");
    let original = ridge.get(ORIGINAL).await;
    assert_eq!((original.found(), &*original.body), ("Miss", &*pictures::sample("mark.png")));
    for path in OTHERS {
        assert_eq!(ridge.get(path).await.found(), "Hit", "{path}");
    }
}

#[tokio::test]
async fn a_deleted_original_is_gone_at_once() {
    let data = tempdir().unwrap();
    let ridge = warm(data.path()).await;
    ridge.store().delete(&key("mine/a,b.jpg")).await.unwrap();
    for path in VARIANTS.map(|(path, _)| path).into_iter().chain([ORIGINAL]) {
        let gone = ridge.get(path).await;
        assert_eq!((gone.status, gone.found()), (404, "Miss"), "{path}: {}", gone.text());
    }
    for path in OTHERS {
        assert_eq!(ridge.get(path).await.found(), "Hit", "{path}");
    }
}

#[tokio::test]
async fn errors_are_forgotten_too() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let get = async || ridge.get("/new.jpg?w=20").await;
    assert_eq!((get().await.status, get().await.found()), (404, "Hit"));
    put(&ridge, "new.jpg", "no picture").await;
    assert_eq!((get().await.status, get().await.found()), (415, "Hit"), "kept for 5 minutes");
    put(&ridge, "new.jpg", pictures::sample("brook.jpg")).await;
    assert_eq!(get().await.status, 200);
}

#[tokio::test]
async fn by_hand_and_only_what_is_named() {
    let data = tempdir().unwrap();
    let ridge = warm(data.path()).await;
    let said = ridge.purge(&["mine/a,b.jpg", "not/there.jpg"]).await;
    let tag = CacheTag::of(&key("mine/a,b.jpg"));
    assert!(said.starts_with(&format!("mine/a,b.jpg ({tag})\nnot/there.jpg (ridge-")), "{said}");
    ridge.logged(&["invalidated 3: ", tag.as_str()]).await;
    for path in VARIANTS.map(|(path, _)| path).into_iter().chain([ORIGINAL]) {
        assert_eq!(ridge.get(path).await.found(), "Miss", "{path}");
    }
    for path in OTHERS {
        assert_eq!(ridge.get(path).await.found(), "Hit", "{path}");
    }
}

#[tokio::test]
async fn variants_are_no_news() {
    let data = tempdir().unwrap();
    let ridge = warm(data.path()).await;
    put(&ridge, VARIANTS[0].1, "x").await;
    for path in VARIANTS.map(|(path, _)| path).into_iter().chain([ORIGINAL]) {
        assert_eq!(ridge.get(path).await.found(), "Hit", "{path}");
    }
    let purged: Vec<_> = ridge.lines().into_iter().filter(|line| line.starts_with("invalidated")).collect();
    assert_eq!(purged.len(), 1, "only the upload of the original: {purged:?}");
}

#[tokio::test]
async fn an_upload_that_is_refused_changes_nothing() {
    let data = tempdir().unwrap();
    let ridge = warm(data.path()).await;
    let client = store::connect(local::s3::REGION, Some(&ridge.s3), support::credentials());
    let put = client.put_object().bucket(local::s3::BUCKET).key("mine/a,b.jpg").if_none_match("*");
    assert!(put.body(Bytes::from_static(b"x").into()).send().await.is_err());
    assert_eq!(ridge.get(ORIGINAL).await.found(), "Hit");
}
