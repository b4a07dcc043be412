//! The log: its lines are bounded, and no request fails because of it.

use ridge_cloudfront::event::Event;
use ridge_contract::{Config, Policy};
use serde_json::{Value, json};

use crate::runtime_api;

fn event(uri: &str, query: &str) -> Value {
    let mut event: Value = serde_json::from_str(include_str!("../../testdata/events/viewer-request.json")).unwrap();
    let request = &mut event["Records"][0]["cf"]["request"];
    (request["uri"], request["querystring"]) = (json!(uri), json!(query));
    event
}

#[test]
fn lines_are_bounded() {
    let (long, query) = (format!("/{}.jpg", "a".repeat(900)), format!("w=x{}", "\"".repeat(7000)));
    let event: Event = serde_json::from_value(event(&long, &query)).unwrap();
    let (_, refusal) = viewer_request::handle(event.into_cf().unwrap(), &Policy::default());
    let line = refusal.unwrap().line().unwrap();
    let fields: Value = serde_json::from_str(&line).unwrap();
    for name in ["uri", "querystring"] {
        assert_eq!(fields[name].as_str().unwrap().chars().count(), 300, "{name}");
    }
    assert!(fields["told"].as_str().unwrap().chars().count() <= 1000);
    assert!(line.len() < 4000, "{}", line.len());
}

#[test]
fn a_full_log_fails_no_request() {
    let folder = std::env::temp_dir().join(format!("ridge-log-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(Config::FILE), "{}").unwrap();
    let root = [("LAMBDA_TASK_ROOT", folder.to_str().unwrap())];
    let event = event("/a.jpg", "w=0").to_string();
    let program = env!("CARGO_BIN_EXE_viewer-request");
    let (path, answer, log) = runtime_api::call_with_a_full_log(program, &root, &event);
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(path.ends_with("/response"), "{path}: {answer}");
    assert!(answer.contains(r#""status":"400""#), "{answer}");
    assert!(log.ends_with("}\n") && log.contains(r#""kind":"request""#), "{log}");
}
