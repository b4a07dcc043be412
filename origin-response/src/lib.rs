//! Lambda@Edge `origin-response`: makes the variant that S3 lacks, stores it for everyone after, and answers.

mod answer;
mod make;
mod report;
mod stopwatch;
mod stores;

pub use report::{Outcome, Report};
pub use stopwatch::Stopwatch;
pub use stores::{Connect, ENDPOINT_HEADER, Stores};

use std::sync::Arc;
use std::time::Instant;

use shared::event::{Cf, Response};
use shared::{CacheTag, Config, Fault, Path, Problem, VariantPath, edge};

/// Answers one event (contract section 4), and reports what was done.
///
/// It parses and checks the path again: it never trusts that viewer-request ran. At `deadline` it gives up with a 503
/// that no cache keeps, rather than be killed.
///
/// What it answers carries the original's cache tag, errors too: CloudFront keeps them as well, and a picture that takes
/// the place of a missing or broken one is to be seen at once.
pub async fn handle(cf: Cf, config: &Arc<Config>, stores: &Stores, deadline: Instant) -> (Response, Report) {
    let mut report = Report::new(&cf.request.uri);
    let Some(mut response) = cf.response else {
        let problem = Problem::new(Fault::Unavailable, "the event holds no response of the origin");
        return (problem.response(), report.refused(&problem));
    };
    // What is generated is laid over this, so it has the tag too.
    if let Some(tag) = tag(&cf.request.uri) {
        response.headers.set(edge::CACHE_TAG, tag.as_str());
    }
    let is_head = cf.request.method == "HEAD";
    if cf.request.method != "GET" && !is_head {
        return (response, report);
    }
    let path = match variant(&cf.request.uri, config) {
        Ok(Some(path)) => path,
        Ok(None) => return (response, report),
        Err(problem) => return (answer::problem(response, &problem, is_head), report.refused(&problem)),
    };
    match response.status.as_str() {
        "200" | "206" | "304" => {
            report.outcome = Outcome::Stored;
            (response, report)
        }
        "403" | "404" => {
            let is_denied = response.status == "403";
            let job = make::Job { path, origin: cf.request.origin, is_denied, config, stores };
            match job.make(deadline, &mut report).await {
                Ok(made) => (answer::made(response, made, &cf.request.uri, config, is_head), report),
                Err(problem) => (answer::problem(response, &problem, is_head), report.refused(&problem)),
            }
        }
        status if status.starts_with('5') => {
            response.headers.set("Cache-Control", edge::NO_STORE);
            (response, report)
        }
        _ => (response, report),
    }
}

/// The tag of the original that a path is about.
fn tag(uri: &str) -> Option<CacheTag> {
    match Path::parse(uri).ok()? {
        Path::Original(original) => Some(CacheTag::of(&original)),
        Path::Variant(path) => Some(CacheTag::of(path.original())),
    }
}

/// The variant that a path stands for; `None` for any other object.
fn variant(uri: &str, config: &Config) -> Result<Option<VariantPath>, Problem> {
    match Path::parse(uri).map_err(|error| Problem::request(error.with_values(|values| config.words(values))))? {
        Path::Original(_) => Ok(None),
        Path::Variant(path) => {
            config.check(path.variant())?;
            Ok(Some(path))
        }
    }
}
