//! Errors as generated responses.

use ridge_contract::Problem;

use crate::event::{Headers, Response};
use crate::headers::ON_EVERY_ANSWER;

impl From<&Problem> for Response {
    /// A generated response: the problem's text in one line, with the status and headers of its fault.
    fn from(problem: &Problem) -> Response {
        let error = problem.fault.response();
        let mut headers = Headers::default();
        headers.set("Content-Type", "text/plain; charset=utf-8");
        headers.set("Cache-Control", error.cache_control);
        headers.set_all(&ON_EVERY_ANSWER);
        if let Some(seconds) = error.retry_after {
            headers.set("Retry-After", &seconds.to_string());
        }
        Response::generated(error.status, error.reason, headers).with_text(format!("{}\n", problem.text))
    }
}
