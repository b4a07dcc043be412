//! Every code block of a page: configurations are parsed, commands are run, images in markup are requested, and code is
//! run here or by another test. A block of an unknown kind is a failure.

use std::process::Command;

use ridge_contract::Config;
use serde_json::Value;

use super::commands::{Desk, Step, steps};
use super::pages::{Item, Page, read, root};

/// Blocks that another test runs, because it has what they need: by page, and by language or first word.
const ELSEWHERE: &[(&str, &str, &str)] = &[
    ("cdk/README.md", "ts", "cdk/test/cli.test.ts"),
    ("docs/frameworks.md", "js", "cdk/test/docs.test.ts"),
    ("docs/frameworks.md", "php", "cdk/test/docs.test.ts"),
    ("docs/monitoring.md", "fields", "shared/engine/src/report.rs"),
    ("docs/signed-urls.md", "ts", "cdk/test/docs.test.ts"),
];

/// Returns the test that runs a block, if it is another one.
fn elsewhere(page: &str, language: &str, text: &str) -> Option<&'static str> {
    let kind = if language.is_empty() { text.split_whitespace().next().unwrap_or_default() } else { language };
    ELSEWHERE.iter().find(|row| (row.0, row.1) == (page, kind)).map(|row| row.2)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Python with botocore"]
async fn every_block_is_run_or_read() {
    let desk = Desk::new().await;
    let (mut commands, mut configurations, mut images) = (0, 0, 0);
    for page in Page::all() {
        // Each page has a folder: its commands use the configurations that precede them.
        let desk = desk.page();
        for item in &page.items {
            let Item::Block { language, text } = item else { continue };
            if let Some(test) = elsewhere(&page.name, language, text) {
                let name = page.name.rsplit('/').next().unwrap();
                assert!(read(test).contains(name), "{test} does not read {}", page.name);
                continue;
            }
            match language.as_str() {
                "json" => {
                    Config::parse(text).unwrap_or_else(|error| panic!("{}: {error} in\n{text}", page.name));
                    desk.write(Config::FILE, text);
                    configurations += 1;
                }
                "html" => {
                    for command in requests(text) {
                        desk.run(&page.name, &Step { command, output: None });
                        images += 1;
                    }
                }
                "python" => signs(text),
                "" => {
                    for step in steps(text) {
                        desk.run(&page.name, &step);
                        commands += 1;
                    }
                }
                other => panic!("{}: no rule says how to check a block of {other:?}:\n{text}", page.name),
            }
        }
    }
    assert!(commands > 40 && configurations > 8, "{commands} commands, {configurations} configurations");
    assert!(images > 8, "{images} images in markup");
    desk.ask_aws();
}

/// Returns a request for each image in markup. `Desk::run` expects an image as the response.
fn requests(html: &str) -> Vec<String> {
    const ADDRESS: &str = "https://cdn.example.com";
    let url = |rest: &str| rest.split(['"', ' ', '\n']).next().unwrap_or_default().replace("&amp;", "&");
    let request = |rest| format!("curl -sD- -o image '{ADDRESS}{}'", url(rest));
    let requests: Vec<_> = html.split(ADDRESS).skip(1).map(request).collect();
    assert!(!requests.is_empty(), "this markup names no image:\n{html}");
    requests
}

/// Runs Python code that must sign the first URL of the signers' test vectors.
fn signs(code: &str) {
    let vectors: Value = serde_json::from_str(&read("signers/vectors.json")).unwrap();
    let (vector, key) = (&vectors["vectors"][0], &vectors["keys"][0]);
    assert_eq!((&vector["key"], key["id"].as_str()), (&key["id"], Some("2026-11")));
    let (imports, call) = code.trim_end().rsplit_once('\n').unwrap();
    let secret = key["secret"].as_str().unwrap();
    let program =
        format!("import sys\nsys.dont_write_bytecode = True\nsecret = '{secret}'\n{imports}\nprint({call})\n");
    let done = Command::new("python3").args(["-c", &program]).current_dir(root().join("signers")).output().unwrap();
    assert!(done.status.success(), "{code}: {}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(String::from_utf8_lossy(&done.stdout).trim(), vector["signed"], "{code}");
}
