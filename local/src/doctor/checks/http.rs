//! Checks of response headers, conditional requests and HEAD.

use super::super::Verdict::{self, Fine, Wrong};
use super::super::accept::WEBP;
use super::super::site::{CheckError, Site};

pub(super) fn headers(site: &Site) -> Result<Verdict, CheckError> {
    let answer = site.small(WEBP)?;
    let mut wrong = Vec::new();
    if !answer.header("x-content-type-options").eq_ignore_ascii_case("nosniff") {
        wrong.push("X-Content-Type-Options is not nosniff".to_owned());
    }
    if !answer.header("content-security-policy").contains("sandbox") {
        wrong.push("Content-Security-Policy has no sandbox, so an original that is a page runs its scripts".to_owned());
    }
    // CloudFront's own are of the request, not of the store.
    let is_of_store = |name: &str| ridge_cloudfront::is_of_store(name) && !name.starts_with("x-amz-cf-");
    let told = answer.names().filter(|name| is_of_store(name) && answer.header(name) != "CloudFront");
    let told: Vec<_> = told.collect();
    if !told.is_empty() {
        wrong.push(format!("{} should not reach viewers", told.join(", ")));
    }
    if !answer.header("cache-control").contains("max-age=") {
        wrong.push(format!("Cache-Control {:?} has no max-age", answer.header("cache-control")));
    }
    if answer.header("etag").is_empty() {
        wrong.push("there is no ETag".to_owned());
    }
    Ok(if wrong.is_empty() { Fine(answer.header("cache-control").to_owned()) } else { Wrong(wrong.join("; ")) })
}

pub(super) fn conditions(site: &Site) -> Result<Verdict, CheckError> {
    let etag = site.small(WEBP)?.header("etag").to_owned();
    let path = site.signed(&format!("{}?{}", site.path(), site.queries.small))?;
    let answer = site.get(&path, &[("accept", WEBP), ("if-none-match", &etag)])?;
    Ok(if answer.status == 304 {
        Fine("304 for who has it already".to_owned())
    } else {
        Wrong(format!("If-None-Match with the picture's own ETag should be a 304, and is {}", answer.said()))
    })
}

pub(super) fn head(site: &Site) -> Result<Verdict, CheckError> {
    let answer = site.head(&site.signed(&format!("{}?{}", site.path(), site.queries.small))?, WEBP)?;
    Ok(if answer.status == 200 && answer.body.is_empty() {
        Fine(answer.said())
    } else {
        Wrong(format!("HEAD should be a 200 without a body, and is {}", answer.said()))
    })
}
