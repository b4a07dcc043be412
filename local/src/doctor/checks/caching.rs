//! Checks of the cache, the cache key, and the headers that caches depend on.

use super::super::Verdict::{self, Fine, Wrong};
use super::super::accept::{ANY, WEBP};
use super::super::site::{CheckError, ELSEWHERE, Site, SiteResponse};

pub(super) fn vary(site: &Site) -> Result<Verdict, CheckError> {
    let asked = [
        ("", site.small(WEBP)?),
        ("", site.small(ANY)?),
        (" to a request with an Origin", site.small_from_elsewhere(WEBP)?),
        (" to a request with an Origin", site.small_from_elsewhere(ANY)?),
    ];
    let names_accept =
        |answer: &SiteResponse| answer.header("vary").split(',').any(|name| name.trim().eq_ignore_ascii_case("accept"));
    Ok(match asked.iter().find(|(_, answer)| !names_accept(answer)) {
        None => Fine("Vary: Accept, with and without an Origin".to_owned()),
        Some((when, answer)) => Wrong(format!(
            "Vary is {:?} in the answer{when} and does not name Accept, so a cache on the way may give one client's \
             format to another; the stack's response headers policy adds it, and must have no CORS headers",
            answer.header("vary")
        )),
    })
}

pub(super) fn cors(site: &Site) -> Result<Verdict, CheckError> {
    let original = site.signed(&site.path())?;
    let asked = [
        ("a variant", site.small(WEBP)?),
        ("a variant to a request with an Origin", site.small_from_elsewhere(WEBP)?),
        ("the original", site.get(&original, &[("accept", WEBP)])?),
        ("an error", site.get(&format!("{}?w=640junk", site.path()), &[("origin", ELSEWHERE)])?),
    ];
    let closed = asked.iter().find(|(_, answer)| answer.header("access-control-allow-origin") != "*");
    Ok(match closed {
        None => Fine("Access-Control-Allow-Origin: * on variants, originals and errors".to_owned()),
        Some((what, answer)) => Wrong(format!(
            "Access-Control-Allow-Origin is {:?} for {what}, so a page of another site cannot use it in a canvas or by \
             fetch; the functions send *. What CloudFront has kept from before an update is invalidated with /*",
            answer.header("access-control-allow-origin")
        )),
    })
}

pub(super) fn cache(site: &Site) -> Result<Verdict, CheckError> {
    site.small(WEBP)?;
    let again = site.small(WEBP)?;
    Ok(if again.is_hit() {
        Fine("the second request is a hit".to_owned())
    } else {
        let found = format!("{}{}", again.header("x-cache"), again.header("x-ridge-cache"));
        let control = again.header("cache-control");
        Wrong(format!("the second request is no hit (X-Cache {found:?}, Cache-Control {control:?})"))
    })
}

pub(super) fn cache_key(site: &Site) -> Result<Verdict, CheckError> {
    let other = site.picture(&format!("utm_source=doctor&{}", site.queries.small), WEBP)?;
    Ok(if other.is_hit() {
        Fine("a foreign parameter makes no second copy".to_owned())
    } else {
        Wrong("a foreign parameter (utm_source) makes a second copy in the cache".to_owned())
    })
}

pub(super) fn canonical_path(site: &Site) -> Result<Verdict, CheckError> {
    let query = &site.queries.small;
    let path = site.variant(query, WEBP).map(|path| path.to_string()).unwrap_or_default();
    let (direct, asked) = (site.get(&site.signed(&path)?, &[])?, site.small(WEBP)?);
    Ok(if direct.status == 200 && direct.body == asked.body {
        Fine(format!("{path} is the same picture"))
    } else {
        Wrong(format!("{path} is not what ?{query} gives: {}", direct.said()))
    })
}
