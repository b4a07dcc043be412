//! Uploads by other clients than Ridge, and what their metadata changes.

use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::tempdir;

use crate::support::{CHROME, Ridge, client_at, pictures};

/// moto installs boto3.
#[tokio::test]
#[ignore = "needs boto3"]
async fn boto3_uploads_copies_and_deletes() {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.tools/python/bin/python");
    assert!(python.exists(), "{} is missing; `make test` installs it (tools/setup.sh test)", python.display());
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/uploads.py");
    let mut command = tokio::process::Command::new(python);
    command.args([script, &ridge.s3, local::s3::BUCKET]).arg(data.path().join("credentials"));
    let done = command.output().await.unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && done.stdout == b"ok\n", "{said}");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

async fn put(ridge: &Ridge, key: &str, encoding: &str, bytes: Vec<u8>) {
    let put = client_at(&ridge.s3).put_object().bucket(local::s3::BUCKET).key(key).content_encoding(encoding);
    put.content_type("image/jpeg").content_disposition("inline").body(bytes.into()).send().await.unwrap();
}

#[tokio::test]
#[ignore = "needs boto3"]
async fn compressed_originals_are_decoded_within_the_limit() {
    let data = tempdir().unwrap();
    let drum = pictures::sample("drum.jpg");
    let config = format!(r#"{{"maxSourceBytes": {}}}"#, drum.len());
    std::fs::write(data.path().join("ridge.json"), config).unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let plain = ridge.get("/photos/drum.jpg?w=50").await;
    assert_eq!(plain.status, 200);
    for (encoding, bytes) in [
        ("gzip", gzip(&drum)),
        ("x-gzip", gzip(&drum)),
        ("aws-chunked,gzip", gzip(&drum)),
        ("identity", drum.clone()),
        ("aws-chunked", drum.clone()),
    ] {
        let key = format!("encoded/{encoding}.jpg");
        put(&ridge, &key, encoding, bytes).await;
        let variant = ridge.get(&format!("/{}?w=50", key.replace(',', "%2C"))).await;
        assert_eq!((variant.status, &variant.body), (200, &plain.body), "{encoding}: {}", variant.text());
        assert_eq!(variant.header("content-encoding"), "");
    }
    let stored = ridge.send("GET", "/encoded/gzip.jpg", &[CHROME]).await;
    assert_eq!((stored.header("content-encoding"), stored.header("content-disposition")), ("gzip", "inline"));
    assert_eq!(stored.body, gzip(&drum), "the unchanged original");

    let bomb = gzip(&[drum.clone(), vec![0; 64 << 20]].concat());
    for (encoding, bytes, status, words) in [
        ("gzip", bomb, 413, "the original has more than the "),
        ("br", drum.clone(), 415, "the original has the Content-Encoding \"br\"; gzip and identity are supported\n"),
        (
            "zstd",
            drum.clone(),
            415,
            "the original has the Content-Encoding \"zstd\"; gzip and identity are supported\n",
        ),
        ("gzip", drum.clone(), 422, "the original is not the gzip that its Content-Encoding says; upload it again\n"),
        ("gzip", gzip(&drum)[..drum.len() / 2].to_vec(), 422, "the original is not the gzip"),
    ] {
        put(&ridge, "encoded/wrong.jpg", encoding, bytes).await;
        let refused = ridge.get("/encoded/wrong.jpg?w=50").await;
        assert_eq!(refused.status, status, "{encoding}: {}", refused.text());
        assert!(refused.text().starts_with(words), "{}", refused.text());
    }
}
