//! From what the store has at a variant's key to an outcome.

use std::time::Instant;

use ridge_contract::{Problem, VariantPath};
use ridge_store::{Metadata, Store};
use tokio::time::timeout_at;

use crate::engine::Engine;
use crate::freshness::{Comparison, Freshness};
use crate::max_age::uncertain;
use crate::outcome::{Outcome, PassOn, Refused};
use crate::problems::{not_set_up, original_missing};
use crate::redirect;
use crate::refusal::Refusal;
use crate::request::{NoVariant, Request};
use crate::trace::Trace;
use crate::write::Present;

/// What the caller has found at the variant's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// No object (HTTP 404).
    Missing,
    /// Access was denied (403): the object may exist.
    Denied,
    /// An object (200, 206).
    Stored(Metadata),
    /// The object that a cache holds is unchanged (304). The metadata may lack everything except the ETag.
    NotModified(Metadata),
}

impl Engine {
    /// Serves a variant that the policy allows. At `deadline` the engine gives up. A worker is killed then; a render in
    /// this process is not.
    pub async fn serve(
        &self,
        path: &VariantPath,
        found: Found,
        store: &dyn Store,
        deadline: Instant,
    ) -> (Outcome, Trace) {
        let mut request = Request { engine: self, path, store, deadline, trace: Trace::default() };
        let outcome = request.serve(found).await;
        (outcome, request.trace)
    }

    /// Returns the outcome if the store cannot be opened, for this reason: a stored variant is passed on unverified, a stored
    /// refusal is repeated, and anything else is a 503, also an object that is no variant.
    pub fn without_store(&self, path: &VariantPath, found: Found, reason: String) -> (Outcome, Trace) {
        let mut trace = Trace { error: Some(reason), ..Trace::default() };
        let outcome = match own(path, found) {
            Ok(Own { object, .. }) => self.pass_on(path, &object, None, &mut trace),
            Err(_) => self.refuse(path, not_set_up()),
        };
        (outcome, trace)
    }

    /// Passes on what is stored, or repeats the refusal that is stored. `is_truncated` is `None` if the object could not be
    /// compared with its original.
    fn pass_on(&self, path: &VariantPath, object: &Metadata, is_truncated: Option<bool>, trace: &mut Trace) -> Outcome {
        if let Some(refusal) = Refusal::of(object) {
            trace.is_remembered = true;
            return self.refuse(path, refusal.problem);
        }
        // Browsers neither show nor run this type.
        let content_type = content_type(path, object).unwrap_or("application/octet-stream");
        let pass_on = |max_age| PassOn { content_type, max_age };
        match is_truncated {
            Some(false) => Outcome::Fresh(pass_on(self.policy.config().max_age)),
            Some(true) => Outcome::Fresh(pass_on(uncertain(self.policy.config()))),
            None => Outcome::Unverified(pass_on(uncertain(self.policy.config()))),
        }
    }

    fn refuse(&self, path: &VariantPath, problem: Problem) -> Outcome {
        let leads_to_original = redirect::leads_to_original(&problem, path, self.policy.config());
        let original = leads_to_original.then(|| redirect::to_original(path.original(), self.policy.config()));
        Outcome::Refused(Refused { problem, original })
    }
}

/// An object at the variant's key that the engine may have stored.
struct Own {
    object: Metadata,
    is_not_modified: bool,
}

/// Returns the object that was found if it has a type that the variant can have, or is a refusal, which is text. Anything
/// else was not stored by the engine: the error is what to render over.
fn own(path: &VariantPath, found: Found) -> Result<Own, Present> {
    let may_be_own = |object: &Metadata| content_type(path, object).is_some() || Refusal::of(object).is_some();
    match found {
        Found::Missing => Err(Present::Nothing),
        Found::Denied => Err(Present::Denied),
        Found::NotModified(object) => Ok(Own { object, is_not_modified: true }),
        Found::Stored(object) if may_be_own(&object) => Ok(Own { object, is_not_modified: false }),
        Found::Stored(object) => Err(Present::Replaceable { etag: object.etag }),
    }
}

/// The type of a stored variant: the one that its path states, if the stored type is not a contradiction.
fn content_type(path: &VariantPath, object: &Metadata) -> Option<&'static str> {
    path.variant().output().mime(object.content_type.as_deref())
}

impl Request<'_> {
    async fn serve(&mut self, found: Found) -> Outcome {
        match own(self.path, found) {
            Ok(Own { object, is_not_modified }) => self.verify(&object, is_not_modified).await,
            Err(present) => match self.render(present).await {
                Ok(outcome) => outcome,
                Err(NoVariant { problem, .. }) => self.engine.refuse(self.path, problem),
            },
        }
    }

    /// Passes on what is stored if it is fresh.
    async fn verify(&mut self, object: &Metadata, is_not_modified: bool) -> Outcome {
        let Request { engine, path, store, .. } = *self;
        let originals = engine.policy.config().originals;
        let comparison = Comparison { store, path, originals, limits: &engine.limits };
        match comparison.freshness(object, is_not_modified, self.deadline).await {
            Freshness::Fresh { is_truncated } => engine.pass_on(path, object, Some(is_truncated), &mut self.trace),
            Freshness::Unknown(error) => {
                self.trace.error = Some(error);
                engine.pass_on(path, object, None, &mut self.trace)
            }
            Freshness::OriginalMissing => {
                self.trace.error = self.delete().await.err();
                engine.refuse(path, original_missing(path.original()))
            }
            Freshness::Stale { etag } => match self.render(Present::Replaceable { etag }).await {
                Ok(outcome) => outcome,
                // A stale variant is better than none while the store does not return the original. But if the original was
                // read and cannot be rendered, the stale variant is not shown: the original may have been replaced for a
                // reason.
                Err(NoVariant { problem, was_read: false }) if problem.fault.is_transient() => {
                    engine.pass_on(path, object, None, &mut self.trace)
                }
                Err(NoVariant { problem, .. }) => engine.refuse(path, problem),
            },
        }
    }

    /// Deletes the variant, whose original does not exist any more.
    async fn delete(&self) -> Result<(), String> {
        let object = self.path.object();
        match timeout_at(self.deadline.into(), self.store.delete(&object)).await {
            Ok(deleted) => deleted.map_err(|error| error.to_string()),
            Err(_) => Err("the variant could not be deleted in time".to_owned()),
        }
    }
}
