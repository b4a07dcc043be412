//! Attacks on the policy, each with a name, through every entry point: raw bytes to `ridge serve`, events to
//! viewer-request, and forged events to origin-response, which must not assume that viewer-request has run.

mod policies;
mod signatures;
mod table;

use std::collections::{BTreeSet, HashSet};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use origin_response::{Service, Stores};
use policies::Policy;
use ridge_cloudfront::event::Event;
use ridge_contract::Path;
use ridge_engine::{Limiter, Logged};
use serde_json::{Value, json};
use signatures::filled;
use table::{ATTACKS, Attack, HEADERS};
use tempfile::tempdir;

use crate::support;
use crate::support::lambda::Function;
use crate::support::{Ridge, address, store_at};

const ACCEPT: &str = "image/webp,*/*";

fn attacks(policy: Policy) -> impl Iterator<Item = (&'static Attack, String)> {
    ATTACKS.iter().filter(move |attack| attack.policy == policy).map(|attack| (attack, filled(attack.target)))
}

/// Sends these bytes, and returns the response's status, head and body. HTTP clients would normalise the target.
fn raw(ridge: &Ridge, request: &[u8]) -> (u16, String) {
    let mut stream = TcpStream::connect(ridge.url.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(request).unwrap();
    let mut answer = Vec::new();
    // A server can close a refused connection before it has read everything.
    let _ = stream.read_to_end(&mut answer);
    let text = String::from_utf8_lossy(&answer).into_owned();
    let status = text.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)).and_then(|code| code.parse().ok());
    (status.unwrap_or_else(|| panic!("no answer: {text:?}")), text)
}

fn get(target: &str, header: &str) -> Vec<u8> {
    let accept = if header.starts_with("Accept:") { String::new() } else { format!("Accept: {ACCEPT}\r\n") };
    format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n{accept}{header}Connection: close\r\n\r\n").into_bytes()
}

/// The path that viewer-request must return, and the status of the final response.
fn expected(attack: &Attack) -> (Option<&'static str>, u16) {
    match attack.verdict.split_once(' ') {
        Some((path, status)) => (Some(path), status.parse().unwrap()),
        None => attack.verdict.parse().map_or((Some(attack.verdict), 200), |status| (None, status)),
    }
}

/// The objects with reserved prefixes, and all other objects.
async fn objects(ridge: &Ridge) -> (BTreeSet<String>, BTreeSet<String>) {
    ridge.keys("").await.into_iter().partition(|key| key.starts_with("w_"))
}

fn viewer_event(target: &str) -> Value {
    let mut event: Value = serde_json::from_str(include_str!("../../../testdata/events/viewer-request.json")).unwrap();
    let request = &mut event["Records"][0]["cf"]["request"];
    let (uri, query) = target.split_once('?').unwrap_or((target, ""));
    (request["uri"], request["querystring"]) = (json!(uri), json!(query));
    request["headers"]["accept"] = json!([{ "key": "Accept", "value": ACCEPT }]);
    event
}

/// The rewritten path, or the status.
fn told(reply: &Value) -> Result<&str, u16> {
    match reply["status"].as_str() {
        Some(status) => Err(status.parse().unwrap()),
        None => Ok(reply["uri"].as_str().unwrap()),
    }
}

#[test]
fn every_attack_has_a_unique_name() {
    let names: HashSet<_> = ATTACKS.iter().map(|attack| attack.tries).collect();
    assert_eq!(names.len(), ATTACKS.len(), "two attacks have the same name");
    assert!(ATTACKS.iter().filter(|attack| !attack.tries.starts_with("nothing:")).count() >= 80);
}

#[tokio::test]
async fn raw_requests_to_ridge_serve() {
    for policy in Policy::ALL {
        let data = tempdir().unwrap();
        let ridge = policy.serve(data.path());
        let (_, originals) = objects(&ridge).await;
        let mut stored = BTreeSet::new();
        // `ridge serve` answers `/` with a page of its own.
        for (attack, target) in attacks(policy).filter(|(_, target)| !target.starts_with("/?")) {
            let (status, answer) = raw(&ridge, &get(&target, ""));
            let (path, expected) = expected(attack);
            assert_eq!(status, expected, "{}: {target} gave {answer:.300}", attack.tries);
            let head = answer.split("\r\n\r\n").next().unwrap().to_lowercase();
            assert!(!head.contains("\r\nx-evil") && !head.contains("\r\nset-cookie"), "{}: {head}", attack.tries);
            if let (Some(path), 200) = (path, status)
                && let Ok(Path::Variant(path)) = Path::parse(path)
            {
                stored.insert(path.object().to_string());
            }
        }
        assert_eq!(objects(&ridge).await, (stored, originals), "{policy:?}: what is stored is what was allowed");
    }
}

