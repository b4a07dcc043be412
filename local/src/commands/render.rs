//! `ridge render`: runs the pixel pipeline on a file.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use clap::Args;
use ridge_contract::{Accept, Config, Decision, Key, Output, Path, Policy, Problem, decide};
use ridge_engine::Stopwatch;
use ridge_pixels::Rendered;
use serde_json::json;

use super::PolicyFiles;
use crate::out::{say, tell};

/// Arguments of `ridge render`.
#[derive(Args)]
pub struct RenderArguments {
    /// Image file
    #[arg(value_name = "IN")]
    source: PathBuf,
    /// Parameters as in a URL, such as 'w=800&f=webp'
    #[arg(default_value = "")]
    query: String,
    /// File to write the variant to
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// Accept header of the client, for a query without f
    #[arg(long, default_value = "image/webp")]
    accept: String,
    #[command(flatten)]
    policy: PolicyFiles,
    /// Print sizes and the time of each stage as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &RenderArguments) -> anyhow::Result<()> {
    let config = arguments.policy.config()?;
    let source = fs::read(&arguments.source).with_context(|| format!("{}", arguments.source.display()))?;
    if source.len() as u64 > config.max_source_bytes {
        bail!("{} exceeds the limit of {} bytes (maxSourceBytes)", arguments.source.display(), config.max_source_bytes);
    }
    let name = arguments.source.file_name().and_then(|name| name.to_str()).unwrap_or("picture");
    let uri = Key::new(name)?.to_path();
    // With `auto`, a query without parameters selects a variant instead of the original.
    let policy = Policy::new(Config { auto: true, ..config });
    let config = policy.config();
    let query = if arguments.query.is_empty() { "f=auto" } else { &arguments.query };
    let accept = Accept::parse([arguments.accept.as_str()]);
    let error_of = |problem: Problem| anyhow!(problem.text);
    let decision = decide(&uri, query, &accept, &policy).and_then(Decision::unless_refused).map_err(error_of)?;
    let Path::Variant(path) = &decision.destination().path else {
        bail!("{query:?} requests the original; there is nothing to render")
    };

    let mut stopwatch = Stopwatch::default();
    let picture = ridge_pixels::render(&source, path.variant(), config, &mut stopwatch)?;
    let stages = stopwatch.stop();
    fs::write(&arguments.output, &picture.bytes)
        .with_context(|| format!("the file {:?} cannot be written", arguments.output.display()))?;
    if let Output::Format(asked) = path.variant().output()
        && asked != picture.format
    {
        tell!(
            "{asked} is limited to {} pixels (maxAvifPixels); the file is {} instead",
            config.max_avif_pixels,
            picture.format
        );
    }
    Ok(print(arguments.json, &path.to_string(), source.len(), &picture, &stages)?)
}

fn print(
    as_json: bool,
    path: &str,
    source_bytes: usize,
    picture: &Rendered,
    stages: &[(&str, Duration)],
) -> io::Result<()> {
    let ms = |time: &Duration| (time.as_secs_f64() * 1e4).round() / 10.0;
    if as_json {
        let stages: serde_json::Map<_, _> =
            stages.iter().map(|(name, time)| ((*name).to_owned(), json!(ms(time)))).collect();
        let upright = picture.source.upright();
        let line = json!({
            "path": path,
            "source": {"format": picture.source.kind.name(), "width": upright.width, "height": upright.height,
                "orientation": picture.source.orientation.number(), "bytes": source_bytes},
            "variant": {"format": picture.format.name(), "width": picture.size.width, "height": picture.size.height,
                "bytes": picture.bytes.len(), "frames": picture.frames},
            "milliseconds": stages,
        });
        say!("{line}")
    } else {
        let stages: Vec<_> = stages.iter().map(|(name, time)| format!("{name} {}", ms(time))).collect();
        say!(
            "{path}: {} {}, {} B of {source_bytes} B, {} ms",
            picture.format,
            picture.size,
            picture.bytes.len(),
            stages.join(", ")
        )
    }
}
