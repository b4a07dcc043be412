//! The program `ridge`, S3 servers, and a plain HTTP client.
#![allow(dead_code, missing_docs, clippy::unwrap_used)]

pub(crate) mod bombs;
pub(crate) mod cloudfront_api;
pub(crate) mod http_client;
pub(crate) mod lambda;
pub(crate) mod moto;
pub(crate) mod pictures;
pub(crate) mod proxy;

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use http_client::{Answer, request, send};
use ridge_engine::{PIPELINE, PIPELINE_KEY, SOURCE_ETAG, worker};
use ridge_store::{Address, Credentials, Metadata, S3Store};
use rustix::process::{Pid, Signal, kill_process};

/// What Chrome sends for an image.
pub(crate) const CHROME: (&str, &str) = ("accept", "image/avif,image/webp,*/*;q=0.8");

/// Returns credentials for servers that accept any, such as moto.
pub(crate) fn credentials() -> Credentials {
    Credentials::new("any", "any", None, None, "test")
}

/// The credentials of running embedded S3 servers, by endpoint.
static KNOWN: LazyLock<Mutex<HashMap<String, Credentials>>> = LazyLock::new(Mutex::default);

/// Records the credentials of a server.
pub(crate) fn know(endpoint: &str, credentials: Credentials) {
    KNOWN.lock().unwrap().insert(endpoint.to_owned(), credentials);
}

/// Returns the credentials for a server.
pub(crate) fn credentials_at(endpoint: &str) -> Credentials {
    KNOWN.lock().unwrap().get(endpoint).cloned().unwrap_or_else(credentials)
}

/// Returns a client for an S3 server that is not AWS.
pub(crate) fn client_at(endpoint: &str) -> aws_sdk_s3::Client {
    ridge_store::connect(local::s3::REGION, Some(endpoint), credentials_at(endpoint))
}

/// Starts `ridge` as the worker of a function that a test calls, because the test's own program is no worker.
pub(crate) fn worker() -> worker::Settings {
    worker::Settings::of_program(env!("CARGO_BIN_EXE_ridge"), worker::MEMORY)
}

/// A running `ridge serve`.
pub(crate) struct Ridge {
    child: Child,
    pub(crate) url: String,
    pub(crate) s3: String,
    /// The URL of CloudFront's API.
    pub(crate) admin: String,
    /// The lines printed since it listens.
    log: Arc<Mutex<Vec<String>>>,
    errors: Arc<Mutex<Vec<String>>>,
}

impl Ridge {
    /// Starts the program and waits until it listens.
    pub(crate) fn serve(data: &Path, arguments: &[&str]) -> Ridge {
        Ridge::start(Command::new(env!("CARGO_BIN_EXE_ridge")), data, arguments)
    }

    /// Starts the program with a limit on its memory (`RLIMIT_DATA`), in bytes.
    pub(crate) fn limited(data: &Path, arguments: &[&str], memory: u64) -> Ridge {
        let mut command = Command::new("prlimit");
        command.arg(format!("--data={memory}")).arg(env!("CARGO_BIN_EXE_ridge"));
        Ridge::start(command, data, arguments)
    }

    /// Runs a command that ends with the program's name.
    pub(crate) fn start(mut command: Command, data: &Path, arguments: &[&str]) -> Ridge {
        let mut words = arguments.iter();
        let external = words.find(|word| **word == "--s3-endpoint").and_then(|_| words.next());
        let credentials = credentials_at(external.unwrap_or(&""));
        let mut child = command
            .args(["serve", "--port", "0", "--admin-port", "0", "--data"])
            .arg(data)
            .args(arguments)
            .env("AWS_ACCESS_KEY_ID", credentials.access_key_id())
            .env("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key())
            .current_dir(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut stderr = child.stderr.take().unwrap();
        let mut word = |label: &str| {
            let line = lines.by_ref().find(|line| line.starts_with(label));
            line.and_then(|line| Some(line.split_whitespace().nth(1)?.trim_end_matches(',').to_owned()))
        };
        let (s3, admin, url) = (word("S3"), word("API"), word("CloudFront"));
        let (Some(s3), Some(admin), Some(url)) = (s3, admin, url) else {
            let mut text = String::new();
            stderr.read_to_string(&mut text).unwrap();
            panic!("ridge serve did not start: {text}");
        };
        if external.is_none() {
            know(&s3, local::s3::read_credentials(&data.join("credentials")).unwrap());
        }
        // Both pipes must be read, because the program would block on a full pipe.
        let log = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&log);
        thread::spawn(move || lines.for_each(|line| kept.lock().unwrap().push(line)));
        let errors = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&errors);
        thread::spawn(move || {
            BufReader::new(stderr).lines().map_while(Result::ok).for_each(|line| {
                println!("ridge: {line}");
                kept.lock().unwrap().push(line);
            })
        });
        Ridge { child, url, s3, admin, log, errors }
    }

    /// Returns the embedded bucket.
    pub(crate) fn store(&self) -> S3Store {
        store_at(&self.s3, local::s3::BUCKET)
    }

