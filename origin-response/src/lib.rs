//! Lambda@Edge `origin-response`: makes the variant that S3 lacks, stores it for everyone after, and answers.

mod age;
mod answer;
mod fresh;
mod keep;
mod make;
mod mark;
mod redirect;
mod refusal;
mod renders;
mod report;
mod service;
mod stopwatch;
mod stores;
pub mod worker;

pub use fresh::stale;
pub use mark::{PIPELINE, PIPELINE_KEY, SOURCE_ETAG, SOURCE_LAST_MODIFIED, Stale};
pub use refusal::Refusal;
pub use renders::Renders;
pub use report::{Outcome, Report};
pub use service::Service;
pub use stopwatch::Stopwatch;
pub use stores::{Connect, ENDPOINT_HEADER, Stores};

use std::time::Instant;

use ridge_cloudfront::event::{Cf, Response};
use ridge_contract::{CacheTag, Config, Fault, Path, Problem, VariantPath};
use ridge_store::Store;
use tokio::time::timeout_at;

use crate::fresh::Standing;
use crate::keep::Found;
use crate::make::{Job, Made};

/// Answers one event, and reports what was done.
///
/// It parses and checks the path again: it never trusts that viewer-request ran. At `deadline` it gives up with a 503,
/// rather than be killed.
///
/// What it answers carries the original's cache tag, errors too: CloudFront keeps them as well, and a picture that takes
/// the place of a missing or broken one is to be seen at once.
pub async fn handle(cf: Cf, service: &Service, deadline: Instant) -> (Response, Report) {
    let began = Instant::now();
    let mut report = Report::new(&cf, service.begin());
    let response = answer::public(answer(cf, service, deadline, &mut report).await);
    report.end(began);
    (response, report)
}

async fn answer(cf: Cf, service: &Service, deadline: Instant, report: &mut Report) -> Response {
    let config = &service.config;
    let Some(mut response) = cf.response else {
        let problem = Problem::new(Fault::Unavailable, "the event holds no response of the origin");
        report.refuse(&problem);
        return Response::from(&problem);
    };
    // What is generated is laid over this, so it has the tag too.
    if let Some(tag) = tag(&cf.request.uri) {
        response.headers.set(ridge_cloudfront::CACHE_TAG, tag.as_str());
    }
    let is_head = cf.request.method == "HEAD";
    if cf.request.method != "GET" && !is_head {
        return response;
    }
    let path = match variant(&cf.request.uri, config) {
        Ok(Some(path)) => path,
        Ok(None) => {
            return match refused(&cf.request.uri, &response.status) {
                Some(problem) => answer::problem(response, &problem, is_head, report),
                None => response,
            };
        }
        Err(problem) => return answer::problem(response, &problem, is_head, report),
    };
    let found = match response.status.as_str() {
        // It is not what was stored here. A remembered refusal is text, whatever its path says.
        "200" | "206" if !answer::is_typed(&response, &path) && Refusal::of_headers(&response.headers).is_none() => {
            Some(Found::Stale { etag: response.headers.get("etag").map(str::to_owned) })
        }
        "200" | "206" | "304" => None,
        "403" => Some(Found::Denied),
        "404" => Some(Found::Missing),
        status => {
            return match refused(&cf.request.uri, status) {
                Some(problem) => answer::problem(response, &problem, is_head, report),
                None => response,
            };
        }
    };
    let decision = match service.stores.open(cf.request.origin.as_ref()) {
        Ok(store) => {
            let task = Task { path: &path, store: &store, service, deadline };
            match found {
                Some(found) => task.make(found, report).await,
                None => task.check(&response, report).await,
            }
        }
        Err(error) => {
            report.error = Some(error.to_string());
            let problem = Problem::new(Fault::Unavailable, "the picture store is not set up");
            if found.is_none() { Decision::PassPerhaps } else { Decision::Refuse(problem) }
        }
    };
    let decision = match (decision, Refusal::of_headers(&response.headers)) {
        // What is stored is no variant, whether S3 could say or not that it still holds.
        (Decision::Pass { .. } | Decision::PassPerhaps, Some(refusal)) => {
            report.is_remembered = true;
            Decision::Refuse(refusal.problem)
        }
        (decision, _) => decision,
    };
    match decision {
        Decision::Pass { is_truncated } => {
            report.outcome = Outcome::Stored;
            if is_truncated {
                answer::perhaps(response, &path, config)
            } else {
                answer::stored(response, &path, config)
            }
        }
        Decision::PassPerhaps => {
            report.unchecked();
            answer::perhaps(response, &path, config)
        }
        Decision::Answer(made) => answer::made(response, made, &cf.request.uri, config, is_head, report),
        Decision::Refuse(problem) if redirect::leads_to_original(&problem, &path, config) => {
            let original = redirect::to_original(path.original(), config);
            answer::elsewhere(response, &problem, &original, is_head, report)
        }
        Decision::Refuse(problem) => answer::problem(response, &problem, is_head, report),
    }
}

/// What becomes of the origin's response.
enum Decision {
    /// It goes on; not for long where the original ends early.
    Pass { is_truncated: bool },
    /// So it does, but is not kept for long: it may be out of date.
    PassPerhaps,
    /// A variant that was just made takes its place.
    Answer(Made),
    /// An error does.
    Refuse(Problem),
}

/// One variant to be answered.
struct Task<'a> {
    path: &'a VariantPath,
    store: &'a Store,
    service: &'a Service,
    deadline: Instant,
}

impl Task<'_> {
    async fn make(&self, found: Found, report: &mut Report) -> Decision {
        let job = Job { path: self.path, store: self.store, found, service: self.service };
        job.make(self.deadline, report).await.map_or_else(Decision::Refuse, Decision::Answer)
    }

    /// S3 has the variant: is it still right?
    async fn check(&self, response: &Response, report: &mut Report) -> Decision {
        match fresh::standing(self.store, self.path, response, self.service, self.deadline).await {
            Standing::Fresh { is_truncated } => Decision::Pass { is_truncated },
            Standing::Unknown(error) => {
                report.error = Some(error);
                Decision::PassPerhaps
            }
            Standing::Gone => {
                let object = self.path.object();
                report.error = match timeout_at(self.deadline.into(), self.store.delete(&object)).await {
                    Ok(removed) => removed.err().map(|error| error.to_string()),
                    Err(_) => Some("the variant could not be removed in time".to_owned()),
                };
                Decision::Refuse(make::missing(self.path.original()))
            }
            Standing::Stale { etag } => match self.make(Found::Stale { etag }, report).await {
                // What is out of date is better than nothing while S3 does not give the original; but not where it does, and
                // no picture can be made of it: someone may have replaced it for a reason.
                Decision::Refuse(problem) if problem.fault.is_passing() && report.source_bytes.is_none() => {
                    Decision::PassPerhaps
                }
                decision => decision,
            },
        }
    }
}

/// What is said in place of S3's own error, which is XML. A variant that is missing is made instead.
fn refused(uri: &str, status: &str) -> Option<Problem> {
    match (status, Path::parse(uri).ok()?) {
        // S3 says 403 for a missing key when CloudFront may not list the bucket.
        ("403" | "404", Path::Original(key)) => Some(make::missing(&key)),
        (status, _) if status.starts_with('5') => Some(make::unavailable()),
        _ => None,
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
    match Path::parse(uri).map_err(|error| Problem::request(error.within(config)))? {
        Path::Original(_) => Ok(None),
        Path::Variant(path) => {
            config.check(&path)?;
            Ok(Some(path))
        }
    }
}
