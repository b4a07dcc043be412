//! `ridge warm`: variants ahead of their first request.

use std::collections::HashMap;
use std::io::{IsTerminal as _, stderr};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{anyhow, bail};
use clap::Args;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use indicatif::{ProgressBar, ProgressStyle};
use shared::config::Allowed;
use shared::values::Side;
use shared::{Config, Key, Options, Output, Variant, VariantPath};
use store::Error;
use tokio_util::sync::CancellationToken;

use super::bucket::{Bucket, Choice};
use super::stop::asked_to_stop;
use super::{Policy, text};
use crate::listing::{self, Original};
use crate::warm::{Done, Requests, Sample, Worker, may_be_picture, stored, transferred};

/// What to make.
#[derive(Args)]
#[command(after_help = "Made are the configured widths in the formats that are negotiated, the presets at their own \
    density and those that `options.dpr` lists, and with `auto` the original's own size; not what `h`, `q` and the like \
    could still be asked for. It is origin-response itself that makes \
    them, so they are what it would have stored. Fresh ones are left as they are: stopped and started again, it goes on. \
    What would take too long in its format is answered in another one and never stored, so it is tried again. Each \
    variant reads its original anew, so run it in the bucket's region. On AWS it needs s3:ListBucket, s3:GetObject, \
    s3:PutObject, s3:PutObjectTagging and s3:DeleteObject.")]
pub struct Arguments {
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
    policy: Policy,
    #[command(flatten)]
    bucket: Choice,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let config = Arc::new(arguments.policy.without_keys()?);
    let ladder = Ladder::new(Arc::clone(&config), &arguments.widths, &arguments.formats)?;
    let prefix = &arguments.prefix;
    if prefix.starts_with('/') {
        bail!("{prefix:?} begins with a slash, and keys in S3 do not");
    }
    let bucket = arguments.bucket.open()?;
    let listed = listing::originals(&bucket.client, &bucket.address.bucket, prefix).await?;
    let (originals, others): (Vec<_>, Vec<_>) = listed.into_iter().partition(|original| may_be_picture(&original.key));
    if !others.is_empty() {
        println!("{} objects are no pictures by their names, and left out", text::count(others.len() as u64));
    }
    if originals.is_empty() {
        bail!("{} has no picture whose key begins with {prefix:?}", bucket.address);
    }
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let at_once = arguments.concurrency.map_or(2 * processors, usize::from);
    let worker = Worker::new(Arc::clone(&config), bucket.store.clone(), at_once);
    if arguments.dry_run {
        return dry_run(&originals, &ladder, &worker, &bucket, at_once).await;
    }
    let tally = make(originals, &ladder, worker, at_once).await;
    tally.tell()
}

/// Which variants an original gets.
struct Ladder {
    config: Arc<Config>,
    widths: Vec<Side>,
    formats: Vec<Output>,
}

impl Ladder {
    /// Refuses what the policy does not have for any original.
    fn new(config: Arc<Config>, widths: &[String], formats: &[String]) -> anyhow::Result<Ladder> {
        let width = |text: &String| text.parse::<Side>().map_err(|_| anyhow!("{text:?} is no width in pixels"));
        let format = |text: &String| {
            let names = || Output::names().collect::<Vec<_>>().join(", ");
            text.parse::<Output>().map_err(|()| anyhow!("{text:?} is no format; there are {}", names()))
        };
        let mut widths: Vec<_> = widths.iter().map(width).collect::<Result<_, _>>()?;
        let formats: Vec<_> = formats.iter().map(format).collect::<Result<_, _>>()?;
        if config.presets_only && !widths.is_empty() {
            bail!("{}, so leave --widths out", config.only_presets().text);
        }
        if widths.is_empty() && !config.presets_only {
            let Allowed::Only(list) = &config.widths else {
                bail!(
                    "the configuration lets any width be asked for, so there is no end of variants; name some with \
                     --widths 320,640, or list them in it as `widths`"
                );
            };
            widths.clone_from(list);
        }
        let ladder = Ladder { config, widths, formats };
        ladder.check()?;
        Ok(ladder)
    }

