//! The programs `ridge srcset`, `ls` and `warm`, on the bucket of a running `ridge serve`.

mod ls;
mod srcset;
mod warm;

use std::fs;
use std::path::Path;
use std::process::Output;

use futures_util::stream::{self, StreamExt as _};
use ridge_contract::Key;
use ridge_engine::{PIPELINE, PIPELINE_KEY, SOURCE_ETAG};
use ridge_store::{Attributes, Store as _};
use tempfile::{TempDir, tempdir};

use crate::support;
use crate::support::{Ridge, moto, pictures};

/// Serves two originals that are images, and objects that are not.
async fn serve(config: &str) -> (TempDir, Ridge) {
    let data = tempdir().unwrap();
    let originals = data.path().join("originals");
    fs::create_dir_all(originals.join("mine")).unwrap();
    fs::write(originals.join("mine/a b.jpg"), pictures::sample("dandelion.jpg")).unwrap();
    fs::write(originals.join("mine/noise.png"), pictures::noise(200, 100)).unwrap();
    fs::write(originals.join("mine/notes.txt"), "text").unwrap();
    fs::write(originals.join("other.jpg"), "text").unwrap();
    fs::write(data.path().join("ridge.json"), config).unwrap();
    let ridge = Ridge::serve(data.path(), &["--originals", "originals"]);
    (data, ridge)
}

async fn run(folder: &Path, ridge: &Ridge, arguments: &[&str]) -> Output {
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_ridge"));
    command.args(arguments).args(["--endpoint", &ridge.admin]).current_dir(folder).output().await.unwrap()
}

fn out(done: &Output) -> String {
    assert!(done.status.success(), "{}{}", text(&done.stdout), text(&done.stderr));
    text(&done.stdout).to_owned()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

const LISTS: &str =
    r#"{"widths": [100, 200, 5000], "maxWidth": 5000, "options": {"g": ["smart"]}, "presets": {"thumb": "w=40&h=40"}}"#;

/// Immutable originals are not compared.
#[tokio::test]
async fn immutable_originals_are_not_compared() {
    let (data, ridge) = serve(r#"{"widths": [40], "originals": "immutable"}"#).await;
    let metadata = [(SOURCE_ETAG, "\"other\"".to_owned()), (PIPELINE_KEY, PIPELINE.to_string())];
    let metadata = metadata.map(|(name, value)| (name.to_owned(), value)).into();
    let marked = Attributes { content_type: "image/webp".into(), user_metadata: metadata, ..Attributes::default() };
    ridge.store().put(&key("w_40/webp/mine/noise.png"), "x".into(), &marked).await.unwrap();
    let said = out(&run(data.path(), &ridge, &["ls", "mine/noise.png"]).await);
    assert!(said.contains("1 variant, 0 stale"), "{said}");
    let dry = out(&run(data.path(), &ridge, &["warm", "mine/noise", "--dry-run"]).await);
    assert!(dry.contains("1 original, 2 variants: 1 there and fresh, 1 to be made"), "{dry}");
}

/// More keys than one page of S3's listing contains.
#[tokio::test]
async fn listings_of_many_pages() {
    let (data, ridge) = serve("{}").await;
    let many = data.path().join("originals/many");
    fs::create_dir(&many).unwrap();
    (0..1001).for_each(|index| fs::write(many.join(format!("{index}.jpg")), "text").unwrap());
    let store = ridge.store();
    let plain = Attributes { content_type: "image/webp".into(), ..Attributes::default() };
    let put = async |width| {
        store.put(&key(&format!("w_{width}/webp/other.jpg")), "x".into(), &plain).await.unwrap();
    };
    stream::iter(1..=1001).for_each_concurrent(32, put).await;
    let dry =
        out(&run(data.path(), &ridge, &["warm", "many/", "--widths", "9", "--formats", "jpg", "--dry-run"]).await);
    assert!(dry.contains("1,001 originals, 1,001 variants: 0 there and fresh, 1,001 to be made"), "{dry}");
    assert!(dry.ends_with("of none that was tried a picture could be made\n"), "no size and no price: {dry}");
    let listed = out(&run(data.path(), &ridge, &["ls", "other.jpg"]).await);
    assert!(listed.contains("1,001 variants, 1,001 stale"), "{}", listed.lines().last().unwrap());
}

/// XML cannot contain either character.
#[tokio::test]
async fn keys_that_xml_cannot_contain_hide_no_others() {
    let (data, ridge) = serve(r#"{"widths": [40]}"#).await;
    let client = support::client_at(&ridge.s3);
    for name in ["mine/\u{1}.png", "mine/\u{ffff} +.png"] {
        let body = pictures::noise(64, 32).into();
        client.put_object().bucket(local::s3::BUCKET).key(name).body(body).send().await.unwrap();
    }
    let made = out(&run(data.path(), &ridge, &["warm", "mine/"]).await);
    assert!(made.contains("6 made, "), "the first is no key that can be asked for: {made}");
    assert!(ridge.get("/").await.text().contains("mine/\u{ffff} +.png"), "the playground lists it too");
    let listed = out(&run(data.path(), &ridge, &["ls", "mine/\u{ffff} +.png"]).await);
    assert!(listed.contains("\n/w_40/webp/mine/%EF%BF%BF%20%2B.png "), "{listed}");
}

/// Another S3 server, named by its URL.
#[tokio::test]
#[ignore = "needs moto"]
async fn a_bucket_on_another_server() {
    let moto = moto::Moto::start().await;
    let folder = tempdir().unwrap();
    let store = support::store_at(&moto.endpoint, moto::BUCKET);
    let plain = Attributes { content_type: "image/png".into(), ..Attributes::default() };
    for name in ["a/x.png", "a/é z+&%.png", "b.png"] {
        store.put(&key(name), pictures::noise(64, 32).into(), &plain).await.unwrap();
    }
    let run = async |arguments: &[&str]| {
        let credentials = support::credentials();
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_ridge"));
        command
            .args(arguments)
            .args(["--s3-endpoint", &moto.endpoint, "--bucket", moto::BUCKET])
            .env("AWS_ACCESS_KEY_ID", credentials.access_key_id())
            .env("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key())
            .current_dir(folder.path());
        out(&command.output().await.unwrap())
    };
    let made = run(&["warm", "a/", "--widths", "8,16"]).await;
    assert!(made.contains("8 made, "), "{made}");
    let listed = run(&["ls", "a/é z+&%.png"]).await;
    assert!(listed.ends_with("B in all\n") && listed.contains("4 variants, 0 stale"), "{listed}");
    assert!(run(&["srcset", "b.png"]).await.starts_with("<img src=\"/b.png?w=320\"\n     width=\"64\" height=\"32\""));
}

#[tokio::test]
async fn an_unreachable_server_is_an_error() {
    let folder = tempdir().unwrap();
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_ridge"));
    command.args(["ls", "a.jpg", "--endpoint", "http://127.0.0.1:9"]).current_dir(folder.path());
    let done = command.output().await.unwrap();
    let said = text(&done.stderr);
    assert!(
        said.contains("`ridge serve` is not reachable at http://127.0.0.1:9") && said.contains("--bucket"),
        "{said}"
    );
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_ridge"));
    command.args(["ls", "a.jpg", "--bucket", "b"]).current_dir(folder.path());
    command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    let done = command.output().await.unwrap();
    assert!(text(&done.stderr).contains("AWS_ACCESS_KEY_ID is not set"), "{}", text(&done.stderr));
}
