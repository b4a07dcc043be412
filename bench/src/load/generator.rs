//! nghttp2's `h2load`, bounded in count and time.

use std::process::Command;

use anyhow::{Context as _, bail};

/// After which a run is given up, in seconds.
const LONGEST: &str = "120";

/// What h2load says of one run.
pub(super) struct LoadRun {
    /// Answers with a status of 200 to 299.
    pub(super) good: u32,
    pub(super) per_second: f64,
    /// All of it, for who asks why.
    pub(super) text: String,
}

/// So many requests for one URL over so many connections, as browsers ask for pictures.
pub(super) fn run(url: &str, requests: u32, connections: u32) -> anyhow::Result<LoadRun> {
    let (requests, connections) = (requests.to_string(), connections.to_string());
    let mut command = Command::new("timeout");
    command.args([LONGEST, "h2load", "--h1", "-n", &requests, "-c", &connections, "-H", "accept: image/webp", url]);
    let output = command.output().context("timeout")?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        bail!(
            "h2load failed; tools/setup.sh bench-load installs it: {text}{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    read(&text).with_context(|| format!("h2load says something else than before: {text}"))
}

/// Of `finished in 1.05s, 950.07 req/s, 1.2MB/s` and `status codes: 1000 2xx, 0 3xx, …`.
fn read(text: &str) -> Option<LoadRun> {
    let after = |start: &str| text.lines().find_map(|line| line.strip_prefix(start));
    let per_second = after("finished in ")?.split(", ").nth(1)?.strip_suffix(" req/s")?.parse().ok()?;
    let good = after("status codes: ")?.split(' ').next()?.parse().ok()?;
    Some(LoadRun { good, per_second, text: text.to_owned() })
}
