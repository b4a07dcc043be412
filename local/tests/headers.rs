//! Headers that every response has, and headers that no response has: originals, new and stored variants, redirects,
//! refusals and errors.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use ridge_contract::Key;
use ridge_engine::{PIPELINE, PIPELINE_KEY, SOURCE_ETAG};
use ridge_store::{Attributes, Store as _};
use tempfile::{TempDir, tempdir};

use crate::support::http_client::Answer;
use crate::support::{Ridge, pictures};

const PAGE: &str = "<!doctype html><script>alert(1)</script>";

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

/// Starts a server with images and a page, in an S3 server that sends more headers than CloudFront should.
async fn serve() -> (TempDir, Ridge) {
    let data = tempdir().unwrap();
    let folder = data.path().join("originals");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("noise.png"), pictures::noise(700, 500)).unwrap();
    fs::write(folder.join("page.html"), PAGE).unwrap();
    fs::write(folder.join("drawing.svg"), "<svg xmlns='http://www.w3.org/2000/svg'/>").unwrap();
    let ridge = Ridge::serve(data.path(), &["--originals", folder.to_str().unwrap()]);
    let metadata: BTreeMap<_, _> = [("owner".to_owned(), "somebody".to_owned())].into();
    for name in ["cat.jpg", "plain"] {
        let attributes =
            Attributes { content_type: "image/jpeg".into(), user_metadata: metadata.clone(), ..Attributes::default() };
        ridge.store().put(&key(name), pictures::sample("brook.jpg").into(), &attributes).await.unwrap();
    }
    (data, ridge)
}

fn names(answer: &Answer) -> BTreeSet<String> {
    answer.headers.keys().map(|name| name.as_str().to_owned()).collect()
}

fn check(answer: &Answer, what: &str) {
    for (name, value) in ridge_cloudfront::ON_EVERY_ANSWER {
        let all: Vec<_> = answer.headers.get_all(name).iter().collect();
        assert_eq!(all, [value], "{what}: {name} in {:?}", answer.headers);
    }
    assert_eq!(answer.header("vary"), "Accept", "{what}");
    let told: Vec<_> = names(answer).into_iter().filter(|name| ridge_cloudfront::is_of_store(name)).collect();
    assert!(told.is_empty(), "{what}: {told:?}");
}

#[tokio::test]
async fn every_response_allows_other_origins_and_has_a_sandbox() {
    let (_data, ridge) = serve().await;
    for (url, status) in [
        ("/cat.jpg?w=20", 200),
        ("/cat.jpg?w=20&f=json", 200),
        ("/cat.jpg", 200),
        ("/page.html", 200),
        ("/drawing.svg", 200),
        ("/none.jpg", 404),
        ("/none.jpg?w=20", 404),
        ("/page.html?w=20", 415),
        ("/cat.jpg?w=0", 400),
        ("/w_020/webp/cat.jpg", 400),
    ] {
        for origin in [&[][..], &[("origin", "https://example.com")]] {
            let answer = ridge.send("GET", url, origin).await;
            assert_eq!(answer.status, status, "{url}: {:?}", answer.headers);
            check(&answer, url);
        }
        check(&ridge.send("HEAD", url, &[]).await, url);
    }
    // Too large for a generated response: a redirect to the stored variant.
    for (asked, status) in [("/noise.png?f=png", 302), ("/w_auto/png/noise.png", 200)] {
        let answer = ridge.get(asked).await;
        assert_eq!(answer.status, status, "{asked}");
        check(&answer, asked);
    }
    let etag = ridge.send("GET", "/cat.jpg?w=20", &[]).await.header("etag").to_owned();
    let same = ridge.send("GET", "/cat.jpg?w=20", &[("if-none-match", &etag)]).await;
    assert_eq!(same.status, 304);
    check(&same, "304");
}

#[tokio::test]
async fn first_and_second_response_have_the_same_headers() {
    let (_data, ridge) = serve().await;
    for url in ["/cat.jpg?w=20", "/cat.jpg?w=20&f=json", "/cat.jpg?f=thumbhash", "/plain?w=20"] {
        let asked = [("accept", "*/*")];
        let made = ridge.send("GET", url, &asked).await;
        ridge.purge(&["cat.jpg", "plain"]).await;
        let stored = ridge.send("GET", url, &asked).await;
        assert_eq!((made.found(), stored.found()), ("Miss", "Miss"), "{url}");
        assert_eq!((made.status, stored.status, &made.body), (200, 200, &stored.body), "{url}");
        assert_ne!(made.header("server-timing"), stored.header("server-timing"), "{url}: S3 has it");
        assert_eq!(names(&made), names(&stored), "{url}");
        for name in ["content-type", "etag", "cache-control", "cache-tag", "accept-ranges", "content-length"] {
            assert_eq!(made.header(name), stored.header(name), "{url}: {name}");
        }
    }
}

/// Writes an object under a variant's key, with the metadata of a current variant.
async fn forge(ridge: &Ridge, object: &str, original: &str, content_type: &str) {
    let etag = ridge.store().head(&key(original)).await.unwrap().etag.unwrap();
    let metadata = [(SOURCE_ETAG.to_owned(), etag), (PIPELINE_KEY.to_owned(), PIPELINE.to_string())].into();
    let attributes = Attributes { content_type: content_type.into(), user_metadata: metadata, ..Attributes::default() };
    ridge.store().put(&key(object), PAGE.into(), &attributes).await.unwrap();
}

#[tokio::test]
async fn the_stored_content_type_of_a_variant_is_not_trusted() {
    let (_data, ridge) = serve().await;
    for content_type in ["text/html", "image/svg+xml", ""] {
        ridge.purge(&["cat.jpg", "plain"]).await;
        // The path determines the format.
        forge(&ridge, "w_20/webp/cat.jpg", "cat.jpg", content_type).await;
        let forged = ridge.get("/w_20/webp/cat.jpg").await;
        assert_eq!((forged.status, forged.header("content-type")), (200, "image/webp"), "{content_type}");
        check(&forged, content_type);
        // The content determines the format. If it is no image, the object is not a variant and is rendered again.
        forge(&ridge, "w_20/auto/plain", "plain", content_type).await;
        let again = ridge.get("/w_20/auto/plain").await;
        assert_eq!((again.status, again.header("content-type")), (200, "image/jpeg"), "{content_type}");
        assert_eq!(again.picture(), ("20x13".into(), "JPEG"), "{content_type}");
    }
    forge(&ridge, "w_21/auto/plain", "plain", "image/png").await;
    assert_eq!(
        ridge.get("/w_21/auto/plain").await.header("content-type"),
        "image/png",
        "the type that the content allows"
    );
}
