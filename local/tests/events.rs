//! Events of origin-response in their real form, against a real S3 server.

use ridge_store::Store as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use origin_response::{Service, Stores};
use ridge_cloudfront::event::Event;
use ridge_contract::{CacheTag, Key, Policy};
use ridge_engine::{Limiter, Logged, Report};
use serde_json::{Value, json};
use tempfile::tempdir;

use crate::support;
use crate::support::{Ridge, address, make_fresh, store_at};

struct Called {
    came: Value,
    response: Value,
    report: Report,
}

impl Called {
    fn header(&self, name: &str) -> &str {
        self.response["headers"][name][0]["value"].as_str().unwrap_or("")
    }
}

/// The origin's response with the original's cache tag and the headers of every response, and without S3's headers.
fn tagged(called: &Called, original: &str) -> Value {
    let mut response = called.came.clone();
    response["headers"].as_object_mut().unwrap().retain(|name, _| !ridge_cloudfront::is_of_store(name));
    for (name, value) in ridge_cloudfront::ON_EVERY_ANSWER {
        response["headers"][name.to_lowercase()] = json!([{"key": name, "value": value}]);
    }
    let tag = CacheTag::of(&Key::new(original).unwrap()).to_string();
    response["headers"]["cache-tag"] = json!([{"key": "Cache-Tag", "value": tag}]);
    response
}

/// Invokes the function with the event of `testdata`, with S3's status and the changes of `change`.
async fn call(ridge: &Ridge, status: &str, change: impl Fn(&mut Value)) -> Called {
    let mut event: Value = serde_json::from_str(include_str!("../../testdata/events/origin-response.json")).unwrap();
    let cf = &mut event["Records"][0]["cf"];
    cf["request"]["uri"] = json!("/w_40/h_30/webp/photos/brook.jpg");
    cf["request"]["origin"]["s3"]["domainName"] = json!(address(local::s3::BUCKET).domain());
    cf["response"]["status"] = json!(status);
    change(cf);
    let came = cf["response"].clone();
    let s3 = ridge.s3.clone();
    let stores = Stores::new(Box::new(move |address, _| {
        assert_eq!(address.region, local::s3::REGION, "the event's region, not the process's");
        Ok(Arc::new(store_at(&s3, &address.bucket)))
    }));
    let service = Service::new(Arc::new(Policy::default()), stores, Limiter::new(1, 1), support::worker());
    let event: Event = serde_json::from_value(event).unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    let (response, report) = origin_response::handle(event.into_cf().unwrap(), &service, deadline).await;
    Called { came, response: serde_json::to_value(response).unwrap(), report }
}

#[tokio::test]
async fn stored_objects_pass_through() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let original = ridge.store().head(&Key::new("photos/brook.jpg").unwrap()).await.unwrap();
    for status in ["200", "206", "304"] {
        let called = call(&ridge, status, |cf| make_fresh(&mut cf["response"], &original)).await;
        let mut expected = tagged(&called, "photos/brook.jpg");
        let kept = "public, max-age=31536000";
        expected["headers"]["cache-control"] = json!([{"key": "Cache-Control", "value": kept}]);
        if status != "304" {
            expected["headers"]["content-type"] = json!([{"key": "Content-Type", "value": "image/webp"}]);
            expected["headers"]["server-timing"] = json!([{"key": "Server-Timing", "value": "stored"}]);
        }
        assert_eq!(called.response, expected, "{status}");
        assert_eq!(called.report.outcome, Logged::Stored);
    }
    for (uri, status) in [("/photos/brook.jpg", "200"), ("/photos/brook.jpg", "304"), ("/photos/none.jpg", "416")] {
        let called = call(&ridge, status, |cf| cf["request"]["uri"] = json!(uri)).await;
        assert_eq!(called.response, tagged(&called, &uri[1..]), "{uri} {status}");
    }
    for method in ["POST", "OPTIONS"] {
        let called = call(&ridge, "404", |cf| cf["request"]["method"] = json!(method)).await;
        assert_eq!(called.response, tagged(&called, "photos/brook.jpg"), "{method}");
    }
}

