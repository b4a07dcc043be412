//! Large results, and failing writes: every request gets a response, and redirects never loop.

use ridge_store::Store as _;
use std::fs;
use std::time::Duration;

use ridge_contract::Key;
use tempfile::tempdir;

use crate::support::http_client::Answer;
use crate::support::proxy::{Fault, Proxy, Rule};
use crate::support::{Ridge, before, pictures};

const DANDELION: &str = "/photos/dandelion.jpg?w=200&h=200";

async fn with_noise(ridge: &Ridge) {
    with_picture(ridge, pictures::noise(700, 500)).await;
}

async fn with_picture(ridge: &Ridge, picture: Vec<u8>) {
    let attributes = ridge_store::Attributes { content_type: "image/png".into(), ..Default::default() };
    ridge.store().put(&Key::new("noise.png").unwrap(), picture.into(), &attributes).await.unwrap();
}

fn is_large(answer: &Answer) -> bool {
    answer.status == 200 && answer.body.len() > ridge_cloudfront::BODY_BUDGET
}

#[tokio::test]
async fn a_large_result_is_stored_and_redirected_to() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    with_noise(&ridge).await;
    let redirect = ridge.get("/noise.png?f=png").await;
    assert_eq!((redirect.status, redirect.header("location")), (302, "/w_auto/png/noise.png"));
    assert_eq!((redirect.header("cache-control"), redirect.body.len()), ("no-store", 0));
    let picture = ridge.get(redirect.header("location")).await;
    assert!(is_large(&picture), "{picture:?}");
    assert_eq!((picture.found(), picture.picture().0.as_str()), ("Miss", "700x500"));
    assert!(is_large(&ridge.get("/noise.png?f=png").await));
}

/// A fallback format is not stored under the path of AVIF, and is cached only briefly.
#[tokio::test]
async fn images_too_large_for_avif_are_served_as_webp() {
    let data = tempdir().unwrap();
    let config = data.path().join("policy.json");
    fs::write(&config, r#"{"maxAvifPixels": 50000, "formats": ["avif", "webp"]}"#).unwrap();
    let ridge = Ridge::serve(data.path(), &["--config", config.to_str().unwrap()]);
    let small = ridge.get("/photos/dandelion.jpg?w=200&h=200&f=avif").await;
    assert_eq!((small.status, small.picture().1), (200, "AVIF"));
    let large = ridge.get("/photos/dandelion.jpg?w=300&h=200&f=avif").await;
    assert_eq!((large.status, large.picture()), (200, ("300x200".into(), "WebP")));
    assert_eq!((large.header("content-type"), large.header("cache-control")), ("image/webp", "public, max-age=60"));
    let stored = |format: &str| Key::new(format!("w_300/h_200/{format}/photos/dandelion.jpg")).unwrap();
    assert!(ridge.store().head(&stored("avif")).await.is_err());

    with_picture(&ridge, pictures::noise(1100, 900)).await;
    let redirect = ridge.get("/noise.png?q=100&f=avif").await;
    assert_eq!((redirect.status, redirect.header("location")), (302, "/w_auto/q_100/webp/noise.png"));
    assert_eq!(redirect.header("cache-control"), "public, max-age=60");
    let redirect = ridge.get(redirect.header("location")).await;
    let picture = ridge.get(redirect.header("location")).await;
    assert!(is_large(&picture), "{picture:?}");
}

/// AVIF contains the first frame only, and so does the fallback format, unless the allow-lists forbid that variant.
#[tokio::test]
async fn the_fallback_of_avif_has_one_frame_too() {
    let data = tempdir().unwrap();
    let config = data.path().join("policy.json");
    fs::write(&config, r#"{"maxAvifPixels": 50000, "formats": ["avif", "webp"]}"#).unwrap();
    let ridge = Ridge::serve(data.path(), &["--config", config.to_str().unwrap()]);
    let gif = pictures::moving_noise(1100, 900);
    ridge.store().put(&Key::new("noise.gif").unwrap(), gif.into(), &ridge_store::Attributes::default()).await.unwrap();
    let redirect = ridge.get("/noise.gif?q=100&f=avif").await;
    assert_eq!((redirect.status, redirect.header("location")), (302, "/w_auto/q_100/anim_0/webp/noise.gif"));
}

#[tokio::test]
async fn when_the_put_fails_small_variants_are_served_and_large_ones_never_loop() {
    let data = tempdir().unwrap();
    let behind = Ridge::serve(data.path(), &[]);
    with_noise(&behind).await;
    let denied = Rule::new("PUT", "", Fault::Status(403));
    let proxy = Proxy::start(&behind.s3, vec![denied]).await;
    let ridge = before(&proxy, data.path(), &[]);
    let small = ridge.get(DANDELION).await;
    assert_eq!((small.status, small.header("cache-control")), (200, "public, max-age=60"));
    assert_eq!(small.picture(), ("200x200".into(), "WebP"));
    for _ in 0..2 {
        let large = ridge.get("/noise.png?f=png").await;
        assert_eq!((large.status, large.header("cache-control"), large.header("location")), (503, "no-store", ""));
        assert!(large.text().contains("could not be stored"));
    }
    assert!(proxy.count("PUT") >= 3);
}

#[tokio::test]
async fn a_hanging_put_does_not_delay_the_response() {
    let data = tempdir().unwrap();
    let behind = Ridge::serve(data.path(), &[]);
    let slow = Rule::new("PUT", "", Fault::Latency(Duration::from_secs(30)));
    let proxy = Proxy::start(&behind.s3, vec![slow]).await;
    let ridge = before(&proxy, data.path(), &["--timeout", "4"]);
    let answer = ridge.get(DANDELION).await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, "public, max-age=60"));
    assert_eq!(answer.picture().0, "200x200");
}

/// A bucket policy that allows the function but not CloudFront to read variants must not cause a redirect loop.
#[tokio::test]
async fn a_large_variant_that_cloudfront_cannot_read_does_not_loop() {
    let data = tempdir().unwrap();
    let behind = Ridge::serve(data.path(), &[]);
    with_noise(&behind).await;
    let denied = Rule::new("GET", "/w_auto/png/noise.png", Fault::Status(403));
    let proxy = Proxy::start(&behind.s3, vec![denied]).await;
    let ridge = before(&proxy, data.path(), &[]);
    let first = ridge.get("/noise.png?f=png").await;
    assert_eq!(first.status, 302);
    let second = ridge.get(first.header("location")).await;
    assert_eq!((second.status, second.header("cache-control")), (503, "no-store"));
    assert_eq!(proxy.count("PUT"), 1);
}

/// A sparse file uses no disk space. Reading it whole would use the memory.
#[tokio::test]
async fn a_huge_original_is_refused_unread() {
    let (data, folder) = (tempdir().unwrap(), tempdir().unwrap());
    let film = fs::File::create(folder.path().join("film.mp4")).unwrap();
    film.set_len(40 << 30).unwrap();
    let ridge = Ridge::serve(data.path(), &["--originals", folder.path().to_str().unwrap()]);
    assert_eq!(ridge.get("/film.mp4?w=9").await.status, 413);
    assert_eq!(ridge.get("/film.mp4").await.status, 502, "not served by ridge serve");
}
