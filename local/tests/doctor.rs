//! `ridge doctor` against a good distribution, and against distributions with common faults.

use ridge_store::Store as _;
use std::process::Output;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http_body_util::Full;
use tempfile::tempdir;
use tokio::net::TcpListener;
use tokio::process::Command;

use crate::support::http_client::{Answer, send};
use crate::support::{Ridge, pictures};

/// How a faulty distribution changes the requested path, and the response.
#[derive(Clone, Copy)]
struct Broken {
    path: fn(&str) -> String,
    answer: fn(&str, &mut Answer),
    /// How it changes the response to a request with an `Origin`.
    from_elsewhere: fn(&mut Answer),
}

const GOOD: Broken = Broken { path: str::to_owned, answer: |_, _| {}, from_elsewhere: |_| {} };

async fn doctor(url: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ridge")).args(["doctor", "--url", url]).output().await.unwrap()
}

/// Returns the names of the failed checks.
fn wrong(output: &Output) -> Vec<String> {
    let text = String::from_utf8_lossy(&output.stdout);
    let found = text.lines().filter_map(|line| line.strip_prefix("FAILED"));
    found.map(|rest| rest[1..15].trim().to_owned()).collect()
}

/// Starts a server that adds the fault to a good distribution.
async fn before(ridge: &Ridge, broken: Broken) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new().fallback(pass).with_state((ridge.url.clone(), broken));
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

async fn pass(State((target, broken)): State<(String, Broken)>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let asked = parts.uri.path_and_query().unwrap().to_string();
    parts.uri = format!("{target}{}", (broken.path)(&asked)).parse().unwrap();
    parts.headers.remove("host");
    let is_from_elsewhere = parts.headers.contains_key("origin");
    let mut answer = send(http::Request::from_parts(parts, Full::default())).await.unwrap();
    (broken.answer)(&asked, &mut answer);
    if is_from_elsewhere {
        (broken.from_elsewhere)(&mut answer);
    }
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = answer.status.try_into().unwrap();
    *response.headers_mut() = answer.headers;
    response.headers_mut().remove("content-length");
    response
}

#[tokio::test]
async fn a_good_distribution_passes() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    for picture in ["dandelion.jpg", "mark.png", "turning.gif"] {
        let done = doctor(&format!("{}/photos/{picture}", ridge.url)).await;
        let text = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(done.status.success() && wrong(&done).is_empty(), "{picture}: {text}");
        assert_eq!(text.lines().filter(|line| line.starts_with("ok     ")).count(), 16, "{text}");
    }
    let key = ridge_contract::Key::new("noise.png").unwrap();
    ridge.store().put(&key, pictures::noise(700, 500).into(), &ridge_store::Attributes::default()).await.unwrap();
    let done = doctor(&format!("{}/noise.png", ridge.url)).await;
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(text.contains("bytes after a redirect; a generated response has at most 730000"), "{text}");
}

