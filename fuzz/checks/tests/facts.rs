//! What is written of the targets elsewhere: the fuzzer's programs, dictionaries and the table for people.

use std::collections::BTreeSet;
use std::fs;

use checks::TARGETS;
use ridge_contract::params::{NO_WIDTH, PARAMS, Param};
use ridge_contract::{Output, signing};

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

/// The words of the rows of parameters, and of the parameters of signatures.
fn words_of_the_grammar() -> String {
    let mut words: Vec<String> = PARAMS.iter().map(|param| format!("{}=", param.name)).collect();
    words.extend(signing::PARAMETERS.iter().map(|name| format!("{name}=")));
    words.extend(Param::in_path().map(|param| format!("{}_", param.name)));
    words.push(NO_WIDTH.to_owned());
    words.extend(Output::names().map(str::to_owned));
    words.extend(PARAMS.iter().flat_map(|param| param.takes.examples()));
    let mut seen = BTreeSet::new();
    words.retain(|word| seen.insert(word.clone()));
    words.iter().map(|word| format!("\"{word}\"\n")).collect()
}

#[test]
fn the_grammars_dictionary_has_the_rows_of_parameters() {
    let command = "UPDATE_SCHEMA=1 cargo test -p checks dictionary";
    let (start, end) = (format!("# From the rows of parameters: {command}\n"), "# By hand\n");
    let text = read("dictionaries/grammar.dict");
    let (before, rest) = text.split_once(&start).unwrap_or_else(|| panic!("no {start:?}"));
    let (words, after) = rest.split_once(end).unwrap_or_else(|| panic!("no {end:?}"));
    let expected = words_of_the_grammar();
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        let text = format!("{before}{start}{expected}{end}{after}");
        fs::write(folder().join("dictionaries/grammar.dict"), text).expect("it can be written");
    } else {
        assert_eq!(words, expected, "run {command}");
    }
}

#[test]
fn the_configurations_dictionary_has_every_field() {
    let words = dictionary("config");
    let config = serde_json::to_value(ridge_contract::Config::default()).expect("an object");
    let fields = config.as_object().expect("an object").iter();
    let inner = fields.clone().filter_map(|(_, value)| value.as_object()).flat_map(|object| object.keys());
    let options: Vec<_> = PARAMS.iter().filter(|param| param.is_listed).map(|param| param.name.to_owned()).collect();
    for field in fields.map(|(name, _)| name).chain(inner).chain(&options) {
        assert!(words.contains(&format!("\"{field}\"").into_bytes()), "config.dict lacks {field}");
    }
}
