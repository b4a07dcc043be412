//! Placeholders and metadata, which are variants like others: through the distribution, into S3 and back.

use std::fs;

use ridge_contract::Key;
use ridge_engine::SOURCE_ETAG;
use ridge_store::{Attributes, Store as _};
use serde_json::Value;
use tempfile::tempdir;

use crate::support::{Ridge, pictures, tags};

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

#[tokio::test]
async fn metadata_variants_are_rendered_once_and_stored() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    for (format, mime, begin) in
        [("json", "application/json", "{\"width\":2400,"), ("thumbhash", "text/plain", "data:image/png;base64,")]
    {
        let url = format!("/photos/dandelion.jpg?f={format}&q=5");
        let made = ridge.get(&url).await;
        assert_eq!((made.status, made.found(), made.header("content-type")), (200, "Miss", mime), "{}", made.text());
        assert!(made.text().starts_with(begin), "{}", made.text());
        assert_eq!(made.header("cache-control"), "public, max-age=31536000");
        assert_eq!(
            (made.header("x-content-type-options"), made.header("server-timing").is_empty()),
            ("nosniff", false)
        );
        assert!(made.header("cache-tag").starts_with("ridge-"));
        // The canonical path is the same without q.
        for url in [format!("/photos/dandelion.jpg?f={format}"), format!("/w_auto/{format}/photos/dandelion.jpg")] {
            let again = ridge.get(&url).await;
            assert_eq!((again.status, again.found(), &again.body), (200, "Hit", &made.body), "{url}");
        }
        let object = format!("w_auto/{format}/photos/dandelion.jpg");
        let stored = ridge.store().get(&key(&object), 1 << 20).await.unwrap();
        assert_eq!((&stored.bytes, stored.metadata.content_type.as_deref()), (&made.body, Some(mime)));
        assert!(stored.metadata.user_metadata.contains_key(SOURCE_ETAG));
        let tags = tags(&ridge.s3, local::s3::BUCKET, &object).await;
        assert_eq!(tags, [("ridge".to_owned(), "variant".to_owned())]);
        ridge.purge(&["photos/dandelion.jpg"]).await;
        let from_s3 = ridge.get(&url).await;
        assert_eq!((from_s3.found(), from_s3.header("server-timing"), &from_s3.body), ("Miss", "stored", &made.body));
        assert_eq!(from_s3.header("content-type"), mime);
        let head = ridge.send("HEAD", &url, &[]).await;
        assert_eq!((head.status, head.body.len()), (200, 0));
    }
    let asked = [("accept", "application/json,text/plain;q=0.9")];
    let picture = ridge.send("GET", "/photos/dandelion.jpg?w=30", &asked).await;
    assert_eq!(picture.picture(), ("30x17".into(), "JPEG"), "Accept gets a picture");
    let cut: Value = serde_json::from_str(ridge.get("/photos/dandelion.jpg?f=json&w=30&h=20").await.text()).unwrap();
    assert_eq!((&cut["width"], &cut["height"], &cut["original"]["width"]), (&30.into(), &20.into(), &2400.into()));
}

#[tokio::test]
async fn errors_and_policy_are_those_of_images() {
    let data = tempdir().unwrap();
    fs::write(
        data.path().join("ridge.json"),
        r#"{"options": {"f": ["json"]}, "presets": {"blur-up": "w=40&h=30&f=thumbhash"}, "onError": "original", "auto": true}"#,
    )
    .unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let plain = Attributes { content_type: "image/jpeg".into(), ..Attributes::default() };
    let half = pictures::sample("dandelion.jpg");
    for (name, bytes) in [("text.jpg", b"text".to_vec()), ("broken.jpg", half[..half.len() / 50].to_vec())] {
        ridge.store().put(&key(name), bytes.into(), &plain).await.unwrap();
    }
    for (url, status, part) in [
        ("/text.jpg?f=json", 415, "the original is not a picture in a format that is read"),
        ("/text.jpg?p=blur-up", 415, "the original is not a picture"),
        ("/text.jpg?w=9", 302, ""),
        ("/nothing.jpg?f=json", 404, "there is no original nothing.jpg"),
        ("/photos/drum.jpg?f=thumbhash", 400, "f must be json; got \"thumbhash\""),
        ("/w_100/h_75/thumbhash/photos/drum.jpg", 200, "data:image/png;base64,"),
        ("/w_100/h_100/thumbhash/photos/drum.jpg", 400, "f must be json; got \"thumbhash\""),
        ("/w_auto/q_9/json/photos/drum.jpg", 400, "canonical spelling, which is /w_auto/json/photos/drum.jpg"),
        ("/photos/drum.jpg?p=blur-up", 200, "data:image/png;base64,"),
        ("/photos/drum.jpg?f=json", 200, "\"format\":\"jpeg\""),
    ] {
        let answer = ridge.get(url).await;
        assert_eq!(answer.status, status, "{url}: {}", answer.text());
        assert!(answer.text().contains(part), "{url}: {}", answer.text());
    }
    for name in ridge.keys("w_").await.into_iter().filter(|name| !name.ends_with("photos/drum.jpg")) {
        let stored = ridge.store().head(&key(&name)).await.unwrap();
        assert!(stored.user_metadata.contains_key("refusal"), "{name} is no remembered error");
    }
}

#[tokio::test]
async fn metadata_variants_follow_their_original() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let plain = Attributes { content_type: "image/png".into(), ..Attributes::default() };
    let width = async || {
        let told: Value = serde_json::from_str(ridge.get("/a.png?f=json").await.text()).unwrap();
        told["width"].as_u64()
    };
    for side in [40, 50] {
        ridge.store().put(&key("a.png"), pictures::noise(side, 20).into(), &plain).await.unwrap();
        assert_eq!(width().await, Some(side.into()));
    }
    ridge.store().delete(&key("a.png")).await.unwrap();
    assert_eq!(ridge.get("/a.png?f=json").await.status, 404);
    assert!(ridge.keys("w_").await.is_empty(), "{:?}", ridge.keys("w_").await);
}
