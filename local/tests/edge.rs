//! The deployed packages under AWS's Runtime Interface Emulator, Node.js and AWS's client: unpacked read only, with
//! only Lambda's environment, in another region than the bucket.

use ridge_store::Store as _;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use local::lambda::Package;
use local::lambda::Runtime::{Node22, Node24};
use origin_response::{Service, Stores};
use ridge_cloudfront::event::Event;
use ridge_contract::{CacheTag, Key, Policy};
use ridge_engine::{Limiter, worker};
use serde_json::{Value, json};
use tempfile::tempdir;
use zip::ZipArchive;

use crate::support;
use crate::support::lambda::{Function, fixture, package_with, packages, tools};
use crate::support::{Ridge, make_fresh, store_at};

const MADE: &str = "/w_40/h_30/webp/photos/brook.jpg";

fn viewer_request(uri: &str, query: &str) -> Value {
    fixture("viewer-request.json", |cf| {
        cf["request"]["uri"] = json!(uri);
        cf["request"]["querystring"] = json!(query);
    })
}

/// Returns the event of S3's response with this status for this path, with the bucket of a `ridge serve`.
fn origin_response(ridge: &Ridge, uri: &str, status: &str) -> Value {
    support::lambda::origin_response(&ridge.s3, uri, status)
}

fn header<'a>(response: &'a Value, name: &str) -> &'a str {
    response["headers"][name][0]["value"].as_str().unwrap_or("")
}

#[test]
#[ignore = "needs the packages and AWS's emulator"]
fn the_packages_contain_the_required_files() {
    let at_the_edge = &[("bootstrap", 0o755), ("index.js", 0o644), ("ridge.json", 0o644)][..];
    for (name, expected) in
        [("viewer-request", at_the_edge), ("origin-response", at_the_edge), ("purge", &[("bootstrap", 0o755)])]
    {
        let mut zip = ZipArchive::new(File::open(packages().join(format!("{name}.zip"))).unwrap()).unwrap();
        let mut found = BTreeMap::new();
        for index in 0..zip.len() {
            let file = zip.by_index(index).unwrap();
            assert_eq!(file.last_modified().unwrap().year(), 1980, "it does not contain the time of packaging");
            found.insert(file.name().unwrap().into_owned(), file.unix_mode().unwrap() & 0o777);
        }
        let expected = expected.iter().map(|(name, mode)| ((*name).to_owned(), *mode)).collect();
        assert_eq!(found, expected, "{name}");
    }
}

#[tokio::test]
#[ignore = "needs the packages and AWS's emulator"]
async fn viewer_request_cold_and_warm() {
    for runtime in [Node22, Node24] {
        let function = Function::deployed("viewer-request", runtime);
        for round in ["cold", "warm"] {
            let event = viewer_request("/photos/cat.jpg", "w=200&h=200");
            let answer = function.invoke(&event).await.unwrap();
            let mut expected = event["Records"][0]["cf"]["request"].clone();
            expected["uri"] = json!("/w_200/h_200/webp/photos/cat.jpg");
            expected["querystring"] = json!("");
            assert_eq!(answer, expected, "{round}: everything that is not rewritten comes back");
        }
        let refused = function.invoke(&viewer_request("/photos/cat.jpg", "w=0")).await.unwrap();
        assert_eq!(refused["status"], "400");
        assert!(refused.to_string().len() < ridge_cloudfront::VIEWER_RESPONSE_BYTES);
        assert!(function.environment.resident() < 16 << 20, "Node is gone: {}", function.environment.resident());
    }
}

