//! Responses that replace what the origin said.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ridge_cloudfront::event::{Headers, Response};
use ridge_contract::{Config, Fault, Policy, Problem, VariantPath};

use crate::age::{cache_control, unsure};
use crate::keep::Kept;
use crate::make::Made;
use crate::redirect;
use crate::report::Report;

/// The answer with a variant that was just made: in the body while it is small enough; by a redirect to the same path
/// once it is stored, or to the path that is taken in its place; never a redirect to what is not there, so never a loop.
pub(crate) fn made(
    origin: Response,
    made: Made,
    uri: &str,
    policy: &Policy,
    is_head: bool,
    report: &mut Report,
) -> Response {
    let config = policy.config();
    let mut headers = timed(Headers::default(), report);
    if !made.is_small() {
        let (path, cache_control) = match &made.kept {
            Kept::Stored { .. } => (uri, ridge_contract::NO_STORE.to_owned()),
            Kept::Elsewhere(Some(path)) => (path.as_str(), cache_control(unsure(config))),
            Kept::Elsewhere(None) | Kept::Lost => {
                let text =
                    "the variant is too large to be answered without being stored, and could not be stored; try again";
                return problem(origin, &Problem::new(Fault::Unavailable, text), is_head, report);
            }
        };
        report.is_redirected = true;
        headers.set("Location", &redirect::to_variant(path, policy));
        headers.set("Cache-Control", &cache_control);
        return over(origin, Response::generated(302, "Found", headers).with_empty_body());
    }
    headers.set("Content-Type", made.content_type);
    let max_age = match &made.kept {
        Kept::Stored { etag, is_current } => {
            headers.set("ETag", etag);
            if *is_current && !made.is_truncated { config.max_age } else { unsure(config) }
        }
        Kept::Elsewhere(_) | Kept::Lost => unsure(config),
    };
    headers.set("Cache-Control", &cache_control(max_age));
    headers.set("Accept-Ranges", "bytes");
    let response = Response::generated(200, "OK", headers);
    let answer =
        if is_head { to_head(response, made.bytes.len()) } else { response.with_base64(STANDARD.encode(&made.bytes)) };
    over(origin, answer)
}

/// The stored variant, which is current. What was said of its age when it was stored, or when CloudFront last asked, need
/// not be what holds now.
pub(crate) fn stored(origin: Response, path: &VariantPath, config: &Config) -> Response {
    passed(origin, path, config.max_age)
}

/// The stored variant, where it is not known whether it is current, or where its original ends early.
pub(crate) fn perhaps(origin: Response, path: &VariantPath, config: &Config) -> Response {
    passed(origin, path, unsure(config))
}

/// The stored variant, with the same headers as when it was made. Its type is the one that its path says: what S3 says
/// was written with the object, by whoever wrote it. When it was made, S3's date of it was not known yet, so there is
/// none.
fn passed(mut origin: Response, path: &VariantPath, max_age: u64) -> Response {
    origin.headers.set("Cache-Control", &cache_control(max_age));
    origin.headers.retain(|name| !NOT_OF_VARIANTS.contains(&name));
    if origin.status != "304" {
        let mime = path.variant().output().mime(origin.headers.get("content-type"));
        origin.headers.set("Content-Type", mime.unwrap_or(NO_IMAGE));
        origin.headers.set("Server-Timing", STORED);
    }
    origin
}

/// What no variant is stored with, but an object in its place may have, and S3's date.
const NOT_OF_VARIANTS: [&str; 5] =
    ["content-disposition", "content-encoding", "content-language", "expires", "last-modified"];

/// The type of what is none of our images: browsers neither show nor run it.
const NO_IMAGE: &str = "application/octet-stream";

/// The `Server-Timing` of a variant that was stored.
const STORED: &str = "stored";

/// Whether S3 gives what it has in a variant's place a type that a variant there may have.
pub(crate) fn is_typed(origin: &Response, path: &VariantPath) -> bool {
    path.variant().output().mime(origin.headers.get("content-type")).is_some()
}

/// What is said to everyone: the headers of every answer, and nothing of the store behind it. What of S3's metadata is
/// needed has been read by now.
pub(crate) fn public(mut response: Response) -> Response {
    response.headers.retain(|name| !ridge_cloudfront::is_of_store(name));
    response.headers.set_all(&ridge_cloudfront::ON_EVERY_ANSWER);
    response
}

/// The answer with an error.
pub(crate) fn problem(origin: Response, problem: &Problem, is_head: bool, report: &mut Report) -> Response {
    report.refuse(problem);
    let mut response = Response::from(problem);
    response.headers = timed(response.headers, report);
    // A line's end follows the text.
    over(origin, if is_head { to_head(response, problem.text.len() + 1) } else { response })
}

/// What GET would get, with its length and without its body (RFC 9110 section 9.3.2).
fn to_head(mut response: Response, length: usize) -> Response {
    response.headers.set("Content-Length", &length.to_string());
    response.with_empty_body()
}

/// How long the stages took (`Server-Timing`, W3C), where there were any.
fn timed(mut headers: Headers, report: &Report) -> Headers {
    if let Some(timing) = report.server_timing() {
        headers.set("Server-Timing", &timing);
    }
    headers
}

/// The answer with another path in place of an error; kept as long as the error would be.
pub(crate) fn elsewhere(
    origin: Response,
    problem: &Problem,
    path: &str,
    is_head: bool,
    report: &mut Report,
) -> Response {
    report.refuse(problem);
    let mut headers = timed(Response::from(problem).headers, report);
    headers.set("Location", path);
    let response = Response::generated(302, "Found", headers);
    let text = format!("{}\n", problem.text);
    over(origin, if is_head { to_head(response, text.len()) } else { response.with_text(text) })
}

/// Lays a generated response over the origin's, whose read-only headers must stay: to drop `transfer-encoding` or
/// `via` is a 502. What describes the origin's body or its error goes.
fn over(origin: Response, generated: Response) -> Response {
    let mut headers = origin.headers;
    let describes_the_old = |name: &str| {
        name.starts_with("content-")
            || matches!(name, "accept-ranges" | "cache-control" | "etag" | "expires" | "last-modified")
    };
    headers.retain(|name| !describes_the_old(name));
    for (name, value) in generated.headers.written() {
        headers.set(name, value);
    }
    Response { headers, rest: origin.rest, ..generated }
}
