//! `cdk/lib/contract.json`: what the functions and the stack must agree on.

use std::fs;

use ridge_cloudfront::functions::{FunctionSize, ORIGIN_RESPONSE, PURGE, VIEWER_REQUEST};
use ridge_cloudfront::{BUCKET_HEADER, CACHE_TAG, CONTENT_SECURITY_POLICY, REGION_HEADER};
use ridge_contract::{Fault, NO_STORE, VARIANT_TAG};
use serde_json::{Map, Value, json};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../cdk/lib/contract.json");

fn size(size: FunctionSize) -> Value {
    json!({ "memoryMb": size.memory_mb, "timeoutSeconds": size.timeout.as_secs() })
}

/// Status and cache time of each fault.
fn errors() -> Map<String, Value> {
    let error = |fault: &Fault| {
        let response = fault.response();
        let seconds = match response.cache_control {
            NO_STORE => 0,
            text => text.strip_prefix("max-age=").unwrap().parse::<u32>().unwrap(),
        };
        (fault.name().to_owned(), json!({ "status": response.status, "cacheSeconds": seconds }))
    };
    Fault::ALL.iter().map(error).collect()
}

#[test]
fn the_contract_with_the_stack_is_written_down() {
    let contract = json!({
        "headers": {
            "cacheTag": CACHE_TAG,
            "bucket": BUCKET_HEADER,
            "region": REGION_HEADER,
            "contentSecurityPolicy": CONTENT_SECURITY_POLICY,
        },
        "functions": {
            "viewer-request": size(VIEWER_REQUEST),
            "origin-response": size(ORIGIN_RESPONSE),
            "purge": size(PURGE),
        },
        "errors": errors(),
        "variantTag": { VARIANT_TAG.0: VARIANT_TAG.1 },
    });
    let text = serde_json::to_string_pretty(&contract).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        fs::write(FILE, text).unwrap();
        return;
    }
    let committed = fs::read_to_string(FILE).unwrap_or_default();
    assert_eq!(committed, text, "run UPDATE_SCHEMA=1 cargo test -p ridge-cloudfront stack");
}
