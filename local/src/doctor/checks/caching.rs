//! Checks of the cache, the cache key, and the headers that caches depend on.

use super::super::Verdict::{self, Failed, Passed};
use super::super::accept::{ANY, WEBP};
use super::super::site::{CheckError, OTHER_SITE, Site, SiteResponse};

pub(super) fn vary(site: &Site) -> Result<Verdict, CheckError> {
    let responses = [
        ("", site.small(WEBP)?),
        ("", site.small(ANY)?),
        (" of a request with an Origin", site.small_from_other_site(WEBP)?),
        (" of a request with an Origin", site.small_from_other_site(ANY)?),
    ];
    let names_accept = |response: &SiteResponse| {
        response.header("vary").split(',').any(|name| name.trim().eq_ignore_ascii_case("accept"))
    };
    Ok(match responses.iter().find(|(_, response)| !names_accept(response)) {
        None => Passed("Vary: Accept, with and without an Origin".to_owned()),
        Some((when, response)) => Failed(format!(
            "Vary is {:?} in the response{when} and does not contain Accept, so a shared cache may send one client's \
             format to another; the stack's response headers policy adds it, and must have no CORS headers",
            response.header("vary")
        )),
    })
}

pub(super) fn cors(site: &Site) -> Result<Verdict, CheckError> {
    let original = site.signed(&site.path())?;
    let responses = [
        ("a variant", site.small(WEBP)?),
        ("a variant requested with an Origin", site.small_from_other_site(WEBP)?),
        ("the original", site.get(&original, &[("accept", WEBP)])?),
        ("an error", site.get(&format!("{}?w=640junk", site.path()), &[("origin", OTHER_SITE)])?),
    ];
    let closed = responses.iter().find(|(_, response)| response.header("access-control-allow-origin") != "*");
    Ok(match closed {
        None => Passed("Access-Control-Allow-Origin: * on variants, originals and errors".to_owned()),
        Some((what, response)) => Failed(format!(
            "Access-Control-Allow-Origin is {:?} for {what}, so a page of another site cannot use it in a canvas or \
             with fetch. The functions send *; invalidate /* if CloudFront has cached responses of an older version",
            response.header("access-control-allow-origin")
        )),
    })
}

pub(super) fn cache(site: &Site) -> Result<Verdict, CheckError> {
    site.small(WEBP)?;
    let again = site.small(WEBP)?;
    Ok(if again.is_hit() {
        Passed("the second request was a cache hit".to_owned())
    } else {
        let found = format!("{}{}", again.header("x-cache"), again.header("x-ridge-cache"));
        let control = again.header("cache-control");
        Failed(format!("the second request was not a cache hit (X-Cache {found:?}, Cache-Control {control:?})"))
    })
}

pub(super) fn cache_key(site: &Site) -> Result<Verdict, CheckError> {
    let other = site.variant_of(&format!("utm_source=doctor&{}", site.queries.small), WEBP)?;
    Ok(if other.is_hit() {
        Passed("an unknown parameter does not change the cache key".to_owned())
    } else {
        Failed("an unknown parameter (utm_source) changes the cache key".to_owned())
    })
}

pub(super) fn canonical_path(site: &Site) -> Result<Verdict, CheckError> {
    let query = &site.queries.small;
    let path = site.variant(query, WEBP).map(|path| path.to_string()).unwrap_or_default();
    let (direct, by_query) = (site.get(&site.signed(&path)?, &[])?, site.small(WEBP)?);
    Ok(if direct.status == 200 && direct.body == by_query.body {
        Passed(format!("{path} returns the same variant"))
    } else {
        Failed(format!("{path} does not return the variant of ?{query}: {}", direct.summary()))
    })
}
