//! `ridge purge`: by hand, what the function `purge` does on S3's events.

use std::collections::BTreeSet;
use std::time::{Duration, Instant, SystemTime};

use anyhow::bail;
use clap::Args;
use purge::{By, Distribution, Error, Part};
use ridge_aws::Credentials;
use ridge_contract::{CacheTag, Key};

use super::original;
use crate::cloudfront;
use crate::out::say;

/// Where `ridge serve` has CloudFront's API unless it is told otherwise.
pub(super) const ADMIN_PORT: u16 = 8081;

/// For all of them together.
const PATIENCE: Duration = Duration::from_secs(600);

/// What to purge, and where.
#[derive(Args)]
pub struct PurgeArguments {
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

pub(super) async fn run(arguments: PurgeArguments) -> anyhow::Result<()> {
    let originals: Vec<_> = arguments.keys.iter().map(|text| original(text)).collect::<Result<_, _>>()?;
    // Each item is paid for.
    let originals: Vec<_> = originals.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    let is_local = arguments.distribution.is_none();
    let default = is_local.then(|| format!("http://127.0.0.1:{ADMIN_PORT}"));
    let endpoint = arguments.endpoint.or(default);
    let credentials = if is_local { any_credentials() } else { ridge_aws::credentials_of_lambda()? };
    let client = purge::connect(endpoint.as_deref(), credentials);
    let id = arguments.distribution.as_deref().unwrap_or(cloudfront::ID);
    let by = if arguments.paths { By::Paths } else { By::Tags };
    let distribution = Distribution::new(client, id, by);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_nanos();
    let parts = distribution.purge(&originals, &format!("ridge-purge-{now}"), Instant::now() + PATIENCE).await;
    for part in &parts {
        if let Ok(invalidation) = &part.outcome {
            for original in &part.originals {
                say!("{original} ({})", CacheTag::of(original))?;
            }
            say!("invalidation {} of {id}: {}", invalidation.id, invalidation.items.join(" "))?;
        }
    }
    let advice = |error: &Error| match (error, &endpoint) {
        (Error::Refused(_), _) if by == By::Tags => "; where a distribution has no cache tags, use --paths".to_owned(),
        (Error::Unavailable(_), Some(endpoint)) if is_local => format!(
            " at {endpoint}; start `ridge serve`, say with --endpoint where its API is, or name a distribution on AWS \
             with --distribution"
        ),
        _ => String::new(),
    };
    match failure(&parts, advice) {
        Some(text) => bail!(text),
        None => Ok(()),
    }
}

/// `ridge serve` demands a signature and compares it with nothing.
fn any_credentials() -> Credentials {
    Credentials::new("ridge", "ridge", None, None, "local")
}

/// Which originals may still be cached, and why.
fn failure(parts: &[Part], advice: impl Fn(&Error) -> String) -> Option<String> {
    let failed = parts.iter().filter_map(|part| Some((&part.originals, part.outcome.as_ref().err()?)));
    let failed: Vec<_> = failed.collect();
    let (_, first) = failed.first()?;
    let is_unknown = |error: &Error| matches!(error, Error::Unanswered(_));
    if failed.len() == parts.len() && !failed.iter().any(|(_, error)| is_unknown(error)) {
        return Some(format!("nothing was purged{}: {first}", advice(first)));
    }
    let lines = failed.into_iter().map(|(originals, error)| {
        let fate = if is_unknown(error) { "perhaps purged, perhaps not" } else { "not purged" };
        let keys: Vec<_> = originals.iter().map(Key::as_str).collect();
        format!("{fate}{}: {}: {error}", advice(error), keys.join(" "))
    });
    Some(lines.collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use purge::Invalidation;

    use super::*;

    fn part(keys: &[&str], outcome: Result<(), Error>) -> Part {
        let originals = keys.iter().map(|key| Key::new(*key).unwrap()).collect();
        let taken = |()| Invalidation { id: "I1".to_owned(), items: Vec::new() };
        Part { originals, outcome: outcome.map(taken) }
    }

    #[test]
    fn what_failed_is_told_as_far_as_it_is_known() {
        let busy = || Err(Error::Busy("no".to_owned()));
        let unanswered = || Err(Error::Unanswered("no".to_owned()));
        let told = |parts: &[Part]| failure(parts, |_| String::new());
        assert_eq!(told(&[part(&["a"], Ok(()))]), None);
        let nothing = told(&[part(&["a"], busy()), part(&["b"], Err(Error::OutOfTime))]).unwrap();
        assert_eq!(nothing, "nothing was purged: CloudFront has too many invalidations in progress: no");
        let some = told(&[part(&["a"], Ok(())), part(&["b", "c"], busy())]).unwrap();
        assert_eq!(some, "not purged: b c: CloudFront has too many invalidations in progress: no");
        let unknown = told(&[part(&["a"], unanswered()), part(&["b"], Err(Error::OutOfTime))]).unwrap();
        let expected = "perhaps purged, perhaps not: a: whether CloudFront took the invalidation is not known: no\n\
                        not purged: b: the time was up before CloudFront was asked";
        assert_eq!(unknown, expected);
    }
}
