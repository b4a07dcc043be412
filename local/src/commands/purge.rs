//! `ridge purge`: by hand, what the function `purge` does on S3's events.

use std::time::SystemTime;

use anyhow::{Context as _, bail};
use clap::Args;
use purge::{By, Distribution, Error, MAX_ITEMS};
use shared::{CacheTag, Key, Path};

use crate::{cloudfront, s3};

/// Where `ridge serve` has CloudFront's API unless it is told otherwise.
pub(super) const ADMIN_PORT: u16 = 8081;

/// What to purge, and where.
#[derive(Args)]
pub struct Arguments {
    /// Keys of originals as S3 has them, such as photos/cat.jpg
    #[arg(value_name = "KEY", required = true)]
    keys: Vec<String>,
    /// A distribution on AWS; credentials come from AWS_ACCESS_KEY_ID and the like. Without it, `ridge serve` on this
    /// machine
    #[arg(long, value_name = "ID")]
    distribution: Option<String>,
    /// CloudFront's API, where it is not AWS's or `ridge serve` has another --admin-port
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// Name paths instead of tags: those of the originals, and all variants of all originals at once. For a distribution
    /// without cache tags
    #[arg(long)]
    paths: bool,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let originals: Vec<_> = arguments.keys.iter().map(|text| original(text)).collect::<Result<_, _>>()?;
    let is_local = arguments.distribution.is_none();
    let default = is_local.then(|| format!("http://127.0.0.1:{ADMIN_PORT}"));
    let endpoint = arguments.endpoint.or(default);
    let credentials = if is_local { s3::credentials() } else { aws::credentials_of_lambda()? };
    let region = std::env::var("AWS_REGION").unwrap_or_else(|_| s3::REGION.to_owned());
    let client = purge::connect(&region, endpoint.as_deref(), credentials);
    let id = arguments.distribution.as_deref().unwrap_or(cloudfront::ID);
    let by = if arguments.paths { By::Paths } else { By::Tags };
    let distribution = Distribution::new(client, id, by);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_nanos();
    for (number, part) in originals.chunks(MAX_ITEMS).enumerate() {
        let reference = format!("ridge-purge-{now}-{number}");
        let taken = distribution.purge(part, &reference).await.map_err(|error| {
            let advice = advice(&error, is_local, endpoint.as_deref());
            anyhow::Error::from(error).context(advice)
        })?;
        for original in part {
            println!("{original} ({})", CacheTag::of(original));
        }
        println!("invalidation {} of {id}: {}", taken.id, taken.items.join(" "));
    }
    Ok(())
}

fn original(text: &str) -> anyhow::Result<Key> {
    if text.starts_with('/') {
        bail!("{text:?} begins with a slash, and keys in S3 do not");
    }
    let key = Key::new(text).with_context(|| format!("{text:?} is no key"))?;
    match Path::parse(&key.to_path()) {
        Ok(Path::Variant(path)) => bail!("{text:?} is a variant; purge its original, {:?}", path.original().as_str()),
        _ if key.is_reserved() => bail!("{text:?} lies where variants lie; name an original"),
        _ => Ok(key),
    }
}

fn advice(error: &Error, is_local: bool, endpoint: Option<&str>) -> String {
    match (error, endpoint) {
        (Error::Refused(_), _) => "nothing was purged; where a distribution has no cache tags, use --paths".to_owned(),
        (Error::Unavailable(_), Some(endpoint)) if is_local => format!(
            "nothing was purged at {endpoint}; start `ridge serve`, say with --endpoint where its API is, or name a \
             distribution on AWS with --distribution"
        ),
        _ => "nothing was purged".to_owned(),
    }
}
