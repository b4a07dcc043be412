//! Full disks and unreadable folders: an unreadable object is not a deleted object, and what was stored remains.

use ridge_store::Store as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use ridge_contract::Key;
use rustix::process::{Resource, Rlimit, prlimit};
use tempfile::tempdir;

use crate::support::http_client::Answer;
use crate::support::{Ridge, pictures};

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

const KEPT: &str = "public, max-age=31536000";
const UNSTORED: &str = "public, max-age=60";

fn is_unavailable(answer: &Answer) {
    let text = "the image store does not answer as it should; try again\n";
    assert_eq!((answer.status, answer.text(), answer.header("cache-control")), (503, text, "no-store"));
}

/// A limit on file sizes makes a write fail halfway, as a full disk does.
#[tokio::test]
async fn writes_succeed_again_after_a_full_disk() {
    let data = tempdir().unwrap();
    // The default action of SIGXFSZ ends the program.
    let mut command = Command::new("sh");
    command.args(["-c", r#"trap "" XFSZ; exec "$0" "$@""#, env!("CARGO_BIN_EXE_ridge")]);
    let ridge = Ridge::start(command, data.path(), &[]);
    let before = ridge.get("/photos/drum.jpg?w=70").await;
    assert_eq!((before.status, before.header("cache-control")), (200, KEPT));

    let size = fs::metadata(data.path().join("s3.redb")).unwrap().len();
    let limit = Rlimit { current: Some(size), maximum: None };
    let usual = prlimit(Some(ridge.pid()), Resource::Fsize, limit).unwrap();
    let mut failed = 0;
    for width in 1600..1640 {
        let answer = ridge.get(&format!("/photos/mountains.jpg?w={width}")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        failed += usize::from(answer.header("cache-control") == UNSTORED);
        if failed == 3 {
            break;
        }
    }
    assert_eq!(failed, 3, "the file cannot grow");
    assert_eq!(ridge.get("/photos/drum.jpg").await.body, pictures::sample("drum.jpg"), "stored objects can be read");
    let stored = ridge.store().get(&key("w_70/webp/photos/drum.jpg"), 1 << 20).await.unwrap();
    assert_eq!(stored.bytes, before.body);

    prlimit(Some(ridge.pid()), Resource::Fsize, usual).unwrap();
    let large = ridge.get("/photos/brook.jpg?f=png").await;
    assert_eq!(
        (large.status, large.header("location")),
        (302, "/w_auto/png/photos/brook.jpg"),
        "the variant is stored"
    );
    for width in 71..75 {
        let answer = ridge.get(&format!("/photos/drum.jpg?w={width}")).await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, KEPT));
    }
    drop(ridge);
    let ridge = Ridge::serve(data.path(), &[]);
    let stored = ridge.store().get(&key("w_70/webp/photos/drum.jpg"), 1 << 20).await.unwrap();
    assert_eq!(stored.bytes, before.body, "no object is lost");
    assert_eq!(ridge.get("/w_auto/png/photos/brook.jpg").await.picture().1, "PNG");
}

fn originals(parent: &Path) -> std::path::PathBuf {
    let folder = parent.join("originals");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("drum.jpg"), pictures::sample("drum.jpg")).unwrap();
    folder
}

#[tokio::test]
async fn a_missing_folder_is_a_503_and_deletes_nothing() {
    let (data, parent) = (tempdir().unwrap(), tempdir().unwrap());
    let (folder, away) = (originals(parent.path()), parent.path().join("away"));
    let ridge = Ridge::serve(data.path(), &["--originals", folder.to_str().unwrap()]);
    let made = ridge.get("/drum.jpg?w=200").await;
    assert_eq!(made.status, 200);
    fs::rename(&folder, &away).unwrap();
    ridge.purge(&["drum.jpg"]).await;
    for path in ["/drum.jpg?w=200", "/drum.jpg?w=201", "/drum.jpg", "/none.jpg", "/none.jpg?w=20"] {
        is_unavailable(&ridge.get(path).await);
        let head = ridge.send("HEAD", path, &[]).await;
        assert_eq!((head.status, head.body.len()), (503, 0), "{path}");
    }
    fs::rename(&away, &folder).unwrap();
    let stored = ridge.store().get(&key("w_200/webp/drum.jpg"), 1 << 20).await.unwrap();
    assert_eq!(stored.bytes, made.body);
    let again = ridge.get("/drum.jpg?w=200").await;
    assert_eq!((again.status, again.header("server-timing"), &again.body), (200, "stored", &made.body));
    assert_eq!(ridge.get("/none.jpg?w=20").await.status, 404);
}

/// The variants of an original that really has been deleted are deleted too.
#[tokio::test]
async fn a_deleted_file_is_a_404() {
    let (data, parent) = (tempdir().unwrap(), tempdir().unwrap());
    let folder = originals(parent.path());
    let ridge = Ridge::serve(data.path(), &["--originals", folder.to_str().unwrap()]);
    assert_eq!(ridge.get("/drum.jpg?w=200").await.status, 200);
    fs::remove_file(folder.join("drum.jpg")).unwrap();
    ridge.purge(&["drum.jpg"]).await;
    assert_eq!(ridge.get("/drum.jpg?w=200").await.status, 404);
    assert!(ridge.keys("w_").await.is_empty());
}

#[tokio::test]
async fn unusable_folders_and_ports_are_reported_at_the_start() {
    let data = tempdir().unwrap();
    fs::write(data.path().join("file"), "").unwrap();
    let says = |arguments: &[&str], part: &str| {
        let done = Command::new(env!("CARGO_BIN_EXE_ridge"))
            .args(["serve", "--port", "0", "--admin-port", "0"])
            .args(arguments)
            .current_dir(data.path())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(!done.status.success() && text.contains(part), "{arguments:?}: {text}");
    };
    says(&["--data", "file/data"], "\"file/data\" cannot be written: ");
    says(&["--originals", "nowhere"], "the folder of originals \"nowhere\" cannot be read: No such file");
    says(&["--originals", "file"], "the folder of originals \"file\" cannot be read: Not a directory");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    says(&["--s3-port", &port], &format!("port {port} of --s3-port is in use by another program"));
    let _ridge = Ridge::serve(data.path(), &[]);
    says(&["--data", "."], "is in use by another `ridge serve`");
}
