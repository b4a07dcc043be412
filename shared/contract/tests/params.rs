//! The generated data for other languages: `params.json`, and the lists in the signers.

use std::fs;
use std::path::{Path, PathBuf};

use ridge_contract::params::{self, PARAMS, Param, Place};

const COMMAND: &str = "UPDATE_SCHEMA=1 cargo test -p ridge-contract schema";

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name)
}

/// Asserts that a file has the expected text, or writes it.
fn holds(name: &str, text: &str) {
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        fs::write(file(name), text).unwrap();
        return;
    }
    assert_eq!(fs::read_to_string(file(name)).unwrap_or_default(), text, "{name}: run {COMMAND}");
}

#[test]
fn the_committed_schema_of_parameters_is_the_rows() {
    holds("params.json", &(serde_json::to_string_pretty(&params::json()).unwrap() + "\n"));
}

/// Each signer is a single file for copying, so it contains its own lists.
#[test]
fn the_signers_lists_are_the_schema() {
    let order: Vec<_> = Param::in_path().map(|param| param.name).collect();
    let shorthand: Vec<_> =
        PARAMS.iter().filter(|param| param.place == Place::Shorthand).map(|param| param.name).collect();
    for (name, declare, quote) in [("signers/sign.ts", "const ", '\''), ("signers/sign.py", "", '"')] {
        let text = fs::read_to_string(file(name)).unwrap();
        let mut seen = 0;
        let lines = text.lines().map(|line| {
            for (list, names) in [("ORDER", &order), ("SHORTHAND", &shorthand)] {
                if line.starts_with(&format!("{declare}{list} = ")) {
                    seen += 1;
                    let names: Vec<_> = names.iter().map(|name| format!("{quote}{name}{quote}")).collect();
                    return format!("{declare}{list} = [{}]\n", names.join(", "));
                }
            }
            format!("{line}\n")
        });
        let generated: String = lines.collect();
        assert_eq!(seen, 2, "{name} has both lists");
        holds(name, &generated);
    }
}
