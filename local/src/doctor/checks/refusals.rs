//! Checks of requests that must be refused.

use super::super::Verdict::{self, Failed, Passed};
use super::super::accept::WEBP;
use super::super::site::{CheckError, Site};

pub(super) fn bad_parameter(site: &Site) -> Result<Verdict, CheckError> {
    let response = site.get(&format!("{}?w=640junk", site.path()), &[("accept", WEBP)])?;
    let is_in_words = response.header("content-type").starts_with("text/plain");
    Ok(if response.status == 400 && is_in_words {
        Passed(response.summary())
    } else {
        Failed(format!("?w=640junk: expected 400 with a text, got {}", response.summary()))
    })
}

pub(super) fn missing(site: &Site) -> Result<Verdict, CheckError> {
    let path = format!("{}.is-not-there?{}", site.path(), site.queries.small);
    let response = site.get(&site.signed(&path)?, &[("accept", WEBP)])?;
    Ok(match response.status.as_u16() {
        404 => Passed(response.summary()),
        403 => Failed("403 for a missing original: origin-response did not run, or its response was lost".to_owned()),
        _ => Failed(format!("{path}: expected 404, got {}", response.summary())),
    })
}

pub(super) fn sealed(site: &Site) -> Result<Verdict, CheckError> {
    for path in [format!("/w_64/webp/w_64/webp{}", site.path()), format!("/w_064/webp{}", site.path())] {
        let response = site.get(&path, &[])?;
        if response.status != 400 {
            return Ok(Failed(format!("{path} is not a canonical path: expected 400, got {}", response.summary())));
        }
    }
    Ok(Passed("only canonical paths are accepted".to_owned()))
}

pub(super) fn methods(site: &Site) -> Result<Verdict, CheckError> {
    let response = site.delete(&format!("{}.is-not-there", site.path()))?;
    Ok(if matches!(response.status.as_u16(), 403 | 405) {
        Passed("only GET and HEAD are accepted".to_owned())
    } else {
        Failed(format!("DELETE: expected 403 or 405, got {}", response.summary()))
    })
}
