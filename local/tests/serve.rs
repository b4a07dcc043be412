//! `ridge serve`, the program itself: images, originals, and CloudFront's rules.

use ridge_store::Store as _;
use std::fs;
use std::time::Duration;

use futures_util::future::join_all;
use ridge_contract::Key;
use ridge_engine::{PIPELINE, PIPELINE_KEY, SOURCE_ETAG, SOURCE_LAST_MODIFIED};
use tempfile::tempdir;

use crate::support::http_client::request;
use crate::support::proxy::Proxy;
use crate::support::{CHROME, Ridge, before, pictures};

const DANDELION: &str = "/photos/dandelion.jpg?w=200&h=200";
const STORED: &str = "w_200/h_200/webp/photos/dandelion.jpg";

#[tokio::test]
async fn images_are_resized_cached_and_stored() {
    let data = tempdir().unwrap();
    let (webp, jpeg) = {
        let ridge = Ridge::serve(data.path(), &[]);
        let webp = ridge.get(DANDELION).await;
        assert_eq!((webp.status, webp.found(), webp.header("content-type")), (200, "Miss", "image/webp"));
        assert_eq!(webp.picture(), ("200x200".into(), "WebP"));
        assert_eq!(&webp.body[12..16], b"VP8 ", "lossy");
        assert_eq!(webp.header("cache-control"), "public, max-age=31536000");
        assert_eq!(webp.header("vary"), "Accept");
        assert_eq!(webp.header("x-content-type-options"), "nosniff");
        assert!(webp.header("server-timing").contains("encode;dur="));

        let again = ridge.get(DANDELION).await;
        assert_eq!((again.status, again.found(), &again.body), (200, "Hit", &webp.body));

        let jpeg = ridge.send("GET", DANDELION, &[("accept", "image/png,*/*")]).await;
        assert_eq!((jpeg.status, jpeg.found(), jpeg.header("content-type")), (200, "Miss", "image/jpeg"));
        assert_eq!(jpeg.picture(), ("200x200".into(), "JPEG"));

        let object = ridge.store().get(&Key::new(STORED).unwrap(), 1 << 20).await.unwrap();
        assert_eq!(object.bytes, webp.body);
        assert_eq!(object.metadata.content_type.as_deref(), Some("image/webp"));
        assert_eq!(object.metadata.cache_control.as_deref(), Some("public, max-age=31536000"));
        assert_eq!(object.metadata.etag.as_deref(), Some(webp.header("etag")));
        let original = ridge.store().head(&Key::new("photos/dandelion.jpg").unwrap()).await.unwrap();
        assert_eq!(object.metadata.user_metadata[SOURCE_ETAG], original.etag.unwrap());
        assert_eq!(object.metadata.user_metadata[SOURCE_LAST_MODIFIED], original.last_modified.unwrap());
        assert_eq!(object.metadata.user_metadata[PIPELINE_KEY], PIPELINE.to_string());
        (webp, jpeg)
    };
    assert!(webp.body.len() < jpeg.body.len(), "{} and {}", webp.body.len(), jpeg.body.len());

    let ridge = Ridge::serve(data.path(), &[]);
    let stored = ridge.get(DANDELION).await;
    assert_eq!((stored.status, stored.found(), &stored.body), (200, "Miss", &webp.body));
    assert_eq!(stored.header("server-timing"), "stored", "from S3, not rendered again");
    assert_eq!(stored.header("content-type"), "image/webp");
}

#[tokio::test]
async fn the_canonical_path_is_a_public_url() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let by_path = ridge.send("GET", &format!("/{STORED}"), &[]).await;
    assert_eq!((by_path.status, by_path.found(), by_path.picture().1), (200, "Miss", "WebP"));
    assert_eq!(ridge.get(DANDELION).await.found(), "Hit", "one cache key for both");
    assert_eq!(ridge.send("GET", "/w_0200/webp/photos/dandelion.jpg", &[]).await.status, 400);
}

