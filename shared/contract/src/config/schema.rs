//! The JSON Schema of `ridge.json` is the Rust type's, and says what the reader does.

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::Config;
use crate::params::Param;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ridge.schema.json");

fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    settings.into_generator().into_root_schema_for::<Config>().to_value()
}

/// Every field below `schema` that is no object itself: its path, its schema, and all descriptions on the way.
fn fields(schema: &Value, path: &[&str], words: &str) -> Vec<(Vec<String>, Value, String)> {
    let properties = schema["properties"].as_object().unwrap();
    let below = properties.iter().flat_map(|(name, field)| {
        let words = format!("{words} {}", field["description"].as_str().unwrap());
        let path = [path, &[name]].concat();
        match field.get("properties") {
            Some(_) if field["type"] == "object" => fields(field, &path, &words),
            _ => vec![(path.iter().map(|name| (*name).to_owned()).collect(), field.clone(), words)],
        }
    });
    below.collect()
}

fn with(path: &[String], value: Value) -> String {
    path.iter().rev().fold(value, |value, name| json!({ name: value })).to_string()
}

#[test]
fn the_committed_schema_is_the_types() {
    let text = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(FILE, text).unwrap();
        return;
    }
    let committed = std::fs::read_to_string(FILE).unwrap_or_default();
    assert_eq!(committed, text, "run UPDATE_SCHEMA=1 cargo test -p ridge-contract schema");
}

#[test]
fn schema_and_reader_agree_on_every_bound() {
    let mut seen = 0;
    for (path, field, words) in fields(&schema(), &[], "") {
        let Some((min, max)) = field["minimum"].as_i64().zip(field["maximum"].as_i64()) else { continue };
        seen += 1;
        for (number, is_within) in [(min - 1, false), (min, true), (max, true), (max + 1, false)] {
            let read = Config::parse(&with(&path, json!(number)));
            assert_eq!(read.is_ok(), is_within, "{path:?}: {number}: {read:?}");
        }
        assert!(Config::parse(&with(&path, json!(1.5))).is_err(), "{path:?}");
        let range = [format!("{min} to {max}"), format!("{min} or {max}")];
        assert!(range.iter().any(|range| words.contains(range)), "{path:?}: the words say another range: {words}");
    }
    let defaults = serde_json::to_string(&Config::default()).unwrap();
    let numbers = defaults.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty()).count();
    assert_eq!(seen, numbers, "every number of {defaults} has bounds");
}

#[test]
fn schema_and_reader_agree_on_names_and_kinds() {
    let schema = schema();
    for object in [&schema, &schema["properties"]["quality"], &schema["properties"]["effort"]] {
        assert_eq!(object["additionalProperties"], json!(false));
        assert!(object.get("required").is_none());
    }
    for (path, field, _) in fields(&schema, &[], "") {
        let wrong = if field["type"] == "integer" { json!("1") } else { json!(1) };
        assert!(Config::parse(&with(&path, wrong)).is_err(), "{path:?}");
        let right = field.get("default").cloned().unwrap_or_else(|| json!("./ridge.schema.json"));
        assert_eq!(Config::parse(&with(&path, right)).unwrap(), Config::default(), "{path:?}");
    }
    let formats = &schema["properties"]["formats"];
    assert_eq!(formats["uniqueItems"], json!(true));
    let all = json!({ "formats": formats["items"]["enum"] }).to_string();
    assert_eq!(Config::parse(&all).unwrap().formats.len(), formats["items"]["enum"].as_array().unwrap().len());
}

#[test]
fn schema_and_reader_agree_on_lists() {
    let schema = schema();
    for field in ["widths", "heights"] {
        let items = &schema["properties"][field]["items"];
        let (min, max) = (items["minimum"].as_i64().unwrap(), items["maximum"].as_i64().unwrap());
        let read = |side: i64| Config::parse(&json!({ field: [side], "maxWidth": max, "maxHeight": max }).to_string());
        assert!(read(min).is_ok() && read(max).is_ok(), "{field}");
        assert!(read(min - 1).is_err() && read(max + 1).is_err(), "{field}");
    }
    let options = schema["properties"]["options"]["properties"].as_object().unwrap();
    for (name, option) in options {
        let some = Param::named(name).unwrap().takes.examples();
        let items = &option["items"];
        if let Some(pattern) = items["pattern"].as_str() {
            let pattern = regex::Regex::new(pattern).unwrap();
            assert!(some.iter().all(|text| pattern.is_match(text)) && !pattern.is_match("?"), "{name}: {pattern}");
        }
        let all = items.get("enum").cloned().unwrap_or_else(|| json!(some));
        let is_read = |list: Value| Config::parse(&json!({ "options": { name: list } }).to_string()).is_ok();
        assert!(
            is_read(json!("any")) && is_read(json!([])) && !is_read(json!("some")) && !is_read(json!(null)),
            "{name}"
        );
        assert!(is_read(all.clone()), "{name}: {all}");
        assert!(!is_read(json!(["?"])) && !is_read(json!([1])), "{name}");
    }
    assert_eq!(options.len(), super::Lists::params().count());
    let names = &schema["properties"]["presets"]["propertyNames"]["pattern"];
    assert_eq!(names, "^[A-Za-z0-9_-]{1,64}$");
}