    fn check(&self) -> anyhow::Result<()> {
        // Of each kind that the policy tells apart.
        let keys = ["x", "x.jpg", "x.png", "x.gif"].map(|name| Key::new(name).expect("a constant"));
        let allowed = |width: Option<Side>, output: Output| {
            let options = Options { width, ..Options::default() };
            let verdicts = keys.iter().filter_map(|key| {
                let path = VariantPath::new(Variant::new(options.clone(), output), key.clone()).ok()?;
                Some(self.config.check(&path))
            });
            verdicts.reduce(|one, other| one.or(other)).unwrap_or(Ok(()))
        };
        for width in &self.widths {
            allowed(Some(*width), Output::Auto).map_err(|problem| anyhow!(problem.text))?;
        }
        let is_made = |output: Output| {
            let of = |key: &Key| self.config.ladder(key, &self.widths, &[output]);
            keys.iter().any(|key| !of(key).is_empty())
        };
        for output in &self.formats {
            if !is_made(*output) {
                let width = self.widths.first().copied();
                allowed(width, *output).map_err(|problem| anyhow!(problem.text))?;
                bail!("nothing of what is to be made has the format {output}");
            }
        }
        Ok(())
    }

    fn paths(&self, original: &Original) -> Vec<VariantPath> {
        self.config.ladder(&original.key, &self.widths, &self.formats)
    }
}

async fn dry_run(
    originals: &[Original],
    ladder: &Ladder,
    worker: &Worker,
    bucket: &Bucket,
    at_once: usize,
) -> anyhow::Result<()> {
    let all =
        originals.iter().flat_map(|original| ladder.paths(original).into_iter().map(move |path| (original, path)));
    let look = async |(original, path): (&Original, VariantPath)| {
        let found = worker.look(&path, original).await?;
        Ok::<_, Error>((original.size, path.prefix(), found.is_some_and(|(_, is_fresh)| is_fresh)))
    };
    let mut looked = pin!(stream::iter(all).map(look).buffer_unordered(at_once));
    let (mut count, mut fresh, mut read) = (0, 0, 0);
    let mut missing: HashMap<String, u64> = HashMap::new();
    while let Some((size, prefix, is_fresh)) = looked.try_next().await? {
        count += 1;
        if is_fresh {
            fresh += 1;
        } else {
            read += size;
            *missing.entry(prefix).or_default() += 1;
        }
    }
    let to_make = count - fresh;
    println!(
        "{} originals, {} variants: {} are there and fresh, {} to be made",
        text::count(originals.len() as u64),
        text::count(count),
        text::count(fresh),
        text::count(to_make)
    );
    if to_make == 0 {
        return Ok(());
    }
    let sample = Sample::take(originals, |original| ladder.paths(original), &bucket.store, &ladder.config).await;
    let sizes = missing.iter().map(|(prefix, count)| sample.bytes(prefix) * *count as f64);
    let bytes = sizes.sum::<f64>() as u64;
    if sample.originals == 0 {
        println!("how large they will be is not known: of none that was tried a picture could be made");
        return Ok(());
    }
    println!(
        "about {}: the mean of each size and format over {} originals that were rendered for this and not stored",
        text::bytes(bytes),
        sample.originals
    );
    let listing = Requests { put_or_list: (originals.len() as u64).div_ceil(1000), get_or_head: count };
    println!(
        "on AWS about ${:.4} for requests and ${:.4} a month for storing them; over the internet also ${:.4} for \
         reading {}",
        listing.cost() + Requests::of_making(to_make).cost(),
        stored(bytes),
        transferred(read),
        text::bytes(read)
    );
    Ok(())
}

/// An original at work.
struct Entry {
    original: Original,
    /// Whether it is not there, or no picture though it is called one.
    is_bad: AtomicBool,
    is_no_picture: AtomicBool,
}

