//! The commands in the documents, each run as far as possible without an account.

use std::cell::RefCell;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::rc::Rc;

use ridge_contract::Key;
use ridge_store::{Attributes, Store as _};
use tempfile::{TempDir, tempdir};

use super::aws;
use super::pages::{read, root, table};
use crate::support::{Ridge, credentials, pictures};

/// A command, and the output that the page shows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) command: String,
    pub(crate) output: Option<String>,
}

/// Returns the commands of a block. A block with prompts (`$`) shows outputs; in other blocks each line is a command.
pub(crate) fn steps(text: &str) -> Vec<Step> {
    let text = text.replace("\\\n", " ");
    let mut steps: Vec<Step> = Vec::new();
    let has_prompts = text.lines().any(|line| line.starts_with("$ "));
    for line in text.lines() {
        match (has_prompts, line.strip_prefix("$ ")) {
            (true, Some(command)) => steps.push(Step { command: command.into(), output: Some(String::new()) }),
            (true, None) => {
                let last = steps.last_mut().unwrap_or_else(|| panic!("before the first prompt: {line}"));
                last.output.as_mut().unwrap().extend([line, "\n"]);
            }
            (false, _) => {
                steps.extend(line.split(" && ").map(|part| Step { command: part.trim().into(), output: None }))
            }
        }
    }
    steps
}

/// Where commands run: an empty folder with an image, and a distribution.
pub(crate) struct Desk {
    folder: TempDir,
    ridge: Rc<Served>,
    /// AWS's commands so far, which are checked together.
    aws: Rc<RefCell<Vec<String>>>,
}

struct Served {
    ridge: Ridge,
    _data: TempDir,
}

/// The placeholders of the pages for a distribution's URL and ID, and for its bucket.
const ADDRESSES: [&str; 3] = ["https://DOMAIN", "https://cdn.example.com", "localhost:8080"];
const DISTRIBUTION: &str = "E2EXAMPLE";
const BUCKET: &str = "--bucket BUCKET --region REGION";

/// Subcommands of `ridge` that use a distribution or its bucket.
const ASK_BUCKETS: [&str; 4] = ["ls", "purge", "srcset", "warm"];

/// The CDK's subcommands. They are not run here: `cdk/test/cli.test.ts` runs those that need no account.
const CDK: [&str; 6] = ["bootstrap", "deploy", "destroy", "diff", "ls", "synth"];

impl Desk {
    pub(crate) async fn new() -> Desk {
        let data = tempdir().unwrap();
        let ridge = Ridge::serve(data.path(), &[]);
        let key = Key::new("photos/cat.jpg").unwrap();
        ridge.store().put(&key, pictures::sample("dandelion.jpg").into(), &Attributes::default()).await.unwrap();
        let served = Served { ridge, _data: data };
        Desk { folder: tempdir().unwrap(), ridge: Rc::new(served), aws: Rc::default() }
    }

    /// Returns a copy with an empty folder.
    pub(crate) fn page(&self) -> Desk {
        let desk = Desk { folder: tempdir().unwrap(), ridge: Rc::clone(&self.ridge), aws: Rc::clone(&self.aws) };
        fs::write(desk.folder.path().join("cat.jpg"), pictures::sample("dandelion.jpg")).unwrap();
        desk.write("ridge.sample.json", &read("ridge.sample.json"));
        desk
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).unwrap();
    }

    pub(crate) fn run(&self, page: &str, Step { command, output }: &Step) {
        let (program, rest) = command.split_once(' ').unwrap_or((command, ""));
        let said = match program {
            "ridge" => self.ridge(page, command),
            "curl" => self.curl(page, command),
            "echo" | "chmod" => self.shell(page, command, self.folder.path()),
            "make" => make(page, command),
            "cd" => {
                assert!(root().join(rest).is_dir(), "{page}: {command}");
                return;
            }
            "npm" => return assert!(["ci", "test"].contains(&rest), "{page}: no rule says how to check {command}"),
            "npx" => return cdk(page, command),
            "cargo" => return cargo(page, command),
            "aws" => return self.aws.borrow_mut().push(command.clone()),
            // A loop over a placeholder, around one command.
            "for" => {
                let (_, body) = rest.split_once("; do ").unwrap_or_else(|| panic!("{page}: {command} has no body"));
                let body = body.strip_suffix("; done").unwrap_or_else(|| panic!("{page}: {command} has no end"));
                return self.run(page, &Step { command: body.to_owned(), output: None });
            }
            _ => panic!("{page}: no rule says how to check {command}"),
        };
        if let Some(shown) = output {
            assert!(is_like(&said, shown), "{page}: {command} says\n{said}and not\n{shown}");
        }
    }

    /// Runs `ridge` against the local distribution instead of one on AWS.
    fn ridge(&self, page: &str, command: &str) -> String {
        let here = format!("--endpoint {}", self.ridge.ridge.admin);
        let mut asked = command.replace(DISTRIBUTION, local::cloudfront::ID).replace(BUCKET, &here);
        if ASK_BUCKETS.iter().any(|name| command.starts_with(&format!("ridge {name} "))) && !asked.contains(&here) {
            asked = format!("{asked} {here}");
        }
        self.shell(page, &asked, self.folder.path())
    }

    /// Runs `curl`, which must write an image into the file that it names.
    fn curl(&self, page: &str, command: &str) -> String {
        let url = ADDRESSES.iter().fold(command.to_owned(), |text, name| text.replace(name, &self.ridge.ridge.url));
        let said = self.shell(page, &url, self.folder.path());
        assert!(said.starts_with("HTTP/1.1 200"), "{page}: {url}: {said}");
        let mut words = url.split_whitespace().skip_while(|word| *word != "-o");
        let file = words.nth(1).unwrap_or_else(|| panic!("{page}: {command} keeps nothing"));
        ridge_pixels::recognise(&fs::read(self.folder.path().join(file)).unwrap()).unwrap();
        said
    }

    fn shell(&self, page: &str, command: &str, folder: &Path) -> String {
        let programs = Path::new(env!("CARGO_BIN_EXE_ridge")).parent().unwrap();
        let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
        let credentials = credentials();
        let done = Command::new("sh")
            .args(["-c", command])
            .current_dir(folder)
            .env("PATH", path)
            .env("AWS_ACCESS_KEY_ID", credentials.access_key_id())
            .env("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key())
            .output()
            .unwrap();
        said(page, command, &done)
    }

    /// Checks the collected commands against AWS's API models.
    pub(crate) fn ask_aws(&self) {
        aws::check(&self.aws.borrow());
    }
}

