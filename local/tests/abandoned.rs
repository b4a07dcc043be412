//! Renders that are given up, run out of memory, or crash: the next request is answered as if nothing had been.

use std::collections::HashSet;
use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use image::{ImageFormat, Rgba, RgbaImage};
use origin_response::{Service, Stores};
use ridge_cloudfront::event::Event;
use ridge_contract::{Config, Key, Policy};
use ridge_engine::{Limiter, worker};
use ridge_store::{Attributes, Store as _};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};

use crate::support;
use crate::support::http_client::Answer;
use crate::support::{Ridge, address, pictures, store_at};

/// Noise that is tried as AVIF, which takes minutes, and then encoded as WebP, which takes seconds.
const SLOW: &str = "/noise.png?f=avif";
const POLICY: &str = r#"{
    "maxSourcePixels": 268435456, "maxVariantPixels": 268435456, "maxAvifPixels": 268435456,
    "effort": {"avif": 9, "webp": 6}
}"#;

/// One that shows little and is 196 MB of pixels, which turning it needs at once.
const LARGE: &str = "/flat.png?rot=90&f=png";
const LARGE_SIDE: u32 = 7000;

/// In bytes: enough for any usual picture.
const MEMORY: u64 = 160 << 20;

struct Scene {
    data: TempDir,
    folder: TempDir,
}

impl Scene {
    fn new() -> Scene {
        let (data, folder) = (tempdir().unwrap(), tempdir().unwrap());
        fs::write(folder.path().join("good.jpg"), pictures::sample("dandelion.jpg")).unwrap();
        fs::write(data.path().join("policy.json"), POLICY).unwrap();
        Scene { data, folder }
    }

    fn with(self, name: &str, bytes: Vec<u8>) -> Scene {
        fs::write(self.folder.path().join(name), bytes).unwrap();
        self
    }

    /// One render at once, and one request that may wait for it: as little as there can be.
    fn serve(&self, start: impl Fn(&Path, &[&str]) -> Ridge, timeout: &str) -> Ridge {
        let config = self.data.path().join("policy.json");
        let originals = ["--originals", self.folder.path().to_str().unwrap()];
        let limits = ["--renders", "1", "--queue", "1", "--timeout", timeout, "--config", config.to_str().unwrap()];
        start(self.data.path(), &[&originals[..], &limits].concat())
    }
}

fn is_made(answer: &Answer, width: u32) -> bool {
    answer.status == 200 && answer.found() == "Miss" && answer.picture().0.starts_with(&format!("{width}x"))
}

/// The processes under this one, by number, with the letter of proc_pid_stat(5) for what each is doing.
fn workers(ridge: &Ridge) -> Vec<(i32, char)> {
    let tasks = fs::read_dir(format!("/proc/{}/task", ridge.id())).unwrap();
    let children = tasks.map(|task| fs::read_to_string(task.unwrap().path().join("children")).unwrap());
    let numbers: Vec<i32> =
        children.flat_map(|list| list.split_whitespace().map(|pid| pid.parse().unwrap()).collect::<Vec<_>>()).collect();
    let state = |pid: &i32| {
        fs::read_to_string(format!("/proc/{pid}/stat")).unwrap().rsplit_once(") ").unwrap().1.chars().next()
    };
    numbers.into_iter().map(|pid| (pid, state(&pid).unwrap())).collect()
}

#[tokio::test]
async fn a_render_that_is_given_up_takes_no_place_from_the_next() {
    let scene = Scene::new().with("noise.png", pictures::turned_noise(5000, 4900));
    let ridge = scene.serve(Ridge::serve, "3");
    for round in 0..2 {
        let late = ridge.get(&format!("{SLOW}&v={round}")).await;
        assert_eq!(late.status, 503, "{}", late.text());
        assert_eq!(late.text(), "rendering exceeded the time limit; request a smaller size\n");
        assert_eq!((late.header("cache-control"), late.header("retry-after")), ("max-age=60", "60"));
        assert_eq!(ridge.get(&format!("{SLOW}&v={round}")).await.found(), "Hit", "it is paid for once a minute");
        let next = ridge.get(&format!("/good.jpg?w={}", 100 + round)).await;
        assert!(is_made(&next, 100 + round), "{} {}", next.status, next.text());
        let left = workers(&ridge);
        assert!(left.len() <= 1 && left.iter().all(|(_, state)| *state != 'R' && *state != 'Z'), "{left:?}");
    }
}

#[tokio::test]
async fn a_render_without_memory_is_a_413_and_the_server_lives_on() {
    let mut flat = Cursor::new(Vec::new());
    RgbaImage::from_pixel(LARGE_SIDE, LARGE_SIDE, Rgba([9, 8, 7, 6])).write_to(&mut flat, ImageFormat::Png).unwrap();
    let scene = Scene::new().with("flat.png", flat.into_inner());
    let mut ridge = scene.serve(|data, arguments| Ridge::limited(data, arguments, MEMORY), "30");
    let refused = ridge.get(LARGE).await;
    assert_eq!(refused.status, 413, "{}", refused.text());
    let text = "rendering needs more memory than the 160 MB that are allowed; request a smaller size\n";
    assert_eq!(refused.text(), text);
    while !ridge.errors().iter().any(|line| line.contains("SIGABRT") && line.contains("memory allocation of")) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let next = ridge.get("/good.jpg?w=100").await;
    assert!(is_made(&next, 100), "{} {}", next.status, next.text());
    assert!(!ridge.has_ended());
}