#[test]
fn events_to_viewer_request() {
    for policy in Policy::ALL {
        let compiled = policy.compiled();
        for (attack, target) in attacks(policy) {
            let event: Event = serde_json::from_value(viewer_event(&target)).unwrap();
            let (reply, _) = viewer_request::handle(event.into_cf().unwrap(), &compiled);
            let reply = serde_json::to_value(reply).unwrap();
            let (path, status) = expected(attack);
            assert_eq!(told(&reply), path.ok_or(status), "{}: {target}", attack.tries);
            if path.is_some() {
                assert_eq!(reply["querystring"], "", "{}: nothing of the query is in the cache key", attack.tries);
            } else {
                assert_eq!(reply["body"].as_str().unwrap().lines().count(), 1, "{}", attack.tries);
            }
        }
    }
}

/// The packages contain the release builds.
#[tokio::test]
#[ignore = "needs the packages and AWS's emulator"]
async fn events_to_the_package_of_viewer_request() {
    let function = Function::deployed("viewer-request", local::lambda::Runtime::Node24);
    for (attack, target) in attacks(Policy::Open) {
        let reply = function.invoke(&viewer_event(&target)).await.unwrap();
        let (path, status) = expected(attack);
        assert_eq!(told(&reply), path.ok_or(status), "{}: {target}", attack.tries);
    }
}

/// Invokes origin-response with S3's response of this status for this URI, whoever may have written it.
async fn forged(
    ridge: &Ridge,
    compiled: &Arc<ridge_contract::Policy>,
    change: impl Fn(&mut Value),
) -> (String, Logged) {
    let mut event: Value = serde_json::from_str(include_str!("../../../testdata/events/origin-response.json")).unwrap();
    let cf = &mut event["Records"][0]["cf"];
    cf["request"]["origin"]["s3"]["domainName"] = json!(address(local::s3::BUCKET).domain());
    change(cf);
    let s3 = ridge.s3.clone();
    let stores = Stores::new(Box::new(move |address, _| {
        assert_eq!(address.bucket, local::s3::BUCKET, "another bucket was opened");
        Ok(Arc::new(store_at(&s3, &address.bucket)))
    }));
    let service = Service::new(Arc::clone(compiled), stores, Limiter::new(1, 1), support::worker());
    let event: Event = serde_json::from_value(event).unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    let (response, report) = origin_response::handle(event.into_cf().unwrap(), &service, deadline).await;
    (response.status, report.outcome)
}

#[tokio::test]
async fn forged_events_to_origin_response() {
    for policy in Policy::ALL {
        let data = tempdir().unwrap();
        let ridge = policy.serve(data.path());
        let compiled = Arc::new(policy.compiled());
        let (_, originals) = objects(&ridge).await;
        for (attack, target) in attacks(policy) {
            let uri = target.split('?').next().unwrap();
            for status in ["404", "403"] {
                let (_, outcome) = forged(&ridge, &compiled, |cf| {
                    (cf["request"]["uri"], cf["response"]["status"]) = (json!(uri), json!(status));
                })
                .await;
                let is_allowed = matches!(Path::parse(uri), Ok(Path::Variant(path)) if compiled.check(&path).is_ok());
                let may_be_made = is_allowed && !uri.ends_with('.');
                assert_eq!(
                    outcome == Logged::Rendered,
                    may_be_made,
                    "{}: {uri} at {status}: {outcome:?}",
                    attack.tries
                );
            }
        }
        let (variants, others) = objects(&ridge).await;
        assert_eq!(others, originals, "{policy:?}: nothing is written outside the reserved prefixes");
        for variant in variants {
            let path = ridge_contract::VariantPath::parse(&format!("/{variant}")).unwrap();
            assert!(compiled.check(&path).is_ok(), "{policy:?}: {variant} is stored");
        }
    }
}

