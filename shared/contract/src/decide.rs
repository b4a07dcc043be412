//! The decision about a request: where does it go, and does it need a signature?
//!
//! [`decide`] parses the path and the query once. A [`Route`] is the proof that the request is authorised: it exists only
//! if the policy requires no signature, or after [`NeedsSignature::verify`].
//!
//! ```
//! use ridge_contract::{Accept, Config, Decision, Policy, decide};
//! let policy = Policy::new(Config::parse(r#"{"signing": "all"}"#).unwrap());
//! let decision = decide("/cat.jpg", "w=200", &Accept::parse(["image/webp"]), &policy).unwrap();
//! let Decision::Unsigned(needs) = decision else { panic!("all URLs must be signed") };
//! assert_eq!(needs.path_to_sign(), "/w_200/auto/cat.jpg");
//! assert_eq!(needs.destination().uri(), "/w_200/webp/cat.jpg");
//! let problem = needs.verify(&policy, 1_800_000_000).unwrap_err();
//! assert!(problem.text.starts_with("this URL must be signed"));
//! ```

mod request;
mod route;

pub use route::{Decision, Destination, NeedsSignature, Route};

use std::iter;

use crate::accept::Accept;
use crate::config::Signing;
use crate::path::Path;
use crate::policy::Policy;
use crate::problem::Problem;
use crate::query;
use crate::signing::SignatureParameters;
use request::Request;

/// Decides where a request goes.
///
/// `uri` is the path as the client sent it, percent-encoded; `querystring` is without `?`.
///
/// # Errors
///
/// [`Fault::Request`](crate::Fault::Request) with what is wrong and what is accepted. A request that a signature would
/// allow is no error but [`Decision::Unsigned`].
pub fn decide(uri: &str, querystring: &str, accept: &Accept, policy: &Policy) -> Result<Decision, Problem> {
    let config = policy.config();
    let mut pairs = query::pairs(querystring);
    // If nothing is signed, `exp` and `sig` are unknown parameters like any other.
    let signature = match config.signing {
        Signing::Off => SignatureParameters::default(),
        Signing::Outside | Signing::All => SignatureParameters::take(&mut pairs),
    };
    let query = query::parse_pairs(&pairs, &config.presets);
    let query = query.map_err(|error| Problem::request(error.within(config)))?;
    let path = Path::parse(uri).map_err(|error| Problem::request(error.within(config)))?;
    let is_negotiated = |key: &crate::Key| config.auto && key.is_called_picture();
    let request = Request { policy, query, signature };
    match path {
        Path::Variant(path) => request.canonical(path),
        Path::Original(key) if request.query.raw => request.raw(key),
        Path::Original(key) if request.query.known.is_empty() && !is_negotiated(&key) => Ok(request.original(key)),
        Path::Original(key) => request.variant(key, accept),
    }
}

/// Decides which signature a URL needs, so that every client may request it; `None` if none does. A quality that is not
/// listed, for example, has an effect in WebP and none in PNG.
///
/// # Errors
///
/// As [`decide`].
pub fn needed_signature(uri: &str, querystring: &str, policy: &Policy) -> Result<Option<NeedsSignature>, Problem> {
    let negotiated = policy.config().formats.iter().map(|format| Accept::parse([format.mime()]));
    for accept in iter::once(Accept::default()).chain(negotiated) {
        if let Decision::Unsigned(needs) = decide(uri, querystring, &accept, policy)? {
            return Ok(Some(needs));
        }
    }
    Ok(None)
}
