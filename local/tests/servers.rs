//! The same tests against two independent S3 servers over HTTP: the embedded one, and moto's.

use ridge_contract::Key;
use ridge_engine::{SOURCE_ETAG, SOURCE_LAST_MODIFIED};
use ridge_store::{Attributes, Error, S3Store, Store as _};
use tempfile::tempdir;

#[path = "../../shared/store/tests/contract.rs"]
mod contract;

use crate::support::moto::{self, Moto};
use crate::support::{Ridge, pictures, store_at, tags};

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

/// What both functions do, independent of the S3 server.
async fn story(ridge: &Ridge, store: &S3Store, bucket: &str) {
    let plain = Attributes { content_type: "image/jpeg".into(), ..Attributes::default() };
    for (name, bytes) in [
        ("mine/brushes + (1).jpg", pictures::sample("brushes.jpg")),
        ("mine/noise.png", pictures::noise(700, 500)),
        ("mine/text.jpg", b"text".to_vec()),
    ] {
        store.put(&key(name), bytes.into(), &plain).await.unwrap();
    }
    let made = ridge.get("/mine/brushes%20%2B%20(1).jpg?w=120&h=80&g=n").await;
    assert_eq!((made.status, made.found()), (200, "Miss"), "{}", made.text());
    assert_eq!(made.picture(), ("120x80".into(), "WebP"));
    let stored = store.get(&key("w_120/h_80/g_n/webp/mine/brushes + (1).jpg"), 1 << 20).await.unwrap();
    assert_eq!(stored.bytes, made.body);
    assert_eq!(stored.metadata.content_type.as_deref(), Some("image/webp"));
    let original = store.head(&key("mine/brushes + (1).jpg")).await.unwrap();
    assert_eq!(stored.metadata.user_metadata[SOURCE_ETAG], original.etag.unwrap());
    assert_eq!(stored.metadata.user_metadata[SOURCE_LAST_MODIFIED], original.last_modified.unwrap());

    // Lifecycle rules distinguish variants from originals by this tag.
    let tags = tags(&ridge.s3, bucket, "w_120/h_80/g_n/webp/mine/brushes + (1).jpg").await;
    assert_eq!(tags, [("ridge".to_owned(), "variant".to_owned())]);

    let large = ridge.get("/mine/noise.png?f=png").await;
    assert_eq!((large.status, large.header("location")), (302, "/w_auto/png/mine/noise.png"));
    let picture = ridge.get("/w_auto/png/mine/noise.png").await;
    assert_eq!((picture.status, picture.header("server-timing")), (200, "stored"), "S3 has it");
    assert_eq!(picture.picture().0, "700x500");

    assert_eq!(ridge.get("/mine/nothing.jpg?w=9").await.status, 404);
    assert_eq!(ridge.get("/mine/text.jpg?w=9").await.status, 415);
    assert_eq!(ridge.get("/mine/text.jpg").await.text(), "text");
    assert_eq!(ridge.get("/mine/nothing.jpg").await.status, 404);
    let refusal = store.head(&key("w_9/webp/mine/text.jpg")).await.unwrap();
    assert_eq!(refusal.user_metadata["refusal"], "notAnImage");
}

#[tokio::test]
async fn the_embedded_server() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    contract::contract(&ridge.store()).await;
    story(&ridge, &ridge.store(), local::s3::BUCKET).await;
}

#[tokio::test]
#[ignore = "needs moto"]
async fn the_server_of_moto() {
    let data = tempdir().unwrap();
    let moto = Moto::start().await;
    let store = store_at(&moto.endpoint, moto::BUCKET);
    contract::contract(&store).await;
    let ridge = Ridge::serve(data.path(), &["--s3-endpoint", &moto.endpoint, "--bucket", moto::BUCKET]);
    story(&ridge, &store, moto::BUCKET).await;
}

#[tokio::test]
async fn an_unreachable_server_does_not_mean_a_missing_object() {
    let store = store_at("http://127.0.0.1:9", "nowhere");
    let error = store.get(&key("x"), 1).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let bucket = store_at(&ridge.s3, "another-bucket");
    assert!(matches!(bucket.get(&key("x"), 1).await, Err(Error::Unavailable { .. })), "a missing bucket is not a 404");
}
