//! Rendering: read the original, wait for a permit, render, store.

use std::time::Instant;

use bytes::Bytes;
use ridge_contract::{Options, Output, Problem, Variant, VariantPath};
use ridge_store::{Metadata, Object};
use tokio::time::timeout_at;

use crate::image::{Failure, Image};
use crate::max_age::uncertain;
use crate::outcome::{Outcome, Redirect, Rendered};
use crate::problems::{not_set_up, not_storable, problem_of, too_busy, too_slow};
use crate::redirect::{may_replace, to_variant};
use crate::refusal::Refusal;
use crate::request::{NoVariant, Request};
use crate::trace::{GET, PUT, WAIT, Write};
use crate::write::{Present, Writer};

impl Request<'_> {
    /// Renders the variant and stores it. If storing fails, the variant is returned all the same.
    pub(crate) async fn render(&mut self, present: Present) -> Result<Outcome, NoVariant> {
        let (rendered, source) = self.read_and_render().await?;
        let was_read = |problem| NoVariant { problem, was_read: true };
        let (original, object) = (self.path.original(), self.path.object());
        let (store, config, deadline) = (self.store, self.engine.policy.config(), self.deadline);
        let writer = Writer { store, original, object: &object, source: &source, present: &present, config, deadline };
        let image = match rendered {
            Ok(image) => image,
            Err(failure) => {
                self.trace.error = Some(failure.log.clone());
                self.remember(&failure, &writer).await;
                return Err(was_read(failure.problem));
            }
        };
        self.trace.bytes = Some(image.bytes.len());
        self.trace.is_truncated = image.is_truncated;
        let is_large = self.engine.max_body.is_some_and(|most| image.bytes.len() > most);
        if let Some(path) = self.fallback(&image) {
            self.trace.write = Write::Fallback;
            return self.fallback_outcome(image, path, is_large).map_err(was_read);
        }
        if present == Present::Denied && is_large && self.is_stored().await {
            // The store has the variant, and CloudFront may not read it: a redirect to it would never end.
            self.trace.error = Some("the variant is stored, but the distribution may not read it".to_owned());
            return Err(was_read(not_set_up()));
        }
        self.store(image, &writer, is_large).await.map_err(was_read)
    }

    /// Stores the variant and returns it, or a redirect to it: never to a variant that is not stored, so never in a loop.
    async fn store(&mut self, image: Image, writer: &Writer<'_>, is_large: bool) -> Result<Outcome, Problem> {
        let config = self.engine.policy.config();
        let Image { bytes, format, is_truncated, .. } = image;
        let bytes = Bytes::from(bytes);
        let began = Instant::now();
        // Awaited before the response: Lambda freezes the process once it has responded.
        let stored = writer.variant(format, bytes.clone(), is_truncated).await;
        self.trace.took(PUT, began);
        let (etag, max_age) = match stored {
            Ok(stored) => {
                let is_replaced = matches!(writer.present, Present::Replaceable { .. });
                self.trace.write = if is_replaced { Write::Replaced } else { Write::New };
                let is_certain = stored.is_current && !is_truncated;
                (Some(stored.etag), if is_certain { config.max_age } else { uncertain(config) })
            }
            Err(error) => {
                self.trace.write = Write::Failed;
                self.trace.is_put_failed = true;
                self.trace.error = Some(error);
                (None, uncertain(config))
            }
        };
        match &etag {
            _ if !is_large => Ok(Outcome::Rendered(Rendered { bytes, content_type: format.mime(), etag, max_age })),
            Some(_) => {
                let location = to_variant(&self.path.to_string(), &self.engine.policy);
                Ok(Outcome::Redirect(Redirect { location, max_age: None }))
            }
            None => Err(not_storable()),
        }
    }

    /// Returns a variant in a fallback format, or a redirect to the path at which it can be stored.
    fn fallback_outcome(&self, image: Image, path: Option<VariantPath>, is_large: bool) -> Result<Outcome, Problem> {
        let config = self.engine.policy.config();
        let max_age = uncertain(config);
        if !is_large {
            let (bytes, content_type) = (image.bytes.into(), image.format.mime());
            return Ok(Outcome::Rendered(Rendered { bytes, content_type, etag: None, max_age }));
        }
        let path = path.ok_or_else(not_storable)?;
        let location = to_variant(&path.to_string(), &self.engine.policy);
        Ok(Outcome::Redirect(Redirect { location, max_age: Some(max_age) }))
    }

    /// Stores the refusal if the original is at fault. If that fails, the next request is refused all the same.
    async fn remember(&mut self, failure: &Failure, writer: &Writer<'_>) {
        let limits = &self.engine.limits;
        let Some(refusal) = Refusal::new(&failure.problem, writer.source, limits, failure.needs_memory) else { return };
        let began = Instant::now();
        let stored = writer.refusal(&refusal).await;
        self.trace.took(PUT, began);
        if let Err(error) = stored {
            self.trace.is_put_failed = true;
            self.trace.error = self.trace.error.take().map(|reason| format!("{reason}; {error}"));
        }
    }

    /// The path of an image whose format is not the requested one; `Some(None)` if no path can hold it, and `None` if the
    /// format is the requested one.
    fn fallback(&self, image: &Image) -> Option<Option<VariantPath>> {
        let variant = self.path.variant();
        let is_requested = match variant.output() {
            Output::Format(format) => format == image.format,
            Output::Auto => true,
        };
        let path = |still| {
            let options = Options { still, ..variant.options().clone() };
            let other = Variant::new(options, Output::Format(image.format));
            VariantPath::new(other, self.path.original().clone()).ok()
        };
        // An animation that the requested format cannot hold stays still in a fallback format that could.
        let is_stopped = image.source_frames > 1 && !variant.output().may_be_animated();
        let stopped = || path(true).filter(|path| is_stopped && may_replace(path, self.path, &self.engine.policy));
        (!is_requested).then(|| stopped().or_else(|| path(variant.options().still)))
    }

    async fn is_stored(&self) -> bool {
        let head = timeout_at(self.deadline.into(), self.store.head(&self.path.object())).await;
        head.is_ok_and(|found| found.is_ok())
    }

    /// Reads the original and renders it. The inner error is a failure to render.
    async fn read_and_render(&mut self) -> Result<(Result<Image, Failure>, Metadata), NoVariant> {
        let not_read = |problem| NoVariant { problem, was_read: false };
        let (engine, deadline) = (self.engine, self.deadline);
        let permit = timeout_at(deadline.into(), engine.limiter.read()).await.ok().flatten();
        let permit = permit.ok_or_else(|| not_read(too_busy()))?;
        // A worker starts while the store answers.
        let (source, ()) = tokio::join!(timeout_at(deadline.into(), self.read()), engine.renderer.prepare());
        let Object { bytes, metadata } = source.map_err(|_| too_slow()).and_then(|source| source).map_err(not_read)?;
        self.trace.source_bytes = Some(bytes.len());
        let began = Instant::now();
        let permit = timeout_at(deadline.into(), permit.render()).await.ok().flatten();
        let permit = permit.ok_or_else(|| NoVariant { problem: too_busy(), was_read: true })?;
        self.trace.took(WAIT, began);
        let (rendered, stages) = engine.renderer.render(self.path, bytes, permit, deadline).await;
        for (stage, time) in stages {
            self.trace.add(stage, time);
        }
        Ok((rendered, metadata))
    }

    async fn read(&mut self) -> Result<Object, Problem> {
        let began = Instant::now();
        let source = self.store.get(self.path.original(), self.engine.policy.config().max_source_bytes).await;
        self.trace.took(GET, began);
        source.map_err(|error| {
            self.trace.error = Some(error.to_string());
            problem_of(error)
        })
    }
}