fn said(page: &str, command: &str, done: &Output) -> String {
    assert!(done.status.success(), "{page}: {command}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout.clone()).unwrap()
}

/// A dry run shows that the target exists. Other tests run the targets.
pub(crate) fn make(page: &str, command: &str) -> String {
    let known = read("Makefile") + &read("tools/package.sh");
    for word in command.split_whitespace() {
        let Some((name, _)) = word
            .split_once('=')
            .filter(|(name, _)| name.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_'))
        else {
            continue;
        };
        let is_read = known.contains(&format!("$({name})")) || known.contains(&format!("${{{name}:-"));
        assert!(is_read, "{page}: {command}: nothing reads {name}");
    }
    let dry = command.replacen("make", "make --dry-run", 1);
    let mut shell = Command::new("sh");
    shell.args(["-c", &dry]).current_dir(root()).env_remove("MAKEFLAGS").env_remove("MAKELEVEL");
    said(page, &dry, &shell.output().unwrap())
}

/// Checks that the crate or subcommand of a cargo command exists. A comment can follow the command.
fn cargo(page: &str, command: &str) {
    let words: Vec<_> = command.split_whitespace().skip(1).take_while(|word| !word.starts_with('#')).collect();
    let (program, arguments) = match words[..] {
        ["test", "--workspace"] => return,
        ["test", "-p", name, ..] => (env!("CARGO"), ["pkgid", "--locked", "--offline", name].to_vec()),
        ["run", "--bin", "ridge", "--", subcommand] => (env!("CARGO_BIN_EXE_ridge"), vec![subcommand, "--help"]),
        _ => panic!("{page}: no rule says how to check {command}"),
    };
    let done = Command::new(program).args(arguments).current_dir(root()).output().unwrap();
    assert!(done.status.success(), "{page}: {command}: {}", String::from_utf8_lossy(&done.stderr));
}

/// Checks that the subcommand and the settings exist.
pub(crate) fn cdk(page: &str, command: &str) {
    let words: Vec<_> = command.split_whitespace().collect();
    assert!(words[1] == "cdk" && CDK.contains(&words[2]), "{page}: no rule says how to check {command}");
    let settings: Vec<_> = table("cdk/README.md", "settings").into_iter().map(|row| row[0].clone()).collect();
    for pair in words.windows(2).filter(|pair| pair[0] == "-c") {
        let name = format!("`{}`", pair[1].split('=').next().unwrap());
        assert!(settings.contains(&name), "{page}: {command}: there is no setting {name}");
    }
}

/// Whether a text equals the shown one, in which `…` stands for any text.
fn is_like(text: &str, shown: &str) -> bool {
    let mut pieces = shown.split('…');
    let Some(mut rest) = text.strip_prefix(pieces.next().unwrap()) else { return false };
    let mut last = "";
    for piece in pieces {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
        last = piece;
    }
    rest.is_empty() || (shown.contains('…') && text.ends_with(last))
}

#[test]
fn steps_are_commands_with_their_outputs() {
    let step =
        |command: &str, output: Option<&str>| Step { command: command.into(), output: output.map(str::to_owned) };
    assert_eq!(steps("cd a && b\nc \\\n  d\n"), [step("cd a", None), step("b", None), step("c    d", None)]);
    assert_eq!(steps("$ a\nb\nc\n$ d\n"), [step("a", Some("b\nc\n")), step("d", Some(""))]);
}

#[test]
fn an_ellipsis_matches_any_text() {
    for (text, shown, expected) in [
        ("a\nb\n", "a\nb\n", true),
        ("a\nb\nc\n", "a\n…\nc\n", true),
        ("a.1234\n", "a.…\n", true),
        ("a\nb\n", "a\n", false),
        ("a\nb\nd\n", "a\n…\nc\n", false),
        ("x a\n", "a\n", false),
    ] {
        assert_eq!(is_like(text, shown), expected, "{text:?} {shown:?}");
    }
}
