//! The README and the pages in `docs/` match the code.

use std::fs;
use std::path::{Path, PathBuf};

use ridge_contract::params::PARAMS;
use ridge_contract::{Config, Fault, Policy};
use serde_json::Value;

const COMMAND: &str = "UPDATE_README=1 cargo test -p ridge-contract readme";
const CONFIGURATION: &str = "docs/configuration.md";

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name)
}

fn read(name: &str) -> String {
    fs::read_to_string(file(name)).unwrap()
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("no {start:?}"));
    rest.split_once(end).unwrap_or_else(|| panic!("no {end:?} after {start:?}")).0
}

/// Asserts that the page has this table between the markers of this name, or writes it there.
fn holds(page: &str, name: &str, table: &str) {
    let text = read(page);
    let (start, end) = (format!("<!-- {name}: written by a test, `{COMMAND}` -->\n"), format!("<!-- /{name} -->"));
    let old = between(&text, &start, &end);
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(file(page), text.replace(&format!("{start}{old}{end}"), &format!("{start}{table}{end}"))).unwrap();
    } else {
        assert_eq!(old, table, "run {COMMAND}");
    }
}

#[test]
fn the_parameter_table_is_the_codes() {
    let mut table = String::from("| parameter | takes | meaning |\n| --- | --- | --- |\n");
    for param in PARAMS {
        let values = param.takes.words(|setting| format!("`{}`", setting.name())).replace('|', "\\|");
        table += &format!("| `{}` | {values} | {} |\n", param.name, param.meaning);
    }
    holds("docs/parameters.md", "parameters", &table);
}

#[test]
fn the_configuration_shown_is_the_default_and_the_file() {
    let page = read(CONFIGURATION);
    let shown = between(&page, "<!-- configuration: checked by a test -->\n```json\n", "```");
    assert_eq!(Config::parse(shown).unwrap(), Config::default());
    assert_eq!(shown, read("ridge.json"));
}

/// The sample limits the number of variants of an original, and the page states that number.
#[test]
fn the_sample_is_the_file_and_its_number_is_counted() {
    let page = read(CONFIGURATION);
    let shown = between(&page, "<!-- sample: checked by a test -->\n```json\n", "```");
    assert_eq!(shown, read("ridge.sample.json"));
    let bound = Policy::new(Config::parse(shown).unwrap()).variants();
    assert!(bound.is_exact);
    let said = between(&page, "    One original can have ", " variants.");
    assert_eq!(said.replace(',', ""), bound.variants.to_string());
}

#[test]
fn every_status_is_in_the_error_table() {
    let page = read("docs/errors.md");
    let table = between(&page, "# Errors\n", "## When S3 fails");
    for fault in Fault::ALL {
        let response = fault.response();
        let kept = match response.cache_control {
            "no-store" => "no",
            "max-age=10" => "10 s",
            "max-age=60" => "60 s",
            "max-age=300" => "5 min",
            other => panic!("{other}"),
        };
        let mut rows = table.lines().filter(|line| line.starts_with(&format!("| {} |", response.status)));
        assert!(rows.any(|row| row.ends_with(&format!("| {kept} |"))), "{fault:?}");
    }
}

/// Returns the settings in the order of `ridge.json`; the schema's order is alphabetical.
fn settings() -> Vec<String> {
    let shown = read("ridge.json");
    let names = shown.lines().filter_map(|line| line.strip_prefix("  \"")?.split_once('"'));
    names.map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn the_table_of_settings_is_the_schemas() {
    let schema: Value = serde_json::from_str(&read("ridge.schema.json")).unwrap();
    let fields = schema["properties"].as_object().unwrap();
    let mut names = settings();
    let mut table = String::from("| setting | takes | default | meaning |\n| --- | --- | --- | --- |\n");
    for name in &names {
        let field = &fields[name];
        table += &row(name, field);
        // The settings in `options` are parameters, which have their own table.
        let parts = field["properties"].as_object().filter(|_| name != "options");
        for (part, field) in parts.into_iter().flatten() {
            table += &row(&format!("{name}.{part}"), field);
        }
    }
    names.push("$schema".to_owned());
    names.sort();
    assert!(names.iter().eq(fields.keys()), "ridge.json shows all of them: {names:?}");
    holds(CONFIGURATION, "settings", &table);
}

fn row(name: &str, field: &Value) -> String {
    let is_whole = field["properties"].is_object() && field["type"] == "object";
    let default = if is_whole { String::new() } else { format!("`{}`", field["default"]) };
    format!("| `{name}` | {} | {default} | {} |\n", takes(field), meaning(field))
}

fn takes(field: &Value) -> String {
    if let Some(choices) = field["oneOf"].as_array() {
        return choices.iter().map(|choice| format!("`{}`", choice["const"])).collect::<Vec<_>>().join(", ");
    }
    let range = |field: &Value| format!("from {} to {}", field["minimum"], field["maximum"]);
    let items = &field["items"];
    let list = match items["enum"].as_array() {
        Some(choices) => choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(", "),
        None => format!("whole numbers {}", range(items)),
    };
    match field["type"].to_string().as_str() {
        r#""boolean""# => "`true` or `false`".to_owned(),
        r#""integer""# => format!("a whole number {}", range(field)),
        r#""array""# => format!("a list of {list}"),
        r#"["array","string"]"# => format!("a list of {list}, or `\"any\"`"),
        r#""object""# => "an object".to_owned(),
        r#"["object","string"]"# => "an object, or `\"any\"`".to_owned(),
        other => panic!("there are no words for {other}"),
    }
}

/// Returns the schema's description, without what the other columns show.
fn meaning(field: &Value) -> String {
    let text = field["description"].as_str().unwrap().replace('\n', " ").replace('|', "\\|");
    let range = format!("{} to {}", field["minimum"], field["maximum"]);
    let text = text.replace(&format!(", {range}"), "");
    let mut text = text.split(" Default ").next().unwrap().split(" Default: ").next().unwrap().to_owned();
    for choice in field["oneOf"].as_array().into_iter().flatten() {
        let said = choice["description"].as_str().unwrap().replace('\n', " ");
        text += &format!(" `{}`: {said}", choice["const"]);
    }
    text
}