/// S3's own errors are XML, with details that viewers need not know.
#[tokio::test]
async fn a_missing_original_is_one_line_of_text() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    for status in ["403", "404"] {
        for method in ["GET", "HEAD"] {
            let called = call(&ridge, status, |cf| {
                (cf["request"]["uri"], cf["request"]["method"]) = (json!("/photos/none.jpg"), json!(method));
            })
            .await;
            let text = "there is no original photos/none.jpg\n";
            assert_eq!(called.response["status"], "404", "{status}");
            assert_eq!(called.response["body"], if method == "GET" { text } else { "" }, "{status}");
            assert_eq!(called.header("content-type"), "text/plain; charset=utf-8");
            assert_eq!(called.header("cache-control"), "max-age=10");
            assert_eq!(called.header("x-amz-request-id"), "");
            assert_eq!(called.response["headers"]["transfer-encoding"], called.came["headers"]["transfer-encoding"]);
            assert_eq!(
                called.header("cache-tag"),
                tagged(&called, "photos/none.jpg")["headers"]["cache-tag"][0]["value"]
            );
            assert_eq!(called.report.outcome, Logged::Refused);
            let length = if method == "HEAD" { text.len().to_string() } else { String::new() };
            assert_eq!(called.header("content-length"), length);
        }
    }
}

#[tokio::test]
async fn missing_variants_are_rendered() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    for status in ["404", "403"] {
        let called = call(&ridge, status, |_| {}).await;
        assert_eq!(called.response["status"], "200", "{status}");
        assert_eq!(called.response["bodyEncoding"], "base64");
        assert!(called.response["body"].as_str().unwrap().starts_with("UklGR"), "RIFF in base64");
        assert_eq!(called.header("content-type"), "image/webp");
        assert_eq!(called.header("cache-tag"), "ridge-bc6d8739c8fe6a7852563e88f535f19a");
        assert_eq!(called.header("cache-control"), "public, max-age=31536000");
        assert_eq!(called.report.outcome, Logged::Rendered);
        let stages: Vec<_> = called.report.stages.iter().map(|(name, _)| *name).collect();
        assert_eq!(stages, ["get", "decode", "resize", "encode", "put"]);
        // Removing or changing a read-only header is a 502; headers that describe S3's error are removed.
        assert_eq!(called.response["headers"]["transfer-encoding"], called.came["headers"]["transfer-encoding"]);
        assert_eq!(called.response["headers"]["server"], Value::Null);
        assert_eq!(called.header("x-amz-request-id"), "");
        let stored = ridge.store().head(&Key::new("w_40/h_30/webp/photos/brook.jpg").unwrap()).await.unwrap();
        assert_eq!(stored.etag.as_deref(), Some(called.header("etag")));
    }
    let head = call(&ridge, "404", |cf| cf["request"]["method"] = json!("HEAD")).await;
    assert_eq!((&head.response["status"], &head.response["body"]), (&json!("200"), &json!("")));
    assert_eq!(head.header("content-type"), "image/webp");
}

