//! A full log does not fail a batch.
#![allow(missing_docs, clippy::unwrap_used)]

#[path = "../../viewer-request/tests/runtime_api.rs"]
mod runtime_api;

use serde_json::{Value, json};

#[test]
fn a_full_log_fails_no_batch() {
    let mut batch: Value = serde_json::from_str(include_str!("../../testdata/events/sqs-batch.json")).unwrap();
    let messages = batch["Records"].as_array_mut().unwrap();
    messages.iter_mut().for_each(|message| message["body"] = json!("what cannot be read"));
    let variables = purge::Settings::variables("E1", "http://127.0.0.1:9");
    let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let program = env!("CARGO_BIN_EXE_purge");
    let (path, answer, log) = runtime_api::call_with_a_full_log(program, &variables, &batch.to_string());
    assert!(path.ends_with("/response"), "{path}: {answer}");
    assert!(answer.contains("batchItemFailures"), "{answer}");
    assert!(log.ends_with("}\n") && log.contains(r#""unreadable""#), "{log}");
}
