//! `ridge render`: the pixel pipeline on a file.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use clap::Args;
use origin_response::Stopwatch;
use ridge_contract::{Accept, Config, Key, Output, Path, Policy, Problem, decide};
use ridge_pixels::Picture;
use serde_json::json;

use super::PolicyFiles;
use crate::out::{say, tell};

/// What to render.
#[derive(Args)]
pub struct Arguments {
    /// The picture
    #[arg(value_name = "IN")]
    source: PathBuf,
    /// Parameters as in a URL, such as 'w=800&f=webp'
    #[arg(default_value = "")]
    query: String,
    /// Where to write the variant
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// Accept header to negotiate with where the query has no f
    #[arg(long, default_value = "image/webp")]
    accept: String,
    #[command(flatten)]
    policy: PolicyFiles,
    /// Print sizes and stage times as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let config = arguments.policy.config()?;
    let source = fs::read(&arguments.source).with_context(|| format!("{}", arguments.source.display()))?;
    if source.len() as u64 > config.max_source_bytes {
        bail!("{} has more than the {} bytes of maxSourceBytes", arguments.source.display(), config.max_source_bytes);
    }
    let name = arguments.source.file_name().and_then(|name| name.to_str()).unwrap_or("picture");
    let uri = Key::new(name)?.to_path();
    // With `auto`, a query without parameters negotiates too: to render is what was asked for.
    let policy = Policy::new(Config { auto: true, ..config });
    let config = policy.config();
    let query = if arguments.query.is_empty() { "f=auto" } else { &arguments.query };
    let accept = Accept::parse([arguments.accept.as_str()]);
    let told = |problem: Problem| anyhow!(problem.text);
    let decision = decide(&uri, query, &accept, &policy).map_err(told)?;
    let Path::Variant(path) = &decision.destination().path else { bail!("{query:?} asks for nothing") };

    let mut stopwatch = Stopwatch::default();
    let picture = ridge_pixels::render(&source, path.variant(), config, &mut stopwatch)?;
    let stages = stopwatch.stop();
    fs::write(&arguments.output, &picture.bytes)
        .with_context(|| format!("the file {:?} cannot be written", arguments.output.display()))?;
    if let Output::Format(asked) = path.variant().output()
        && asked != picture.format
    {
        tell!("{asked} is limited to {} pixels (maxAvifPixels); this is {}", config.max_avif_pixels, picture.format);
    }
    Ok(print(arguments.json, &path.to_string(), source.len(), &picture, &stages)?)
}

fn print(
    as_json: bool,
    path: &str,
    source_bytes: usize,
    picture: &Picture,
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
