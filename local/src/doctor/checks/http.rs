//! Checks of response headers, conditional requests and HEAD.

use super::super::Verdict::{self, Failed, Passed};
use super::super::accept::WEBP;
use super::super::site::{CheckError, Site};

pub(super) fn headers(site: &Site) -> Result<Verdict, CheckError> {
    let response = site.small(WEBP)?;
    let mut wrong = Vec::new();
    if !response.header("x-content-type-options").eq_ignore_ascii_case("nosniff") {
        wrong.push("X-Content-Type-Options is not nosniff".to_owned());
    }
    if !response.header("content-security-policy").contains("sandbox") {
        wrong.push("Content-Security-Policy has no sandbox, so an HTML original can run scripts".to_owned());
    }
    // CloudFront's own `x-amz-cf-` headers belong to the request, not to S3.
    let is_of_store = |name: &str| ridge_cloudfront::is_of_store(name) && !name.starts_with("x-amz-cf-");
    let leaked = response.names().filter(|name| is_of_store(name) && response.header(name) != "CloudFront");
    let leaked: Vec<_> = leaked.collect();
    if !leaked.is_empty() {
        wrong.push(format!("headers that viewers should not get: {}", leaked.join(", ")));
    }
    if !response.header("cache-control").contains("max-age=") {
        wrong.push(format!("Cache-Control is {:?} and has no max-age", response.header("cache-control")));
    }
    if response.header("etag").is_empty() {
        wrong.push("ETag is missing".to_owned());
    }
    Ok(if wrong.is_empty() { Passed(response.header("cache-control").to_owned()) } else { Failed(wrong.join("; ")) })
}

pub(super) fn conditions(site: &Site) -> Result<Verdict, CheckError> {
    let etag = site.small(WEBP)?.header("etag").to_owned();
    let path = site.signed(&format!("{}?{}", site.path(), site.queries.small))?;
    let response = site.get(&path, &[("accept", WEBP), ("if-none-match", &etag)])?;
    Ok(if response.status == 304 {
        Passed("304 for conditional requests".to_owned())
    } else {
        Failed(format!("If-None-Match with the variant's ETag: expected 304, got {}", response.summary()))
    })
}

pub(super) fn head(site: &Site) -> Result<Verdict, CheckError> {
    let response = site.head(&site.signed(&format!("{}?{}", site.path(), site.queries.small))?, WEBP)?;
    Ok(if response.status == 200 && response.body.is_empty() {
        Passed(response.summary())
    } else {
        Failed(format!("HEAD: expected 200 without a body, got {}", response.summary()))
    })
}
