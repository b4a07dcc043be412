//! Making a variant: get the original, render, put the variant.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use pixels::Picture;
use shared::event::Origin;
use shared::{Config, Fault, Format, Output, Problem, Variant, VariantPath, edge};
use store::{Attributes, Facts, Object, Store};
use tokio::task::spawn_blocking;
use tokio::time::timeout_at;

use crate::report::{Outcome, Report};
use crate::stopwatch::Stopwatch;
use crate::stores::Stores;

/// The pipeline's version, in every variant's metadata: raise it when stored variants should be made again.
/// Nothing reads it yet: stored variants are not compared with it.
const PIPELINE: &str = "1";

/// One variant to make.
pub(crate) struct Job<'a> {
    pub(crate) path: VariantPath,
    pub(crate) origin: Option<Origin>,
    /// Whether S3 said 403, which may mean that the object is there.
    pub(crate) is_denied: bool,
    pub(crate) config: &'a Arc<Config>,
    pub(crate) stores: &'a Stores,
}

/// A variant that was made.
pub(crate) struct Made {
    pub(crate) bytes: Bytes,
    pub(crate) content_type: &'static str,
    pub(crate) kept: Kept,
    /// `Server-Timing`, W3C.
    pub(crate) timing: String,
}

impl Made {
    fn new(format: Format, bytes: Bytes, kept: Kept, report: &Report) -> Made {
        Made { bytes, content_type: format.mime(), kept, timing: report.server_timing() }
    }
}

/// Where a variant is when it is answered.
pub(crate) enum Kept {
    /// In S3, with this entity tag.
    Stored { etag: String },
    /// Nowhere: S3 did not take it.
    Lost,
    /// Nowhere: it is not of the format that its path says, since that one takes too long. What can be stored is the
    /// variant at this path.
    Elsewhere(Option<String>),
}