#[tokio::test]
async fn originals_pass_through_unchanged() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let original = ridge.get("/photos/mark.png?utm_source=x").await;
    assert_eq!((original.status, original.header("content-type")), (200, "image/png"));
    assert_eq!(original.body, pictures::sample("mark.png"));
}

#[tokio::test]
async fn a_folder_of_originals_with_any_name() {
    let (data, folder) = (tempdir().unwrap(), tempdir().unwrap());
    let name = "my cat+dog (1) 100% 猫.jpg";
    fs::create_dir(folder.path().join("päth")).unwrap();
    fs::write(folder.path().join("päth").join(name), pictures::sample("brushes.jpg")).unwrap();
    fs::write(folder.path().join("no-extension"), pictures::sample("mark.png")).unwrap();
    let ridge = Ridge::serve(data.path(), &["--originals", folder.path().to_str().unwrap()]);

    let answer = ridge.get("/p%C3%A4th/my%20cat+dog%20(1)%20100%25%20%E7%8C%AB.jpg?w=20").await;
    assert_eq!((answer.status, answer.picture().0.as_str()), (200, "20x16"), "{answer:?}");
    let key = Key::new(format!("w_20/webp/päth/{name}")).unwrap();
    assert_eq!(ridge.store().head(&key).await.unwrap().content_type.as_deref(), Some("image/webp"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is written into the folder");

    let by_pixels = ridge.send("GET", "/no-extension?w=20", &[]).await;
    assert_eq!(by_pixels.header("content-type"), "image/png", "the image has transparency");
    assert_eq!(ridge.get("/photos/brook.jpg?w=20").await.status, 404, "the samples are not served");
}

#[tokio::test]
async fn conditions_ranges_and_head() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let head_before = ridge.send("HEAD", DANDELION, &[CHROME]).await;
    assert_eq!((head_before.status, head_before.body.len()), (200, 0));
    assert_eq!(head_before.header("content-type"), "image/webp");
    let bare = ridge.send("HEAD", "/photos/mark.png", &[]).await;
    assert_eq!(bare.header("content-length"), pictures::sample("mark.png").len().to_string());
    let whole = ridge.get(DANDELION).await;
    let etag = whole.header("etag").to_owned();
    let length = whole.body.len();
    let ask = async |headers: &[(&str, &str)]| ridge.send("GET", DANDELION, &[&[CHROME], headers].concat()).await;

    let head = ridge.send("HEAD", DANDELION, &[CHROME]).await;
    assert_eq!((head.status, head.found(), head.body.len()), (200, "Hit", 0));
    assert_eq!(head.header("content-length"), length.to_string());
    assert_eq!(head_before.header("content-length"), length.to_string());

    let same = ask(&[("if-none-match", &etag)]).await;
    assert_eq!((same.status, same.body.len(), same.header("etag")), (304, 0, etag.as_str()));
    assert_eq!(ask(&[("if-none-match", "\"other\"")]).await.status, 200);
    let part = ask(&[("range", "bytes=4-7")]).await;
    assert_eq!((part.status, &part.body[..]), (206, &whole.body[4..8]));
    assert_eq!(part.header("content-range"), format!("bytes 4-7/{length}"));
    assert_eq!(ask(&[("range", "bytes=-4")]).await.body, whole.body[length - 4..]);
    let beyond = ask(&[("range", "bytes=99999999-")]).await;
    assert_eq!((beyond.status, beyond.header("content-range")), (416, format!("bytes */{length}").as_str()));
    assert_eq!(ask(&[("range", "bytes=-99999999")]).await.body, whole.body);
    assert_eq!(ask(&[("range", "bytes=0-18446744073709551615")]).await.body, whole.body);
    for (range, status) in [("bytes=0-1,4-5", 200), ("bytes=abc", 200), ("lines=1-2", 200), ("bytes=", 200)] {
        assert_eq!(ask(&[("range", range)]).await.status, status, "{range}");
    }
    assert_eq!(ask(&[("range", "bytes=0-1"), ("if-range", "\"other\"")]).await.body.len(), length);

    let original = ridge.get("/photos/mark.png").await;
    let modified = original.header("last-modified");
    let since = ridge.send("GET", "/photos/mark.png", &[("if-modified-since", modified)]).await;
    assert_eq!(since.status, 304);
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        assert_eq!(ridge.send(method, DANDELION, &[]).await.status, 403, "{method}");
    }
}

