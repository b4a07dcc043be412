//! An execution environment: the emulator and the function that it has started. It serves one invocation at a time.

use std::io::{BufRead as _, BufReader, Read};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use http::StatusCode;
use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio::task::spawn_blocking;
use ureq::Agent;

use super::{FunctionSettings, Log, Package, Runtime, Tools, memory};

/// The emulator's path for invocations.
const INVOKE: &str = "2015-03-31/functions/function/invocations";

/// The time for the emulator to listen, and for it to end its processes.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The maximum size of a response, in bytes. Lambda allows 6 MB ("Lambda quotas").
const MAX_RESPONSE_BYTES: u64 = 16 << 20;

/// The interval between two checks.
const POLL: Duration = Duration::from_millis(2);

/// A running environment. Dropping it ends the emulator and the function.
pub struct Environment {
    emulator: Child,
    address: SocketAddr,
    agent: Agent,
}

/// Lambda's response for a failed invocation.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FunctionError {
    error_type: String,
    error_message: String,
    #[serde(rename = "trace", default)]
    _trace: serde::de::IgnoredAny,
}

impl Environment {
    /// Starts the emulator, which starts the function with the first invocation.
    ///
    /// # Errors
    ///
    /// If no port is free, or the emulator cannot be started.
    pub fn start(
        tools: &Tools,
        package: &Package,
        settings: &FunctionSettings,
        log: &Log,
    ) -> anyhow::Result<Environment> {
        let [emulator_address, api_address] = free_addresses()?;
        let (task, credentials) = (package.root(), &settings.credentials);
        // The emulator ends when this process ends, even if it is killed, and the function ends with the emulator.
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
        // The provided runtimes do not set it.
        if settings.runtime != Runtime::Provided {
            command.env("AWS_EXECUTION_ENV", format!("AWS_Lambda_{}", settings.runtime.name()));
        }
        if let Some(token) = credentials.session_token() {
            command.env("AWS_SESSION_TOKEN", token);
        }
        let mut emulator = command.spawn().context("setpriv (util-linux) cannot be run")?;
        read(emulator.stdout.take(), log);
        read(emulator.stderr.take(), log);
        // Without a proxy of the environment: the emulator is on loopback.
        let agent = Agent::config_builder().http_status_as_error(false).proxy(None).build().into();
        Ok(Environment { emulator, address: emulator_address, agent })
    }

    /// Waits until the emulator listens, so that the time of the first invocation contains only the function's start.
    ///
    /// # Errors
    ///
    /// If the emulator does not listen within 10 seconds.
    pub async fn ready(&self) -> Result<(), String> {
        let began = Instant::now();
        while TcpStream::connect(self.address).await.is_err() {
            if began.elapsed() > TIMEOUT {
                return Err("the emulator did not start to listen within 10 s".to_owned());
            }
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }

    /// Invokes the function, and starts it for the first invocation.
    ///
    /// # Errors
    ///
    /// The error that the function or the emulator reports.
    pub async fn invoke(&self, event: Vec<u8>) -> Result<Vec<u8>, String> {
        let (status, body) = self.post(event).await?;
        match serde_json::from_slice::<FunctionError>(&body) {
            Ok(FunctionError { error_type, error_message, .. }) => Err(format!("{error_type}: {error_message}")),
            Err(_) if status == StatusCode::OK && body.first() == Some(&b'{') => Ok(body),
            Err(_) => {
                let text = String::from_utf8_lossy(&body);
                Err(if text.is_empty() {
                    format!("the function sent no response ({status})")
                } else {
                    text.into_owned()
                })
            }
        }
    }

    /// Whether the emulator is running.
    pub(super) fn is_running(&mut self) -> bool {
        matches!(self.emulator.try_wait(), Ok(None))
    }

    /// Returns the resident memory of the function's processes, in bytes.
    pub fn resident(&self) -> u64 {
        memory::of_descendants(self.emulator.id())
    }

    async fn post(&self, event: Vec<u8>) -> Result<(StatusCode, Vec<u8>), String> {
        self.ready().await?;
        let (agent, url) = (self.agent.clone(), format!("http://{}/{INVOKE}", self.address));
        let sent = spawn_blocking(move || {
            let mut response = agent.post(url).send(&event)?;
            let body = response.body_mut().with_config().limit(MAX_RESPONSE_BYTES).read_to_vec()?;
            Ok::<_, ureq::Error>((response.status(), body))
        });
        let response = sent.await.map_err(|error| error.to_string())?;
        response.map_err(|error| format!("the emulator sent no response: {error}"))
    }
}

impl Drop for Environment {
    fn drop(&mut self) {
        // On SIGTERM the emulator ends the function; SIGKILL would leave the function running.
        if let Some(pid) = i32::try_from(self.emulator.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, Signal::TERM);
        }
        let began = Instant::now();
        while began.elapsed() < TIMEOUT {
            if !matches!(self.emulator.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(POLL);
        }
        let _ = self.emulator.kill();
        let _ = self.emulator.wait();
    }
}

/// Passes the lines of a pipe to the log. The function would block on a full pipe.
fn read(pipe: Option<impl Read + Send + 'static>, log: &Log) {
    let log = Arc::clone(log);
    if let Some(pipe) = pipe {
        thread::spawn(move || BufReader::new(pipe).lines().map_while(Result::ok).for_each(|line| log(&line)));
    }
}

/// Returns two free addresses, because the emulator does not accept port 0. Another process could take them before the
/// emulator does, but that is unlikely.
fn free_addresses() -> std::io::Result<[SocketAddr; 2]> {
    let free = || TcpListener::bind(("127.0.0.1", 0));
    // Both sockets stay bound until both addresses are known, so that the addresses differ.
    let (one, other) = (free()?, free()?);
    Ok([one.local_addr()?, other.local_addr()?])
}
