//! The playground page of `ridge serve` and its requests. `browser/` tests it in a browser.

use std::fs;

use serde_json::Value;
use tempfile::tempdir;

use crate::support::proxy::Proxy;
use crate::support::{CHROME, Ridge, before, pictures};

const MARK: (&str, &str) = ("x-ridge-playground", "1");

/// Returns the data that the page requests.
async fn facts(ridge: &Ridge) -> Value {
    let page = ridge.get("/").await;
    let (_, rest) = page.text().split_once(r#"id="facts">"#).unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

/// Returns the keys of the images that the page offers.
async fn keys(ridge: &Ridge) -> Vec<String> {
    let facts = facts(ridge).await;
    facts["pictures"].as_array().unwrap().iter().map(|picture| picture["key"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_page_and_its_files() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let page = ridge.get("/").await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.header("content-security-policy").starts_with("default-src 'none'; script-src 'self'"));
    let files: Vec<_> = page.text().split('"').filter(|text| text.starts_with("/-/playground/")).collect();
    assert!(files.len() > 3, "{files:?}");
    for file in files {
        let answer = ridge.get(file).await;
        assert_eq!((answer.status, answer.header("x-content-type-options")), (200, "nosniff"), "{file}");
        assert_eq!(answer.header("content-security-policy"), page.header("content-security-policy"), "{file}");
    }
    let script = ridge.get("/-/playground/main.js").await;
    assert!(script.header("content-type").contains("javascript"), "{}", script.header("content-type"));
    assert_eq!(ridge.get("/-/playground/none.js").await.status, 404);
    assert_eq!(ridge.get("/-/other").await.status, 404, "S3 was asked");
    let samples: Vec<_> = fs::read_dir(pictures::samples()).unwrap().map(|file| file.unwrap().file_name()).collect();
    let keys = keys(&ridge).await;
    assert_eq!(keys.len(), samples.len());
    assert!(samples.iter().all(|name| keys.contains(&format!("photos/{}", name.to_str().unwrap()))), "{keys:?}");
}

#[tokio::test]
async fn originals_replace_the_samples() {
    let (data, folder) = (tempdir().unwrap(), tempdir().unwrap());
    for number in 0..40 {
        fs::write(folder.path().join(format!("IMG_{number}.CR2")), "raw").unwrap();
    }
    fs::write(folder.path().join("zebra.jpg"), pictures::sample("brushes.jpg")).unwrap();
    let ridge = Ridge::serve(data.path(), &["--originals", folder.path().to_str().unwrap()]);
    assert_eq!(keys(&ridge).await, ["zebra.jpg"]);
    let (none, empty) = (tempdir().unwrap(), tempdir().unwrap());
    let ridge = Ridge::serve(none.path(), &["--originals", empty.path().to_str().unwrap()]);
    assert!(keys(&ridge).await.is_empty());
}

#[tokio::test]
async fn the_page_receives_parameters_and_configuration() {
    let data = tempdir().unwrap();
    fs::write(data.path().join("ridge.json"), r#"{"maxWidth": 1234, "formats": ["avif"]}"#).unwrap();
    let facts = facts(&Ridge::serve(data.path(), &[])).await;
    let width = &facts["params"][0];
    assert_eq!((width["name"].as_str(), width["takes"]["max"].as_f64()), (Some("w"), Some(1234.0)));
    assert!(width["values"].as_str().unwrap().contains("1 to 1234"));
    assert_eq!(facts["config"]["formats"], serde_json::json!(["avif"]));
}

#[tokio::test]
async fn responses_contain_the_canonical_path() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    for _ in 0..2 {
        let variant = ridge.get("/photos/drum.jpg?q=70&w=20&utm_source=x").await;
        assert_eq!(variant.header("x-ridge-path"), "/w_20/q_70/webp/photos/drum.jpg");
    }
    assert_eq!(ridge.get("/photos/drum.jpg?w=0").await.header("x-ridge-path"), "");
}

#[tokio::test]
async fn originals_are_served_unchanged() {
    let data = tempdir().unwrap();
    fs::write(data.path().join("ridge.json"), r#"{"auto": true}"#).unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    assert_eq!(ridge.get("/photos/drum.jpg").await.header("content-type"), "image/webp");
    let original = ridge.get("/-/originals/photos/drum.jpg").await;
    assert_eq!((original.status, original.header("content-type")), (200, "image/jpeg"));
    assert_eq!(original.body, pictures::sample("drum.jpg"));
    assert_eq!(original.header("content-security-policy"), "sandbox");
    let none = ridge.get("/-/originals/photos/none.jpg").await;
    assert_eq!((none.status, none.text()), (404, "there is no photos/none.jpg\n"));
    assert_eq!(ridge.get("/-/originals/w_20/webp/photos/drum.jpg").await.status, 400);
}

#[tokio::test]
async fn uploads_can_be_resized_at_once() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let path = "uploads/my%20%E7%8C%AB.jpg";
    let stored = ridge.upload(path, pictures::sample("drum.jpg"), &[MARK]).await;
    assert_eq!(stored.status, 201, "{stored:?}");
    let picture: Value = serde_json::from_str(stored.text()).unwrap();
    assert_eq!(picture, serde_json::json!({ "key": "uploads/my 猫.jpg", "path": format!("/{path}") }));
    let small = format!("/{path}?w=20");
    let first = ridge.get(&small).await;
    assert_eq!((first.status, first.picture().0.as_str()), (200, "20x30"), "{first:?}");
    assert_eq!(ridge.get(&small).await.found(), "Hit");
    assert_eq!(keys(&ridge).await[0], "uploads/my 猫.jpg");

    let again = ridge.upload(path, pictures::sample("mark.png"), &[MARK, ("origin", &ridge.url)]).await;
    assert_eq!(again.status, 201);
    assert_eq!(ridge.get(&small).await.picture().0, "20x20", "another name would be needed");
    assert_eq!(ridge.get(&format!("/{path}")).await.header("content-type"), "image/png", "by its bytes");
}

#[tokio::test]
async fn uploads_that_are_refused() {
    let data = tempdir().unwrap();
    fs::write(data.path().join("ridge.json"), r#"{"maxSourceBytes": 250000}"#).unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let (drum, brook) = (pictures::sample("drum.jpg"), pictures::sample("brook.jpg"));
    let foreign = [MARK, ("origin", "http://evil.example")];
    for (path, bytes, headers, status, words) in [
        ("uploads/a.jpg", &drum, &[][..], 403, "only the playground's own page"),
        ("uploads/a.jpg", &drum, &foreign, 403, "only the playground's own page"),
        ("photos/drum.jpg", &brook, &[MARK], 400, "begin with uploads/"),
        ("w_20/webp/a.jpg", &drum, &[MARK], 400, "the variants' room"),
        ("uploads/../a.jpg", &drum, &[MARK], 400, "segment"),
        ("uploads/a.jpg", &brook, &[MARK], 413, "more than the 250000 bytes"),
        ("uploads/a.jpg", &b"text".to_vec(), &[MARK], 415, "not a picture"),
        ("uploads/a.svg", &b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), &[MARK], 415, "SVG"),
    ] {
        let answer = ridge.upload(path, bytes.clone(), headers).await;
        assert_eq!(answer.status, status, "{path}: {answer:?}");
        assert!(answer.text().contains(words), "{path}: {}", answer.text());
    }
    // The preflight request that a browser sends for a page of another site.
    let asked = ridge.send("OPTIONS", "/-/originals/uploads/a.jpg", &[("origin", "http://evil.example")]).await;
    assert!(!asked.headers.contains_key("access-control-allow-origin"));
    assert!(ridge.keys("uploads/").await.is_empty());
    assert_eq!(ridge.get("/-/originals/photos/drum.jpg").await.body, drum);
}

#[tokio::test]
async fn uploads_to_another_bucket_are_refused() {
    let data = tempdir().unwrap();
    let behind = Ridge::serve(data.path(), &[]);
    let proxy = Proxy::start(&behind.s3, Vec::new()).await;
    let ridge = before(&proxy, data.path(), &[]);
    assert_eq!(facts(&ridge).await["takesUploads"], false);
    let answer = ridge.upload("uploads/a.jpg", pictures::sample("drum.jpg"), &[MARK]).await;
    assert_eq!((answer.status, proxy.count("PUT")), (403, 0));
    assert_eq!(ridge.send("GET", "/-/originals/photos/mark.png", &[CHROME]).await.status, 200);
}