#[tokio::test]
async fn concurrent_misses_share_one_render() {
    let data = tempdir().unwrap();
    let behind = Ridge::serve(data.path(), &[]);
    let proxy = Proxy::start(&behind.s3, Vec::new()).await;
    let ridge = before(&proxy, data.path(), &[]);
    let answers = join_all((0..50).map(|_| ridge.get("/photos/mountains.jpg?w=640"))).await;
    let misses = answers.iter().filter(|answer| answer.found() == "Miss").count();
    assert!(answers.iter().all(|answer| answer.status == 200 && answer.body == answers[0].body));
    assert_eq!((misses, proxy.count("PUT")), (1, 1));
    let heads = join_all((0..20).map(|_| ridge.send("HEAD", "/photos/brook.jpg?w=77", &[CHROME]))).await;
    assert!(heads.iter().all(|answer| answer.status == 200));
    assert_eq!(proxy.count("PUT"), 2);
}

#[tokio::test]
async fn stale_responses_are_revalidated() {
    let data = tempdir().unwrap();
    fs::write(data.path().join("ridge.json"), r#"{"maxAge": 1}"#).unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let made = ridge.get(DANDELION).await;
    assert_eq!(made.header("cache-control"), "public, max-age=1");
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let refreshed = ridge.get(DANDELION).await;
    assert_eq!((refreshed.status, refreshed.found(), &refreshed.body), (200, "Refresh", &made.body));
    assert_eq!(refreshed.header("content-type"), "image/webp");
}

#[tokio::test]
async fn one_log_line_for_each_request() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let made = ridge.get(DANDELION).await;
    let bytes = format!("{} B", made.body.len());
    let miss = ridge.logged(&["200 Miss", STORED, &bytes]).await;
    for stage in ["viewer-request ", "S3 ", "origin-response ", "get ", "decode ", "resize ", "encode ", "put "] {
        assert!(miss.contains(stage), "{stage} in {miss}");
    }
    ridge.get(DANDELION).await;
    ridge.logged(&["200 Hit", STORED, &bytes]).await;
    ridge.get("/photos/dandelion.jpg?w=0").await;
    ridge.logged(&["400 Generated", "/photos/dandelion.jpg?w=0"]).await;
}

#[tokio::test]
async fn pages_with_a_name_that_points_here_are_refused() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let invalidation = format!("{}/2020-05-31/distribution/{}/invalidation", ridge.admin, local::cloudfront::ID);
    let picture = format!("{}/photos/brook.jpg?w=20", ridge.url);
    let object = format!("{}/{}/photos/brook.jpg", ridge.s3, local::s3::BUCKET);
    let signed = ("authorization", "AWS4-HMAC-SHA256 ...");
    for (method, url, others, here) in [
        ("GET", &picture, 421, 200),
        ("GET", &format!("{}/", ridge.url), 421, 200),
        ("GET", &format!("{}/metrics", ridge.admin), 421, 200),
        ("POST", &invalidation, 421, 400),
        ("GET", &object, 421, 400),
    ] {
        let refused = request(method, url, &[("host", "pictures.example:8080"), signed], Vec::new()).await;
        assert_eq!((refused.status, refused.text()), (others, "the Host must be localhost or a loopback address\n"));
        for host in ["localhost:8080", "127.0.0.1", "[::1]:8081"] {
            assert_eq!(request(method, url, &[("host", host), signed], Vec::new()).await.status, here, "{host} {url}");
        }
    }
    let refused = request("GET", &object, &[], Vec::new()).await;
    assert_eq!(refused.status, 403);
    assert!(refused.text().contains("Signature is required"), "{}", refused.text());
}
