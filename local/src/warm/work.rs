//! One variant, made by the function itself: so what is stored is what it would have stored.

use std::sync::Arc;
use std::time::{Duration, Instant};

use origin_response::{Outcome, Refusal, Renders, Report, Service, Stores, handle, stale, worker};
use ridge_cloudfront::event::{Cf, EventConfig, Headers, Origin, Request, Response, S3Origin};
use ridge_contract::{Fault, Key, Policy, VariantPath};
use ridge_store::{Address, Error, Facts, Store};
use serde_json::Map;

use crate::listing::Original;

/// What one variant may take: nobody waits for it, and the function has seconds only.
const PATIENCE: Duration = Duration::from_secs(300);

/// Makes variants in one bucket.
pub(crate) struct Worker {
    store: Store,
    service: Service,
    policy: Arc<Policy>,
}

/// What became of a variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Done {
    /// It is stored now, and has so many bytes.
    Made(u64),
    /// It was stored already.
    Fresh,
    /// Its format would take too long, so it is answered in another one and never stored.
    Instead,
    /// Its original is no picture that is read, and is not called one.
    NoPicture,
    /// It cannot be made.
    Failed {
        /// What would be told to a client, and what would not.
        why: String,
        /// Whether the same will be said of every variant of this original.
        is_of_original: bool,
    },
}

impl Worker {
    /// `at_once` variants will be asked for at a time, and pictures made on as many processors as there are.
    pub(crate) fn new(policy: Arc<Policy>, store: Store, at_once: usize) -> Worker {
        let opened = store.clone();
        let stores = Stores::new(Box::new(move |_, _| Ok(opened.clone())));
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let service =
            Service::new(Arc::clone(&policy), stores, Renders::new(processors, at_once), worker::Settings::here());
        Worker { store, service, policy }
    }

    /// What is stored at a path, where something is, and whether it is as it would be made now.
    pub(crate) async fn look(&self, path: &VariantPath, original: &Original) -> Result<Option<(Facts, bool)>, Error> {
        match self.store.head(&path.object()).await {
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
            Ok(found) => {
                let source = Facts { etag: original.etag.clone(), ..Facts::default() };
                let is_fresh = stale(&found, Some(&source), self.policy.config()).is_none();
                Ok(Some((found, is_fresh)))
            }
        }
    }

    /// Makes a variant that is not there, or out of date.
    pub(crate) async fn make(&self, path: &VariantPath, original: &Original) -> Done {
        let response = match self.look(path, original).await {
            Ok(Some((stored, true))) if Refusal::of_object(&stored).is_none() => return Done::Fresh,
            // What was refused is refused again, without a render.
            Ok(Some((stored, _))) => found(&stored),
            Ok(None) => Response::generated(404, "Not Found", Headers::default()),
            Err(error) => return Done::Failed { why: error.to_string(), is_of_original: false },
        };
        let (_, report) = handle(event(path, response), &self.service, Instant::now() + PATIENCE).await;
        done(report, &original.key)
    }
}

fn done(report: Report, original: &Key) -> Done {
    // An animation may be too large, and its first frame not: so these alone hold for all variants.
    let is_no_picture = report.kind == Some(Fault::NotAnImage.name());
    let is_of_original = is_no_picture || report.kind == Some(Fault::Missing.name());
    match report.outcome {
        Outcome::Made | Outcome::Remade => Done::Made(report.bytes.unwrap_or(0) as u64),
        // Another writer was faster.
        Outcome::Stored | Outcome::Passed => Done::Fresh,
        Outcome::Instead => Done::Instead,
        Outcome::Refused if is_no_picture && !original.is_called_picture() => Done::NoPicture,
        Outcome::Refused | Outcome::NotStored | Outcome::Failed | Outcome::Perhaps => {
            Done::Failed { why: why(&report), is_of_original }
        }
    }
}

/// The public words, and the others where those do not say all.
fn why(report: &Report) -> String {
    let (told, error) = (report.told.as_deref(), report.error.as_deref());
    match (told, error) {
        (Some(told), Some(error)) if told != error => format!("{told} ({error})"),
        (Some(text), _) | (None, Some(text)) => text.to_owned(),
        (None, None) => "it could not be stored".to_owned(),
    }
}

/// S3's answer for a variant that is there.
fn found(stored: &Facts) -> Response {
    let mut headers = Headers::default();
    if let Some(etag) = &stored.etag {
        headers.set("ETag", etag);
    }
    for (name, value) in &stored.metadata {
        headers.set(&format!("x-amz-meta-{name}"), value);
    }
    Response::generated(200, "OK", headers)
}

/// As CloudFront would tell of it. HEAD, for nobody wants the body; and any bucket's name, for there is only one.
fn event(path: &VariantPath, response: Response) -> Cf {
    let address = Address { bucket: "any".to_owned(), region: crate::s3::REGION.to_owned() };
    let s3 = S3Origin {
        domain_name: address.domain(),
        path: String::new(),
        custom_headers: Headers::default(),
        rest: Map::new(),
    };
    let request = Request {
        method: "HEAD".to_owned(),
        uri: path.to_string(),
        querystring: String::new(),
        headers: Headers::default(),
        origin: Some(Origin { s3: Some(s3), rest: Map::new() }),
        rest: Map::new(),
    };
    let config = EventConfig { event_type: "origin-response".to_owned(), rest: Map::new() };
    Cf { config, request, response: Some(response), rest: Map::new() }
}
