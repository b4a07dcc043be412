//! What is written of the targets elsewhere: the fuzzer's programs, dictionaries and the table for people.

use std::collections::BTreeSet;
use std::fs;

use checks::TARGETS;
use ridge_contract::params::PARAMS;

use crate::support::{dictionary, folder};

fn read(file: &str) -> String {
    let path = folder().join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn names() -> BTreeSet<String> {
    TARGETS.iter().map(|target| target.name.to_owned()).collect()
}

#[test]
fn each_target_has_its_program() {
    let manifest = read("Cargo.toml");
    let programs = manifest.split("[[bin]]\nname = \"").skip(1).filter_map(|rest| rest.split('"').next());
    assert_eq!(programs.map(str::to_owned).collect::<BTreeSet<_>>(), names());
    for name in names() {
        let source = read(&format!("fuzz_targets/{name}.rs"));
        assert!(source.contains(&format!("checks::{}(data)", name.replace('-', "_"))), "{name}");
    }
}

#[test]
fn each_target_is_explained() {
    let readme = read("README.md");
    for (header, column) in [("| target | what must hold |", 1), ("| target | minutes |", 1)] {
        let table = readme.split_once(header).unwrap_or_else(|| panic!("{header}")).1;
        let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
        let named = rows.filter_map(|row| row.split('`').nth(column)).map(str::to_owned);
        assert_eq!(named.collect::<BTreeSet<_>>(), names(), "{header}");
    }
}

#[test]
fn dictionaries_are_read_and_used() {
    let used: BTreeSet<_> = TARGETS.iter().map(|target| format!("{}.dict", target.dictionary)).collect();
    let files = fs::read_dir(folder().join("dictionaries")).expect("the dictionaries");
    let there = files.map(|file| file.expect("a file").file_name().into_string().expect("a name"));
    assert_eq!(there.collect::<BTreeSet<_>>(), used);
    for target in &TARGETS {
        assert!(dictionary(target.dictionary).len() >= 10, "{}", target.dictionary);
    }
}

#[test]
fn the_grammars_dictionary_has_every_parameter() {
    let words = dictionary("grammar");
    let has = |word: String| assert!(words.contains(&word.clone().into_bytes()), "grammar.dict lacks {word}");
    PARAMS.iter().for_each(|param| has(format!("{}=", param.name)));
    ridge_contract::signing::PARAMETERS.iter().for_each(|name| has(format!("{name}=")));
    // Those that a path has come before `f`, which it names by itself.
    PARAMS.iter().take_while(|param| param.name != "f").for_each(|param| has(format!("{}_", param.name)));
    ridge_contract::Output::names().for_each(|name| has(name.to_owned()));
}

#[test]
fn the_configurations_dictionary_has_every_field() {
    let words = dictionary("config");
    let config = serde_json::to_value(ridge_contract::Config::default()).expect("an object");
    let fields = config.as_object().expect("an object").iter();
    let inner = fields.clone().filter_map(|(_, value)| value.as_object()).flat_map(|object| object.keys());
    for field in fields.map(|(name, _)| name).chain(inner) {
        assert!(words.contains(&format!("\"{field}\"").into_bytes()), "config.dict lacks {field}");
    }
}