#[tokio::test]
#[ignore = "needs the packages and AWS's emulator"]
async fn keys_are_read_from_the_package() {
    let deployed = Function::deployed("viewer-request", Node24);
    let packed = |keys: Option<&str>| {
        let folder = package_with(Some(&deployed.package.root().join("bootstrap")));
        std::fs::write(folder.path().join("ridge.json"), r#"{"signing": "all"}"#).unwrap();
        keys.into_iter().for_each(|keys| std::fs::write(folder.path().join("ridge.keys.json"), keys).unwrap());
        Function::start("viewer-request", Node24, Package::of(folder).unwrap())
    };
    let keys = format!(r#"{{"keys": [{{"id": "a", "secret": "{}"}}]}}"#, "0f".repeat(32));
    let function = packed(Some(&keys));
    let unsigned = function.invoke(&viewer_request("/photos/cat.jpg", "w=200")).await.unwrap();
    assert_eq!((&unsigned["status"], header(&unsigned, "cache-control")), (&json!("403"), "max-age=60"));
    let signature =
        ridge_contract::Keys::parse(&keys).unwrap().sign("/w_200/auto/photos/cat.jpg", 4_102_444_800).unwrap();
    let signed = function.invoke(&viewer_request("/photos/cat.jpg", &format!("w=200&{signature}"))).await.unwrap();
    assert_eq!((&signed["uri"], &signed["querystring"]), (&json!("/w_200/webp/photos/cat.jpg"), &json!("")));

    let without = packed(None);
    without.invoke(&viewer_request("/photos/cat.jpg", "w=200")).await.unwrap_err();
    without.logged("signing: it needs keys, and there are none").await;
}

#[tokio::test]
#[ignore = "needs the packages and AWS's emulator"]
async fn origin_response_renders_and_stores() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    for runtime in [Node22, Node24] {
        let key = Key::from_path(MADE).unwrap();
        ridge.store().delete(&key).await.unwrap();
        let function = Function::deployed_at(&ridge, "origin-response", runtime);
        for round in ["cold", "warm"] {
            let answer = function.invoke(&origin_response(&ridge, MADE, "404")).await.unwrap();
            assert_eq!((&answer["status"], header(&answer, "content-type")), (&json!("200"), "image/webp"), "{round}");
            assert_eq!(header(&answer, "transfer-encoding"), "chunked", "it is read only, so it remains");
            let body = STANDARD.decode(answer["body"].as_str().unwrap()).unwrap();
            let stored = ridge.store().get(&key, 1 << 20).await.unwrap();
            assert_eq!(stored.bytes, body, "{round}");
        }
        function.logged(r#""outcome":"made""#).await;

        let original = ridge.store().head(&Key::new("photos/brook.jpg").unwrap()).await.unwrap();
        let mut stored = origin_response(&ridge, MADE, "200");
        make_fresh(&mut stored["Records"][0]["cf"]["response"], &original);
        let mut expected = stored["Records"][0]["cf"]["response"].clone();
        let headers = expected["headers"].as_object_mut().unwrap();
        headers.retain(|name, _| !name.starts_with("x-amz-") && !["server", "last-modified"].contains(&name.as_str()));
        let tag = CacheTag::of(&Key::new("photos/brook.jpg").unwrap()).to_string();
        let set = [
            ("Cache-Tag", &*tag),
            ("Cache-Control", "public, max-age=31536000"),
            ("Content-Type", "image/webp"),
            ("Server-Timing", "stored"),
        ];
        for (name, value) in set.into_iter().chain(ridge_cloudfront::ON_EVERY_ANSWER) {
            headers.insert(name.to_lowercase(), json!([{ "key": name, "value": value }]));
        }
        assert_eq!(function.invoke(&stored).await.unwrap(), expected);
    }
}

#[tokio::test]
#[ignore = "needs the packages and AWS's emulator"]
async fn origin_response_explains_errors() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let text = Key::new("notes.jpg").unwrap();
    ridge.store().put(&text, "not a picture".into(), &ridge_store::Attributes::default()).await.unwrap();
    let function = Function::deployed_at(&ridge, "origin-response", Node24);
    for (uri, status, body) in [
        ("/w_40/webp/photos/none.jpg", "404", "there is no original photos/none.jpg"),
        ("/w_40/webp/notes.jpg", "415", "not a picture in a format that is read"),
        ("/w_40/w_50/webp/photos/brook.jpg", "400", "w_"),
        ("/w_5000/webp/photos/brook.jpg", "400", "got \"5000\""),
    ] {
        let answer = function.invoke(&origin_response(&ridge, uri, "404")).await.unwrap();
        assert_eq!(answer["status"], status, "{uri}: {answer}");
        assert!(answer["body"].as_str().unwrap().contains(body), "{uri}: {answer}");
    }
}

#[tokio::test]
#[ignore = "needs the packages and AWS's emulator"]
async fn a_large_variant_is_stored_and_redirected_to() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let function = Function::deployed_at(&ridge, "origin-response", Node24);
    let uri = "/w_1600/png/photos/mountains.jpg";
    let answer = function.invoke(&origin_response(&ridge, uri, "404")).await.unwrap();
    assert_eq!((&answer["status"], header(&answer, "location")), (&json!("302"), uri));
    assert_eq!(header(&answer, "cache-control"), "no-store");
    let stored = ridge.store().head(&Key::from_path(uri).unwrap()).await.unwrap();
    assert!(stored.size.unwrap() > ridge_cloudfront::BODY_BUDGET as u64);
}

