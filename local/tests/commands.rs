//! The programs `ridge render`, `explain`, `config`, `sign` and `completions`.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::tempdir;

const DANDELION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata/photos/dandelion.jpg");

fn ridge(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ridge")).args(arguments).current_dir(folder).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn render_writes_the_variant_and_reports_sizes() {
    let folder = tempdir().unwrap();
    let done = ridge(folder.path(), &["render", DANDELION, "w=300&h=300&f=webp", "-o", "out.webp", "--json"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let said: Value = serde_json::from_slice(&done.stdout).unwrap();
    let written = fs::read(folder.path().join("out.webp")).unwrap();
    assert_eq!(said["variant"]["bytes"], written.len());
    assert_eq!((&said["variant"]["width"], &said["variant"]["height"]), (&300.into(), &300.into()));
    assert_eq!((&said["source"]["width"], &said["source"]["height"]), (&2400.into(), &1350.into()));
    assert_eq!(said["path"], "/w_300/h_300/webp/dandelion.jpg");
    for stage in ["decode", "resize", "encode"] {
        assert!(said["milliseconds"][stage].is_number(), "{said}");
    }
    let kind = ridge_pixels::recognise(&written).unwrap();
    assert_eq!(ridge_pixels::header(kind, &written).unwrap().size.to_string(), "300x300");

    let plain = ridge(folder.path(), &["render", DANDELION, "w=30", "-o", "out.jpg", "--accept", "*/*"]);
    assert!(text(&plain.stdout).starts_with("/w_30/jpeg/dandelion.jpg: jpeg 30x17, "), "{}", text(&plain.stdout));
}

#[test]
fn render_explains_failures() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("page.jpg"), "<html>").unwrap();
    let signed = r#"{"signing": "outside", "widths": [320], "otherwise": "reject"}"#;
    fs::write(folder.path().join("signed.json"), signed).unwrap();
    for (arguments, part) in [
        (&["render", DANDELION, "w=0", "-o", "x"][..], "w must be a whole number from 1 to 4096"),
        (&["render", "page.jpg", "w=9", "-o", "x"], "not a picture in a format that is read"),
        (&["render", "nothing.jpg", "w=9", "-o", "x"], "nothing.jpg: No such file"),
        (
            &["render", DANDELION, "w=9", "-o", "no/such/folder"],
            "the file \"no/such/folder\" cannot be written: No such file",
        ),
        (&["render", DANDELION, "w=9", "-o", "x", "--config", "none.json"], "none.json: No such file"),
        (
            &["render", DANDELION, "w=333", "-o", "x", "--config", "signed.json"],
            "w must be 320; got \"333\"; a signed URL may ask for it",
        ),
    ] {
        let done = ridge(folder.path(), arguments);
        assert!(!done.status.success(), "{arguments:?}");
        assert!(text(&done.stderr).contains(part), "{arguments:?} gave {}", text(&done.stderr));
        assert!(!folder.path().join("x").exists(), "{arguments:?}");
    }
}

