//! Responses that replace the origin's, or its headers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ridge_cloudfront::event::{Headers, Response};
use ridge_cloudfront::{ON_EVERY_ANSWER, is_of_store};
use ridge_contract::{NO_STORE, Problem};
use ridge_engine::{Outcome, PassOn, Redirect, Rendered, Report, cache_control};

/// What a response is made from, besides the outcome.
pub(crate) struct Translation<'a> {
    /// The origin's response.
    pub(crate) origin: Response,
    pub(crate) is_head: bool,
    /// For `Server-Timing`.
    pub(crate) report: &'a Report,
}

impl Translation<'_> {
    /// The response for an outcome of the engine.
    pub(crate) fn outcome(self, outcome: Outcome) -> Response {
        match outcome {
            Outcome::Fresh(pass_on) | Outcome::Unverified(pass_on) => passed_on(self.origin, &pass_on),
            Outcome::Rendered(rendered) => self.rendered(rendered),
            Outcome::Redirect(redirect) => self.redirect(redirect),
            Outcome::Refused(refused) => match refused.original {
                Some(original) => self.redirect_to_original(&refused.problem, &original),
                None => self.problem(&refused.problem),
            },
        }
    }

    /// The response with an error.
    pub(crate) fn problem(self, problem: &Problem) -> Response {
        let mut response = Response::from(problem);
        response.headers = self.timed(response.headers);
        // The text ends with a line feed.
        let length = problem.text.len() + 1;
        let response = if self.is_head { to_head(response, length) } else { response };
        over(self.origin, response)
    }

    fn rendered(self, Rendered { bytes, content_type, etag, max_age }: Rendered) -> Response {
        let mut headers = self.timed(Headers::default());
        headers.set("Content-Type", content_type);
        if let Some(etag) = etag {
            headers.set("ETag", &etag);
        }
        headers.set("Cache-Control", &cache_control(max_age));
        headers.set("Accept-Ranges", "bytes");
        let response = Response::generated(200, "OK", headers);
        let response =
            if self.is_head { to_head(response, bytes.len()) } else { response.with_base64(STANDARD.encode(&bytes)) };
        over(self.origin, response)
    }

    fn redirect(self, Redirect { location, max_age }: Redirect) -> Response {
        let mut headers = self.timed(Headers::default());
        headers.set("Location", &location);
        headers.set("Cache-Control", &max_age.map_or_else(|| NO_STORE.to_owned(), cache_control));
        over(self.origin, Response::generated(302, "Found", headers).with_empty_body())
    }

    /// A redirect to the original instead of an error; cached as long as the error would be.
    fn redirect_to_original(self, problem: &Problem, original: &str) -> Response {
        let mut headers = self.timed(Response::from(problem).headers);
        headers.set("Location", original);
        let response = Response::generated(302, "Found", headers);
        let text = format!("{}\n", problem.text);
        let response = if self.is_head { to_head(response, text.len()) } else { response.with_text(text) };
        over(self.origin, response)
    }

    /// Adds the time that the stages took (`Server-Timing`, W3C), if there were any.
    fn timed(&self, mut headers: Headers) -> Headers {
        if let Some(timing) = self.report.server_timing() {
            headers.set("Server-Timing", &timing);
        }
        headers
    }
}

/// The stored variant, with the same headers as when it was rendered. S3's `Last-Modified` was not known then, so there is
/// none.
fn passed_on(mut origin: Response, PassOn { content_type, max_age }: &PassOn) -> Response {
    origin.headers.set("Cache-Control", &cache_control(*max_age));
    origin.headers.retain(|name| !NOT_OF_VARIANTS.contains(&name));
    if origin.status != "304" {
        origin.headers.set("Content-Type", content_type);
        origin.headers.set("Server-Timing", STORED);
    }
    origin
}

/// Headers with which no variant is stored, but another object at its key may be, and S3's date.
const NOT_OF_VARIANTS: [&str; 5] =
    ["content-disposition", "content-encoding", "content-language", "expires", "last-modified"];

/// The `Server-Timing` of a stored variant.
const STORED: &str = "stored";

/// Adds the headers of every response, and removes those of the store. The engine has read the user metadata by now.
pub(crate) fn without_store_headers(mut response: Response) -> Response {
    response.headers.retain(|name| !is_of_store(name));
    response.headers.set_all(&ON_EVERY_ANSWER);
    response
}

/// The response to HEAD: GET's length without its body (RFC 9110 section 9.3.2).
fn to_head(mut response: Response, length: usize) -> Response {
    response.headers.set("Content-Length", &length.to_string());
    response.with_empty_body()
}

/// Replaces the origin's response by a generated one. The origin's read-only headers stay: a response without its
/// `transfer-encoding` or `via` is a 502. Headers that describe the origin's body or its error go.
fn over(origin: Response, generated: Response) -> Response {
    let mut headers = origin.headers;
    let describes_the_body = |name: &str| {
        name.starts_with("content-")
            || matches!(name, "accept-ranges" | "cache-control" | "etag" | "expires" | "last-modified")
    };
    headers.retain(|name| !describes_the_body(name));
    for (name, value) in generated.headers.written() {
        headers.set(name, value);
    }
    Response { headers, rest: origin.rest, ..generated }
}
