//! The packages under AWS's programs.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use local::lambda::{Environment, FunctionSettings, ORIGIN_MEMORY, Package, Runtime, Tools};
use ridge_store::Credentials;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Ridge, address, credentials, credentials_at};

/// A function in one environment, and its log.
pub(crate) struct Function {
    pub(crate) package: Package,
    pub(crate) environment: Environment,
    log: Arc<Mutex<Vec<String>>>,
}

impl Function {
    /// Starts one of the functions at the edge, from its package.
    pub(crate) fn deployed(name: &'static str, runtime: Runtime) -> Function {
        Function::start(name, runtime, Package::unpack(&packages().join(format!("{name}.zip"))).unwrap())
    }

    /// Starts one of the functions at the edge, with the bucket of a `ridge serve`.
    pub(crate) fn deployed_at(ridge: &Ridge, name: &'static str, runtime: Runtime) -> Function {
        let package = Package::unpack(&packages().join(format!("{name}.zip"))).unwrap();
        Function::start_at(ridge, name, runtime, package)
    }

    /// Starts `purge`, from its package.
    pub(crate) fn purge(environment: Vec<(&'static str, String)>) -> Function {
        let package = Package::unpack(&packages().join("purge.zip")).unwrap();
        Function::with_environment("purge", Runtime::Provided, package, environment)
    }

    pub(crate) fn start(name: &'static str, runtime: Runtime, package: Package) -> Function {
        Function::with_environment(name, runtime, package, Vec::new())
    }

    pub(crate) fn start_at(ridge: &Ridge, name: &'static str, runtime: Runtime, package: Package) -> Function {
        Function::with_credentials(name, runtime, package, Vec::new(), credentials_at(&ridge.s3))
    }

    /// Starts a function with environment variables; functions at the edge have none.
    pub(crate) fn with_environment(
        name: &'static str,
        runtime: Runtime,
        package: Package,
        environment: Vec<(&'static str, String)>,
    ) -> Function {
        Function::with_credentials(name, runtime, package, environment, credentials())
    }

    pub(crate) fn with_credentials(
        name: &'static str,
        runtime: Runtime,
        package: Package,
        environment: Vec<(&'static str, String)>,
        credentials: Credentials,
    ) -> Function {
        let (timeout, region) = (Duration::from_secs(5), "ap-northeast-1");
        let memory = if name == "origin-response" { ORIGIN_MEMORY } else { 128 };
        let settings =
            FunctionSettings { name, runtime, memory, timeout, region, credentials, environment, processor: None };
        let log = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&log);
        let keep: local::lambda::Log = Arc::new(move |line| kept.lock().unwrap().push(line.to_owned()));
        let environment = Environment::start(&Tools::find(&tools()).unwrap(), &package, &settings, &keep).unwrap();
        Function { package, environment, log }
    }

    pub(crate) async fn invoke(&self, event: &Value) -> Result<Value, String> {
        let answer = self.environment.invoke(serde_json::to_vec(event).unwrap()).await?;
        Ok(serde_json::from_slice(&answer).unwrap())
    }

    /// Returns the number of log lines that contain `part`.
    pub(crate) fn count(&self, part: &str) -> usize {
        self.log.lock().unwrap().iter().filter(|line| line.contains(part)).count()
    }

    /// Waits until the log contains `part`.
    pub(crate) async fn logged(&self, part: &str) {
        for _ in 0..3000 {
            if self.log.lock().unwrap().iter().any(|line| line.contains(part)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("no line with {part:?} in {:#?}", self.log.lock().unwrap());
    }
}

/// Returns a package of `make package` with another program, or without one.
pub(crate) fn package_with(bootstrap: Option<&Path>) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let shim = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cdk/shim/index.js");
    fs::copy(shim, folder.path().join("index.js")).unwrap();
    fs::write(folder.path().join("ridge.json"), "{}").unwrap();
    if let Some(bootstrap) = bootstrap {
        let copy = folder.path().join("bootstrap");
        fs::copy(bootstrap, &copy).unwrap();
        fs::set_permissions(copy, Permissions::from_mode(0o755)).unwrap();
    }
    folder
}

/// `examples/faulty.rs`, which `cargo test` builds, but not with `--test`.
pub(crate) fn faulty() -> PathBuf {
    let program = std::env::current_exe().unwrap().ancestors().nth(2).unwrap().join("examples/faulty");
    assert!(program.is_file(), "cargo build --package local --example faulty, with the tests' profile, builds it");
    program
}

/// Returns the folder of the packages, which `make test` builds and names in the environment.
pub(crate) fn packages() -> PathBuf {
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/test-packages");
    std::env::var_os("RIDGE_PACKAGES").map_or(made, PathBuf::from)
}

/// Returns the folder that `tools/setup.sh` installs AWS's programs to.
pub(crate) fn tools() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(Tools::FOLDER)
}

/// Returns an event of `testdata/events`, with changes to its record.
pub(crate) fn fixture(name: &str, change: impl Fn(&mut Value)) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/events").join(name);
    let mut event: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    change(&mut event["Records"][0]["cf"]);
    event
}

/// Returns the event of S3's response with this status for this path, with the bucket of the S3 server at `endpoint`.
pub(crate) fn origin_response(endpoint: &str, uri: &str, status: &str) -> Value {
    fixture("origin-response.json", |cf| {
        cf["request"]["uri"] = json!(uri);
        cf["request"]["origin"]["s3"]["domainName"] = json!(address(local::s3::BUCKET).domain());
        cf["request"]["origin"]["s3"]["customHeaders"] =
            json!({ "x-ridge-endpoint": [{ "key": "x-ridge-endpoint", "value": endpoint }] });
        cf["response"]["status"] = json!(status);
    })
}
