//! `ridge warm`: renders variants ahead of their first request.

mod dry_run;
mod ladder;
mod tally;

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::bail;
use clap::Args;
use futures_util::{StreamExt as _, stream};
use ridge_contract::{Policy, VariantPath};
use tokio_util::sync::CancellationToken;

use ladder::Ladder;
use tally::{Progress, Tally};

use super::bucket::Choice;
use super::stop::asked_to_stop;
use super::{PolicyFiles, text};
use crate::listing::{self, Original};
use crate::out::{say, tell};
use crate::warm::{Done, Worker, may_be_picture};

/// The arguments of `ridge warm`.
#[derive(Args)]
#[command(after_help = "Made are the configured widths in the formats that are negotiated, the presets at their own \
    density and those that `options.dpr` lists, and with `auto` the original's own size; not what `h`, `q` and the like \
    could still be asked for. It is origin-response itself that makes \
    them, so they are what it would have stored. Fresh ones are left as they are: stopped and started again, it goes on. \
    What would take too long in its format is answered in another one and never stored, so it is tried again. Each \
    variant reads its original anew, so run it in the bucket's region. On AWS it needs s3:ListBucket, s3:GetObject, \
    s3:PutObject, s3:PutObjectTagging and s3:DeleteObject.")]
pub struct WarmArguments {
    /// Beginning of the originals' keys, such as photos/; without it, all of them
    #[arg(default_value = "")]
    prefix: String,
    /// Widths in pixels, such as 320,640, of the configured ones or where it lists none [default: the configuration's]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    widths: Vec<String>,
    /// Formats, such as webp,jpeg [default: those that are negotiated]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    formats: Vec<String>,
    /// Variants that are worked on at once [default: twice as many as there are processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    concurrency: Option<u16>,
    /// Make nothing; say how many variants there are to make, how large they will be and what S3 asks for it
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    policy: PolicyFiles,
    #[command(flatten)]
    bucket: Choice,
}

pub(super) async fn run(arguments: WarmArguments) -> anyhow::Result<()> {
    let policy = Arc::new(Policy::new(arguments.policy.config()?));
    let ladder = Ladder::new(Arc::clone(&policy), &arguments.widths, &arguments.formats)?;
    let prefix = &arguments.prefix;
    if prefix.starts_with('/') {
        bail!("{prefix:?} begins with a slash, and keys in S3 do not");
    }
    let bucket = arguments.bucket.open()?;
    let listed = listing::originals(&bucket.store, prefix).await?;
    let (originals, others): (Vec<_>, Vec<_>) = listed.into_iter().partition(|original| may_be_picture(&original.key));
    if !others.is_empty() {
        say!("left out, by their names no pictures: {}", text::counted(others.len() as u64, "object"))?;
    }
    if originals.is_empty() {
        bail!("{} has no picture whose key begins with {prefix:?}", bucket.address);
    }
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let at_once = arguments.concurrency.map_or(2 * processors, usize::from);
    let worker = Worker::new(Arc::clone(&policy), bucket.store.clone(), at_once);
    if arguments.dry_run {
        return dry_run::run(&originals, &ladder, &worker, &bucket, at_once).await;
    }
    let tally = make(originals, &ladder, worker, at_once).await?;
    tally.tell()
}

/// An original whose variants are being rendered.
struct Entry {
    original: Original,
    /// Whether all its variants fail: it is missing, or has an image's extension but is not an image.
    is_bad: AtomicBool,
    is_no_picture: AtomicBool,
}

/// Renders all variants that are not fresh. After a stop signal it finishes those that it has begun.
async fn make(originals: Vec<Original>, ladder: &Ladder, worker: Worker, at_once: usize) -> anyhow::Result<Tally> {
    let all = originals.iter().map(|original| ladder.paths(original).len()).sum::<usize>() as u64;
    let jobs = originals.into_iter().flat_map(|original| {
        let paths = ladder.paths(&original);
        let entry = Arc::new(Entry { original, is_bad: AtomicBool::new(false), is_no_picture: AtomicBool::new(false) });
        paths.into_iter().map(move |path| (Arc::clone(&entry), path))
    });
    let worker = &worker;
    let work = async |(entry, path): (Arc<Entry>, VariantPath)| {
        if entry.is_bad.load(Ordering::Relaxed) {
            return (path, None);
        }
        if entry.is_no_picture.load(Ordering::Relaxed) {
            return (path, Some(Done::NoImage));
        }
        let done = worker.render(&path, &entry.original).await;
        // Report an error of the original only once.
        entry.is_no_picture.fetch_or(done == Done::NoImage, Ordering::Relaxed);
        let is_bad = matches!(done, Done::Failed { is_of_original: true, .. });
        let is_told = is_bad && entry.is_bad.swap(true, Ordering::Relaxed);
        (path, (!is_told).then_some(done))
    };
    let mut tally = Tally::of(all);
    let progress = Progress::new(all);
    let jobs = stream::iter(jobs).take_until(stop_when_asked().cancelled_owned());
    let mut working = pin!(jobs.map(work).buffer_unordered(at_once));
    while let Some((path, done)) = working.next().await {
        progress.tell(&path, done.as_ref())?;
        tally.add(&path, done);
    }
    progress.end();
    Ok(tally)
}

fn stop_when_asked() -> CancellationToken {
    let stop = CancellationToken::new();
    let asked = stop.clone();
    tokio::spawn(async move {
        if asked_to_stop().await.is_ok() {
            asked.cancel();
            tell!("stopping when what has begun is stored; once more stops at once");
            if asked_to_stop().await.is_ok() {
                // Exiting now is safe: S3 writes an object completely or not at all.
                std::process::exit(130);
            }
        }
    });
    stop
}
