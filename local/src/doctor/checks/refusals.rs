//! Checks of requests that must be refused.

use super::super::Verdict::{self, Fine, Wrong};
use super::super::accept::WEBP;
use super::super::site::{CheckError, Site};

pub(super) fn bad_parameter(site: &Site) -> Result<Verdict, CheckError> {
    let answer = site.get(&format!("{}?w=640junk", site.path()), &[("accept", WEBP)])?;
    let is_in_words = answer.header("content-type").starts_with("text/plain");
    Ok(if answer.status == 400 && is_in_words {
        Fine(answer.said())
    } else {
        Wrong(format!("?w=640junk should be a 400 in words, and is {}", answer.said()))
    })
}

pub(super) fn missing(site: &Site) -> Result<Verdict, CheckError> {
    let path = format!("{}.is-not-there?{}", site.path(), site.queries.small);
    let answer = site.get(&site.signed(&path)?, &[("accept", WEBP)])?;
    Ok(match answer.status.as_u16() {
        404 => Fine(answer.said()),
        403 => Wrong("403 for what is not there: origin-response has not run, or has lost its answer".to_owned()),
        _ => Wrong(format!("{path} should be a 404, and is {}", answer.said())),
    })
}

pub(super) fn sealed(site: &Site) -> Result<Verdict, CheckError> {
    for path in [format!("/w_64/webp/w_64/webp{}", site.path()), format!("/w_064/webp{}", site.path())] {
        let answer = site.get(&path, &[])?;
        if answer.status != 400 {
            return Ok(Wrong(format!("{path} is not canonical and should be a 400; it is {}", answer.said())));
        }
    }
    Ok(Fine("only canonical paths are taken".to_owned()))
}

pub(super) fn methods(site: &Site) -> Result<Verdict, CheckError> {
    let answer = site.delete(&format!("{}.is-not-there", site.path()))?;
    Ok(if matches!(answer.status.as_u16(), 403 | 405) {
        Fine("GET and HEAD only".to_owned())
    } else {
        Wrong(format!("DELETE should be refused, and is {}", answer.said()))
    })
}
