//! Remembered refusals: the original is neither read nor rendered a second time. A restart empties CloudFront's cache.

use std::io::Cursor;
use std::path::Path;

use image::{ImageFormat, RgbImage};
use ridge_contract::Key;
use ridge_engine::{PIPELINE_KEY, Refusal, SOURCE_ETAG};
use ridge_store::{Attributes, Error, Store as _};
use tempfile::{TempDir, tempdir};

use crate::support;
use crate::support::http_client::Answer;
use crate::support::proxy::{Fault, Proxy, Rule};
use crate::support::{Ridge, before, pictures};

/// A square of one colour with a million pixels.
fn large() -> Vec<u8> {
    let mut png = Cursor::new(Vec::new());
    RgbImage::new(1000, 1000).write_to(&mut png, ImageFormat::Png).unwrap();
    png.into_inner()
}

/// An original with this content, and a policy that allows half a million pixels.
struct Scene {
    data: TempDir,
    behind: Ridge,
}

const URL: &str = "/a.jpg?w=9";
const POLICY: &str = r#"{"maxSourcePixels": 500000}"#;

fn key(name: &str) -> Key {
    Key::new(name).unwrap()
}

impl Scene {
    async fn new(original: Vec<u8>) -> Scene {
        let data = tempdir().unwrap();
        let behind = Ridge::serve(data.path(), &[]);
        let scene = Scene { data, behind };
        scene.upload(original).await;
        scene.policy(POLICY);
        scene
    }

    async fn upload(&self, original: Vec<u8>) {
        self.behind.store().put(&key("a.jpg"), original.into(), &Attributes::default()).await.unwrap();
    }

    fn policy(&self, policy: &str) {
        std::fs::write(self.data.path().join("policy.json"), policy).unwrap();
    }

    /// Sends a request to a distribution with an empty cache.
    async fn ask(&self, method: &str, path: &str) -> Answer {
        let ridge = beside(&self.behind.s3, self.data.path());
        ridge.send(method, path, &[support::CHROME]).await
    }

    async fn refusal(&self) -> Option<Refusal> {
        Refusal::of(&self.behind.store().head(&key("w_9/webp/a.jpg")).await.unwrap())
    }
}

fn beside(s3: &str, data: &Path) -> Ridge {
    let external = ["--s3-endpoint", s3, "--bucket", local::s3::BUCKET];
    let config = data.join("policy.json");
    Ridge::serve(data, &[&external[..], &["--config", config.to_str().unwrap()]].concat())
}

fn is_read(answer: &Answer) -> bool {
    answer.header("server-timing").contains("get;")
}

#[tokio::test]
async fn a_second_request_neither_reads_nor_renders() {
    let broken = pictures::noise(90, 60)[..900].to_vec();
    for (original, status) in [(large(), 413), (b"no image".to_vec(), 415), (broken, 422)] {
        let scene = Scene::new(original).await;
        let first = scene.ask("GET", URL).await;
        assert_eq!((first.status, is_read(&first)), (status, true), "{}", first.text());
        let stored = scene.behind.store().get(&key("w_9/webp/a.jpg"), 1000).await.unwrap();
        assert_eq!(
            (stored.bytes, stored.metadata.content_type.as_deref()),
            (first.body.clone(), Some("text/plain; charset=utf-8"))
        );
        for name in [SOURCE_ETAG, PIPELINE_KEY] {
            assert!(
                !stored.metadata.user_metadata.contains_key(name),
                "an older version of Ridge must not treat it as a variant"
            );
        }
        for path in [URL, "/w_9/webp/a.jpg"] {
            let second = scene.ask("GET", path).await;
            assert_eq!((second.status, &second.body, is_read(&second)), (status, &first.body, false));
            for name in ["cache-control", "content-type", "cache-tag", "etag"] {
                assert_eq!(second.header(name), first.header(name), "{name}");
            }
        }
        let head = scene.ask("HEAD", URL).await;
        assert_eq!((head.status, head.body.len(), is_read(&head)), (status, 0, false));
    }
}

