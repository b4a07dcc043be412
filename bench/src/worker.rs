//! The worker process of Ridge.

use std::fs;
use std::io::{self, BufRead as _, Write as _};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};
use ridge_contract::{Config, VariantPath};
use rustix::time::{ClockId, clock_gettime};

use crate::protocol::{Answer, Done, Request};

/// sharp's limit, so that both programs refuse the same images.
const MAX_SOURCE_PIXELS: u64 = 0x3fff * 0x3fff;

/// Answers requests until standard input ends.
pub(crate) fn serve() -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let answer = serde_json::from_str(&line?).map_err(Into::into).and_then(|request| render(&request));
        writeln!(out, "{}", serde_json::to_string(&response(answer))?)?;
        out.flush()?;
    }
    Ok(())
}

/// Renders one variant, and reports the process's maximum memory too.
pub(crate) fn once(source: PathBuf, path: String) -> anyhow::Result<()> {
    let answer = render(&Request { source, path, repeat: 1, out: None })
        .and_then(|done| Ok(Done { peak_kib: Some(peak_kib()?), ..done }));
    println!("{}", serde_json::to_string(&response(answer))?);
    Ok(())
}

/// Returns the configuration for rendering.
pub(crate) fn config() -> Config {
    Config { max_source_pixels: MAX_SOURCE_PIXELS, ..Config::default() }
}

/// Parses a path without a key.
pub(crate) fn variant(path: &str) -> anyhow::Result<VariantPath> {
    VariantPath::parse(&format!("{path}/x")).map_err(Into::into)
}

fn response(answer: anyhow::Result<Done>) -> Answer {
    answer.map_or_else(|error| Answer::Failed { error: format!("{error:#}") }, Answer::Done)
}

fn render(request: &Request) -> anyhow::Result<Done> {
    let config = config();
    let path = variant(&request.path)?;
    let source = fs::read(&request.source).with_context(|| request.source.display().to_string())?;
    let (mut cpu_micros, mut wall_micros) = (Vec::new(), Vec::new());
    let mut picture = None;
    for _ in 0..request.repeat {
        // The previous result is freed before the measurement begins.
        drop(picture.take());
        let (cpu, wall) = (cpu_time(), Instant::now());
        picture = Some(ridge_pixels::render(&source, path.variant(), &config, &mut |_| {})?);
        wall_micros.push(micros(wall.elapsed()));
        cpu_micros.push(micros(cpu_time().saturating_sub(cpu)));
    }
    let picture = picture.ok_or_else(|| anyhow!("repeat must be at least 1"))?;
    if let Some(out) = &request.out {
        fs::write(out, &picture.bytes).with_context(|| out.display().to_string())?;
    }
    Ok(Done {
        cpu_micros,
        wall_micros,
        bytes: picture.bytes.len() as u64,
        width: picture.size.width,
        height: picture.size.height,
        frames: picture.frames,
        peak_kib: None,
    })
}

/// Returns the CPU time of all threads of this process.
fn cpu_time() -> Duration {
    clock_gettime(ClockId::ProcessCPUTime).try_into().unwrap_or_default()
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// Returns the maximum resident memory of this process.
fn peak_kib() -> anyhow::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