/// The checks request allowed variants, and sign them.
#[tokio::test]
async fn every_policy_passes() {
    let keys = format!(r#"{{"keys": [{{"id": "k", "secret": "{}"}}]}}"#, "0f".repeat(32));
    for (config, asked) in [
        (r#"{"widths": [320, 640], "heights": [], "options": {"q": ["60"], "dpr": "any"}}"#, "?w=64 gives 320x"),
        (r#"{"widths": [100], "otherwise": "reject", "options": {}}"#, "?w=100 gives 100x"),
        (r#"{"widths": [], "heights": [90], "options": {}, "otherwise": "reject"}"#, "?h=90 gives 160x90"),
        (r#"{"presets": {"a": "w=40&h=40"}, "presetsOnly": true}"#, "?p=a gives 40x40"),
        (r#"{"widths": [], "heights": [], "options": {}, "auto": true}"#, "?f=auto gives 2400x1350"),
        (r#"{"formats": []}"#, "?w=64&v=doctor gives 64x36"),
        (r#"{"signing": "all"}"#, "?w=64&v=doctor gives 64x36"),
        (r#"{"signing": "outside", "widths": [320], "options": {}}"#, "?w=64&v=doctor gives 64x36"),
        (r#"{"signing": "outside", "widths": [320, 640]}"#, "?w=64&v=doctor gives 320x180"),
    ] {
        let data = tempdir().unwrap();
        std::fs::write(data.path().join("ridge.json"), config).unwrap();
        std::fs::write(data.path().join("ridge.keys.json"), &keys).unwrap();
        let ridge = Ridge::serve(data.path(), &[]);
        let url = format!("{}/photos/dandelion.jpg", ridge.url);
        let mut command = Command::new(env!("CARGO_BIN_EXE_ridge"));
        let done = command.args(["doctor", "--url", &url]).current_dir(data.path()).output().await.unwrap();
        let text = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(
            done.status.success() && text.contains(asked),
            "{config}: {text}{}",
            String::from_utf8_lossy(&done.stderr)
        );
        assert_eq!(text.lines().filter(|line| line.starts_with("ok     ")).count(), 16, "{text}");
    }
    let data = tempdir().unwrap();
    std::fs::write(data.path().join("ridge.json"), r#"{"widths": [100], "otherwise": "reject"}"#).unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let done = doctor(&format!("{}/photos/dandelion.jpg", ridge.url)).await;
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(text.contains("check that --config names the deployed configuration"), "{text}");
}

#[tokio::test]
async fn faults_are_named() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let without_query = |path: &str| path.split('?').next().unwrap().to_owned();
    // As CloudFront behaves if the response headers policy has CORS headers.
    let trap = Broken {
        answer: |_, answer| _ = answer.headers.insert("vary", "Origin".parse().unwrap()),
        from_elsewhere: |answer| _ = answer.headers.remove("vary"),
        ..GOOD
    };
    let rows: [(Broken, &[&str]); 15] = [
        (trap, &["vary"]),
        (Broken { from_elsewhere: |answer| _ = answer.headers.remove("vary"), ..GOOD }, &["vary"]),
        (
            Broken {
                from_elsewhere: |answer| {
                    if answer.status == 400 {
                        answer.headers.remove("access-control-allow-origin");
                    }
                },
                ..GOOD
            },
            &["cors"],
        ),
        (Broken { answer: |_, answer| _ = answer.headers.remove("access-control-allow-origin"), ..GOOD }, &["cors"]),
        (Broken { answer: |_, answer| _ = answer.headers.remove("content-security-policy"), ..GOOD }, &["headers"]),
        (
            Broken {
                answer: |_, answer| {
                    answer.headers.insert("x-amz-meta-pipeline", "1".parse().unwrap());
                    answer.headers.insert("x-amz-cf-pop", "FRA1".parse().unwrap());
                    answer.headers.insert("server", "CloudFront".parse().unwrap());
                },
                ..GOOD
            },
            &["headers"],
        ),
        (Broken { answer: |_, answer| _ = answer.headers.remove("vary"), ..GOOD }, &["vary"]),
        (Broken { answer: |_, answer| _ = answer.headers.remove("x-content-type-options"), ..GOOD }, &["headers"]),
        (Broken { answer: |_, answer| _ = answer.headers.remove("x-ridge-cache"), ..GOOD }, &["cache", "cache key"]),
        (
            Broken { path: without_query, ..GOOD },
            &["resized", "negotiation", "canonical path", "bad parameter", "headers"],
        ),
        (
            Broken {
                answer: |_, answer| answer.status = if answer.status == 404 { 403 } else { answer.status },
                ..GOOD
            },
            &["missing"],
        ),
        (
            Broken {
                answer: |_, answer| answer.status = if answer.status == 304 { 200 } else { answer.status },
                ..GOOD
            },
            &["conditions"],
        ),
        (
            Broken {
                answer: |_, answer| answer.status = if answer.status == 400 { 200 } else { answer.status },
                ..GOOD
            },
            &["bad parameter", "sealed"],
        ),
        (
            Broken {
                answer: |asked, answer| {
                    if asked.contains("f=png") || asked.starts_with("/w_auto/v_doctor/png/") {
                        answer.status = 302;
                        answer.headers.insert("location", "/w_auto/v_doctor/png/photos/dandelion.jpg".parse().unwrap());
                    }
                },
                ..GOOD
            },
            &["large"],
        ),
        (Broken { path: |path| path.replace("w=64", "w=64&f=webp"), ..GOOD }, &["negotiation"]),
    ];
    for (broken, expected) in rows {
        let done = doctor(&format!("{}/photos/dandelion.jpg", before(&ridge, broken).await)).await;
        let text = String::from_utf8_lossy(&done.stdout).into_owned();
        assert_eq!(wrong(&done), expected, "{text}");
        assert!(!done.status.success());
        let summary = format!("ridge: {} of 16 checks failed\n", expected.len());
        assert_eq!(String::from_utf8_lossy(&done.stderr), summary);
    }
}

#[tokio::test]
async fn unusable_urls_are_explained() {
    for (url, told) in [
        ("cdn.example.com", "\"cdn.example.com\" is not a URL such as https://"),
        ("ftp://cdn.example.com/cat.jpg", "is not a URL such as"),
        ("http://127.0.0.1:9", "names no image; add one"),
        ("http://127.0.0.1:9/a//b.jpg", "the path has an empty, '.' or '..' segment"),
    ] {
        let done = doctor(url).await;
        assert!(!done.status.success());
        assert!(
            String::from_utf8_lossy(&done.stderr).contains(told),
            "{url}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
    }
    let done = doctor("http://127.0.0.1:9/cat.jpg").await;
    assert_eq!(wrong(&done).len(), 16);
    assert!(String::from_utf8_lossy(&done.stdout).contains("refused"));
}
