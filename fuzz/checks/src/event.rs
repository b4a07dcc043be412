//! Events: both functions, from JSON to their response, without a bucket.

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use origin_response::{Service, Stores};
use ridge_cloudfront::event::{Cf, Event, Headers, Reply, Response};
use ridge_contract::{Path, Policy};
use ridge_engine::{Limiter, worker};
use ridge_store::ConnectError;
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

use crate::{policies, text};

/// Checks an event as Lambda delivers it.
pub fn check(data: &[u8]) -> Option<()> {
    let event = match serde_json::from_slice::<Event>(data) {
        Ok(event) => event,
        Err(error) => return (!error.is_syntax() && !error.is_eof()).then_some(()),
    };
    nothing_is_lost(&event, data);
    let Some(cf) = event.into_cf() else { return Some(()) };
    policies::all().for_each(|config| viewer_request(&cf, config));
    SERVICES.iter().for_each(|service| origin_response(&cf, service));
    Some(())
}

fn nothing_is_lost(event: &Event, data: &[u8]) {
    // A field that is not read need not be UTF-8.
    let Ok(value) = serde_json::from_slice::<Value>(data) else { return };
    // A fraction need not print back to the same digits; no event has one.
    if !has_fraction(&value) {
        let text = serde_json::to_string(event).expect("an object");
        assert_eq!(serde_json::from_str::<Event>(&text).as_ref().ok(), Some(event), "{text}");
    }
}

fn has_fraction(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(values) => values.iter().any(has_fraction),
        Value::Object(fields) => fields.values().any(has_fraction),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

fn is_read(method: &str) -> bool {
    matches!(method, "GET" | "HEAD")
}

fn viewer_request(cf: &Cf, policy: &Policy) {
    let (reply, refusal) = viewer_request::handle(cf.clone(), policy);
    match reply {
        Reply::Request(request) => {
            assert_eq!(refusal, None);
            if !is_read(&cf.request.method) {
                return assert_eq!(*request, cf.request);
            }
            let path = Path::parse(&request.uri).expect("a path");
            let canonical = match &path {
                Path::Original(key) => key.to_path(),
                Path::Variant(path) => path.to_string(),
            };
            assert_eq!(request.uri, canonical);
            assert_eq!(request.querystring, "");
            let mut before = cf.request.clone();
            (before.uri, before.querystring) = (request.uri.clone(), String::new());
            assert_eq!(*request, before);
        }
        Reply::Response(response) => {
            assert!(matches!(response.status.as_str(), "400" | "403"), "{}", response.status);
            is_told(&response, &cf.request.method, &Headers::default());
            let size = serde_json::to_string(&response).expect("an object").len();
            assert!(size <= ridge_cloudfront::VIEWER_RESPONSE_BYTES, "{size} bytes");
            is_line(&refusal.expect("a refusal is told").line().expect("an object"));
        }
    }
}

/// Services without a bucket, for decisions before S3 is asked.
static SERVICES: LazyLock<Vec<Service>> = LazyLock::new(|| {
    let service = |policy: &Policy| {
        let stores = Stores::new(Box::new(|_, _| Err(ConnectError::Credentials("none"))));
        Service::new(Arc::new(policy.clone()), stores, Limiter::new(1, 1), worker::Settings::here())
    };
    policies::all().map(service).collect()
});

thread_local! {
    static RUNTIME: Runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
}

fn origin_response(cf: &Cf, service: &Service) {
    let deadline = Instant::now() + Duration::from_secs(60);
    let (response, report) =
        RUNTIME.with(|runtime| runtime.block_on(origin_response::handle(cf.clone(), service, deadline)));
    is_line(&report.line().expect("an object"));
    let empty = Headers::default();
    let before = cf.response.as_ref().map_or(&empty, |before| &before.headers);
    if let Some(tag) = response.headers.get("cache-tag").filter(|_| Path::parse(&cf.request.uri).is_ok()) {
        assert!(
            tag.len() <= ridge_cloudfront::CACHE_TAG_CHARACTERS && tag.bytes().all(|byte| byte.is_ascii_graphic()),
            "{tag}"
        );
    }
    for name in ridge_cloudfront::READ_ONLY_IN_ORIGIN_RESPONSE {
        assert!(response.headers.all(name).eq(before.all(name)), "{name}");
    }
    match &cf.response {
        Some(before) if before.status == response.status && before.body == response.body => {
            let mut after = response.clone();
            let mut before = before.clone();
            for headers in [&mut after.headers, &mut before.headers] {
                headers.retain(|name| !is_replaced(name));
            }
            assert_eq!(after, before);
        }
        _ => {
            assert!(matches!(response.status.as_str(), "400" | "404" | "503"), "{}", response.status);
            is_told(&response, if cf.response.is_some() { &cf.request.method } else { "GET" }, before);
        }
    }
}

/// Whether `origin-response` sets or removes a header of a response that it passes on.
fn is_replaced(name: &str) -> bool {
    let is_on_every_answer =
        ridge_cloudfront::ON_EVERY_ANSWER.iter().any(|(header, _)| header.eq_ignore_ascii_case(name));
    let is_of_variant = matches!(
        name,
        "cache-tag"
            | "cache-control"
            | "content-disposition"
            | "content-encoding"
            | "content-language"
            | "content-type"
            | "expires"
            | "last-modified"
            | "server-timing"
    );
    is_on_every_answer || is_of_variant || ridge_cloudfront::is_of_store(name)
}

/// Checks an error of a function: one line, and no header that CloudFront rejects.
fn is_told(response: &Response, method: &str, before: &Headers) {
    let body = response.body.as_deref().expect("a body");
    match method {
        "HEAD" => assert_eq!(body, ""),
        _ => text::one_line(body.strip_suffix('\n').expect("a line")),
    }
    for (name, value) in response.headers.iter().filter(|(name, _)| before.get(name).is_none()) {
        assert!(!ridge_cloudfront::is_forbidden(name), "{name}");
        assert!(!value.chars().any(char::is_control), "{name}: {value:?}");
    }
}

fn is_line(json: &str) {
    assert!(!json.contains(['\n', '\r']), "{json}");
}
