//! Errors as responses.

use ridge_contract::Problem;

use crate::event::{Headers, Response};
use crate::headers::ON_EVERY_ANSWER;

impl From<&Problem> for Response {
    /// The generated response: one line of text, with the status and the headers of the problem's fault.
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
