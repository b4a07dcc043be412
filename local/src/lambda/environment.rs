//! One execution environment: the emulator and under it the function, which serves one invocation at a time.

use std::io::{BufRead as _, BufReader, Read};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;
use tokio::net::TcpStream;

use super::{FunctionSettings, Log, Package, Runtime, Tools, memory};

/// The emulator's path for an invocation.
const INVOKE: &str = "2015-03-31/functions/function/invocations";

/// How long the emulator may take until it listens, and until it has ended its processes.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long until it is looked again.
const POLL: Duration = Duration::from_millis(2);

/// A running environment. Dropped, it ends, and the function with it.
pub struct Environment {
    emulator: Child,
    address: SocketAddr,
    client: Client<HttpConnector, Full<Bytes>>,
}

/// What Lambda answers in place of a function that failed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FunctionError {
    error_type: String,
    error_message: String,
    #[serde(rename = "trace", default)]
    _trace: serde::de::IgnoredAny,
}

impl Environment {
    /// Starts the emulator; it starts the function at the first invocation.
    pub fn start(
        tools: &Tools,
        package: &Package,
        settings: &FunctionSettings,
        log: &Log,
    ) -> anyhow::Result<Environment> {
        let [emulator_address, api_address] = free_addresses()?;
        let (task, credentials) = (package.root(), &settings.credentials);
        // The emulator ends with its parent, however that ends, and the function with the emulator.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "TERM"]);
        if let Some(processor) = settings.processor {
            command.args(["taskset", "--cpu-list", &processor.to_string()]);
        }
        command
            .arg(tools.emulator())
            .args(["--runtime-interface-emulator-address", &emulator_address.to_string()])
            .args(["--runtime-api-address", &api_address.to_string()])
            .args(tools.command(settings.runtime, task))
            .current_dir(task)
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LANG", "en_US.UTF-8")
            .env("TZ", ":UTC")
            .env("LAMBDA_TASK_ROOT", task)
            .env("_HANDLER", settings.runtime.handler())
            .env("AWS_LAMBDA_FUNCTION_NAME", settings.runtime.function_name(settings.name))
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", settings.memory.to_string())
            .env("AWS_LAMBDA_FUNCTION_TIMEOUT", settings.timeout.as_secs().to_string())
            .env("AWS_REGION", settings.region)
            .env("AWS_DEFAULT_REGION", settings.region)
            .env("AWS_ACCESS_KEY_ID", credentials.access_key_id())
            .env("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key())
            .envs(settings.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // A provided runtime has none.
        if settings.runtime != Runtime::Provided {
            command.env("AWS_EXECUTION_ENV", format!("AWS_Lambda_{}", settings.runtime.name()));
        }
        if let Some(token) = credentials.session_token() {
            command.env("AWS_SESSION_TOKEN", token);
        }
        let mut emulator = command.spawn().context("setpriv, of util-linux, cannot be run")?;
        read(emulator.stdout.take(), log);
        read(emulator.stderr.take(), log);
        let client = Client::builder(TokioExecutor::new()).build_http();
        Ok(Environment { emulator, address: emulator_address, client })
    }

    /// Waits until the emulator listens, so that the first invocation's time is the function's alone.
    pub async fn ready(&self) -> Result<(), String> {
        let began = Instant::now();
        while TcpStream::connect(self.address).await.is_err() {
            if began.elapsed() > PATIENCE {
                return Err("the emulator does not listen".to_owned());
            }
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }

    /// Calls the function; at the first time, starts it.
    pub async fn invoke(&self, event: Vec<u8>) -> Result<Vec<u8>, String> {
        let (status, body) = self.post(event.into()).await?;
        match serde_json::from_slice::<FunctionError>(&body) {
            Ok(FunctionError { error_type, error_message, .. }) => Err(format!("{error_type}: {error_message}")),
            Err(_) if status == StatusCode::OK && body.first() == Some(&b'{') => Ok(body.into()),
            Err(_) => {
                let text = String::from_utf8_lossy(&body);
                Err(if text.is_empty() { format!("the function does not run ({status})") } else { text.into_owned() })
            }
        }
    }

    /// Whether the emulator is there.
    pub(super) fn is_running(&mut self) -> bool {
        matches!(self.emulator.try_wait(), Ok(None))
    }

    /// What the function's processes hold in memory at this moment, in bytes.
    pub fn resident(&self) -> u64 {
        memory::of_descendants(self.emulator.id())
    }

    async fn post(&self, event: Bytes) -> Result<(StatusCode, Bytes), String> {
        self.ready().await?;
        let url = format!("http://{}/{INVOKE}", self.address);
        let request = Request::post(url).body(Full::new(event)).map_err(|error| error.to_string())?;
        let answer = self.client.request(request).await;
        let answer = answer.map_err(|error| format!("the emulator does not answer: {error}"))?;
        let status = answer.status();
        let body = answer.into_body().collect().await.map_err(|error| error.to_string())?;
        Ok((status, body.to_bytes()))
    }
}

impl Drop for Environment {
    fn drop(&mut self) {
        // SIGTERM lets the emulator end the function, which SIGKILL would leave running.
        if let Some(pid) = i32::try_from(self.emulator.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, Signal::TERM);
        }
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if !matches!(self.emulator.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(POLL);
        }
        let _ = self.emulator.kill();
        let _ = self.emulator.wait();
    }
}

/// The pipes must be read on, or the function would stop when they are full.
fn read(pipe: Option<impl Read + Send + 'static>, log: &Log) {
    let log = Arc::clone(log);
    if let Some(pipe) = pipe {
        thread::spawn(move || BufReader::new(pipe).lines().map_while(Result::ok).for_each(|line| log(&line)));
    }
}

/// The emulator takes no port 0. Nobody else is likely to take these in the meantime.
fn free_addresses() -> std::io::Result<[SocketAddr; 2]> {
    let free = || TcpListener::bind(("127.0.0.1", 0));
    // Both are held until both are known: else they could be the same.
    let (one, other) = (free()?, free()?);
    Ok([one.local_addr()?, other.local_addr()?])
}