    /// Returns the log so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    /// Returns the errors logged so far.
    pub(crate) fn errors(&self) -> Vec<String> {
        self.errors.lock().unwrap().clone()
    }

    /// Runs `ridge purge` against it.
    pub(crate) async fn purge(&self, arguments: &[&str]) -> String {
        let endpoint = ["purge", "--endpoint", &self.admin];
        let done = tokio::process::Command::new(env!("CARGO_BIN_EXE_ridge")).args(endpoint).args(arguments).output();
        let done = done.await.unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }

    /// Waits for a log line that contains all of `parts`.
    pub(crate) async fn logged(&self, parts: &[&str]) -> String {
        let is_meant = |line: &&String| parts.iter().all(|part| line.contains(part));
        for _ in 0..3000 {
            if let Some(line) = self.log.lock().unwrap().iter().find(is_meant) {
                return line.clone();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("no line with {parts:?} in {:#?}", self.log.lock().unwrap());
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[CHROME]).await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        request(method, &format!("{}{path}", self.url), headers, Vec::new()).await
    }

    /// Uploads an image as the playground does.
    pub(crate) async fn upload(&self, key: &str, bytes: Vec<u8>, headers: &[(&str, &str)]) -> Answer {
        request("PUT", &format!("{}/-/originals/{key}", self.url), headers, bytes).await
    }

    /// Sends a request that may fail. The future borrows nothing.
    pub(crate) fn try_get(&self, path: String) -> impl Future<Output = Result<Answer, String>> + use<> {
        let request = http::Request::get(format!("{}{path}", self.url)).header(CHROME.0, CHROME.1);
        send(request.body(Full::new(Bytes::new())).unwrap())
    }

    /// Returns the metrics in Prometheus' text format.
    pub(crate) async fn metrics(&self) -> String {
        request("GET", &format!("{}/metrics", self.admin), &[], Vec::new()).await.text().to_owned()
    }

    /// Returns the keys in the bucket that begin with `prefix`.
    pub(crate) async fn keys(&self, prefix: &str) -> Vec<String> {
        let client = client_at(&self.s3);
        let mut pages = client.list_objects_v2().bucket(local::s3::BUCKET).prefix(prefix).into_paginator().send();
        let mut keys = Vec::new();
        while let Some(page) = pages.next().await {
            keys.extend(page.unwrap().contents.unwrap_or_default().into_iter().filter_map(|object| object.key));
        }
        keys
    }

    /// Returns the maximum memory that it has used, in MiB.
    pub(crate) fn peak_mib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
    }

    /// Returns the process ID.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits until the process has ended.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        for _ in 0..3000 {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("it goes on: {:#?}", self.lines());
    }
}

impl Drop for Ridge {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts a `ridge serve` whose S3 server is the proxy.
pub(crate) fn before(proxy: &proxy::Proxy, data: &Path, arguments: &[&str]) -> Ridge {
    let external = ["--s3-endpoint", &proxy.endpoint, "--bucket", local::s3::BUCKET];
    Ridge::serve(data, &[&external, arguments].concat())
}

/// Returns a bucket on an S3 server that is not AWS.
pub(crate) fn store_at(endpoint: &str, bucket: &str) -> S3Store {
    S3Store::new(client_at(endpoint), bucket)
}

/// Returns an object's tags, which `Store` writes and never reads.
pub(crate) async fn tags(endpoint: &str, bucket: &str, key: &str) -> Vec<(String, String)> {
    let answer = client_at(endpoint).get_object_tagging().bucket(bucket).key(key).send().await.unwrap();
    answer.tag_set.into_iter().map(|tag| (tag.key, tag.value)).collect()
}

/// Changes an event's response into S3's response for a fresh variant of this original.
pub(crate) fn make_fresh(response: &mut serde_json::Value, original: &Metadata) {
    let etag = original.etag.clone().unwrap();
    for (name, value) in [(PIPELINE_KEY, PIPELINE.to_string()), (SOURCE_ETAG, etag)] {
        let name = format!("x-amz-meta-{name}");
        response["headers"][&name] = serde_json::json!([{ "key": name, "value": value }]);
    }
}

/// Compares a generated table with the table on a page, between the page's markers of this name.
pub(crate) fn page_holds(page: &str, name: &str, table: &str, command: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(page);
    let text = std::fs::read_to_string(&path).unwrap();
    let (start, end) = (format!("<!-- {name}: written by a test, `{command}` -->\n"), format!("<!-- /{name} -->"));
    let (before, rest) = text.split_once(&start).unwrap_or_else(|| panic!("{page} has no {start}"));
    let (old, after) = rest.split_once(&end).unwrap_or_else(|| panic!("{page} has no {end}"));
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(path, format!("{before}{start}{table}{end}{after}")).unwrap();
    } else {
        assert_eq!(old, table, "run {command}");
    }
}

/// Returns a bucket's address as events contain it.
pub(crate) fn address(bucket: &str) -> Address {
    Address { bucket: bucket.to_owned(), region: local::s3::REGION.to_owned() }
}
