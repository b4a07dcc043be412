//! Lambda on this machine. AWS's Runtime Interface Emulator starts Node.js with AWS's client of the Runtime API, as the
//! managed runtime does, and runs a package as it is deployed.

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

/// Receives the lines that a function and the emulator write.
pub type Log = Arc<dyn Fn(&str) + Send + Sync>;

/// Settings of a function: those of the stack, and those that Lambda adds.
#[derive(Clone)]
pub struct FunctionSettings {
    /// The name, without the region that Lambda@Edge puts before it.
    pub name: &'static str,
    /// The runtime.
    pub runtime: Runtime,
    /// The memory, in MB. The emulator passes it to the function but does not enforce it.
    pub memory: u32,
    /// The timeout of one invocation, in whole seconds.
    pub timeout: Duration,
    /// The region that the function runs in. At the edge it is seldom the bucket's.
    pub region: &'static str,
    /// The credentials of the function's role.
    pub credentials: Credentials,
    /// The environment variables; a function at the edge has none.
    pub environment: Vec<(&'static str, String)>,
    /// The only processor that the function can use; `None` allows all.
    pub processor: Option<usize>,
}

/// A function that is run from its package, with up to four concurrent execution environments.
pub struct Lambda {
    tools: Tools,
    package: Package,
    settings: FunctionSettings,
    log: Log,
    idle: Mutex<Vec<Environment>>,
    permits: Semaphore,
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

/// Whether Lambda writes this line for every invocation that succeeds.
pub fn is_routine(line: &str) -> bool {
    let is_about_an_invocation =
        ["START RequestId: ", "END RequestId: ", "REPORT RequestId: "].iter().any(|start| line.starts_with(start));
    is_about_an_invocation || line.is_empty() || (line.contains("(rapid)") && line.contains("[INFO]"))
}

/// The maximum number of concurrent execution environments. Each is a process on this machine.
const MAX_ENVIRONMENTS: usize = 4;

impl Lambda {
    /// Returns the function. It starts with the first invocation.
    pub fn new(tools: Tools, package: Package, settings: FunctionSettings, log: Log) -> Lambda {
        Lambda { tools, package, settings, log, idle: Mutex::default(), permits: Semaphore::new(MAX_ENVIRONMENTS) }
    }
}

#[async_trait]
impl Function for Lambda {
    async fn call(&self, event: Vec<u8>) -> Result<Vec<u8>, String> {
        let _permit = self.permits.acquire().await.map_err(|error| error.to_string())?;
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut environment = match idle {
            Some(environment) => environment,
            None => Environment::start(&self.tools, &self.package, &self.settings, &self.log)
                .map_err(|error| format!("{error:#}"))?,
        };
        let answer = environment.invoke(event).await;
        // If the function fails, the emulator starts it again in the same environment. If the emulator has ended, the
        // environment is dropped.
        if environment.is_running() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(environment);
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn sizes_equal_those_of_the_stack() {
        let template: Value = serde_json::from_str(include_str!("../../../cdk/test/snapshot.json")).unwrap();
        let resources = template["Resources"].as_object().unwrap().values().map(|resource| &resource["Properties"]);
        let size = |name: &str| {
            let function = resources.clone().find(|properties| properties["Description"] == format!("Ridge: {name}"));
            let function = function.unwrap();
            (function["MemorySize"].as_u64().unwrap(), function["Timeout"].as_u64().unwrap())
        };
        for (name, memory, timeout) in [
            ("viewer-request", VIEWER_MEMORY, VIEWER_TIMEOUT),
            ("origin-response", ORIGIN_MEMORY, ORIGIN_TIMEOUT),
            ("purge", PURGE_MEMORY, PURGE_TIMEOUT),
        ] {
            assert_eq!(size(name), (memory.into(), timeout.as_secs()), "{name}");
        }
    }
}
