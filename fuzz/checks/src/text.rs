//! Checks of every text that is sent or logged.

use ridge_cloudfront::event::Response;
use ridge_contract::Problem;

/// Checks that a message is one line that any header, log or terminal can hold.
pub(crate) fn one_line(text: &str) {
    assert!(!text.trim().is_empty(), "an empty message");
    assert!(!text.chars().any(char::is_control), "a control character in {text:?}");
}

/// Checks that an error is one line, and fits into a response of viewer-request.
pub(crate) fn answer(problem: &Problem) {
    one_line(&problem.text);
    let response = serde_json::to_string(&Response::from(problem)).expect("an object");
    assert!(response.len() <= ridge_cloudfront::VIEWER_RESPONSE_BYTES, "{} bytes", response.len());
}
