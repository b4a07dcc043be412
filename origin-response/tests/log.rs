//! No request fails because of the log.
#![allow(missing_docs, clippy::unwrap_used)]

#[path = "../../viewer-request/tests/runtime_api.rs"]
mod runtime_api;

use ridge_contract::Config;
use serde_json::{Value, json};

#[test]
fn a_full_log_fails_no_request() {
    let folder = std::env::temp_dir().join(format!("ridge-origin-log-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(Config::FILE), "{}").unwrap();
    let mut event: Value = serde_json::from_str(include_str!("../../testdata/events/origin-response.json")).unwrap();
    let cf = &mut event["Records"][0]["cf"];
    (cf["request"]["uri"], cf["response"]["status"]) = (json!("/w_9/webp/a.jpg"), json!("503"));
    let root = [("LAMBDA_TASK_ROOT", folder.to_str().unwrap())];
    let program = env!("CARGO_BIN_EXE_origin-response");
    let (path, answer, log) = runtime_api::call_with_a_full_log(program, &root, &event.to_string());
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(path.ends_with("/response"), "{path}: {answer}");
    assert!(answer.contains(r#""status":"503""#), "{answer}");
    assert!(log.ends_with("}\n") && log.contains(r#""outcome":"failed""#), "{log}");
}
