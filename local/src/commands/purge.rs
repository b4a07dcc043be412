//! `ridge purge`: invalidates originals by hand, as the function `purge` does after changes in S3.

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

/// The default port of CloudFront's API in `ridge serve`.
pub(super) const ADMIN_PORT: u16 = 8081;

/// The timeout of the whole command.
const TIMEOUT: Duration = Duration::from_secs(600);

/// Arguments of `ridge purge`.
#[derive(Args)]
pub struct PurgeArguments {
    /// Keys of originals in S3, such as photos/cat.jpg
    #[arg(value_name = "KEY", required = true)]
    keys: Vec<String>,
    /// ID of a distribution on AWS [default: the distribution of `ridge serve` on this machine]. Credentials are read
    /// from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN
    #[arg(long, value_name = "ID")]
    distribution: Option<String>,
    /// URL of CloudFront's API, if it is neither AWS's nor that of `ridge serve` on its default port
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// Invalidate by path instead of cache tag, for a distribution without cache tags. Also invalidates every variant
    /// of every original
    #[arg(long)]
    paths: bool,
}

pub(super) async fn run(arguments: PurgeArguments) -> anyhow::Result<()> {
    let originals: Vec<_> = arguments.keys.iter().map(|text| original(text)).collect::<Result<_, _>>()?;
    // Deduplicated, because CloudFront charges for each item.
    let originals: Vec<_> = originals.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    let is_local = arguments.distribution.is_none();
    let default = is_local.then(|| format!("http://127.0.0.1:{ADMIN_PORT}"));
    let endpoint = arguments.endpoint.or(default);
    let credentials = if is_local { any_credentials() } else { ridge_aws::environment_credentials()? };
    let client = purge::connect(endpoint.as_deref(), credentials);
    let id = arguments.distribution.as_deref().unwrap_or(cloudfront::ID);
    let by = if arguments.paths { By::Paths } else { By::Tags };
    let distribution = Distribution::new(client, id, by);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_nanos();
    let parts = distribution.purge(&originals, &format!("ridge-purge-{now}"), Instant::now() + TIMEOUT).await;
    for part in &parts {
        if let Ok(invalidation) = &part.outcome {
            for original in &part.originals {
                say!("{original} ({})", CacheTag::of(original))?;
            }
            say!("invalidation {} of {id}: {}", invalidation.id, invalidation.items.join(" "))?;
        }
    }
    let advice = |error: &Error| match (error, &endpoint) {
        (Error::Refused(_), _) if by == By::Tags => "; use --paths if the distribution has no cache tags".to_owned(),
        (Error::Unavailable(_), Some(endpoint)) if is_local => format!(
            " at {endpoint}; start `ridge serve`, name its API with --endpoint, or name a distribution on AWS with \
             --distribution"
        ),
        _ => String::new(),
    };
    match failure(&parts, advice) {
        Some(text) => bail!(text),
        None => Ok(()),
    }
}

/// Returns credentials for `ridge serve`, which requires a signature but does not verify it.
fn any_credentials() -> Credentials {
    Credentials::new("ridge", "ridge", None, None, "local")
}

/// Returns which originals may still be cached, and why; `None` if all have been invalidated.
fn failure(parts: &[Part], advice: impl Fn(&Error) -> String) -> Option<String> {
    let failed = parts.iter().filter_map(|part| Some((&part.originals, part.outcome.as_ref().err()?)));
    let failed: Vec<_> = failed.collect();
    let (_, first) = failed.first()?;
    let is_unknown = |error: &Error| matches!(error, Error::Unanswered(_));
    if failed.len() == parts.len() && !failed.iter().any(|(_, error)| is_unknown(error)) {
        return Some(format!("nothing was invalidated{}: {first}", advice(first)));
    }
    let lines = failed.into_iter().map(|(originals, error)| {
        let state = if is_unknown(error) { "unknown whether invalidated" } else { "not invalidated" };
        let keys: Vec<_> = originals.iter().map(Key::as_str).collect();
        format!("{state}{}: {}: {error}", advice(error), keys.join(" "))
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
    fn failures_name_the_originals() {
        let busy = || Err(Error::Busy("no".to_owned()));
        let unanswered = || Err(Error::Unanswered("no".to_owned()));
        let failure_text = |parts: &[Part]| failure(parts, |_| String::new());
        assert_eq!(failure_text(&[part(&["a"], Ok(()))]), None);
        let nothing = failure_text(&[part(&["a"], busy()), part(&["b"], Err(Error::OutOfTime))]).unwrap();
        assert_eq!(nothing, "nothing was invalidated: too many invalidations are in progress: no");
        let some = failure_text(&[part(&["a"], Ok(())), part(&["b", "c"], busy())]).unwrap();
        assert_eq!(some, "not invalidated: b c: too many invalidations are in progress: no");
        let unknown = failure_text(&[part(&["a"], unanswered()), part(&["b"], Err(Error::OutOfTime))]).unwrap();
        let expected = "unknown whether invalidated: a: unknown whether CloudFront accepted the invalidation: no\n\
                        not invalidated: b: the deadline passed before the request was sent";
        assert_eq!(unknown, expected);
    }
}
