//! The query form: an error in one line, or a canonical path that the path form accepts under the same policy.

use ridge_contract::query::{self, Query};
use ridge_contract::{Accept, Config, Path, Problem};
use viewer_request::{Route, route};

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
    for config in policies::all() {
        unknown_parameters_change_nothing(query, config);
        let decided = lead(query, original, &accept, config);
        let beside = route(original, &format!("{query}&{UNKNOWN}=w_9"), &accept, config);
        match (&decided, &beside) {
            (Ok(route), Ok(beside)) => {
                assert_eq!((&route.path, route.why, route.density_cut), (&beside.path, beside.why, beside.density_cut));
                assert_eq!(route.signed, beside.signed);
            }
            _ => assert_eq!(decided.as_ref().err(), beside.as_ref().err()),
        }
    }
    Some(())
}

/// Asks for a query, and holds what comes of it against the policy.
pub(crate) fn lead(query: &str, original: &str, accept: &Accept, config: &Config) -> Result<Route, Problem> {
    let decided = route(original, query, accept, config);
    match &decided {
        Ok(route) => canonical(route, accept, config),
        Err(problem) => text::answer(problem),
    }
    decided
}

fn unknown_parameters_change_nothing(query: &str, config: &Config) {
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
fn canonical(decided: &Route, accept: &Accept, config: &Config) {
    let uri = decided.uri();
    assert!(uri.len() <= ridge_cloudfront::URI_CHARACTERS);
    assert_eq!(Path::parse(&uri).as_ref(), Ok(&decided.path), "{uri}");
    let Path::Variant(path) = &decided.path else { return };
    assert_eq!(config.check(path), Ok(()), "{uri}");
    match route(&uri, "", accept, config) {
        Ok(again) => {
            assert_eq!(again.path, decided.path);
            assert_eq!(again.signed.is_some(), decided.signed.is_some(), "{uri}");
        }
        Err(problem) => assert!(decided.signed.is_some(), "{uri}: {}", problem.text),
    }
}