/// The processors at the edge are not documented. Nehalem is the oldest that Amazon Linux 2023 runs on.
#[tokio::test]
#[ignore = "needs the packages and AWS's emulator"]
async fn the_package_runs_on_an_old_processor() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let deployed = Function::deployed_at(&ridge, "origin-response", Node24);
    let folder = package_with(Some(&deployed.package.root().join("bootstrap")));
    // `execve` requires a path.
    let emulated = "const { execFileSync } = require('node:child_process');
        const qemu = execFileSync('sh', ['-c', 'command -v qemu-x86_64'], { encoding: 'utf8' }).trim();
        process.execve(qemu, ['qemu', '-cpu', 'Nehalem-v1', __dirname + '/bootstrap'])";
    std::fs::write(folder.path().join("index.js"), emulated).unwrap();
    let function = Function::start_at(&ridge, "origin-response", Node24, Package::of(folder).unwrap());
    let original = ridge.store().head(&Key::new("photos/brook.jpg").unwrap()).await.unwrap();
    let mut stored = origin_response(&ridge, MADE, "200");
    make_fresh(&mut stored["Records"][0]["cf"]["response"], &original);
    assert_eq!(function.invoke(&stored).await.unwrap()["status"], "200");

    // QEMU does not emulate child processes of an emulated program, so the test starts the worker with an emulated
    // processor.
    let found = Command::new("sh").args(["-c", "command -v qemu-x86_64"]).output().unwrap();
    let qemu = String::from_utf8(found.stdout).unwrap();
    let bootstrap = deployed.package.root().join("bootstrap");
    let arguments = ["-cpu".into(), "Nehalem-v1".into(), bootstrap.into_os_string(), worker::ARGUMENT.into()];
    let worker =
        worker::Settings { arguments: arguments.into(), ..worker::Settings::of_program(qemu.trim(), worker::MEMORY) };
    let s3 = ridge.s3.clone();
    let stores = Stores::new(Box::new(move |address, _| Ok(Arc::new(store_at(&s3, &address.bucket)))));
    let service = Service::new(Arc::new(Policy::default()), stores, Limiter::new(1, 1), worker);
    for uri in [
        "/w_40/webp/photos/brook.jpg",
        "/w_40/avif/photos/mark.webp",
        "/w_40/png/photos/mark.png",
        "/w_40/gif/photos/turning.gif",
    ] {
        let event: Event = serde_json::from_value(origin_response(&ridge, uri, "404")).unwrap();
        let deadline = Instant::now() + Duration::from_secs(60);
        let (response, report) = origin_response::handle(event.into_cf().unwrap(), &service, deadline).await;
        assert_eq!(response.status, "200", "{uri}: {report:?}");
    }
}

#[tokio::test]
#[ignore = "needs the packages and AWS's emulator"]
async fn purge_cold_and_warm() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let read =
        |name| std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/events").join(name));
    let mut batch: Value = serde_json::from_str(&read("sqs-batch.json").unwrap()).unwrap();
    batch["Records"][0]["body"] = json!(read("object-created.json").unwrap());
    let function = Function::purge(purge::Settings::variables(local::cloudfront::ID, &ridge.admin));
    for round in ["cold", "warm"] {
        assert_eq!(function.invoke(&batch).await.unwrap(), json!({ "batchItemFailures": [] }), "{round}");
    }
    function
        .logged(
            r#"{"changed":1,"originals":["photos/cat.jpg"],"new":0,"unknown":0,"purged":1,"invalidations":["ILOCAL2"]"#,
        )
        .await;
    ridge.logged(&["invalidated 0: ", CacheTag::of(&Key::new("photos/cat.jpg").unwrap()).as_str()]).await;
    assert!(function.environment.resident() < 32 << 20, "{}", function.environment.resident());

    let nowhere = Function::purge(purge::Settings::variables("EOTHER", &ridge.admin));
    let failed = nowhere.invoke(&batch).await.unwrap();
    assert_eq!(failed["batchItemFailures"][0]["itemIdentifier"], batch["Records"][0]["messageId"]);
    nowhere.logged("there is no distribution EOTHER").await;
    let unset = Function::purge(Vec::new());
    unset.invoke(&batch).await.unwrap_err();
    unset.logged("purge: the environment variable RIDGE_DISTRIBUTION_ID is not set").await;
}

