//! nghttp2's `h2load`, with limits on requests and time.

use std::process::Command;

use anyhow::{Context as _, bail};

/// The timeout of a run, in seconds.
const TIMEOUT: &str = "120";

/// The results of one run of h2load.
pub(super) struct LoadRun {
    /// Responses with a status from 200 to 299.
    pub(super) good: u32,
    pub(super) per_second: f64,
    /// The whole output, for error messages.
    pub(super) text: String,
}

/// Sends `requests` requests for one URL over `connections` connections, as browsers request images.
pub(super) fn run(url: &str, requests: u32, connections: u32) -> anyhow::Result<LoadRun> {
    let (requests, connections) = (requests.to_string(), connections.to_string());
    let mut command = Command::new("timeout");
    command.args([TIMEOUT, "h2load", "--h1", "-n", &requests, "-c", &connections, "-H", "accept: image/webp", url]);
    let output = command.output().context("timeout")?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        bail!(
            "h2load failed; tools/setup.sh bench-load installs it: {text}{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    read(&text).with_context(|| format!("the output of h2load has an unknown form: {text}"))
}

/// Parses `finished in 1.05s, 950.07 req/s, 1.2MB/s` and `status codes: 1000 2xx, 0 3xx, …`.
fn read(text: &str) -> Option<LoadRun> {
    let after = |start: &str| text.lines().find_map(|line| line.strip_prefix(start));
    let per_second = after("finished in ")?.split(", ").nth(1)?.strip_suffix(" req/s")?.parse().ok()?;
    let good = after("status codes: ")?.split(' ').next()?.parse().ok()?;
    Some(LoadRun { good, per_second, text: text.to_owned() })
}
