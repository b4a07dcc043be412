//! Every row of the error table through `ridge serve`, and which errors are remembered.

use std::fs;
use std::time::Duration;

use tempfile::tempdir;

use crate::support;
use crate::support::proxy::{Fault, Proxy, Rule};
use crate::support::{Ridge, pictures};

struct Row {
    path: &'static str,
    status: u16,
    cache_control: &'static str,
    retry_after: &'static str,
    text: &'static str,
}

const fn row(path: &'static str, status: u16, cache_control: &'static str, text: &'static str) -> Row {
    Row { path, status, cache_control, retry_after: "", text }
}

#[rustfmt::skip]
const ROWS: &[Row] = &[
    row("/good.jpg?w=640junk", 400, "max-age=60", "w must be a whole number from 1 to 4096, without sign or leading zero; got \"640junk\""),
    row("/good.jpg?w=5000", 400, "max-age=60", "w must be a whole number from 1 to 4096; got \"5000\""),
    row("/w_9/jpg/good.jpg", 400, "max-age=60", "a path that begins with w_ and a number or 'auto' must be /w_N/[h_N/][option_value/...]FORMAT/KEY"),
    row("/w_9/h_9/fit_cover/webp/good.jpg", 400, "max-age=60", "the path is not in its canonical spelling, which is /w_9/h_9/webp/good.jpg"),
    row("/missing.jpg?w=9", 404, "max-age=10", "there is no original missing.jpg"),
    row("/huge.png?w=9", 413, "max-age=300", "the original has 1900x1900 pixels, which is more than the 3300000 of maxSourcePixels"),
    row("/long.jpg?w=9", 413, "max-age=300", "the original has more than the 300000 bytes of maxSourceBytes"),
    row("/turning.gif?w=9", 413, "max-age=300", "the animation has 12 frames of 160x160 pixels, which is more than the 5 frames of maxFrames or the 3300000 pixels of maxSourcePixels; ask for its first frame with anim=0"),
    row("/drawing.svg?w=9", 415, "max-age=300", "the original is an SVG, which scales by itself; link to it without parameters"),
    row("/phone.heic?w=9", 415, "max-age=300", "the original is a HEIC picture, which is not read; store it as JPEG, PNG, GIF, WebP, AVIF, TIFF or BMP"),
    row("/page.jpg?w=9", 415, "max-age=300", "the original is not a picture in a format that is read: JPEG, PNG, GIF, WebP, AVIF, TIFF or BMP"),
    row("/empty.jpg?w=9", 415, "max-age=300", "the original is an empty file"),
    row("/broken.jpg?w=9", 422, "max-age=300", "the original is a broken JPEG; upload it again"),
    row("/broken.png?w=9", 422, "max-age=300", "the original is a broken PNG; upload it again"),
    Row { retry_after: "1", ..row("/throttled.jpg?w=9", 503, "no-store", "the image store does not answer as it should; try again") },
    Row { retry_after: "1", ..row("/slow.jpg?w=9", 503, "no-store", "the image store does not answer in time; try again") },
];

#[tokio::test]
async fn every_row_of_the_error_table() {
    let (data, folder) = (tempdir().unwrap(), tempdir().unwrap());
    let good = pictures::sample("dandelion.jpg");
    let flat = image::RgbImage::new(1900, 1900);
    let mut huge = std::io::Cursor::new(Vec::new());
    flat.write_to(&mut huge, image::ImageFormat::Png).unwrap();
    let huge = huge.into_inner();
    for (name, bytes) in [
        ("good.jpg", &good[..]),
        ("huge.png", &huge),
        ("long.jpg", &[good.clone(), vec![0; 200_000]].concat()),
        ("drawing.svg", b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("phone.heic", b"\0\0\0\x18ftypheic\0\0\0\0"),
        ("page.jpg", b"<!doctype html>"),
        ("empty.jpg", b""),
        ("broken.jpg", &good[..2000]),
        ("broken.png", &pictures::sample("mark.png")[..9000]),
        ("throttled.jpg", &good),
        ("slow.jpg", &good),
        ("turning.gif", &pictures::sample("turning.gif")),
    ] {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let behind = Ridge::serve(data.path(), &["--originals", folder.path().to_str().unwrap()]);
    let rules = vec![
        Rule::new("GET", "/ridge/throttled.jpg", Fault::Status(503)),
        Rule::new("GET", "/ridge/slow.jpg", Fault::Latency(Duration::from_secs(30))),
    ];
    let proxy = Proxy::start(&behind.s3, rules).await;
    let config = data.path().join("policy.json");
    fs::write(&config, r#"{"maxSourcePixels": 3300000, "maxFrames": 5, "maxSourceBytes": 300000}"#).unwrap();
    let ridge = Ridge::serve(
        data.path(),
        &[
            "--s3-endpoint",
            &proxy.endpoint,
            "--bucket",
            local::s3::BUCKET,
            "--timeout",
            "4",
            "--config",
            config.to_str().unwrap(),
        ],
    );

    for row in ROWS {
        let answer = ridge.get(row.path).await;
        let text = answer.text();
        assert_eq!((answer.status, text), (row.status, format!("{}\n", row.text).as_str()), "{}", row.path);
        assert_eq!(answer.header("cache-control"), row.cache_control, "{}", row.path);
        assert_eq!(answer.header("retry-after"), row.retry_after, "{}", row.path);
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8", "{}", row.path);
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{}", row.path);
        let timing = answer.header("server-timing");
        let has_asked_s3 = row.status != 400 && row.path != "/slow.jpg?w=9";
        assert_eq!(timing.contains("get;dur="), has_asked_s3, "{}: {timing}", row.path);
        let head = ridge.send("HEAD", row.path, &[support::CHROME]).await;
        assert_eq!((head.status, head.body.len()), (row.status, 0), "HEAD {}", row.path);
    }
    // Errors that the original causes are remembered, if the original had to be read to find them.
    let remembered = ROWS.iter().filter(|row| matches!(row.status, 413 | 415 | 422) && row.path != "/long.jpg?w=9");
    assert_eq!(proxy.count("PUT"), remembered.count());
    // CloudFront does not cache 413 and 422, whatever max-age is; it caches the others.
    for (path, found) in [("/huge.png?w=9", "Miss"), ("/broken.png?w=9", "Miss"), ("/drawing.svg?w=9", "Hit")] {
        assert_eq!(ridge.get(path).await.found(), found, "{path}");
    }
}

#[tokio::test]
async fn failures_of_s3_are_passed_on_and_not_cached() {
    let data = tempdir().unwrap();
    let behind = Ridge::serve(data.path(), &[]);
    let rules = vec![Rule::new("GET", "/w_9/webp/photos/brook.jpg", Fault::Status(503))];
    let proxy = Proxy::start(&behind.s3, rules).await;
    let ridge = Ridge::serve(data.path(), &["--s3-endpoint", &proxy.endpoint, "--bucket", local::s3::BUCKET]);
    for _ in 0..2 {
        let answer = ridge.get("/photos/brook.jpg?w=9").await;
        assert_eq!((answer.status, answer.header("cache-control"), answer.found()), (503, "no-store", "Miss"));
    }
    assert_eq!(ridge.get("/photos/brook.jpg?w=8").await.status, 200);
}
