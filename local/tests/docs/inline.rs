//! Commands and settings within sentences.

use std::process::Command;

use ridge_contract::Config;

use super::aws;
use super::commands::{cdk, make};
use super::pages::{Item, Page};

/// Returns the output of `ridge SUBCOMMAND --help`.
fn help(page: &str, subcommand: &[&str]) -> String {
    let done = Command::new(env!("CARGO_BIN_EXE_ridge")).args(subcommand).arg("--help").output().unwrap();
    assert!(done.status.success(), "{page}: {subcommand:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

/// Checks that the subcommand exists and has these options.
fn ridge(page: &str, command: &str) {
    let words: Vec<_> = command.split_whitespace().skip(1).collect();
    let is_name = |word: &&&str| word.chars().all(|letter| letter.is_ascii_lowercase());
    let depth = if words.first() == Some(&"config") { 2 } else { 1 };
    let subcommand: Vec<_> = words.iter().take(depth).take_while(is_name).copied().collect();
    if subcommand == ["help"] {
        return;
    }
    let help = help(page, &subcommand);
    for option in words.iter().filter(|word| word.starts_with('-') && word.len() > 1) {
        let has = help.split(|letter: char| letter.is_whitespace() || letter == ',').any(|word| word == *option);
        assert!(has, "{page}: {command}: there is no {option}");
    }
}

/// Checks `"name": value` as a setting, with a preset if it needs one, or as one of the presets.
fn setting(page: &str, text: &str) {
    let whole = [
        format!("{{{text}}}"),
        format!(r#"{{{text}, "presets": {{"a": "w=9"}}}}"#),
        format!(r#"{{"presets": {{{text}}}}}"#),
    ];
    let parsed = whole.map(|whole| Config::parse(&whole));
    assert!(parsed.iter().any(Result::is_ok), "{page}: {text}: {:?}", parsed[0]);
}

#[test]
fn commands_and_settings_in_sentences_exist() {
    let (mut commands, mut settings, mut of_aws) = (0, 0, Vec::new());
    for page in Page::all() {
        for item in &page.items {
            let Item::Code(code) = item else { continue };
            if code.starts_with('"') && code.contains("\": ") {
                setting(&page.name, code);
                settings += 1;
                continue;
            }
            match code.split_once(' ') {
                Some(("ridge", _)) => ridge(&page.name, code),
                Some(("make", _)) => drop(make(&page.name, code)),
                Some(("npx", _)) => cdk(&page.name, code),
                Some(("aws", _)) => of_aws.push(code.clone()),
                _ => continue,
            }
            commands += 1;
        }
    }
    aws::check(&of_aws);
    assert!(commands > 40 && settings > 10, "{commands} commands, {settings} settings");
}
