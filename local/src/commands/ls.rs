//! `ridge ls`: lists the stored variants of an original.

use std::io;
use std::time::{Duration, SystemTime};

use anyhow::bail;
use aws_sdk_s3::primitives::{DateTime, DateTimeFormat};
use clap::Args;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use ridge_contract::{Key, VariantPath};
use ridge_engine::{PIPELINE_KEY, Refusal, SOURCE_ETAG, StaleReason, stale_reason};
use ridge_store::{Error, Metadata, S3Store, Store as _};
use serde_json::json;

use super::bucket::Choice;
use super::{PolicyFiles, original, text};
use crate::listing;
use crate::out::say;

/// The arguments of `ridge ls`.
#[derive(Args)]
#[command(after_help = "S3 finds keys by their beginning only, and a variant's key ends with its original's. So this \
    lists the parameters that any variant in the bucket has, level by level, one request for each, and asks for the \
    variant at each end: in a bucket with lists of sizes some hundred requests, however many originals there are. Where \
    each original has parameters of its own, such as v=, it is about one for each variant in the bucket. \
    On AWS it needs s3:ListBucket and s3:GetObject.")]
pub struct LsArguments {
    /// Key of the original as S3 has it, such as photos/cat.jpg
    key: String,
    #[command(flatten)]
    policy: PolicyFiles,
    #[command(flatten)]
    bucket: Choice,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The number of concurrent requests to S3.
const AT_ONCE: usize = 16;

/// A stored variant, or a stored refusal.
struct Stored {
    path: VariantPath,
    metadata: Metadata,
    stale: Option<StaleReason>,
    /// The stored refusal, if the object is one.
    refusal: Option<Refusal>,
}

pub(super) async fn run(arguments: LsArguments) -> anyhow::Result<()> {
    let key = original(&arguments.key)?;
    let config = arguments.policy.config()?;
    let bucket = arguments.bucket.open()?;
    let original = head(&bucket.store, &key).await?;
    let places = listing::places(&bucket.store, &key).await?;
    let look = async |path: VariantPath| {
        let metadata = head(&bucket.store, &path.object()).await?;
        Ok::<_, Error>(metadata.map(|metadata| Stored {
            stale: stale_reason(&metadata, original.as_ref(), &config),
            refusal: Refusal::of(&metadata),
            path,
            metadata,
        }))
    };
    let found: Vec<_> = stream::iter(places).map(look).buffered(AT_ONCE).try_collect().await?;
    let stored: Vec<_> = found.into_iter().flatten().collect();
    if original.is_none() && stored.is_empty() {
        bail!("there is no original {key}, and no variant of it");
    }
    if arguments.json {
        say!("{}", as_json(&key, original.as_ref(), &stored))?;
    } else {
        print(&key, original.as_ref(), &stored)?;
    }
    Ok(())
}

/// Returns the metadata of an object; `None` if it does not exist.
async fn head(store: &S3Store, key: &Key) -> Result<Option<Metadata>, Error> {
    match store.head(key).await {
        Err(Error::NotFound { .. }) => Ok(None),
        found => found.map(Some),
    }
}

impl Stored {
    fn bytes(&self) -> u64 {
        self.metadata.size.unwrap_or(0)
    }

    fn age(&self) -> Option<Duration> {
        let modified = DateTime::from_str(self.metadata.last_modified.as_deref()?, DateTimeFormat::HttpDate).ok()?;
        SystemTime::now().duration_since(SystemTime::try_from(modified).ok()?).ok()
    }

    fn source_etag(&self) -> Option<&str> {
        match &self.refusal {
            Some(refusal) => Some(&refusal.source_etag),
            None => self.metadata.user_metadata.get(SOURCE_ETAG).map(String::as_str),
        }
    }

    fn state(&self) -> String {
        let state = sentence(self.stale);
        match &self.refusal {
            Some(refusal) if self.stale == Some(StaleReason::Outdated) => {
                format!("stale: under another configuration; no variant: {}", refusal.problem.text)
            }
            Some(refusal) => format!("{state}; no variant: {}", refusal.problem.text),
            None => state.to_owned(),
        }
    }
}

fn name(stale: StaleReason) -> &'static str {
    match stale {
        StaleReason::OriginalMissing => "gone",
        StaleReason::OriginalReplaced => "replaced",
        StaleReason::Outdated => "outdated",
        StaleReason::Unknown => "unmarked",
    }
}

fn sentence(stale: Option<StaleReason>) -> &'static str {
    match stale {
        None => "fresh",
        Some(StaleReason::OriginalMissing) => "stale: the original is gone",
        Some(StaleReason::OriginalReplaced) => "stale: of another original",
        Some(StaleReason::Outdated) => "stale: of an older pipeline",
        Some(StaleReason::Unknown) => "stale: it does not say of what",
    }
}

fn print(key: &Key, original: Option<&Metadata>, stored: &[Stored]) -> io::Result<()> {
    let etag = original.and_then(|original| original.etag.as_deref());
    say!("{key}: {}", etag.unwrap_or("not there"))?;
    let rows: Vec<_> = stored
        .iter()
        .map(|stored| {
            let age = stored.age().map_or_else(String::new, text::age);
            let etag = stored.source_etag().unwrap_or("-").to_owned();
            [stored.path.to_string(), text::bytes(stored.bytes()), age, etag, stored.state()]
        })
        .collect();
    let widths: [usize; 5] = std::array::from_fn(|column| rows.iter().map(|row| row[column].len()).max().unwrap_or(0));
    for [path, bytes, age, etag, state] in &rows {
        let [path_width, bytes_width, age_width, etag_width, _] = widths;
        say!("{path:<path_width$}  {bytes:>bytes_width$}  {age:>age_width$}  of {etag:<etag_width$}  {state}")?;
    }
    let is_stale = stored.iter().filter(|stored| stored.stale.is_some()).count();
    let bytes = stored.iter().map(Stored::bytes).sum();
    let variants = text::counted(stored.len() as u64, "variant");
    say!("{variants}, {} stale, {} in all", text::count(is_stale as u64), text::bytes(bytes))
}

fn as_json(key: &Key, original: Option<&Metadata>, stored: &[Stored]) -> serde_json::Value {
    let variant = |stored: &Stored| {
        json!({
            "path": stored.path.to_string(),
            "s3Key": stored.path.object().as_str(),
            "bytes": stored.bytes(),
            "contentType": stored.metadata.content_type,
            "lastModified": stored.metadata.last_modified,
            "ageSeconds": stored.age().map(|age| age.as_secs()),
            "sourceEtag": stored.source_etag(),
            "pipeline": stored.metadata.user_metadata.get(PIPELINE_KEY).and_then(|version| version.parse::<u32>().ok()),
            "stale": stored.stale.map(name),
            "refusal": stored.refusal.as_ref().map(|refusal| &refusal.problem.text),
        })
    };
    json!({
        "original": key.as_str(),
        "etag": original.and_then(|original| original.etag.as_deref()),
        "variants": stored.iter().map(variant).collect::<Vec<_>>(),
    })
}