/// Makes all that is not fresh, until it is told to stop; then what has begun is finished.
async fn make(originals: Vec<Original>, ladder: &Ladder, worker: Worker, at_once: usize) -> Tally {
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
            return (path, Some(Done::NoPicture));
        }
        let done = worker.make(&path, &entry.original).await;
        // Once is enough of what is wrong with an original.
        entry.is_no_picture.fetch_or(done == Done::NoPicture, Ordering::Relaxed);
        let is_bad = matches!(done, Done::Failed { is_of_original: true, .. });
        let is_told = is_bad && entry.is_bad.swap(true, Ordering::Relaxed);
        (path, (!is_told).then_some(done))
    };
    let mut tally = Tally { all, ..Tally::default() };
    let progress = Progress::new(all);
    let jobs = stream::iter(jobs).take_until(stop_when_asked().cancelled_owned());
    let mut working = pin!(jobs.map(work).buffer_unordered(at_once));
    while let Some((path, done)) = working.next().await {
        progress.tell(&path, done.as_ref());
        tally.add(&path, done);
    }
    progress.end();
    tally
}

fn stop_when_asked() -> CancellationToken {
    let stop = CancellationToken::new();
    let asked = stop.clone();
    tokio::spawn(async move {
        if asked_to_stop().await.is_ok() {
            asked.cancel();
            eprintln!("stopping when what has begun is stored; once more stops at once");
            if asked_to_stop().await.is_ok() {
                // S3 writes an object whole or not at all.
                std::process::exit(130);
            }
        }
    });
    stop
}

/// What has become of all variants.
#[derive(Default)]
struct Tally {
    all: u64,
    made: u64,
    bytes: u64,
    fresh: u64,
    instead: u64,
    left_out: u64,
    no_pictures: u64,
    failures: Vec<String>,
}

impl Tally {
    /// `None` is a variant of an original of which another one has told that nothing can be made.
    fn add(&mut self, path: &VariantPath, done: Option<Done>) {
        match done {
            None => self.left_out += 1,
            Some(Done::Fresh) => self.fresh += 1,
            Some(Done::Instead) => self.instead += 1,
            Some(Done::NoPicture) => self.no_pictures += 1,
            Some(Done::Made(bytes)) => {
                self.made += 1;
                self.bytes += bytes;
            }
            Some(Done::Failed { why, .. }) => self.failures.push(format!("{path}: {why}")),
        }
    }

    fn tell(self) -> anyhow::Result<()> {
        let failed = self.failures.len() as u64;
        let mut line = format!(
            "{} made, {}; {} were there and fresh",
            text::count(self.made),
            text::bytes(self.bytes),
            text::count(self.fresh)
        );
        if self.instead > 0 {
            let count = text::count(self.instead);
            line += &format!("; {count} are answered in another format, for theirs would take too long");
        }
        println!("{line}");
        if self.no_pictures > 0 {
            println!(
                "{} variants are left out, of objects that are no pictures that are read",
                text::count(self.no_pictures)
            );
        }
        for failure in &self.failures {
            eprintln!("failed  {failure}");
        }
        let left = self.all - self.made - self.fresh - self.instead - failed - self.left_out - self.no_pictures;
        if left > 0 {
            bail!("stopped, and {} variants are left; the same command goes on with them", text::count(left));
        }
        if failed > 0 {
            let others = match self.left_out {
                0 => String::new(),
                count => format!(", and {} more of the same originals were not tried", text::count(count)),
            };
            bail!("{} variants could not be made{others}", text::count(failed));
        }
        Ok(())
    }
}

/// A bar on a terminal, and elsewhere a line for each variant that is not as it was.
enum Progress {
    Bar(ProgressBar),
    Lines,
}

impl Progress {
    fn new(all: u64) -> Progress {
        if !stderr().is_terminal() {
            return Progress::Lines;
        }
        let style = ProgressStyle::with_template("{wide_bar} {human_pos} of {human_len}, {eta} left");
        Progress::Bar(ProgressBar::new(all).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
    }

    fn tell(&self, path: &VariantPath, done: Option<&Done>) {
        match self {
            Progress::Bar(bar) => bar.inc(1),
            Progress::Lines => match done {
                Some(Done::Made(bytes)) => println!("made    {path}  {}", text::bytes(*bytes)),
                Some(Done::Failed { .. }) => println!("failed  {path}"),
                Some(Done::Fresh | Done::Instead | Done::NoPicture) | None => {}
            },
        }
    }

    fn end(&self) {
        if let Progress::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}