#[tokio::test]
async fn metrics_count_the_refusal_and_no_render() {
    let scene = Scene::new(large()).await;
    scene.ask("GET", URL).await;
    let ridge = beside(&scene.behind.s3, scene.data.path());
    assert_eq!(ridge.get(URL).await.status, 413);
    let metrics = ridge.metrics().await;
    assert!(metrics.contains(r#"ridge_errors_total{distribution="ELOCAL",kind="tooLarge"} 1"#), "{metrics}");
    assert!(!metrics.contains("ridge_source_bytes"), "{metrics}");
}

#[tokio::test]
async fn a_replaced_original_is_rendered() {
    let scene = Scene::new(large()).await;
    assert_eq!(scene.ask("GET", URL).await.status, 413);
    scene.upload(pictures::noise(90, 60)[..900].to_vec()).await;
    let broken = scene.ask("GET", URL).await;
    assert_eq!((broken.status, is_read(&broken)), (422, true));
    scene.upload(pictures::noise(90, 60)).await;
    assert_eq!(scene.ask("GET", URL).await.picture(), ("9x6".into(), "WebP"));
    assert_eq!(scene.refusal().await, None, "the variant replaces the refusal");
    scene.upload(large()).await;
    let refused = scene.ask("GET", URL).await;
    assert_eq!((refused.status, is_read(&refused)), (413, true));
    assert!(scene.refusal().await.is_some(), "the refusal replaces the variant");
}

#[tokio::test]
async fn a_refusal_ends_with_its_configuration_and_its_original() {
    let scene = Scene::new(large()).await;
    assert_eq!(scene.ask("GET", URL).await.status, 413);
    scene.policy(r#"{"maxSourcePixels": 600000}"#);
    let again = scene.ask("GET", URL).await;
    assert_eq!((again.status, is_read(&again)), (413, true), "{}", again.text());
    assert!(again.text().contains("600000"), "{}", again.text());
    scene.policy("{}");
    assert_eq!(scene.ask("GET", URL).await.picture().1, "WebP");
    scene.policy(POLICY);
    assert_eq!(scene.ask("GET", "/a.jpg?w=8").await.status, 413);
    scene.behind.store().delete(&key("a.jpg")).await.unwrap();
    assert_eq!(scene.ask("GET", "/a.jpg?w=8").await.status, 404);
    let gone = key("w_8/webp/a.jpg");
    assert_eq!(scene.behind.store().head(&gone).await.unwrap_err(), Error::NotFound { key: gone });
}

#[tokio::test]
async fn a_refusal_is_served_even_if_s3_fails() {
    let scene = Scene::new(large()).await;
    assert_eq!(scene.ask("GET", URL).await.status, 413);
    for (method, fault) in [("HEAD", Fault::Status(503)), ("HEAD", Fault::Status(403)), ("HEAD", Fault::Reset)] {
        let proxy = Proxy::start(&scene.behind.s3, vec![Rule::new(method, "/ridge/a.jpg", fault)]).await;
        let answer = beside(&proxy.endpoint, scene.data.path()).get(URL).await;
        assert_eq!((answer.status, answer.header("content-type")), (413, "text/plain; charset=utf-8"), "{fault:?}");
    }
}

#[tokio::test]
async fn a_refusal_redirects_to_the_original_if_errors_do() {
    let scene = Scene::new(large()).await;
    scene.policy(r#"{"maxSourcePixels": 500000, "onError": "original"}"#);
    for is_first in [true, false] {
        let answer = scene.ask("GET", URL).await;
        assert_eq!((answer.status, answer.header("location")), (302, "/a.jpg"));
        assert_eq!(is_read(&answer), is_first);
    }
}

#[tokio::test]
async fn the_error_is_the_same_if_the_refusal_cannot_be_stored() {
    let scene = Scene::new(large()).await;
    let proxy = Proxy::start(&scene.behind.s3, vec![Rule::new("PUT", "/a.jpg", Fault::Status(403))]).await;
    let config = scene.data.path().join("policy.json");
    let ridge = before(&proxy, scene.data.path(), &["--config", config.to_str().unwrap()]);
    for _ in 0..2 {
        let answer = ridge.get(URL).await;
        assert_eq!((answer.status, is_read(&answer)), (413, true), "{}", answer.text());
    }
    assert!(ridge.metrics().await.contains("ridge_put_failures_total"));
}
