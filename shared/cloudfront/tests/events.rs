//! Events survive a round trip, unknown fields included.

use std::fs;

use ridge_cloudfront::event::Event;
use serde_json::{Value, json};

#[test]
fn every_fixture_comes_back_as_it_went_in() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/events");
    let mut files = 0;
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let mut value: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        // S3's events lie there too.
        let Some(cf) = value.pointer_mut("/Records/0/cf") else { continue };
        for part in ["config", "request", "response"] {
            if cf.get(part).is_some() {
                cf[part]["unknown"] = json!({"deep": [null, 1.5, "x"]});
            }
        }
        let event: Event = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(serde_json::to_value(&event).unwrap(), value, "{}", path.display());
        files += 1;
    }
    assert!(files >= 2);
}