#[test]
fn explain_shows_path_format_and_dropped_parameters() {
    let folder = tempdir().unwrap();
    let url = "https://cdn.example.com/photos/cat.jpg?w=2000&dpr=3&utm_source=mail";
    let done = ridge(folder.path(), &["explain", url]);
    assert_eq!(
        text(&done.stdout),
        "variant   of photos/cat.jpg\n\
         path      /w_4096/webp/photos/cat.jpg\n\
         S3 key    w_4096/webp/photos/cat.jpg\n\
         format    webp: the first of the configured formats that Accept names\n\
         cut       dpr, so that neither side passes the configured maximum\n\
         dropped   utm_source\n"
    );
    let json = ridge(folder.path(), &["explain", url, "--json", "--accept", "*/*"]);
    let said: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((&said["path"], &said["densityCut"]), (&"/w_4096/jpeg/photos/cat.jpg".into(), &true.into()));
    fs::write(folder.path().join("ridge.json"), r#"{"formats": ["avif", "webp"]}"#).unwrap();
    for (accept, format) in [("image/avif,image/webp", "webp"), ("image/avif", "gif")] {
        let moving = ridge(folder.path(), &["explain", "/x.gif?w=9", "--accept", accept]);
        let why =
            format!("format    {format}: the first of the configured formats that Accept names holds no animation");
        assert!(text(&moving.stdout).contains(&why), "{}", text(&moving.stdout));
    }
    fs::remove_file(folder.path().join("ridge.json")).unwrap();
    let original = ridge(folder.path(), &["explain", "/photos/my%20cat.jpg"]);
    assert_eq!(text(&original.stdout), "original  photos/my cat.jpg\npath      /photos/my%20cat.jpg\n");
}

#[test]
fn explain_refuses_with_the_reason_and_a_status() {
    let folder = tempdir().unwrap();
    let done = ridge(folder.path(), &["explain", "/cat.jpg?w=640junk"]);
    assert!(!done.status.success());
    assert!(text(&done.stderr).starts_with("ridge: 400: w must be a whole number"), "{}", text(&done.stderr));
    let json = ridge(folder.path(), &["explain", "/cat.jpg?w=640junk", "--json"]);
    let said: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(said["status"], 400);
    fs::write(folder.path().join("ridge.json"), r#"{"maxWidth": 0}"#).unwrap();
    let broken = ridge(folder.path(), &["explain", "/cat.jpg"]);
    assert!(
        text(&broken.stderr).contains("maxWidth: 0 is not a whole number from 1 to 16383"),
        "{}",
        text(&broken.stderr)
    );
}

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

#[test]
fn config_check_prints_defaults_and_counts_variants() {
    let root = Path::new(ROOT);
    let sample = ridge(root, &["config", "check", "ridge.sample.json"]);
    let said = text(&sample.stdout);
    assert!(sample.status.success(), "{}", text(&sample.stderr));
    assert!(said.starts_with("ridge.sample.json is valid. With defaults:\n{\n"), "{said}");
    assert!(said.contains(r#""maxAge": 31536000"#), "defaults too: {said}");
    assert!(said.ends_with("\nOne original can have 1,878 variants.\n"), "{said}");

    let open = ridge(root, &["config", "check", "ridge.json"]);
    let said = text(&open.stdout);
    assert!(said.contains("One original can have up to ") && said.contains(" × 10^"), "{said}");
    for line in ["  options.v       any of 4.0 × 10^115\n", "  widths          any of 4,096\n"] {
        assert!(said.contains(line), "{said}");
    }
    assert!(
        said.ends_with("To bound it, list the allowed values, or set presetsOnly or \"signing\": \"all\".\n"),
        "{said}"
    );
}

#[test]
fn config_check_explains_errors() {
    let folder = tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("wrong.json", r#"{"widths": [320, 0]}"#);
    write("signed.json", r#"{"signing": "all"}"#);
    write("keys.json", r#"{"keys": [{"id": "a", "secret": "deadbeef"}]}"#);
    for (arguments, part) in [
        (&["wrong.json"][..], "wrong.json: widths[1]: 0 is not a whole number from 1 to 16383 at line 1"),
        (&["none.json"], "none.json: No such file"),
        (&["signed.json", "--keys", "keys.json"], "keys.json: keys[0].secret takes 64 to 128 hexadecimal digits"),
        (&["signed.json", "--keys", "none.json"], "none.json: No such file"),
    ] {
        let done = ridge(folder.path(), &[&["config", "check"], arguments].concat());
        assert!(!done.status.success() && done.stdout.is_empty(), "{arguments:?}");
        assert!(text(&done.stderr).contains(part), "{arguments:?} gave {}", text(&done.stderr));
        assert!(!text(&done.stderr).contains("deadbeef"));
    }
    let signed = ridge(folder.path(), &["config", "check", "signed.json"]);
    assert!(
        text(&signed.stdout).contains("variants, of those only the ones that you sign"),
        "{}",
        text(&signed.stdout)
    );
}

const KEYS: &str =
    r#"{"keys": [{"id": "2026-11", "secret": "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"}]}"#;

#[test]
fn sign_signs_what_needs_a_signature() {
    let folder = tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("ridge.json", r#"{"signing": "all"}"#);
    let url = "https://cdn.example.com/photos/cat.jpg?w=200&h=200";
    let without = ridge(folder.path(), &["sign", url]);
    assert!(
        text(&without.stderr).contains("it needs keys, and there are none; name a file with --keys"),
        "{}",
        text(&without.stderr)
    );
    write("ridge.keys.json", KEYS);
    for (option, seconds) in [("--until", "1893456000000"), ("--for", "18446744073709551615")] {
        let done = ridge(folder.path(), &["sign", option, seconds, url]);
        assert!(!done.status.success());
        assert!(text(&done.stderr).contains("cannot hold until the year 10000"), "{}", text(&done.stderr));
    }
    let done = ridge(folder.path(), &["sign", "--until", "1893456000", url]);
    // The first of the signers' test vectors.
    let code = "10a6d9cbb08303d81f261302b392e550e327f1b0af9c170f2bdc9bc110d72d04";
    assert_eq!(text(&done.stdout), format!("{url}&exp=1893456000&sig=2026-11.{code}\n"), "{}", text(&done.stderr));
    let day = ridge(folder.path(), &["sign", "/photos/cat.jpg"]);
    assert!(text(&day.stdout).starts_with("/photos/cat.jpg?exp="), "{}", text(&day.stderr));
    let explained = ridge(folder.path(), &["explain", url]);
    assert!(
        text(&explained.stdout).ends_with("signed    over /w_200/h_200/auto/photos/cat.jpg?exp=…\n"),
        "{}",
        text(&explained.stdout)
    );

    for (config, url, part) in [
        (r#"{"signing": "all"}"#, "/c.jpg?w=0", "got \"0\""),
        (r#"{"signing": "all"}"#, "/c.jpg?w=9&exp=1", "has exp or sig already"),
        (r#"{"signing": "all", "widths": [8]}"#, "/c.jpg?w=9", "w must be 8; got \"9\""),
        (r#"{"signing": "outside", "widths": [8]}"#, "/c.jpg?w=8", "this URL is allowed without a signature"),
        (r#"{"signing": "outside"}"#, "/c.jpg", "this URL is allowed without a signature"),
    ] {
        write("ridge.json", config);
        let done = ridge(folder.path(), &["sign", url]);
        assert!(!done.status.success() && text(&done.stderr).contains(part), "{url}: {}", text(&done.stderr));
    }
    // Only WebP has a quality that must be signed, and only the parameters are outside the allow-lists.
    write("ridge.json", r#"{"signing": "outside", "widths": [320, 640], "options": {}}"#);
    for (url, signed) in [
        ("/a.png?w=320&q=50", "/w_320/q_50/auto/a.png"),
        ("/a.png?w=320&q=50#top", "/w_320/q_50/auto/a.png"),
        ("/a.jpg?w=320&dpr=2", "/w_640/webp/a.jpg"),
    ] {
        let done = ridge(folder.path(), &["sign", "--until", "1893456000", url]);
        let (plain, fragment) = url.split_at(url.find('#').unwrap_or(url.len()));
        let said = text(&done.stdout);
        assert!(said.starts_with(&format!("{plain}&exp=1893456000&sig=2026-11.")), "{said}{}", text(&done.stderr));
        assert!(said.trim_end().ends_with(fragment), "{said}");
        let accept = ["--accept", "image/webp"];
        let explained = ridge(folder.path(), &[&["explain", said.trim_end()], &accept[..]].concat());
        let told = text(&explained.stdout);
        let needs_its_own = told.contains(&format!("signed    over {signed}?exp=…"));
        assert!(needs_its_own || (url.contains("dpr") && told.contains(signed)), "{told}{}", text(&explained.stderr));
    }
    write("ridge.json", "{}");
    let off = ridge(folder.path(), &["sign", url]);
    assert!(text(&off.stderr).contains("signing is \"off\" in the configuration"), "{}", text(&off.stderr));
}

/// Runs the script in the shell itself.
#[test]
fn completions_work_in_the_shell() {
    let folder = tempdir().unwrap();
    let done = ridge(folder.path(), &["completions", "bash"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    fs::write(folder.path().join("script"), &done.stdout).unwrap();
    let complete = |words: &str, at: usize| {
        let shell = format!(
            "source ./script; COMP_WORDS=({words}); COMP_CWORD={at}; \
             _ridge ridge \"${{COMP_WORDS[{at}]}}\" \"${{COMP_WORDS[{at} - 1]}}\"; echo \"${{COMPREPLY[*]}}\""
        );
        let done = Command::new("bash").args(["-c", &shell]).current_dir(folder.path()).output().unwrap();
        assert!(done.status.success(), "{}", text(&done.stderr));
        text(&done.stdout).trim().to_owned()
    };
    assert_eq!(complete("ridge wa", 1), "warm");
    assert_eq!(complete("ridge warm --dry", 2), "--dry-run");
    assert_eq!(complete("ridge srcset --loading e", 3), "eager");
    for shell in ["zsh", "fish", "elvish", "powershell"] {
        let done = ridge(folder.path(), &["completions", shell]);
        assert!(done.status.success() && text(&done.stdout).contains("srcset"), "{shell}");
    }
    let unknown = ridge(folder.path(), &["completions", "csh"]);
    assert!(!unknown.status.success() && text(&unknown.stderr).contains("bash, elvish, fish"));
    let help = ridge(folder.path(), &["completions", "--help"]);
    assert!(text(&help.stdout).contains("ridge completions bash >"), "{}", text(&help.stdout));
}

#[test]
fn serve_explains_failures() {
    let folder = tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (arguments, part) in [
        (&["serve", "--admin-port", "0", "--port", &port][..], "choose another port with --port"),
        (&["serve", "--port", "0", "--admin-port", &port], "choose another port with --admin-port"),
        (&["serve", "--admin-port", "0", "--originals", "nowhere"], "\"nowhere\" cannot be read"),
        (&["serve", "--s3-endpoint", "http://127.0.0.1:9"], "--bucket"),
        (&["serve", "--timeout", "31"], "31 is not in 1..=30"),
    ] {
        let done = ridge(folder.path(), arguments);
        assert!(!done.status.success(), "{arguments:?}");
        assert!(text(&done.stderr).contains(part), "{arguments:?} gave {}", text(&done.stderr));
    }
}

/// As in `ridge … | head`. A full disk is different.
#[test]
fn a_closed_pipe_is_no_error() {
    let folder = tempdir().unwrap();
    let command = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ridge"));
        command.current_dir(folder.path()).stderr(Stdio::piped());
        command
    };
    let rows = [(["explain", "/a.jpg?w=9"], true), (["explain", "/a.jpg?w=0"], false), (["completions", "bash"], true)];
    for (arguments, is_good) in rows {
        let (read, write) = std::io::pipe().unwrap();
        drop(read);
        let done = command().args(arguments).stdout(write).output().unwrap();
        assert_eq!(done.status.success(), is_good, "{}", text(&done.stderr));
        assert!(!text(&done.stderr).contains("panicked"), "{}", text(&done.stderr));
    }
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let done = command().args(["explain", "/a.jpg?w=9"]).stdout(full).output().unwrap();
    assert!(!done.status.success());
    let said = text(&done.stderr);
    assert!(said.starts_with("ridge: the output cannot be written: No space left on device"), "{said}");
}