impl Job<'_> {
    /// Makes the variant and stores it. At `deadline` the making is given up; a variant that is ready by then is
    /// answered, stored or not. A render that is given up runs on and is forgotten.
    pub(crate) async fn make(self, deadline: Instant, report: &mut Report) -> Result<Made, Problem> {
        let store = self.stores.open(self.origin.as_ref()).map_err(|error| {
            report.error = Some(error.to_string());
            Problem::new(Fault::Unavailable, "the picture store is not set up")
        })?;
        let late = |_| Problem::from(&pixels::Error::OutOfTime);
        let (picture, source) =
            timeout_at(deadline.into(), self.render(&store, deadline, report)).await.map_err(late)??;
        if let Some(path) = self.instead(&picture) {
            report.outcome = Outcome::Instead;
            return Ok(Made::new(picture.format, picture.bytes.into(), Kept::Elsewhere(path), report));
        }
        let is_large = picture.bytes.len() > edge::BODY_BUDGET;
        if self.is_denied && is_large && self.is_stored(&store, deadline).await {
            // S3 has the variant and keeps it from CloudFront: to store it again and redirect to it would go on for ever.
            report.error = Some("the variant is stored, but the distribution may not read it".to_owned());
            return Err(Problem::new(Fault::Unavailable, "the picture store is not set up"));
        }
        let attributes = attributes(&picture, source, self.config);
        let bytes = Bytes::from(picture.bytes);
        let began = Instant::now();
        // Awaited: Lambda freezes the process once it has answered.
        let put = timeout_at(deadline.into(), store.put(&self.path.object(), bytes.clone(), &attributes)).await;
        report.took("put", began);
        let error = match put {
            Ok(Ok(etag)) => {
                report.outcome = Outcome::Made;
                return Ok(Made::new(picture.format, bytes, Kept::Stored { etag }, report));
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => "the variant could not be stored in time".to_owned(),
        };
        report.outcome = Outcome::NotStored;
        report.error = Some(error);
        Ok(Made::new(picture.format, bytes, Kept::Lost, report))
    }

    /// Where a picture belongs that is of another format than was asked for.
    fn instead(&self, picture: &Picture) -> Option<Option<String>> {
        let variant = self.path.variant();
        let is_asked = match variant.output() {
            Output::Format(format) => format == picture.format,
            Output::Auto => true,
        };
        let other = Variant::new(variant.options().clone(), Output::Format(picture.format));
        let path = || VariantPath::new(other, self.path.original().clone()).ok().map(|path| path.to_string());
        (!is_asked).then(path)
    }

    async fn is_stored(&self, store: &Store, deadline: Instant) -> bool {
        let asked = timeout_at(deadline.into(), store.head(&self.path.object())).await;
        asked.is_ok_and(|found| found.is_ok())
    }

    async fn render(&self, store: &Store, deadline: Instant, report: &mut Report) -> Result<(Picture, Facts), Problem> {
        let Object { bytes, facts } = self.get(store, report).await?;
        Ok((self.pixels(bytes, deadline, report).await?, facts))
    }

    async fn get(&self, store: &Store, report: &mut Report) -> Result<Object, Problem> {
        let began = Instant::now();
        let source = store.get(self.path.original(), self.config.max_source_bytes).await;
        report.took("get", began);
        let source = source.map_err(|error| {
            report.error = Some(error.to_string());
            problem_of_store(error)
        })?;
        report.source_bytes = Some(source.bytes.len());
        Ok(source)
    }

    async fn pixels(&self, source: Bytes, deadline: Instant, report: &mut Report) -> Result<Picture, Problem> {
        let (variant, config) = (self.path.variant().clone(), Arc::clone(self.config));
        let rendered = spawn_blocking(move || {
            let mut stopwatch = Stopwatch::until(deadline);
            let picture = pixels::render(&source, &variant, &config, &mut stopwatch);
            (picture, stopwatch.stop())
        });
        let (picture, stages) = match rendered.await {
            Ok(rendered) => rendered,
            Err(error) if error.is_panic() => {
                report.error = Some(panic_text(error.into_panic()));
                return Err(Problem::new(Fault::Broken, "the original is broken in a way that cannot be handled"));
            }
            // Only a runtime that shuts down cancels a task.
            Err(_) => return Err(Problem::new(Fault::Unavailable, "the picture service stops; try again")),
        };
        for (stage, time) in stages {
            report.lasted(stage, time);
        }
        let picture = picture.map_err(|error| {
            report.error = Some(error.to_string());
            Problem::from(&error)
        })?;
        report.bytes = Some(picture.bytes.len());
        Ok(picture)
    }
}

fn attributes(picture: &Picture, source: Facts, config: &Config) -> Attributes {
    let metadata = [
        ("pipeline", PIPELINE.to_owned()),
        ("source-etag", source.etag.unwrap_or_default()),
        ("source-last-modified", source.last_modified.unwrap_or_default()),
    ];
    Attributes {
        content_type: picture.format.mime().to_owned(),
        cache_control: Some(cache_control(config.max_age)),
        metadata: metadata.map(|(name, value)| (name.to_owned(), value)).into(),
        tags: [("ridge".to_owned(), "variant".to_owned())].into(),
    }
}

/// How long browsers and CloudFront keep a variant.
pub(crate) fn cache_control(max_age: u64) -> String {
    format!("public, max-age={max_age}")
}

fn problem_of_store(error: store::Error) -> Problem {
    match error {
        // S3 says 403 for a missing key when the caller may not list the bucket.
        store::Error::NotFound { key } | store::Error::Denied { key, .. } => {
            Problem::new(Fault::Missing, format!("there is no original {key}"))
        }
        store::Error::TooLarge { max, .. } => {
            Problem::new(Fault::TooLarge, format!("the original has more than the {max} bytes that are allowed"))
        }
        store::Error::Unavailable { .. } => {
            Problem::new(Fault::Unavailable, "the picture store does not answer as it should; try again")
        }
    }
}

fn panic_text(panic: Box<dyn std::any::Any + Send>) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("panic: {}", text.unwrap_or_default())
}
