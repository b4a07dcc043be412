//! What a decision holds: a destination, and the proof that the request may go there.

use crate::negotiate::Why;
use crate::path::Path;
use crate::policy::Policy;
use crate::problem::Problem;
use crate::signing::SignatureParameters;

/// Where a request goes, and what `ridge explain` says about it. It proves nothing: see [`Route`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// The original or the variant.
    pub path: Path,
    /// Why the variant has its format; `None` for an original and for a path that was canonical already.
    pub why: Option<Why>,
    /// The unknown query parameters. They are ignored.
    pub dropped: Vec<String>,
    /// Whether the largest allowed size limited `dpr`.
    pub density_cut: bool,
}

/// The destination of an authorised request. Only [`decide`](super::decide()) and [`NeedsSignature::verify`] make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route(Destination);

/// A request that is allowed with a signature only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeedsSignature {
    pub(super) destination: Destination,
    pub(super) path_to_sign: String,
    pub(super) signature: SignatureParameters,
    pub(super) refusal: Option<Problem>,
}

/// What [`decide`](super::decide()) returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The request is authorised.
    Ready(Route),
    /// The request is allowed with a signature only, which is not verified yet.
    Unsigned(NeedsSignature),
}

impl Destination {
    pub(super) fn new(path: Path, dropped: Vec<String>) -> Destination {
        Destination { path, why: None, dropped, density_cut: false }
    }

    /// The URI for the origin: the canonical path, percent-encoded.
    pub fn uri(&self) -> String {
        match &self.path {
            Path::Original(key) => key.to_path(),
            Path::Variant(path) => path.to_string(),
        }
    }
}

impl Route {
    /// The caller has checked that the policy requires no signature.
    pub(super) fn unsigned(destination: Destination) -> Route {
        Route(destination)
    }

    /// Where the request goes.
    pub fn destination(&self) -> &Destination {
        &self.0
    }

    /// The URI for the origin: the canonical path, percent-encoded.
    pub fn uri(&self) -> String {
        self.0.uri()
    }
}

impl NeedsSignature {
    /// Where the request goes once its signature is verified.
    pub fn destination(&self) -> &Destination {
        &self.destination
    }

    /// The path that the signature must cover. If the client negotiates the format, the path has `auto` in its place.
    pub fn path_to_sign(&self) -> &str {
        &self.path_to_sign
    }

    /// Why the request is not allowed as it is; `None` if it has a signature or if every URL must have one.
    pub fn refusal(&self) -> Option<&Problem> {
        self.refusal.as_ref()
    }

    /// Verifies the request's signature at `now`, in seconds since 1970-01-01 UTC.
    ///
    /// # Errors
    ///
    /// [`Fault::Unsigned`](crate::Fault::Unsigned), if the signature is missing, wrong or expired.
    pub fn verify(self, policy: &Policy, now: u64) -> Result<Route, Problem> {
        if let Some(refusal) = self.refusal {
            return Err(refusal);
        }
        policy.keys().verify(&self.path_to_sign, &self.signature, now)?;
        Ok(Route(self.destination))
    }
}

impl Decision {
    /// Where the request goes if it is authorised.
    pub fn destination(&self) -> &Destination {
        match self {
            Decision::Ready(route) => route.destination(),
            Decision::Unsigned(needs) => needs.destination(),
        }
    }

    /// The signature that the request needs; `None` if it needs none.
    pub fn needs_signature(&self) -> Option<&NeedsSignature> {
        match self {
            Decision::Ready(_) => None,
            Decision::Unsigned(needs) => Some(needs),
        }
    }

    /// Returns the decision, unless the request is refused because it has no signature.
    ///
    /// # Errors
    ///
    /// [`NeedsSignature::refusal`].
    pub fn unless_refused(self) -> Result<Decision, Problem> {
        match self.needs_signature().and_then(NeedsSignature::refusal) {
            Some(refusal) => Err(refusal.clone()),
            None => Ok(self),
        }
    }

    /// Verifies the signature if the request needs one. `now` gives the time in seconds since 1970-01-01 UTC; it is called
    /// only then.
    ///
    /// # Errors
    ///
    /// As [`NeedsSignature::verify`].
    pub fn verify(self, policy: &Policy, now: impl FnOnce() -> u64) -> Result<Route, Problem> {
        match self {
            Decision::Ready(route) => Ok(route),
            Decision::Unsigned(needs) => needs.verify(policy, now()),
        }
    }
}