#[tokio::test]
#[ignore = "needs the packages and AWS's emulator"]
async fn memory_is_stable_and_nothing_is_written_in_200_invocations() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let function = Function::deployed_at(&ridge, "origin-response", Node24);
    let before = listing(function.package.root());
    let mut resident = Vec::new();
    for round in 0..200 {
        let uri = format!("/w_{}/webp/photos/brook.jpg", 40 + round % 7);
        let answer = function.invoke(&origin_response(&ridge, &uri, "404")).await.unwrap();
        assert_eq!(answer["status"], "200");
        resident.push(function.environment.resident());
    }
    // The allocator keeps some memory of the first invocations.
    let (early, late) = (resident[20..60].iter().max().unwrap(), resident[160..].iter().max().unwrap());
    assert!(*late <= early + (4 << 20), "{early} bytes became {late}");
    assert_eq!(listing(function.package.root()), before);
}

/// Returns names, modes, sizes and modification times of everything in a folder.
fn listing(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| {
        let entry = entry.unwrap();
        let facts = entry.metadata().unwrap();
        let (mode, changed) = (facts.permissions(), facts.modified().unwrap());
        format!("{:?} {mode:?} {} {changed:?}", entry.file_name(), facts.len())
    });
    let mut entries: Vec<_> = entries.collect();
    entries.sort();
    entries
}

#[tokio::test]
#[ignore = "needs the packages and AWS's emulator"]
async fn the_whole_loop_through_the_packages() {
    let data = tempdir().unwrap();
    let (packages, tools) = (packages(), tools());
    let arguments = ["--lambda", packages.to_str().unwrap(), "--lambda-tools", tools.to_str().unwrap()];
    let ridge = Ridge::serve(data.path(), &arguments);
    let url = "/photos/dandelion.jpg?w=200&h=200";
    let made = ridge.get(url).await;
    assert_eq!(
        (made.status, made.found(), made.header("content-type")),
        (200, "Miss", "image/webp"),
        "{}",
        made.text()
    );
    assert_eq!(made.picture(), ("200x200".into(), "WebP"));
    assert!(made.header("server-timing").contains("put;dur="), "rendered by the package");
    let again = ridge.get(url).await;
    assert_eq!((again.status, again.found(), &again.body), (200, "Hit", &made.body));
    let jpeg = ridge.send("GET", url, &[("accept", "*/*")]).await;
    assert_eq!(jpeg.picture(), ("200x200".into(), "JPEG"));
    assert_eq!(ridge.get("/photos/dandelion.jpg?w=x").await.status, 400);
    assert_eq!(ridge.get("/photos/none.jpg?w=20").await.status, 404);
    let stored = ridge.store().get(&Key::new("w_200/h_200/webp/photos/dandelion.jpg").unwrap(), 1 << 20).await;
    assert_eq!(stored.unwrap().bytes, made.body);

    let original = Key::new("photos/dandelion.jpg").unwrap();
    ridge
        .store()
        .put(&original, support::pictures::sample("mark.png").into(), &ridge_store::Attributes::default())
        .await
        .unwrap();
    let replaced = ridge.get(url).await;
    assert_eq!((replaced.status, replaced.found()), (200, "Miss"), "invalidated by the package");
    assert_ne!(replaced.body, made.body);
    let stored = ridge.store().get(&Key::new("w_200/h_200/webp/photos/dandelion.jpg").unwrap(), 1 << 20).await;
    assert_eq!(stored.unwrap().bytes, replaced.body, "regenerated");
}