/// Paths that a request line cannot contain, and other fields of an event.
#[tokio::test]
async fn other_forged_fields_to_origin_response() {
    let data = tempdir().unwrap();
    let ridge = Policy::Listed.serve(data.path());
    let compiled = Arc::new(Policy::Listed.compiled());
    let good = "/w_40/webp/photos/brook.jpg";
    for (tries, uri) in [
        ("no slash first", "w_40/webp/photos/brook.jpg"),
        ("nothing", ""),
        ("a whole URL", "http://evil.example/w_40/webp/photos/brook.jpg"),
        ("a query in the path", "/w_40/webp/photos/brook.jpg?w=4000"),
        ("a raw NUL", "/w_40/webp/photos/brook.jpg\0"),
        ("a raw line", "/w_40/webp/photos/brook.jpg\r\nX-Evil: 1"),
        ("raw letters that must be encoded", "/w_40/webp/photos/bröok.jpg"),
        ("a raw space", "/w_40/webp/photos/brook .jpg"),
        ("a raw plus", "/w_40/webp/photos/bro+ok.jpg"),
        ("a fragment", "/w_40/webp/photos/brook.jpg#w_4000"),
        ("8 KB of it", &format!("/w_40/webp/{}", "a/".repeat(4000))),
    ] {
        let (status, outcome) = forged(&ridge, &compiled, |cf| cf["request"]["uri"] = json!(uri)).await;
        assert_eq!((status.as_str(), outcome), ("400", Logged::Refused), "{tries}");
    }
    for method in ["PUT", "POST", "DELETE", "OPTIONS", "get", "G\r\nET"] {
        let (status, outcome) = forged(&ridge, &compiled, |cf| {
            (cf["request"]["uri"], cf["request"]["method"]) = (json!(good), json!(method));
        })
        .await;
        assert_eq!((status.as_str(), outcome), ("404", Logged::Passed), "{method}");
    }
    // Only the distribution says which bucket; a viewer's headers are none of its.
    let (_, outcome) = forged(&ridge, &compiled, |cf| {
        cf["request"]["uri"] = json!(good);
        cf["request"]["headers"]["x-ridge-bucket"] = json!([{ "key": "x-ridge-bucket", "value": "other" }]);
    })
    .await;
    assert_eq!(outcome, Logged::Rendered);
    let (status, outcome) = forged(&ridge, &compiled, |cf| {
        cf["request"]["uri"] = json!(good);
        cf["request"]["origin"]["s3"]["path"] = json!("/elsewhere");
    })
    .await;
    assert_eq!((status.as_str(), outcome), ("503", Logged::Failed), "an origin path");
}

#[tokio::test]
async fn headers_do_not_override_the_request_or_the_configuration() {
    let data = tempdir().unwrap();
    let ridge = Policy::Listed.serve(data.path());
    for (tries, name, value) in HEADERS {
        let (status, answer) = raw(&ridge, &get("/photos/brook.jpg?w=40", &format!("{name}: {value}\r\n")));
        assert_eq!(status, 200, "{tries}: {answer:.300}");
        assert!(answer.contains("content-type: image/webp"), "{tries}: {answer:.300}");
    }
    let (variants, _) = objects(&ridge).await;
    assert_eq!(variants.into_iter().collect::<Vec<_>>(), ["w_40/webp/photos/brook.jpg"]);
}

/// Requests that must not confuse the HTTP server: it answers, and stores nothing.
#[tokio::test]
async fn malformed_request_lines() {
    let data = tempdir().unwrap();
    let ridge = Policy::Listed.serve(data.path());
    let before = objects(&ridge).await;
    let close = "Host: localhost\r\nConnection: close\r\n\r\n";
    for (tries, line, statuses) in [
        ("a raw NUL", "GET /photos/\0brook.jpg?w=41 HTTP/1.1\r\n", &[400][..]),
        ("a raw tab", "GET /photos/\tbrook.jpg?w=41 HTTP/1.1\r\n", &[400]),
        ("a raw space", "GET /photos/brook .jpg?w=41 HTTP/1.1\r\n", &[400]),
        ("a raw letter beyond ASCII", "GET /photos/br\u{f6}ok.jpg HTTP/1.1\r\n", &[400, 404]),
        ("another server's URL", "GET http://evil.example/photos/brook.jpg?w=41 HTTP/1.1\r\n", &[421]),
        ("no path", "GET * HTTP/1.1\r\n", &[400, 404]),
        ("a method that writes", "PUT /w_40/webp/photos/brook.jpg HTTP/1.1\r\nContent-Length: 0\r\n", &[403]),
        ("a method that removes", "DELETE /photos/brook.jpg HTTP/1.1\r\n", &[403]),
        ("two lengths", "GET /photos/brook.jpg?w=41 HTTP/1.1\r\nContent-Length: 0\r\nContent-Length: 9\r\n", &[400]),
        ("a fragment", "GET /photos/brook.jpg#?w=40 HTTP/1.1\r\n", &[200, 400]),
    ] {
        let (status, answer) = raw(&ridge, format!("{line}{close}").as_bytes());
        assert!(statuses.contains(&status), "{tries}: {answer:.300}");
    }
    assert_eq!(objects(&ridge).await, before);
}