/// The log line of one event, in the form for CloudWatch Logs Insights.
#[tokio::test]
async fn each_event_is_one_log_line() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let line = async |status: &str, uri: &str| {
        let called = call(&ridge, status, |cf| cf["request"]["uri"] = json!(uri)).await;
        let line = called.report.line().unwrap();
        assert!(!line.contains('\n'));
        serde_json::from_str::<Value>(&line).unwrap()
    };
    let made = line("404", "/w_40/h_30/webp/photos/brook.jpg").await;
    assert_eq!((&made["outcome"], &made["isCold"]), (&json!("made"), &json!(true)));
    assert_eq!((&made["key"], &made["variant"]), (&json!("photos/brook.jpg"), &json!("w_40/h_30/webp/")));
    assert_eq!(made["distribution"], "EDFDVBD6EXAMPLE");
    for stage in ["get", "decode", "resize", "encode", "put"] {
        assert!(made["stages"][stage].is_number(), "{stage}");
    }
    assert!(made["milliseconds"].as_f64().unwrap() >= made["RenderTime"].as_f64().unwrap());
    let source = support::pictures::sample("brook.jpg").len();
    assert_eq!((&made["sourceBytes"], &made["SourceBytes"]), (&json!(source), &json!(source as f64)));
    assert_eq!((&made["Renders"], &made["Errors"]), (&json!(1.0), &Value::Null));
    let names = |line: &Value| -> Vec<String> {
        let directives = line["_aws"]["CloudWatchMetrics"].as_array().into_iter().flatten();
        let metrics = directives.flat_map(|directive| directive["Metrics"].as_array().unwrap());
        metrics.map(|metric| metric["Name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&made), ["Renders", "Duration", "RenderTime", "SourceBytes", "VariantBytes"]);
    for name in names(&made) {
        assert!(made[&name].is_number(), "{name}");
    }

    let missing = line("404", "/w_40/webp/photos/none.jpg").await;
    assert_eq!((&missing["outcome"], &missing["kind"]), (&json!("refused"), &json!("missing")));
    assert_eq!(missing["told"], "there is no original photos/none.jpg");
    assert_eq!(names(&missing), ["Errors"]);
    let passed = line("200", "/photos/brook.jpg").await;
    assert_eq!((&passed["outcome"], &passed["key"]), (&json!("passed"), &json!("photos/brook.jpg")));
    assert_eq!((&passed["variant"], names(&passed).len()), (&Value::Null, 0));
}

fn s3_etag(response: &mut Value, etag: &str) {
    response["headers"]["etag"] = json!([{"key": "ETag", "value": etag}]);
}

/// CloudFront revalidates a cached variant, S3 answers 304, and then another writer replaces the variant.
#[tokio::test]
async fn a_304_for_a_variant_that_has_been_replaced_is_not_passed_on() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let made = call(&ridge, "404", |_| {}).await;
    let stored = made.header("etag").to_owned();
    for (etag, outcome) in [(stored.as_str(), Logged::Stored), ("\"another\"", Logged::Regenerated)] {
        let called = call(&ridge, "304", |cf| s3_etag(&mut cf["response"], etag)).await;
        assert_eq!(called.report.outcome, outcome, "{etag}: {:?}", called.report);
        assert_eq!(called.response["status"], if outcome == Logged::Stored { "304" } else { "200" });
    }
}

#[tokio::test]
async fn a_stale_variant_that_is_deleted_meanwhile_is_stored_again() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let called = call(&ridge, "200", |cf| s3_etag(&mut cf["response"], "\"removed\"")).await;
    assert_eq!(called.report.outcome, Logged::Regenerated, "{:?}", called.report);
    let stored = ridge.store().head(&Key::new("w_40/h_30/webp/photos/brook.jpg").unwrap()).await.unwrap();
    assert_eq!(stored.etag.as_deref(), Some(called.header("etag")));
}

#[tokio::test]
async fn a_304_for_a_variant_without_its_original_becomes_a_404() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let called = call(&ridge, "304", |cf| cf["request"]["uri"] = json!("/w_40/webp/photos/none.jpg")).await;
    assert_eq!(called.response["status"], "404", "{:?}", called.report);
}

#[tokio::test]
async fn failures_of_s3_are_not_cached() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    for status in ["500", "503"] {
        for uri in ["/w_40/h_30/webp/photos/brook.jpg", "/photos/brook.jpg"] {
            let called = call(&ridge, status, |cf| cf["request"]["uri"] = json!(uri)).await;
            assert_eq!(
                (&called.response["status"], called.header("cache-control")),
                (&json!("503"), "no-store"),
                "{uri}"
            );
            assert_eq!(called.response["body"], "the image store does not answer as it should; try again\n");
            assert_eq!(called.report.outcome, Logged::Failed);
        }
    }
}

#[tokio::test]
async fn a_forged_path_is_refused() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    for uri in [
        "/w_40/h_30/fit_cover/webp/photos/brook.jpg",
        "/w_5000/webp/photos/brook.jpg",
        "/w_40/webp/w_40/webp/photos/brook.jpg",
        "/w_40/../photos/brook.jpg",
        "/%77_40/webp/photos/brook.jpg",
    ] {
        let called = call(&ridge, "404", |cf| cf["request"]["uri"] = json!(uri)).await;
        assert_eq!(called.response["status"], "400", "{uri}");
        assert_eq!(called.header("transfer-encoding"), "chunked", "{uri}");
        let has_an_original = uri == "/w_5000/webp/photos/brook.jpg";
        assert_eq!(!called.header("cache-tag").is_empty(), has_an_original, "{uri}");
        assert_eq!(called.report.outcome, Logged::Refused);
    }
}

#[tokio::test]
async fn a_distribution_without_setup_is_logged() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let called =
        call(&ridge, "404", |cf| cf["request"]["origin"]["s3"]["domainName"] = json!("x.s3.amazonaws.com")).await;
    assert_eq!((&called.response["status"], called.header("cache-control")), (&json!("503"), "no-store"));
    assert_eq!(called.response["body"], "the image store is not set up\n");
    assert!(called.report.error.unwrap().contains("x-ridge-bucket"));
    let no_response = call(&ridge, "404", |cf| _ = cf.as_object_mut().unwrap().remove("response")).await;
    assert_eq!(no_response.response["status"], "503");
}
