//! Bundled C libraries: `shared/pixels/vendored.toml` lists the linked versions, and `SECURITY.md` shows the list.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vendored {
    checked: String,
    library: Vec<Library>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Library {
    name: String,
    version: String,
    #[serde(rename = "crate")]
    package: String,
    purpose: String,
    advisory: Vec<Advisory>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advisory {
    id: String,
    about: String,
    state: State,
    why: String,
}

#[derive(Deserialize, PartialEq, Eq)]
enum State {
    #[serde(rename = "fixed")]
    Fixed,
    #[serde(rename = "out of reach")]
    OutOfReach,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn vendored() -> Vendored {
    toml::from_str(&fs::read_to_string(root().join("shared/pixels/vendored.toml")).unwrap()).unwrap()
}

/// Returns the source folder of each crate, by its name.
fn sources() -> BTreeMap<String, PathBuf> {
    let arguments = ["metadata", "--format-version", "1", "--locked", "--offline"];
    let done = Command::new(env!("CARGO")).args(arguments).current_dir(root()).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let metadata: Value = serde_json::from_slice(&done.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap().iter();
    let text = |package: &Value, field: &str| package[field].as_str().unwrap().to_owned();
    packages.map(|package| (text(package, "name"), PathBuf::from(text(package, "manifest_path")))).collect()
}

/// libjpeg-turbo has no function that returns its version, so its build file is read.
fn version_of_libjpeg_turbo(manifest: &Path) -> String {
    let build = fs::read_to_string(manifest.with_file_name("libjpeg-turbo").join("CMakeLists.txt")).unwrap();
    let (_, rest) = build.split_once("\nset(VERSION ").unwrap();
    rest.split_once(')').unwrap().0.to_owned()
}

#[test]
fn the_list_has_the_versions_that_are_linked() {
    let sources = sources();
    let mut linked: BTreeMap<_, _> = ridge_pixels::linked_versions().into_iter().collect();
    linked.insert("libjpeg-turbo".to_owned(), version_of_libjpeg_turbo(&sources["turbojpeg-sys"]));
    let listed: BTreeMap<_, _> =
        vendored().library.into_iter().map(|library| (library.name, library.version)).collect();
    assert_eq!(listed, linked, "look for advisories of what is new, and change shared/pixels/vendored.toml");
}

/// Crates that compile a C library are named `…-sys`.
#[test]
fn the_list_has_every_crate_that_compiles_a_c_library() {
    let listed: BTreeSet<_> = vendored().library.into_iter().map(|library| library.package).collect();
    let compiled = sources().into_iter().filter(|(name, manifest)| name.ends_with("-sys") && has_c(manifest));
    assert_eq!(listed, compiled.map(|(name, _)| name).collect());
}

/// Whether there is a C file in this file's folder or below.
fn has_c(file: &Path) -> bool {
    fs::read_dir(file.parent().unwrap()).unwrap().map(|entry| entry.unwrap()).any(|entry| {
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            has_c(&path.join("Cargo.toml"))
        } else {
            path.extension().is_some_and(|extension| extension == "c" || extension == "cc" || extension == "cpp")
        }
    })
}

#[test]
fn security_shows_the_list() {
    const COMMAND: &str = "UPDATE_README=1 cargo test -p ridge-pixels vendored";
    let Vendored { checked, library } = vendored();
    let mut table = format!("Advisories were last looked for on {checked}.\n\n");
    table += "| library | advisory | what it is | state |\n| --- | --- | --- | --- |\n";
    for Library { name, version, package, purpose, advisory } in library {
        let mut first = format!("{name} {version} ({package}): {purpose}");
        for Advisory { id, about, state, why } in advisory {
            let state = if state == State::Fixed { "Fixed." } else { "Out of reach." };
            table += &format!("| {first} | {id} | {about} | {state} {why} |\n");
            first.clear();
        }
    }
    let page = root().join("SECURITY.md");
    let text = fs::read_to_string(&page).unwrap();
    let (start, end) = (format!("<!-- vendored: written by a test, `{COMMAND}` -->\n"), "<!-- /vendored -->");
    let (before, rest) = text.split_once(&start).unwrap();
    let (old, after) = rest.split_once(end).unwrap();
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(page, format!("{before}{start}{table}{end}{after}")).unwrap();
    } else {
        assert_eq!(old, table, "run {COMMAND}");
    }
}
