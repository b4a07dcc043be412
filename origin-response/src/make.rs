//! Making a variant: get the original, render, put the variant.

use std::time::Instant;

use bytes::Bytes;
use ridge_contract::{Fault, Format, Key, Options, Output, Problem, Variant, VariantPath};
use ridge_store::{Facts, Object, Store};
use tokio::time::timeout_at;

use crate::keep::{Found, Keeping, Kept};
use crate::redirect::may_stand_in;
use crate::refusal::Refusal;
use crate::report::{GET, Outcome, PUT, Report};
use crate::service::Service;
use crate::worker::{Failure, Rendered};

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
    /// Whether the original ends early.
    pub(crate) is_truncated: bool,
}

impl Made {
    pub(crate) fn is_small(&self) -> bool {
        self.bytes.len() <= ridge_cloudfront::BODY_BUDGET
    }

    fn new(format: Format, bytes: Bytes, is_truncated: bool, kept: Kept) -> Made {
        Made { bytes, content_type: format.mime(), kept, is_truncated }
    }
}

impl Job<'_> {
    /// Makes the variant and stores it, or why there is none. At `deadline` the render is given up and its worker killed;
    /// a variant that is ready by then is answered, stored or not.
    pub(crate) async fn make(self, deadline: Instant, report: &mut Report) -> Result<Made, Problem> {
        let (rendered, source) = self.render(deadline, report).await?;
        let (original, object) = (self.path.original(), self.path.object());
        let keeping = Keeping {
            store: self.store,
            original,
            object: &object,
            source: &source,
            found: &self.found,
            config: self.service.policy.config(),
        };
        let picture = match rendered {
            Ok(picture) => picture,
            Err(failure) => {
                report.error = Some(failure.log.clone());
                self.remember(&failure, &keeping, deadline, report).await;
                return Err(failure.problem);
            }
        };
        report.is_truncated = picture.is_truncated;
        let path = self.instead(&picture);
        let Rendered { bytes, format, is_truncated, .. } = picture;
        let bytes = Bytes::from(bytes);
        if let Some(path) = path {
            report.outcome = Outcome::Instead;
            return Ok(Made::new(format, bytes, is_truncated, Kept::Elsewhere(path)));
        }
        let is_large = bytes.len() > ridge_cloudfront::BODY_BUDGET;
        if self.found == Found::Denied && is_large && self.is_stored(deadline).await {
            // S3 has the variant and keeps it from CloudFront: to store it again and redirect to it would go on for ever.
            report.error = Some("the variant is stored, but the distribution may not read it".to_owned());
            return Err(Problem::new(Fault::Unavailable, "the picture store is not set up"));
        }
        let began = Instant::now();
        // Awaited: Lambda freezes the process once it has answered.
        let kept = keeping.store(format, bytes.clone(), is_truncated, deadline).await;
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
        Ok(Made::new(format, bytes, is_truncated, kept))
    }

    /// Stores why there is no variant, where that is the original's fault. Where it cannot be stored, the next request is
    /// refused all the same.
    async fn remember(&self, failure: &Failure, keeping: &Keeping<'_>, deadline: Instant, report: &mut Report) {
        let Failure { problem, needs_memory, .. } = failure;
        let refusal = Refusal::new(problem, keeping.source, &self.service.limits, *needs_memory);
        let Some(refusal) = refusal else { return };
        let began = Instant::now();
        let stored = keeping.refuse(&refusal, deadline).await;
        report.took(PUT, began);
        if let Err(error) = stored {
            report.is_put_failed = true;
            report.error = report.error.take().map(|reason| format!("{reason}; {error}"));
        }
    }

    /// Where a picture belongs that is of another format than was asked for.
    fn instead(&self, picture: &Rendered) -> Option<Option<String>> {
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
        let is_stopped = picture.source_frames > 1 && !variant.output().may_be_animated();
        let stopped = || path(true).filter(|path| is_stopped && may_stand_in(path, self.path, &self.service.policy));
        (!is_asked).then(|| stopped().or_else(|| path(variant.options().still)).map(|path| path.to_string()))
    }

    async fn is_stored(&self, deadline: Instant) -> bool {
        let asked = timeout_at(deadline.into(), self.store.head(&self.path.object())).await;
        asked.is_ok_and(|found| found.is_ok())
    }

    /// Reads the original and renders. Only a failure to render is a failure of what the facts tell of.
    async fn render(
        &self,
        deadline: Instant,
        report: &mut Report,
    ) -> Result<(Result<Rendered, Failure>, Facts), Problem> {
        let full = || Problem::new(Fault::Unavailable, "too many pictures are being made; try again");
        let Service { renders, workers, .. } = self.service;
        let reading = timeout_at(deadline.into(), renders.enter()).await.ok().flatten().ok_or_else(full)?;
        // While S3 answers there is time to start a worker.
        let (source, ()) = tokio::join!(timeout_at(deadline.into(), self.get(report)), workers.prepare());
        let slow = |_| Problem::new(Fault::Unavailable, "the picture store does not answer in time; try again");
        let Object { bytes, facts } = source.map_err(slow)??;
        let began = Instant::now();
        let place = timeout_at(deadline.into(), reading.begin()).await.ok().flatten().ok_or_else(full)?;
        report.waited(began);
        let (rendered, stages) = workers.render(self.path, &bytes, deadline).await;
        drop(place);
        for (stage, time) in stages {
            report.lasted(stage, time);
        }
        report.bytes = rendered.as_ref().ok().map(|rendered| rendered.bytes.len());
        Ok((rendered, facts))
    }

    async fn get(&self, report: &mut Report) -> Result<Object, Problem> {
        let began = Instant::now();
        let source = self.store.get(self.path.original(), self.service.policy.config().max_source_bytes).await;
        report.took(GET, began);
        let source = source.map_err(|error| {
            report.error = Some(error.to_string());
            problem_of_store(error)
        })?;
        report.source_bytes = Some(source.bytes.len());
        Ok(source)
    }
}

/// The answer where the original is not there.
pub(crate) fn missing(original: &Key) -> Problem {
    Problem::new(Fault::Missing, format!("there is no original {original}"))
}

/// The answer where S3 fails.
pub(crate) fn unavailable() -> Problem {
    Problem::new(Fault::Unavailable, "the picture store does not answer as it should; try again")
}

fn problem_of_store(error: ridge_store::Error) -> Problem {
    match error {
        // S3 says 403 for a missing key when the caller may not list the bucket.
        ridge_store::Error::NotFound { key } | ridge_store::Error::Denied { key, .. } => missing(&key),
        ridge_store::Error::TooLarge { max, .. } => {
            Problem::new(Fault::TooLarge, format!("the original has more than the {max} bytes of maxSourceBytes"))
        }
        ridge_store::Error::Encoding { encoding, .. } => {
            let text = format!("the original has the Content-Encoding {encoding:?}; gzip and identity are supported");
            Problem::new(Fault::NotAnImage, text)
        }
        ridge_store::Error::Undecodable { .. } => {
            Problem::new(Fault::Broken, "the original is not the gzip that its Content-Encoding says; upload it again")
        }
        ridge_store::Error::Changed { .. } | ridge_store::Error::Unavailable { .. } => unavailable(),
    }
}
