//! Events of CloudFront, from JSON to JSON.

use ridge_cloudfront::event::Event;
use ridge_contract::Policy;
use serde_json::{Value, json};
use viewer_request::handle;

fn event() -> Value {
    serde_json::from_str(include_str!("../../testdata/events/viewer-request.json")).unwrap()
}

fn call(event: &Value) -> Value {
    let event: Event = serde_json::from_value(event.clone()).unwrap();
    serde_json::to_value(handle(event.into_cf().unwrap(), &Policy::default()).0).unwrap()
}

#[test]
fn gives_back_all_that_it_got_but_path_and_query() {
    let mut event = event();
    let request = &mut event["Records"][0]["cf"]["request"];
    request["somethingNew"] = json!({"kept": [1, 2]});
    let mut expected = request.clone();
    expected["uri"] = json!("/w_200/h_200/webp/photos/cat.jpg");
    expected["querystring"] = json!("");
    assert_eq!(call(&event), expected);
}

#[test]
fn twice_is_once() {
    let mut event = event();
    let once = call(&event);
    event["Records"][0]["cf"]["request"] = once.clone();
    assert_eq!(call(&event), once);
}

#[test]
fn answers_a_bad_parameter_in_words() {
    let mut event = event();
    event["Records"][0]["cf"]["request"]["querystring"] = json!("w=640junk");
    let response = call(&event);
    assert_eq!(response["status"], "400");
    assert_eq!(
        response["body"],
        "w must be a whole number from 1 to 4096, without sign or leading zero; got \"640junk\"\n"
    );
    assert_eq!(response["headers"]["cache-control"][0]["value"], "max-age=60");
    assert_eq!(response["headers"]["content-type"][0]["value"], "text/plain; charset=utf-8");
    event["Records"][0]["cf"]["request"]["method"] = json!("HEAD");
    assert_eq!(call(&event)["body"], "");
}

#[test]
fn only_what_is_refused_is_logged() {
    let refusal = |query: &str| {
        let mut event = event();
        event["Records"][0]["cf"]["request"]["querystring"] = json!(query);
        let event: Event = serde_json::from_value(event).unwrap();
        handle(event.into_cf().unwrap(), &Policy::default()).1
    };
    assert_eq!(refusal("w=9"), None);
    let line: Value = serde_json::from_str(&refusal("w=x\"").unwrap().line().unwrap()).unwrap();
    assert_eq!((&line["uri"], &line["querystring"]), (&json!("/photos/cat.jpg"), &json!("w=x\"")));
    assert_eq!((&line["distribution"], &line["kind"]), (&json!("EDFDVBD6EXAMPLE"), &json!("request")));
    assert!(line["told"].as_str().unwrap().contains("w must be a whole number"), "{line}");
    assert_eq!(line["Errors"], 1.0);
    assert_eq!(line["_aws"]["CloudWatchMetrics"][0]["Dimensions"], json!([["distribution", "kind"]]));
}

#[test]
fn lets_other_methods_pass() {
    let mut event = event();
    event["Records"][0]["cf"]["request"]["method"] = json!("POST");
    assert_eq!(call(&event), event["Records"][0]["cf"]["request"]);
}

#[test]
fn several_accept_lines_are_one_list() {
    let mut event = event();
    event["Records"][0]["cf"]["request"]["headers"]["accept"] =
        json!([{"key": "Accept", "value": "image/png"}, {"key": "Accept", "value": "image/webp;q=0.1"}]);
    assert_eq!(call(&event)["uri"], "/w_200/h_200/webp/photos/cat.jpg");
    event["Records"][0]["cf"]["request"]["headers"].as_object_mut().unwrap().remove("accept");
    assert_eq!(call(&event)["uri"], "/w_200/h_200/jpeg/photos/cat.jpg");
}