#[tokio::test]
async fn a_worker_that_ends_while_it_waits_is_replaced() {
    let scene = Scene::new();
    let ridge = scene.serve(Ridge::serve, "20");
    assert!(is_made(&ridge.get("/good.jpg?w=100").await, 100));
    let before = workers(&ridge);
    let [(worker, _)] = before[..] else { panic!("{before:?}") };
    // Nothing of the server is open in it: no socket, and no file of S3's.
    let files = fs::read_dir(format!("/proc/{worker}/fd")).unwrap();
    let files: Vec<_> = files.map(|file| fs::read_link(file.unwrap().path()).unwrap()).collect();
    let is_of_server = |file: &Path| file.starts_with(scene.data.path()) || file.to_str().unwrap().contains("socket:");
    assert!(!files.iter().any(|file| is_of_server(file)), "{files:?}");
    let environment = fs::read_to_string(format!("/proc/{worker}/environ")).unwrap();
    assert!(!environment.contains("AWS"), "{environment}");

    kill_process(Pid::from_raw(worker).unwrap(), Signal::KILL).unwrap();
    // Its pipes are closed by the time that it waits to be reaped.
    while workers(&ridge).iter().any(|(pid, state)| *pid == worker && *state != 'Z') {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(is_made(&ridge.get("/good.jpg?w=101").await, 101));
    let after = workers(&ridge);
    assert!(after.len() == 1 && after[0].0 != worker, "{before:?} {after:?}");
}

#[tokio::test]
async fn a_worker_ends_with_the_server() {
    let scene = Scene::new().with("noise.png", pictures::turned_noise(5000, 4900));
    let ridge = scene.serve(Ridge::serve, "30");
    let asked = tokio::spawn(ridge.try_get(SLOW.to_owned()));
    let worker = loop {
        if let Some((worker, 'R')) = workers(&ridge).first() {
            break *worker;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    };
    drop(ridge);
    asked.await.unwrap().unwrap_err();
    while Path::new(&format!("/proc/{worker}")).exists() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Lambda gives up no event by itself, but `ridge warm` and any other caller may.
#[tokio::test]
async fn who_goes_away_takes_the_render_along() {
    let scene = Scene::new().with("noise.png", pictures::turned_noise(5000, 4900));
    let ridge = scene.serve(Ridge::serve, "30");
    let service = service(&ridge, POLICY, support::worker());
    let slow = tokio::time::timeout(Duration::from_secs(1), call(&service, "/w_auto/avif/noise.png")).await;
    slow.unwrap_err();
    assert_eq!(call(&service, "/w_100/webp/good.jpg").await.0, "200");
}

/// Libraries in C report a failed allocation as any other failure. Whichever allocation it is, the original is not broken.
#[tokio::test]
async fn want_of_memory_is_not_a_broken_original() {
    let scene = Scene::new().with("noise.png", pictures::turned_noise(700, 600));
    let ridge = scene.serve(Ridge::serve, "30");
    let mut originals = vec!["noise.png"];
    for (name, url) in
        [("noise.webp", "/noise.png?f=webp"), ("noise.avif", "/noise.png?f=avif"), ("noise.jpg", "/noise.png?f=jpg")]
    {
        let file = ridge.get(&format!("{url}&q=20")).await.body;
        ridge.store().put(&Key::new(name).unwrap(), file, &Attributes::default()).await.unwrap();
        originals.push(name);
    }
    for original in originals {
        for format in ["webp", "avif", "jpeg"] {
            let mut seen = HashSet::new();
            for megabytes in (4..=24).step_by(2) {
                let worker = worker::Settings { memory: megabytes << 20, ..support::worker() };
                let path = format!("/w_auto/q_{}/{format}/{original}", 20 + megabytes);
                let (status, text) = call(&service(&ridge, r#"{"effort": {"avif": 2}}"#, worker), &path).await;
                assert!(["200", "302", "413"].contains(&&*status), "{megabytes} MB: {path}: {status} {text}");
                seen.insert(status);
            }
            assert!(seen.contains("413") && seen.len() > 1, "{original} as {format}: {seen:?}");
        }
    }
}

/// The function, rendering with this worker, before the S3 of `ridge`.
fn service(ridge: &Ridge, config: &str, worker: worker::Settings) -> Service {
    let s3 = ridge.s3.clone();
    let stores = Stores::new(Box::new(move |address, _| Ok(Arc::new(store_at(&s3, &address.bucket)))));
    Service::new(Arc::new(Policy::new(Config::parse(config).unwrap())), stores, Limiter::new(1, 0), worker)
}

/// The status and the body that the function answers with for a path that S3 does not have.
async fn call(service: &Service, uri: &str) -> (String, String) {
    let mut event: Value = serde_json::from_str(include_str!("../../testdata/events/origin-response.json")).unwrap();
    let cf = &mut event["Records"][0]["cf"];
    cf["request"]["uri"] = json!(uri);
    cf["request"]["origin"]["s3"]["domainName"] = json!(address(local::s3::BUCKET).domain());
    let event: Event = serde_json::from_value(event).unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    let response = origin_response::handle(event.into_cf().unwrap(), service, deadline).await.0;
    (response.status, response.body.unwrap_or_default())
}
