//! A parsed request, and its destination under the policy.

use super::route::{Decision, Destination, NeedsSignature, Route};
use crate::accept::Accept;
use crate::config::{Config, Signing};
use crate::format::Output;
use crate::key::Key;
use crate::negotiate::{self, Why};
use crate::path::{Path, PathError, VariantPath, undecided};
use crate::policy::{NotAllowed, Policy, Verdict};
use crate::problem::{Fault, Problem};
use crate::query::Query;
use crate::signing::SignatureParameters;
use crate::variant::{Options, Variant};

/// The parameters that `presetsOnly` allows.
const OF_PRESETS: [&str; 2] = ["p", "dpr"];

/// A request: its path is the caller's, all else is here.
pub(super) struct Request<'a> {
    pub(super) policy: &'a Policy,
    pub(super) query: Query,
    /// Empty if `signing` is `"off"`.
    pub(super) signature: SignatureParameters,
}

/// What is the same for a variant whether its URL is signed or not.
struct Negotiated {
    original: Key,
    output: Output,
    why: Why,
}

impl Request<'_> {
    /// An original as it is. Every URL must be signed if `signing` is `"all"`.
    pub(super) fn original(self, key: Key) -> Decision {
        let path_to_sign = key.to_path();
        let is_signed = self.config().signing == Signing::All;
        let destination = Destination::new(Path::Original(key), self.query.dropped);
        if !is_signed {
            return Decision::Ready(Route::unsigned(destination));
        }
        Decision::Unsigned(NeedsSignature { destination, path_to_sign, signature: self.signature, refusal: None })
    }

    /// An original, requested by `raw=1`.
    pub(super) fn raw(self, key: Key) -> Result<Decision, Problem> {
        if self.query.known.len() > 1 {
            let text = "raw=1 is the original as it is; it takes no other parameter beside it";
            return Err(Problem::new(Fault::Request, text));
        }
        Ok(self.original(key))
    }

    /// A canonical path: the same policy applies, and no parameter can be added.
    pub(super) fn canonical(self, path: VariantPath) -> Result<Decision, Problem> {
        if let Some(name) = self.query.known.first() {
            let text =
                format!("{name} cannot be added to a path that is a variant already; ask for {}", path.original());
            return Err(Problem::new(Fault::Request, text));
        }
        let (verdict, path_to_sign) = (self.policy.verdict(&path), path.to_string());
        let destination = Destination::new(Path::Variant(path), self.query.dropped);
        let refusal = match verdict {
            Verdict::Allowed => return Ok(Decision::Ready(Route::unsigned(destination))),
            Verdict::Refused(not_allowed) => return Err(not_allowed.problem),
            Verdict::Signed(None) => None,
            Verdict::Signed(Some(not_allowed)) => Some(unsigned(&not_allowed.problem)),
        };
        let refusal = refusal.filter(|_| self.signature.is_empty());
        Ok(Decision::Unsigned(NeedsSignature { destination, path_to_sign, signature: self.signature, refusal }))
    }

    /// A variant, requested by parameters or negotiated by `auto`.
    pub(super) fn variant(self, original: Key, accept: &Accept) -> Result<Decision, Problem> {
        self.policy.limits(&self.query.options).map_err(|not_allowed| not_allowed.problem)?;
        let (output, why) = negotiate::output(self.query.format, accept, &original, &self.config().formats);
        let negotiated = Negotiated { original, output, why };
        match self.config().signing {
            Signing::Outside if !self.signature.is_empty() => self.beyond_lists(negotiated, None),
            Signing::Off | Signing::Outside | Signing::All => self.within_lists(negotiated),
        }
    }

    /// A variant that the allow-lists must allow.
    fn within_lists(self, negotiated: Negotiated) -> Result<Decision, Problem> {
        let not_allowed = match self.listed_options() {
            Err(not_allowed) => not_allowed,
            Ok((options, density_cut)) => {
                let Some(path) = self.path(&options, &negotiated)? else {
                    return Ok(self.original(negotiated.original));
                };
                match self.policy.verdict(&path) {
                    Verdict::Allowed => return Ok(self.ready(path, &negotiated, density_cut)),
                    Verdict::Signed(None) => {
                        return Ok(self.needs_signature(path, &options, negotiated, density_cut, None));
                    }
                    Verdict::Signed(Some(not_allowed)) | Verdict::Refused(not_allowed) => self.explained(not_allowed),
                }
            }
        };
        match self.config().signing {
            Signing::Outside => self.beyond_lists(negotiated, Some(unsigned(&not_allowed.problem))),
            Signing::Off | Signing::All => Err(not_allowed.problem),
        }
    }

    /// A variant whose size is not brought into the allow-lists, since a signature may lift them. `refusal` says why the
    /// request is refused without one.
    fn beyond_lists(self, negotiated: Negotiated, refusal: Option<Problem>) -> Result<Decision, Problem> {
        let (options, density_cut) = self.multiplied();
        let Some(path) = self.path(&options, &negotiated)? else {
            return Ok(self.original(negotiated.original));
        };
        match self.policy.verdict(&path) {
            Verdict::Allowed if refusal.is_none() => Ok(self.ready(path, &negotiated, density_cut)),
            Verdict::Refused(not_allowed) => Err(not_allowed.problem),
            Verdict::Allowed | Verdict::Signed(_) => {
                Ok(self.needs_signature(path, &options, negotiated, density_cut, refusal))
            }
        }
    }

    /// The options in a size that the allow-lists allow, and whether that limits `dpr`.
    fn listed_options(&self) -> Result<(Options, bool), NotAllowed> {
        let (config, query) = (self.config(), &self.query);
        if config.presets_only && !query.known.iter().all(|name| OF_PRESETS.contains(name)) {
            return Err(NotAllowed { param: None, problem: self.policy.only_presets() });
        }
        if query.known.contains(&"dpr") {
            self.policy.listed_density(query.dpr)?;
        }
        if query.has_preset_sides {
            return Ok(self.multiplied());
        }
        let mut options = query.options.clone();
        let density_cut = self.policy.size(&mut options, query.dpr)?;
        Ok((options, density_cut))
    }

    /// The options in their size up to the limits, and whether these limit `dpr`.
    fn multiplied(&self) -> (Options, bool) {
        let Config { max_width, max_height, .. } = self.config();
        let mut options = self.query.options.clone();
        let density_cut = options.multiply(self.query.dpr, *max_width, *max_height);
        (options, density_cut)
    }

    /// The canonical path; `None` if the original is served because a long key leaves no room for what `auto` adds.
    fn path(&self, options: &Options, negotiated: &Negotiated) -> Result<Option<VariantPath>, Problem> {
        let variant = Variant::new(options.clone(), negotiated.output);
        match VariantPath::new(variant, negotiated.original.clone()) {
            Ok(path) => Ok(Some(path)),
            Err(PathError::TooLong { .. }) if self.query.known.is_empty() => Ok(None),
            Err(error) => Err(Problem::request(error)),
        }
    }

    fn ready(self, path: VariantPath, negotiated: &Negotiated, density_cut: bool) -> Decision {
        Decision::Ready(Route::unsigned(self.destination(path, negotiated.why, density_cut)))
    }

    fn needs_signature(
        mut self,
        path: VariantPath,
        options: &Options,
        negotiated: Negotiated,
        density_cut: bool,
        refusal: Option<Problem>,
    ) -> Decision {
        let is_format_given = self.query.format.is_some();
        let path_to_sign = if is_format_given { path.to_string() } else { undecided(options, &negotiated.original) };
        let signature = std::mem::take(&mut self.signature);
        let destination = self.destination(path, negotiated.why, density_cut);
        Decision::Unsigned(NeedsSignature { destination, path_to_sign, signature, refusal })
    }

    fn destination(self, path: VariantPath, why: Why, density_cut: bool) -> Destination {
        Destination { why: Some(why), density_cut, ..Destination::new(Path::Variant(path), self.query.dropped) }
    }

    /// The error, in terms of what the client wrote: it cannot leave out what a preset sets, only what it adds to it.
    fn explained(&self, not_allowed: NotAllowed) -> NotAllowed {
        let others: Vec<_> = self.query.known.iter().filter(|name| !OF_PRESETS.contains(name)).copied().collect();
        match (&self.query.preset, not_allowed.param) {
            (Some(preset), Some(param)) if !self.query.has_set(param) && !others.is_empty() => {
                let others = others.join(" and ");
                let text = format!(
                    "the preset \"{preset}\" sets {param}, which is allowed only in the preset as it is: leave {others} out"
                );
                NotAllowed { problem: Problem::new(Fault::Request, text), ..not_allowed }
            }
            _ => not_allowed,
        }
    }

    fn config(&self) -> &Config {
        self.policy.config()
    }
}

/// The error for what only a signed URL may request.
fn unsigned(problem: &Problem) -> Problem {
    Problem::new(Fault::Unsigned, format!("{}; a signed URL may ask for it", problem.text))
}
