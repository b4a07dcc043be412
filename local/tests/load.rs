//! Many requests at once, and shutdown: the short form of `make bench-load`.

use ridge_store::Store as _;
use std::fs;
use std::path::Path;
use std::time::Duration;

use futures_util::future::join_all;
use futures_util::{StreamExt as _, stream};
use md5::{Digest, Md5};
use ridge_contract::Key;
use rustix::process::Signal;
use tempfile::{TempDir, tempdir};

use crate::support::http_client::Answer;
use crate::support::proxy::{Fault, Proxy, Rule};
use crate::support::{Ridge, before, pictures};

/// The maximum memory of the process, in MiB: two renders, waiting requests, and two caches.
const MEMORY: u64 = 200;

async fn metric(ridge: &Ridge, name: &str) -> f64 {
    let text = ridge.metrics().await;
    let found = text.lines().find(|line| line.starts_with(name) && !line.starts_with('#'));
    found.map_or(0.0, |line| line.rsplit_once(' ').unwrap().1.parse().unwrap())
}

fn is_webp(answer: &Answer, width: u32) -> bool {
    answer.status == 200 && answer.picture().1 == "WebP" && answer.picture().0.starts_with(&format!("{width}x"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_requests_for_one_cold_variant_are_one_render() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let answers = join_all((0..1000).map(|_| ridge.get("/photos/dandelion.jpg?w=300"))).await;
    assert!(answers.iter().all(|answer| is_webp(answer, 300) && answer.body == answers[0].body));
    let found = |name| answers.iter().filter(|answer| answer.found() == name).count();
    assert_eq!((found("Miss"), found("Miss") + found("Joined") + found("Hit")), (1, 1000));
    assert_eq!(metric(&ridge, "ridge_renders_total{").await, 1.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_cold_variants_are_rendered_within_the_memory_limit() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &["--renders", "2"]);
    let widths = 100..400;
    let ask = async |width: u32| (width, ridge.get(&format!("/photos/dandelion.jpg?w={width}")).await);
    let answers: Vec<_> = stream::iter(widths.clone().map(ask)).buffer_unordered(64).collect().await;
    for (width, answer) in &answers {
        assert!(is_webp(answer, *width), "{width}: {answer:?}");
    }
    assert_eq!(metric(&ridge, "ridge_renders_total{").await, widths.len() as f64);
    assert!(ridge.peak_mib() < MEMORY, "{} MiB", ridge.peak_mib());
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_beyond_the_queue_get_a_503() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &["--renders", "1", "--queue", "2"]);
    let ridge = &ridge;
    let all = || {
        join_all((100..140).map(|width| async move { ridge.get(&format!("/photos/dandelion.jpg?w={width}")).await }))
    };
    let mut refused = 0;
    for answer in all().await {
        if answer.status == 503 {
            refused += 1;
            assert_eq!((answer.header("retry-after"), answer.header("cache-control")), ("1", "no-store"));
            assert_eq!(answer.text(), "too many images are being rendered; try again\n");
        } else {
            assert_eq!(answer.picture().1, "WebP");
        }
    }
    assert!((1..=37).contains(&refused), "three find a place: {refused} refused");
    assert_eq!(metric(ridge, "ridge_errors_total{").await, f64::from(refused));
    while all().await.iter().any(|answer| answer.status != 200) {}
}

/// Large and small objects, so that a write can be interrupted at any point.
fn originals() -> TempDir {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("noise.png"), pictures::noise(700, 500)).unwrap();
    fs::write(folder.path().join("cat.jpg"), pictures::sample("dandelion.jpg")).unwrap();
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_kill_during_writes_nothing_truncated_is_served() {
    let (data, folder) = (tempdir().unwrap(), originals());
    let serve = |data: &Path| Ridge::serve(data, &["--originals", folder.path().to_str().unwrap()]);
    let (mut stored, mut round) = (0, 0);
    // Each round takes a little longer. A busy machine needs some rounds before anything is stored.
    while round < 6 || (stored == 0 && round < 60) {
        round += 1;
        let ridge = serve(data.path());
        let paths = (0..20).map(|number| match number % 2 {
            0 => format!("/noise.png?f=png&v={round}-{number}"),
            _ => format!("/cat.jpg?w=200&v={round}-{number}"),
        });
        let asked: Vec<_> = paths.map(|path| tokio::spawn(ridge.try_get(path))).collect();
        tokio::time::sleep(Duration::from_millis(40 * round)).await;
        drop(ridge);
        join_all(asked).await;

        let ridge = serve(data.path());
        let keys = ridge.keys("w_").await;
        for key in &keys {
            let object = ridge.store().get(&Key::new(key).unwrap(), 4 << 20).await.unwrap();
            let md5 = hex::encode(Md5::digest(&object.bytes));
            assert_eq!(object.metadata.etag, Some(format!("\"{md5}\"")), "{key}");
            assert_eq!(object.metadata.size, Some(object.bytes.len() as u64), "{key}");
            let answer = ridge.get(&Key::new(key).unwrap().to_path()).await;
            assert_eq!((answer.status, &answer.body), (200, &object.bytes), "{key}");
        }
        assert!(keys.len() >= stored, "stored variants remain");
        stored = keys.len();
    }
    assert!((1..20 * 6).contains(&stored), "some were killed and some were not: {stored}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_signal_lets_running_requests_finish() {
    let (data, folder) = (tempdir().unwrap(), originals());
    let behind = Ridge::serve(data.path(), &["--originals", folder.path().to_str().unwrap()]);
    let proxy = Proxy::start(&behind.s3, vec![Rule::new("GET", "/ridge/cat.jpg", Fault::Hold)]).await;
    let mut ridge = before(&proxy, data.path(), &["--renders", "2"]);
    let widths = 300..312u32;
    let asked: Vec<_> =
        widths.clone().map(|width| tokio::spawn(ridge.try_get(format!("/cat.jpg?w={width}")))).collect();
    for _ in widths.clone() {
        proxy.until_held().await;
    }
    ridge.signal(Signal::TERM);
    ridge.logged(&["shutting down gracefully"]).await;
    widths.clone().for_each(|_| proxy.release());
    for (width, answer) in widths.clone().zip(join_all(asked).await) {
        assert!(is_webp(&answer.unwrap().unwrap(), width), "{width}");
    }
    assert!(ridge.ended().await.success());
    assert!(ridge.try_get("/cat.jpg?w=9".to_owned()).await.is_err(), "it still listens");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_signal_stops_at_once() {
    let (data, folder) = (tempdir().unwrap(), originals());
    let behind = Ridge::serve(data.path(), &["--originals", folder.path().to_str().unwrap()]);
    let proxy = Proxy::start(&behind.s3, vec![Rule::new("GET", "/ridge/cat.jpg", Fault::Hold)]).await;
    let mut ridge = before(&proxy, data.path(), &[]);
    let asked = tokio::spawn(ridge.try_get("/cat.jpg?w=9".to_owned()));
    proxy.until_held().await;
    ridge.signal(Signal::INT);
    ridge.logged(&["shutting down"]).await;
    ridge.signal(Signal::INT);
    assert!(ridge.ended().await.success());
    assert!(asked.await.unwrap().is_err());
}
