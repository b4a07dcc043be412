//! Lambda on this machine, by AWS's own programs: the Runtime Interface Emulator starts Node.js with AWS's client of the
//! Runtime API, as the managed runtime does, on a package as it would be deployed.

mod environment;
mod memory;
mod package;
mod tools;

pub use environment::Environment;
pub use package::Package;
pub use tools::{Runtime, Tools};

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use ridge_cloudfront::functions::{ORIGIN_RESPONSE, PURGE, VIEWER_REQUEST};
use ridge_store::Credentials;
use tokio::sync::Semaphore;

use crate::cloudfront::Function;

/// Where the lines go that a function and the emulator write.
pub type Log = Arc<dyn Fn(&str) + Send + Sync>;

/// What the stack says of a function, and what Lambda adds to it.
#[derive(Clone)]
pub struct Settings {
    /// Without the region that Lambda@Edge puts before it.
    pub name: &'static str,
    /// What runs it.
    pub runtime: Runtime,
    /// In MB. The emulator tells it to the function and does not hold it to it.
    pub memory: u32,
    /// After which an invocation is killed; whole seconds.
    pub timeout: Duration,
    /// The region that the function runs in, which at the edge is seldom the bucket's.
    pub region: &'static str,
    /// What the function's role gives.
    pub credentials: Credentials,
    /// Its environment variables; at the edge there are none.
    pub environment: Vec<(&'static str, String)>,
    /// The one processor that it has; `None` is all of this machine's.
    pub processor: Option<usize>,
}

/// A package as a function: as many environments as there are invocations at once, up to a limit.
pub struct Lambda {
    tools: Tools,
    package: Package,
    settings: Settings,
    log: Log,
    idle: Mutex<Vec<Environment>>,
    places: Semaphore,
}

/// The memory that the stack gives viewer-request, in MB: Lambda@Edge's smallest.
pub const VIEWER_MEMORY: u32 = VIEWER_REQUEST.memory_mb;
/// The time that the stack gives viewer-request.
pub const VIEWER_TIMEOUT: Duration = VIEWER_REQUEST.timeout;
/// The memory that the stack gives origin-response, in MB: Lambda gives a whole processor with it.
pub const ORIGIN_MEMORY: u32 = ORIGIN_RESPONSE.memory_mb;

/// The time that the stack gives origin-response: Lambda@Edge's most.
pub const ORIGIN_TIMEOUT: Duration = ORIGIN_RESPONSE.timeout;
/// The memory that the stack gives purge, in MB.
pub const PURGE_MEMORY: u32 = PURGE.memory_mb;
/// The time that the stack gives purge.
pub const PURGE_TIMEOUT: Duration = PURGE.timeout;

/// Whether a line of the log is what Lambda writes around each invocation that goes well.
pub fn is_routine(line: &str) -> bool {
    let is_about_an_invocation =
        ["START RequestId: ", "END RequestId: ", "REPORT RequestId: "].iter().any(|start| line.starts_with(start));
    is_about_an_invocation || line.is_empty() || (line.contains("(rapid)") && line.contains("[INFO]"))
}

/// Each one is a process, and this machine is not a region.
const MAX_ENVIRONMENTS: usize = 4;

impl Lambda {
    /// Nothing is started before the first invocation.
    pub fn new(tools: Tools, package: Package, settings: Settings, log: Log) -> Lambda {
        Lambda { tools, package, settings, log, idle: Mutex::default(), places: Semaphore::new(MAX_ENVIRONMENTS) }
    }
}

#[async_trait]
impl Function for Lambda {
    async fn call(&self, event: Vec<u8>) -> Result<Vec<u8>, String> {
        let _place = self.places.acquire().await.map_err(|error| error.to_string())?;
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut environment = match idle {
            Some(environment) => environment,
            None => Environment::start(&self.tools, &self.package, &self.settings, &self.log)
                .map_err(|error| format!("{error:#}"))?,
        };
        let answer = environment.invoke(event).await;
        // A function that fails is started anew by the emulator, in the same environment; an emulator that ended is not.
        if environment.is_running() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(environment);
        }
        answer
    }
}
