//! Requests as clients other than browsers send them.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use ridge_contract::Key;
use ridge_store::{Attributes, Store as _};
use tempfile::tempdir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{CHROME, Ridge, pictures};

#[tokio::test]
async fn http2_with_prior_knowledge() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let client = Client::builder(TokioExecutor::new()).http2_only(true).build_http::<Empty<Bytes>>();
    let ask = async |url: String| {
        let answer = client.get(url.parse().unwrap()).await.unwrap();
        assert_eq!(answer.version(), http::Version::HTTP_2, "{url}");
        let status = answer.status().as_u16();
        (status, answer.into_body().collect().await.unwrap().to_bytes())
    };
    let (status, body) = ask(format!("{}/photos/drum.jpg?w=20&f=webp", ridge.url)).await;
    assert_eq!((status, ridge_pixels::recognise(&body).unwrap().name()), (200, "WebP"));
    assert_eq!(ask(format!("{}/metrics", ridge.admin)).await.0, 200);
    assert_eq!(ask(format!("{}/{}", ridge.s3, local::s3::BUCKET)).await.0, 403, "a signature is required");
}

/// Sends these lines, and returns the response.
async fn raw(url: &str, head: &str) -> String {
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).await.unwrap();
    stream.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn targets_in_absolute_form() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    for (url, path, status) in [
        (&ridge.url, "/photos/drum.jpg?w=20&f=png", "200"),
        (&ridge.url, "/photos/none.jpg", "404"),
        (&ridge.url, "/-/originals/photos/drum.jpg", "200"),
        (&ridge.url, "", "200"),
        (&ridge.admin, "/metrics", "200"),
        (&ridge.s3, "/ridge/photos/drum.jpg", "403"),
    ] {
        let answer = raw(url, &format!("GET {url}{path} HTTP/1.1\r\nHost: localhost\r\n")).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{url}{path}: {answer}");
        // The host in the target takes precedence over `Host` (RFC 9112 section 3.2.2).
        let answer = raw(url, &format!("GET {url}{path} HTTP/1.1\r\nHost: pictures.example\r\n")).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{url}{path}: {answer}");
        let foreign = format!("GET http://pictures.example{path} HTTP/1.1\r\nHost: localhost\r\n");
        assert!(raw(url, &foreign).await.starts_with("HTTP/1.1 421 "), "{url}{path}");
    }
}

#[tokio::test]
async fn head_has_the_length_that_get_has() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let broken = Key::new("broken.jpg").unwrap();
    ridge.store().put(&broken, "no picture".into(), &Attributes::default()).await.unwrap();
    for path in [
        "/photos/drum.jpg?w=21",
        "/photos/drum.jpg",
        "/photos/drum.jpg?f=json",
        "/photos/none.jpg",
        "/photos/none.jpg?w=20",
        "/broken.jpg?w=20",
    ] {
        let head = ridge.send("HEAD", path, &[CHROME]).await;
        let get = ridge.get(path).await;
        let again = ridge.send("HEAD", path, &[CHROME]).await;
        for head in [head, again] {
            assert_eq!((head.status, head.body.len()), (get.status, 0), "{path}");
            assert_eq!(head.header("content-length"), get.body.len().to_string(), "{path}");
            assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
        }
    }
}

#[tokio::test]
async fn a_missing_original_is_one_line_of_text_with_and_without_parameters() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    for path in ["/photos/none.jpg", "/photos/none.jpg?w=20", "/photos/none.jpg?raw=1"] {
        let missing = ridge.get(path).await;
        assert_eq!((missing.status, missing.text()), (404, "there is no original photos/none.jpg\n"), "{path}");
        assert_eq!(missing.header("content-type"), "text/plain; charset=utf-8");
        assert_eq!(missing.header("cache-control"), "max-age=10");
    }
}

#[tokio::test]
async fn a_key_too_long_for_parameters_is_refused_with_the_limit() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let name = |length: usize| format!("{}.jpg", "k".repeat(length - 4));
    for length in [1024, 1013] {
        let key = Key::new(name(length)).unwrap();
        ridge.store().put(&key, pictures::sample("drum.jpg").into(), &Attributes::default()).await.unwrap();
    }
    assert_eq!(ridge.get(&format!("/{}", name(1024))).await.status, 200);
    let long = ridge.get(&format!("/{}?w=20", name(1024))).await;
    let text = "the variant's key has 1034 bytes, \"w_20/webp/\" and the original's 1024, and S3 takes 1024: the original's \
                key may have at most 1014 bytes\n";
    assert_eq!((long.status, long.text()), (400, text));
    assert_eq!(ridge.get(&format!("/{}?w=20", name(1013))).await.status, 200);
}
