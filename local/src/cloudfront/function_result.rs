//! The checks of a function's result that CloudFront makes at the edge. A violation is a 502, there and here.

use ridge_cloudfront::event::{Headers, Request, Response};
use serde_json::Value;

/// The result of viewer-request.
pub(super) enum ViewerRequestResult {
    Request(Box<Request>),
    Response(Box<Response>),
}

/// Parses and checks viewer-request's result for the request `before`.
pub(super) fn viewer_request_result(before: &Request, result: &[u8]) -> Result<ViewerRequestResult, String> {
    let result: Value = serde_json::from_slice(result).map_err(|error| format!("the result is not JSON: {error}"))?;
    let unreadable = |error| format!("the result is neither a request nor a response: {error}");
    if result.get("status").is_some() {
        let response: Response = serde_json::from_value(result).map_err(unreadable)?;
        generated(&response, &Headers::default(), ridge_cloudfront::VIEWER_RESPONSE_BYTES)?;
        return Ok(ViewerRequestResult::Response(Box::new(response)));
    }
    let request: Request = serde_json::from_value(result).map_err(unreadable)?;
    if request.method != before.method {
        return Err("the method was changed".into());
    }
    if !request.uri.starts_with('/') {
        return Err(format!("the URI {:?} does not start with a slash", request.uri));
    }
    if request.uri.chars().count() + request.querystring.chars().count() >= ridge_cloudfront::URI_CHARACTERS {
        return Err(format!("URI and query must have fewer than {} characters", ridge_cloudfront::URI_CHARACTERS));
    }
    unchanged(&before.headers, &request.headers, ridge_cloudfront::READ_ONLY_IN_VIEWER_REQUEST)?;
    not_added(&before.headers, &request.headers)?;
    Ok(ViewerRequestResult::Request(Box::new(request)))
}

/// Parses and checks origin-response's result for the origin's response `from_origin`.
pub(super) fn origin_response_result(from_origin: &Response, result: &[u8]) -> Result<Response, String> {
    let response: Response =
        serde_json::from_slice(result).map_err(|error| format!("the result is not a response: {error}"))?;
    unchanged(&from_origin.headers, &response.headers, ridge_cloudfront::READ_ONLY_IN_ORIGIN_RESPONSE)?;
    generated(&response, &from_origin.headers, ridge_cloudfront::ORIGIN_RESPONSE_BYTES)?;
    Ok(response)
}

fn generated(response: &Response, from_origin: &Headers, limit: usize) -> Result<(), String> {
    if !matches!(response.status.parse::<u16>(), Ok(200..=599)) {
        return Err(format!("the status {:?} is not a number from 200 to 599", response.status));
    }
    not_added(from_origin, &response.headers)?;
    let Some(body) = &response.body else { return Ok(()) };
    // The colon, the space and the line end of `Name: value`.
    let headers: usize = response.headers.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
    let size = headers + body.len();
    if size > limit { Err(format!("headers and body have {size} bytes; at most {limit} are allowed")) } else { Ok(()) }
}

fn unchanged(before: &Headers, after: &Headers, read_only: &[&str]) -> Result<(), String> {
    match read_only.iter().find(|name| !before.all(name).eq(after.all(name))) {
        Some(name) => Err(format!("the read-only header {name} was changed or removed")),
        None => Ok(()),
    }
}

fn not_added(before: &Headers, after: &Headers) -> Result<(), String> {
    let added = |name: &&str| before.get(name).is_none();
    match after.names().filter(added).find(|name| ridge_cloudfront::is_forbidden(name)) {
        Some(name) => Err(format!("the forbidden header {name} was added")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(json: &str) -> Request {
        serde_json::from_str(json).unwrap()
    }

    fn check(got: Option<String>, reason: Option<&str>) {
        match (&got, reason) {
            (None, None) => {}
            (Some(got), Some(reason)) => assert!(got.contains(reason), "{got:?} for {reason:?}"),
            _ => panic!("{got:?} for {reason:?}"),
        }
    }

    const VIEWER_REQUEST: &str = r#"{"method": "GET", "uri": "/a", "querystring": "", "headers": {
        "host": [{"key": "Host", "value": "h"}], "x-forwarded-proto": [{"value": "https"}]}}"#;

    const ORIGIN_RESPONSE: &str = r#"{"status": "404", "statusDescription": "Not Found", "headers": {
        "transfer-encoding": [{"key": "Transfer-Encoding", "value": "chunked"}], "server": [{"value": "AmazonS3"}]}}"#;

    #[test]
    fn results_of_viewer_request() {
        let long = format!(r#"{{"method": "GET", "uri": "/{}", "headers": {{}}}}"#, "a".repeat(8192));
        let large = format!(r#"{{"status": "200", "body": "{}"}}"#, "a".repeat(40 * 1024 + 1));
        for (result, reason) in [
            (VIEWER_REQUEST, None),
            (r#"{"status": "400", "body": "no"}"#, None),
            ("", Some("not JSON")),
            ("{}", Some("neither a request nor a response")),
            (&VIEWER_REQUEST.replace("GET", "POST"), Some("method was changed")),
            (&VIEWER_REQUEST.replace("/a", "a"), Some("start with a slash")),
            (&VIEWER_REQUEST.replace(r#""value": "h""#, r#""value": "i""#), Some("read-only header host")),
            (&VIEWER_REQUEST.replace("host", "x-edge-location"), Some("read-only header host")),
            (
                &VIEWER_REQUEST.replace(r#""headers": {"#, r#""headers": {"x-edge-a": [{"value": "b"}],"#),
                Some("forbidden header"),
            ),
            (&long, Some("8192 characters")),
            (&large, Some("at most 40960 are allowed")),
            (r#"{"status": "99"}"#, Some("200 to 599")),
            (
                r#"{"status": "302", "headers": {"connection": [{"value": "close"}]}}"#,
                Some("forbidden header connection"),
            ),
        ] {
            check(viewer_request_result(&request(VIEWER_REQUEST), result.as_bytes()).err(), reason);
        }
    }

    #[test]
    fn results_of_origin_response() {
        let from_origin: Response = serde_json::from_str(ORIGIN_RESPONSE).unwrap();
        let body = |bytes: usize| {
            ORIGIN_RESPONSE.replace(r#""headers""#, &format!(r#""body": "{}", "headers""#, "a".repeat(bytes)))
        };
        for (result, reason) in [
            (ORIGIN_RESPONSE.to_owned(), None),
            (ORIGIN_RESPONSE.replace("server", "x-mine"), None),
            (ORIGIN_RESPONSE.replace("transfer-encoding", "x-mine"), Some("read-only header transfer-encoding")),
            (ORIGIN_RESPONSE.replace("chunked", "gzip"), Some("read-only header transfer-encoding")),
            (ORIGIN_RESPONSE.replace("server", "via"), Some("read-only header via")),
            (ORIGIN_RESPONSE.replace("server", "x-amz-cf-id"), Some("forbidden header x-amz-cf-id")),
            (ORIGIN_RESPONSE.replace("server", "x-cache"), Some("forbidden header x-cache")),
            (body(1_000_000), None),
            (body(1024 * 1024), Some("at most 1048576 are allowed")),
            ("null".to_owned(), Some("not a response")),
        ] {
            check(origin_response_result(&from_origin, result.as_bytes()).err(), reason);
        }
    }
}
