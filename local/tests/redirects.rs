//! Targets of redirects: what the same viewer is allowed to request, without loops.

use std::fs;

use ridge_contract::{Config, Keys};
use tempfile::{TempDir, tempdir};

use crate::support::http_client::Answer;
use crate::support::{Ridge, pictures};

const KEYS: &str =
    r#"{"keys": [{"id": "a", "secret": "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"}]}"#;

/// Starts a server with this policy, with images that can be resized and images that cannot.
fn serve(policy: &str) -> (TempDir, Ridge) {
    let data = tempdir().unwrap();
    let folder = data.path().join("originals");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("noise.png"), pictures::noise(700, 500)).unwrap();
    fs::write(folder.join("good.jpg"), pictures::sample("brook.jpg")).unwrap();
    fs::write(folder.join("broken.jpg"), &pictures::sample("brook.jpg")[..2000]).unwrap();
    fs::write(folder.join("page +1.jpg"), "<!doctype html>").unwrap();
    fs::write(data.path().join(Config::FILE), policy).unwrap();
    if policy.contains("signing") {
        fs::write(data.path().join(Keys::FILE), KEYS).unwrap();
    }
    let ridge = Ridge::serve(data.path(), &["--originals", folder.to_str().unwrap()]);
    (data, ridge)
}

fn signed(url: &str, path: &str) -> String {
    let joint = if url.contains('?') { '&' } else { '?' };
    format!("{url}{joint}{}", Keys::parse(KEYS).unwrap().sign(path, 4_102_444_800).unwrap())
}

/// Follows redirects as a browser does, and counts them.
async fn follow(ridge: &Ridge, url: &str) -> (usize, Answer) {
    let mut answer = ridge.get(url).await;
    for hops in 0..10 {
        if answer.status != 302 {
            return (hops, answer);
        }
        answer = ridge.get(answer.header("location")).await;
    }
    panic!("{url} goes on for ever: {answer:?}");
}

#[tokio::test]
async fn errors_redirect_to_the_original_once() {
    for (policy, location) in [
        (r#"{"onError": "original"}"#, "/broken.jpg"),
        (r#"{"onError": "original", "auto": true}"#, "/broken.jpg?raw=1"),
    ] {
        let (_data, ridge) = serve(policy);
        let refused = ridge.get("/broken.jpg?w=20").await;
        assert_eq!((refused.status, refused.header("location")), (302, location));
        assert_eq!(refused.header("cache-control"), "max-age=300");
        assert_eq!(refused.text(), "the original is a broken JPEG; upload it again\n");
        for url in ["/broken.jpg?w=20", "/broken.jpg?f=auto", "/w_20/webp/broken.jpg", "/broken.jpg"] {
            let (_, answer) = follow(&ridge, url).await;
            assert_eq!((answer.status, answer.body.len()), (200, 2000), "{url} under {policy}");
        }
        let (hops, page) = follow(&ridge, "/page%20%2B1.jpg?w=20").await;
        assert_eq!((hops, page.status, page.text()), (1, 200, "<!doctype html>"), "{policy}");
        assert_eq!(ridge.get("/none.jpg?w=20").await.status, 404, "a missing original has no redirect");
        assert_eq!(ridge.get("/broken.jpg?w=0").await.status, 400, "errors of the request have no redirect");
        let head = ridge.send("HEAD", "/broken.jpg?w=21", &[]).await;
        assert_eq!((head.status, head.body.len()), (302, 0));
    }
    let (_data, ridge) = serve(r#"{"onError": "original", "maxSourceBytes": 100000}"#);
    let (hops, large) = follow(&ridge, "/noise.png?w=20").await;
    assert_eq!((hops, large.status, large.header("content-type")), (1, 200, "image/png"));
}

#[tokio::test]
async fn redirects_of_signed_urls_are_signed() {
    let (_data, ridge) = serve(r#"{"signing": "all", "auto": true}"#);
    let url = signed("/noise.png?f=png", "/w_auto/png/noise.png");
    let redirect = ridge.get(&url).await;
    let location = redirect.header("location").to_owned();
    assert_eq!((redirect.status, redirect.header("cache-control")), (302, "no-store"));
    assert!(location.starts_with("/w_auto/png/noise.png?exp="), "{location}");
    let (hops, large) = follow(&ridge, &url).await;
    assert!(hops <= 1 && large.status == 200 && large.body.len() > ridge_cloudfront::BODY_BUDGET, "{hops} {large:?}");
    assert_eq!(ridge.get("/w_auto/png/noise.png").await.status, 403, "other requests need a signature");
    let moved = location.replace("noise", "good");
    assert_eq!(ridge.get(&moved).await.status, 403, "the signature covers nothing else");

    // A signature of a variant is not valid for its original.
    for (url, path) in
        [("/broken.jpg?w=20", "/w_20/auto/broken.jpg"), ("/broken.jpg?f=auto", "/w_auto/auto/broken.jpg")]
    {
        let refused = ridge.get(&signed(url, path)).await;
        assert_eq!((refused.status, refused.header("location")), (422, ""), "{url}");
    }
    assert_eq!(ridge.get("/broken.jpg?raw=1").await.status, 403);
}

#[tokio::test]
async fn a_signed_preview_never_redirects_to_the_original() {
    let data = tempdir().unwrap();
    fs::write(data.path().join(Config::FILE), r#"{"signing": "all", "onError": "original"}"#).unwrap();
    fs::write(data.path().join(Keys::FILE), KEYS).unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ridge"));
    let serve = command.args(["serve", "--port", "0", "--admin-port", "0", "--data"]).arg(data.path());
    let refused = serve.current_dir(data.path()).output().unwrap();
    let text = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && text.contains("onError: \"original\" answers a signed variant"), "{text}");

    // With `"signing": "outside"`, originals need no signature.
    let (_data, ridge) = serve_outside();
    let refused = ridge.get(&signed("/broken.jpg?w=20", "/w_20/auto/broken.jpg")).await;
    assert_eq!((refused.status, refused.header("location")), (302, "/broken.jpg"));
}

fn serve_outside() -> (TempDir, Ridge) {
    serve(r#"{"signing": "outside", "widths": [690], "onError": "original"}"#)
}

#[tokio::test]
async fn redirects_are_signed_only_outside_the_allow_lists() {
    let (_data, ridge) = serve(r#"{"signing": "outside", "widths": [690], "options": {"f": ["png"]}}"#);
    let within = ridge.get("/noise.png?w=690&f=png").await;
    assert_eq!((within.status, within.header("location")), (302, "/w_690/png/noise.png"));
    let beyond = ridge.get(&signed("/noise.png?w=680&f=png", "/w_680/png/noise.png")).await;
    assert!(beyond.header("location").starts_with("/w_680/png/noise.png?exp="), "{beyond:?}");
    for answer in [within, beyond] {
        let (_, picture) = follow(&ridge, answer.header("location")).await;
        assert!(picture.status == 200 && picture.body.len() > ridge_cloudfront::BODY_BUDGET, "{picture:?}");
    }
}
