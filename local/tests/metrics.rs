//! The metrics of `ridge serve`, for Prometheus.

use std::path::Path;

use ridge_contract::Key;
use ridge_store::{Attributes, Store as _};
use tempfile::tempdir;

use crate::support::lambda::{packages, tools};
use crate::support::proxy::{Fault, Proxy, Rule};
use crate::support::{Ridge, before, pictures};

/// Sends the same requests to any `ridge serve`: rendered, cache hit, too large for a response, missing, refused, and
/// not stored.
async fn count(data: &Path, arguments: &[&str]) -> String {
    let behind = Ridge::serve(data, &[]);
    let noise = Key::new("noise.png").unwrap();
    behind.store().put(&noise, pictures::noise(700, 500).into(), &Attributes::default()).await.unwrap();
    let denied = Rule::new("PUT", "/photos/brook.jpg", Fault::Status(403));
    let proxy = Proxy::start(&behind.s3, vec![denied]).await;
    let ridge = before(&proxy, data, arguments);
    for (path, status) in [
        ("/photos/dandelion.jpg?w=200", 200),
        ("/photos/dandelion.jpg?w=200", 200),
        ("/noise.png?f=png", 302),
        ("/photos/none.jpg?w=9", 404),
        ("/photos/dandelion.jpg?w=x", 400),
        ("/photos/brook.jpg?w=9", 200),
    ] {
        let answer = ridge.get(path).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
    }
    ridge.metrics().await
}

/// Without times, which differ.
fn counted(text: &str) -> Vec<&str> {
    let is_a_count = |line: &&str| ["_total{", "_count{"].iter().any(|part| line.contains(part));
    text.lines().filter(is_a_count).collect()
}

const EXPECTED: [&str; 9] = [
    r#"ridge_duration_seconds_count{distribution="ELOCAL"} 3"#,
    r#"ridge_errors_total{distribution="ELOCAL",kind="missing"} 1"#,
    r#"ridge_errors_total{distribution="ELOCAL",kind="request"} 1"#,
    r#"ridge_oversize_redirects_total{distribution="ELOCAL"} 1"#,
    r#"ridge_put_failures_total{distribution="ELOCAL"} 1"#,
    r#"ridge_render_time_seconds_count{distribution="ELOCAL"} 3"#,
    r#"ridge_renders_total{distribution="ELOCAL"} 3"#,
    r#"ridge_source_bytes_count{distribution="ELOCAL"} 3"#,
    r#"ridge_variant_bytes_count{distribution="ELOCAL"} 3"#,
];

#[tokio::test]
async fn the_functions_metrics_are_counted() {
    let data = tempdir().unwrap();
    let text = count(data.path(), &[]).await;
    assert_eq!(counted(&text), EXPECTED);
    let seconds =
        text.lines().find_map(|line| line.strip_prefix("ridge_duration_seconds_sum{distribution=\"ELOCAL\"} "));
    assert!((1e-4..60.0).contains(&seconds.unwrap().parse().unwrap()), "in seconds: {seconds:?}");
}

/// The metrics come from the functions' log lines, as in CloudWatch.
#[tokio::test]
#[ignore = "needs the packages and AWS's emulator"]
async fn the_packages_have_the_same_metrics() {
    let data = tempdir().unwrap();
    let (packages, tools) = (packages(), tools());
    let arguments = ["--lambda", packages.to_str().unwrap(), "--lambda-tools", tools.to_str().unwrap()];
    assert_eq!(counted(&count(data.path(), &arguments).await), EXPECTED);
}
