//! The query form: an error in one line, or a canonical path that the path form accepts under the same policy.

use ridge_contract::query::{self, Query};
use ridge_contract::{Accept, Decision, Path, Policy, Problem, decide};

use crate::{policies, text};

/// Originals with the extension of a format that every client supports, with that of one that not every client
/// supports, and without an extension.
const ORIGINALS: [&str; 3] = ["/photos/cat.jpg", "/a%20b%2Bc.webp", "/%C3%A9"];

const UNKNOWN: &str = "utm_x";

/// Checks a query string without `?`.
pub fn check(data: &[u8]) -> Option<()> {
    let query = std::str::from_utf8(data).ok()?;
    let accept = Accept::parse(["image/webp,image/avif", "", "image/avif"].get(data.len() % 4).copied());
    let original = ORIGINALS[data.len() % 3];
    for policy in policies::all() {
        unknown_parameters_change_nothing(query, policy);
        let decided = lead(query, original, &accept, policy);
        let beside =
            decide(original, &format!("{query}&{UNKNOWN}=w_9"), &accept, policy).and_then(Decision::unless_refused);
        match (&decided, &beside) {
            (Ok(decision), Ok(beside)) => {
                let (one, other) = (decision.destination(), beside.destination());
                assert_eq!((&one.path, one.why, one.density_cut), (&other.path, other.why, other.density_cut));
                assert_eq!(path_to_sign(decision), path_to_sign(beside));
            }
            _ => assert_eq!(decided.as_ref().err(), beside.as_ref().err()),
        }
    }
    Some(())
}

/// Asks for a query, and holds what comes of it against the policy.
pub(crate) fn lead(query: &str, original: &str, accept: &Accept, policy: &Policy) -> Result<Decision, Problem> {
    let decided = decide(original, query, accept, policy).and_then(Decision::unless_refused);
    match &decided {
        Ok(decision) => canonical(decision, accept, policy),
        Err(problem) => text::answer(problem),
    }
    decided
}

fn path_to_sign(decision: &Decision) -> Option<&str> {
    decision.needs_signature().map(|needs| needs.path_to_sign())
}

fn unknown_parameters_change_nothing(query: &str, policy: &Policy) {
    let config = policy.config();
    let plain = query::parse_with(query, &config.presets);
    let among = query::parse_with(&format!("{UNKNOWN}=1&{query}&{UNKNOWN}"), &config.presets);
    match (plain, among) {
        (Ok(plain), Ok(among)) => {
            assert_eq!(known(&plain), known(&among));
            assert_eq!([&[UNKNOWN.to_owned()], &plain.dropped[..], &[UNKNOWN.to_owned()]].concat(), among.dropped);
            plain.dropped.iter().filter(|name| !name.trim().is_empty()).for_each(|name| text::one_line(name));
        }
        (Err(plain), Err(among)) => {
            assert_eq!(plain, among);
            text::one_line(&plain.to_string());
        }
        (plain, among) => panic!("{plain:?} became {among:?}"),
    }
}

/// Returns everything in a query except for unknown parameters.
fn known(query: &Query) -> impl PartialEq + std::fmt::Debug + '_ {
    (&query.options, query.format, query.dpr, query.raw, query.has_preset_sides, &query.known)
}

/// The way is to one spelling, within the policy; asked for by that path, it is the same.
fn canonical(decision: &Decision, accept: &Accept, policy: &Policy) {
    let decided = decision.destination();
    let uri = decided.uri();
    assert!(uri.len() <= ridge_cloudfront::URI_CHARACTERS);
    assert_eq!(Path::parse(&uri).as_ref(), Ok(&decided.path), "{uri}");
    let Path::Variant(path) = &decided.path else { return };
    assert_eq!(policy.check(path), Ok(()), "{uri}");
    match decide(&uri, "", accept, policy).and_then(Decision::unless_refused) {
        Ok(again) => {
            assert_eq!(again.destination().path, decided.path);
            assert_eq!(again.needs_signature().is_some(), decision.needs_signature().is_some(), "{uri}");
        }
        Err(problem) => assert!(decision.needs_signature().is_some(), "{uri}: {}", problem.text),
    }
}
