//! The README says what the code does.
#![allow(missing_docs, clippy::unwrap_used)]

use std::fs;

use shared::params::PARAMS;
use shared::{Config, Fault};

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("README.md has no {start:?}"));
    rest.split_once(end).unwrap_or_else(|| panic!("README.md has no {end:?} after {start:?}")).0
}

#[test]
fn the_parameter_table_is_the_codes() {
    let mut table = String::from("| parameter | takes | meaning |\n| --- | --- | --- |\n");
    for param in PARAMS {
        let values = param.values.replace(['{', '}'], "`").replace('|', "\\|");
        table += &format!("| `{}` | {values} | {} |\n", param.name, param.meaning);
    }
    let readme = fs::read_to_string(README).unwrap();
    let old = between(&readme, "--test readme` -->\n", "<!-- /parameters -->");
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(
            README,
            readme.replace(&format!("{old}<!-- /parameters -->"), &format!("{table}<!-- /parameters -->")),
        )
        .unwrap();
        return;
    }
    assert_eq!(old, table, "run UPDATE_README=1 cargo test -p shared --test readme");
}

#[test]
fn the_configuration_shown_is_the_default_and_the_file() {
    let readme = fs::read_to_string(README).unwrap();
    let shown = between(&readme, "<!-- configuration: checked by a test -->\n```json\n", "```");
    assert_eq!(Config::parse(shown).unwrap(), Config::default());
    assert_eq!(shown, fs::read_to_string(README.replace("README.md", "ridge.json")).unwrap());
}

/// The sample bounds what an original can cost, and the README says by which number.
#[test]
fn the_sample_is_the_file_and_its_number_is_counted() {
    let readme = fs::read_to_string(README).unwrap();
    let shown = between(&readme, "<!-- sample: checked by a test -->\n```json\n", "```");
    assert_eq!(shown, fs::read_to_string(README.replace("README.md", "ridge.sample.json")).unwrap());
    let bound = Config::parse(shown).unwrap().variants();
    assert!(bound.is_exact);
    let said = between(&readme, "    One original can have ", " variants.");
    assert_eq!(said.replace(',', ""), bound.variants.to_string());
}

#[test]
fn every_status_is_in_the_error_table() {
    let readme = fs::read_to_string(README).unwrap();
    let table = between(&readme, "## Errors\n", "## Configuration");
    for fault in Fault::ALL {
        let answer = fault.answer();
        let kept = match answer.cache_control {
            "no-store" => "no",
            "max-age=10" => "10 s",
            "max-age=60" => "60 s",
            "max-age=300" => "5 min",
            other => panic!("{other}"),
        };
        let row = table.lines().find(|line| line.starts_with(&format!("| {} |", answer.status)));
        assert!(row.is_some_and(|row| row.ends_with(&format!("| {kept} |"))), "{fault:?}");
    }
}
