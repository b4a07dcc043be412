//! Making a variant: get the original, render, put the variant.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use pixels::Picture;
use shared::{Fault, Format, Key, Options, Output, Problem, Variant, VariantPath, edge};
use store::{Facts, Object, Store};
use tokio::task::spawn_blocking;
use tokio::time::timeout_at;

use crate::keep::{Found, Keeping, Kept};
use crate::renders::Place;
use crate::report::{GET, Outcome, PUT, Report};
use crate::service::Service;
use crate::stopwatch::Stopwatch;

/// One variant to make.
pub(crate) struct Job<'a> {
    pub(crate) path: &'a VariantPath,
    pub(crate) store: &'a Store,
    pub(crate) found: Found,
    pub(crate) service: &'a Service,
}

/// A variant that was made.
pub(crate) struct Made {
    pub(crate) bytes: Bytes,
    pub(crate) content_type: &'static str,
    pub(crate) kept: Kept,
}

impl Made {
    pub(crate) fn is_small(&self) -> bool {
        self.bytes.len() <= edge::BODY_BUDGET
    }

    fn new(format: Format, bytes: Bytes, kept: Kept) -> Made {
        Made { bytes, content_type: format.mime(), kept }
    }
}

impl Job<'_> {
    /// Makes the variant and stores it. At `deadline` the making is given up; a variant that is ready by then is
    /// answered, stored or not. A render that is given up runs on and is forgotten.
    pub(crate) async fn make(self, deadline: Instant, report: &mut Report) -> Result<Made, Problem> {
        let late = |_| Problem::from(&pixels::Error::OutOfTime);
        let (picture, source) = timeout_at(deadline.into(), self.render(deadline, report)).await.map_err(late)??;
        if let Some(path) = self.instead(&picture) {
            report.outcome = Outcome::Instead;
            return Ok(Made::new(picture.format, picture.bytes.into(), Kept::Elsewhere(path)));
        }
        let is_large = picture.bytes.len() > edge::BODY_BUDGET;
        if self.found == Found::Denied && is_large && self.is_stored(deadline).await {
            // S3 has the variant and keeps it from CloudFront: to store it again and redirect to it would go on for ever.
            report.error = Some("the variant is stored, but the distribution may not read it".to_owned());
            return Err(Problem::new(Fault::Unavailable, "the picture store is not set up"));
        }
        let (format, bytes) = (picture.format, Bytes::from(picture.bytes));
        let (original, object) = (self.path.original(), self.path.object());
        let keeping = Keeping {
            store: self.store,
            original,
            object: &object,
            source: &source,
            found: &self.found,
            config: &self.service.config,
        };
        let began = Instant::now();
        // Awaited: Lambda freezes the process once it has answered.
        let kept = keeping.store(format, bytes.clone(), deadline).await;
        report.took(PUT, began);
        let kept = match kept {
            Ok(kept) => {
                report.outcome =
                    if matches!(self.found, Found::Stale { .. }) { Outcome::Remade } else { Outcome::Made };
                kept
            }
            Err(error) => {
                report.outcome = Outcome::NotStored;
                report.is_put_failed = true;
                report.error = Some(error);
                Kept::Lost
            }
        };
        Ok(Made::new(format, bytes, kept))
    }

    /// Where a picture belongs that is of another format than was asked for.
    fn instead(&self, picture: &Picture) -> Option<Option<String>> {
        let variant = self.path.variant();
        let is_asked = match variant.output() {
            Output::Format(format) => format == picture.format,
            Output::Auto => true,
        };
        let path = |still| {
            let options = Options { still, ..variant.options().clone() };
            let other = Variant::new(options, Output::Format(picture.format));
            VariantPath::new(other, self.path.original().clone()).ok()
        };
        // What stood still for its format is to stand still in one that could move.
        let is_stopped = picture.source.frames > 1 && !variant.output().may_be_animated();
        let stopped = || path(true).filter(|path| is_stopped && self.service.config.check(path).is_ok());
        (!is_asked).then(|| stopped().or_else(|| path(variant.options().still)).map(|path| path.to_string()))
    }

    async fn is_stored(&self, deadline: Instant) -> bool {
        let asked = timeout_at(deadline.into(), self.store.head(&self.path.object())).await;
        asked.is_ok_and(|found| found.is_ok())
    }

    async fn render(&self, deadline: Instant, report: &mut Report) -> Result<(Picture, Facts), Problem> {
        let full = || Problem::new(Fault::Unavailable, "too many pictures are being made; try again");
        let reading = self.service.renders.enter().await.ok_or_else(full)?;
        let Object { bytes, facts } = self.get(report).await?;
        let began = Instant::now();
        let place = reading.begin().await.ok_or_else(full)?;
        report.waited(began);
        Ok((self.pixels(bytes, place, deadline, report).await?, facts))
    }

    async fn get(&self, report: &mut Report) -> Result<Object, Problem> {
        let began = Instant::now();
        let source = self.store.get(self.path.original(), self.service.config.max_source_bytes).await;
        report.took(GET, began);
        let source = source.map_err(|error| {
            report.error = Some(error.to_string());
            problem_of_store(error)
        })?;
        report.source_bytes = Some(source.bytes.len());
        Ok(source)
    }

    async fn pixels(
        &self,
        source: Bytes,
        place: Place,
        deadline: Instant,
        report: &mut Report,
    ) -> Result<Picture, Problem> {
        let (variant, config) = (self.path.variant().clone(), Arc::clone(&self.service.config));
        let rendered = spawn_blocking(move || {
            let mut stopwatch = Stopwatch::until(deadline);
            let picture = pixels::render(&source, &variant, &config, &mut stopwatch);
            drop(place);
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

/// How long browsers and CloudFront keep a variant.
pub(crate) fn cache_control(max_age: u64) -> String {
    format!("public, max-age={max_age}")
}

/// The answer where the original is not there.
pub(crate) fn missing(original: &Key) -> Problem {
    Problem::new(Fault::Missing, format!("there is no original {original}"))
}

fn problem_of_store(error: store::Error) -> Problem {
    match error {
        // S3 says 403 for a missing key when the caller may not list the bucket.
        store::Error::NotFound { key } | store::Error::Denied { key, .. } => missing(&key),
        store::Error::TooLarge { max, .. } => {
            Problem::new(Fault::TooLarge, format!("the original has more than the {max} bytes that are allowed"))
        }
        store::Error::Changed { .. } | store::Error::Unavailable { .. } => {
            Problem::new(Fault::Unavailable, "the picture store does not answer as it should; try again")
        }
    }
}

fn panic_text(panic: Box<dyn std::any::Any + Send>) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("panic: {}", text.unwrap_or_default())
}
