//! Dependencies satisfy `deny.toml`, and the tests that the threat model names exist. No network is needed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use spdx::{Expression, Licensee, ParseMode};
use toml::Table;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn policy() -> Table {
    read("deny.toml").parse().unwrap()
}

/// Every crate in the lock file, including those for other platforms and for tests.
fn crates() -> Vec<Value> {
    let arguments = ["metadata", "--format-version", "1", "--locked", "--offline", "--all-features"];
    let done = Command::new(env!("CARGO")).args(arguments).current_dir(root()).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let metadata: Value = serde_json::from_slice(&done.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

fn allowed() -> Vec<Licensee> {
    let list = policy()["licenses"]["allow"].as_array().unwrap().clone();
    list.iter().map(|name| Licensee::parse(name.as_str().unwrap()).unwrap()).collect()
}

fn passes(expression: &str, allowed: &[Licensee]) -> bool {
    // Older manifests separate alternatives with a slash.
    Expression::parse_mode(expression, ParseMode::LAX)
        .is_ok_and(|expression| expression.evaluate(|asked| allowed.iter().any(|licence| licence.satisfies(asked))))
}

#[test]
#[ignore = "needs the crates of all platforms: cargo fetch"]
fn every_crate_has_an_allowed_licence() {
    let allowed = allowed();
    for package in crates() {
        let licence = package["license"].as_str().unwrap_or("none");
        assert!(passes(licence, &allowed), "{} {}: {licence}", package["name"], package["version"]);
    }
    for refused in ["GPL-3.0-only", "AGPL-3.0-or-later", "MIT AND GPL-2.0-only", "SSPL-1.0", "none"] {
        assert!(!passes(refused, &allowed), "{refused}");
    }
}

#[test]
#[ignore = "needs the crates of all platforms: cargo fetch"]
fn every_crate_comes_from_the_registry_with_a_checksum() {
    let mut registries = BTreeSet::new();
    for package in crates() {
        let is_ours = package["source"].is_null() && package["publish"] == Value::Array(Vec::new());
        if !is_ours {
            registries.insert(package["source"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(registries.len(), 1, "{registries:?}");
    assert!(registries.iter().all(|source| source.starts_with("registry+")), "{registries:?}");
    let lock: Table = read("Cargo.lock").parse().unwrap();
    for package in lock["package"].as_array().unwrap() {
        let is_ours = package.get("source").is_none();
        assert!(is_ours || package["checksum"].as_str().is_some_and(|sum| sum.len() == 64), "{package:?}");
    }
}

#[test]
#[ignore = "needs the crates of all platforms: cargo fetch"]
fn no_crate_is_banned() {
    let policy = policy();
    let banned: Vec<_> =
        policy["bans"]["deny"].as_array().unwrap().iter().map(|ban| ban["name"].as_str().unwrap()).collect();
    assert!(!banned.is_empty());
    for package in crates() {
        assert!(!banned.contains(&package["name"].as_str().unwrap()), "{}", package["name"]);
    }
}

/// npm verifies a package's bytes only if the lock file has their `integrity`.
#[test]
fn every_npm_package_is_pinned_by_a_hash() {
    for lock in ["browser", "cdk", "peer", "peer/edge", "tools/lambda"] {
        let lock: Value = serde_json::from_str(&read(&format!("{lock}/package-lock.json"))).unwrap();
        let packages = lock["packages"].as_object().unwrap();
        assert!(packages.len() > 1);
        for (name, package) in packages.iter().filter(|(name, package)| !name.is_empty() && package["inBundle"] != true)
        {
            assert!(package["integrity"].as_str().is_some_and(|hash| hash.starts_with("sha512-")), "{name}");
            assert!(package.get("resolved").is_none(), "{name}: which registry is the machine's own business");
        }
    }
}

/// `SECURITY.md` names tests as `path::test`, or as `path` and words of a test's name in quotes.
#[test]
fn the_tests_that_the_threat_model_names_exist() {
    let text = read("SECURITY.md");
    let mut seen = 0;
    for code in text.split('`').skip(1).step_by(2) {
        if let Some((file, test)) = code.rsplit_once("::").filter(|(file, _)| file.ends_with(".rs")) {
            seen += 1;
            let source = read(file);
            let name = source.contains(&format!("fn {test}()")) || source.contains(&format!("fn {test}("));
            assert!(name, "SECURITY.md names {code}, and {file} has no such test");
            let before = source.split(&format!("fn {test}(")).next().unwrap();
            assert!(before.trim_end().rsplit('\n').take(3).any(|line| line.contains("test]")), "{code} is no test");
        } else if code.ends_with(".rs") || code.ends_with(".ts") {
            seen += 1;
            read(code);
        }
    }
    assert!(seen >= 20, "{seen}");
}
