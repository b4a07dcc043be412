//! After an original has been replaced or deleted in S3, CloudFront serves neither it nor its variants from the cache.

use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use local::s3::{BUCKET, Change, ObjectMetadata, Objects, Originals, Watcher};
use ridge_contract::{CacheTag, Key};
use ridge_store::{Attributes, Error, S3Store, Store as _};
use tempfile::tempdir;

use crate::support::{CHROME, Ridge, client_at, know, pictures, store_at};

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

async fn put(ridge: &Ridge, name: &str, bytes: impl Into<Bytes>) {
    let attributes = Attributes { content_type: "image/jpeg".into(), ..Attributes::default() };
    ridge.store().put(&key(name), bytes.into(), &attributes).await.unwrap();
}

/// The paths of two variants of an original, and their keys in S3.
const VARIANTS: [(&str, &str); 2] =
    [("/mine/a,b.jpg?w=60", "w_60/webp/mine/a,b.jpg"), ("/mine/a,b.jpg?w=30&h=30", "w_30/h_30/webp/mine/a,b.jpg")];
const ORIGINAL: &str = "/mine/a,b.jpg";
const OTHERS: [&str; 2] = ["/photos/drum.jpg?w=60", "/photos/mark.png"];

/// Starts a `ridge serve` that has cached all of them.
async fn warm(data: &std::path::Path) -> Ridge {
    let ridge = Ridge::serve(data, &[]);
    put(&ridge, "mine/a,b.jpg", pictures::sample("brook.jpg")).await;
    for path in VARIANTS.map(|(path, _)| path).into_iter().chain([ORIGINAL]).chain(OTHERS) {
        assert_eq!(ridge.get(path).await.found(), "Miss", "{path}");
        assert_eq!(ridge.get(path).await.found(), "Hit", "{path}");
    }
    assert_eq!(ridge.send("HEAD", ORIGINAL, &[CHROME]).await.found(), "Hit");
    ridge
}

#[tokio::test]
async fn a_replaced_original_is_invalidated_and_others_stay_cached() {
    let data = tempdir().unwrap();
    let ridge = warm(data.path()).await;
    let before = ridge.get(VARIANTS[0].0).await;
    assert_eq!(before.header("cache-tag"), CacheTag::of(&key("mine/a,b.jpg")).as_str());
    put(&ridge, "mine/a,b.jpg", pictures::sample("mark.png")).await;
    for (path, _) in VARIANTS {
        let after = ridge.get(path).await;
        assert_eq!((after.status, after.found()), (200, "Miss"), "{path}");
        assert_ne!(after.body, before.body);
    }
    assert_ne!(ridge.get(VARIANTS[0].0).await.picture(), before.picture(), "the size of the new original");
    let original = ridge.get(ORIGINAL).await;
    assert_eq!((original.found(), &*original.body), ("Miss", &*pictures::sample("mark.png")));
    for path in OTHERS {
        assert_eq!(ridge.get(path).await.found(), "Hit", "{path}");
    }
}

#[tokio::test]
async fn a_deleted_original_is_invalidated() {
    let data = tempdir().unwrap();
    let ridge = warm(data.path()).await;
    ridge.store().delete(&key("mine/a,b.jpg")).await.unwrap();
    for path in VARIANTS.map(|(path, _)| path).into_iter().chain([ORIGINAL]) {
        let gone = ridge.get(path).await;
        assert_eq!((gone.status, gone.found()), (404, "Miss"), "{path}: {}", gone.text());
    }
    for path in OTHERS {
        assert_eq!(ridge.get(path).await.found(), "Hit", "{path}");
    }
}

#[tokio::test]
async fn errors_are_invalidated_too() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let get = async || ridge.get("/new.jpg?w=20").await;
    assert_eq!((get().await.status, get().await.found()), (404, "Hit"));
    put(&ridge, "new.jpg", "no picture").await;
    assert_eq!((get().await.status, get().await.found()), (415, "Hit"), "cached for 5 minutes");
    put(&ridge, "new.jpg", pictures::sample("brook.jpg")).await;
    assert_eq!(get().await.status, 200);
}

#[tokio::test]
async fn ridge_purge_invalidates_only_named_originals() {
    let data = tempdir().unwrap();
    let ridge = warm(data.path()).await;
    let said = ridge.purge(&["mine/a,b.jpg", "not/there.jpg"]).await;
    let tag = CacheTag::of(&key("mine/a,b.jpg"));
    assert!(said.starts_with(&format!("mine/a,b.jpg ({tag})\nnot/there.jpg (ridge-")), "{said}");
    ridge.logged(&["invalidated 3: ", tag.as_str()]).await;
    for path in VARIANTS.map(|(path, _)| path).into_iter().chain([ORIGINAL]) {
        assert_eq!(ridge.get(path).await.found(), "Miss", "{path}");
    }
    for path in OTHERS {
        assert_eq!(ridge.get(path).await.found(), "Hit", "{path}");
    }
}

#[tokio::test]
async fn writes_of_variants_invalidate_nothing() {
    let data = tempdir().unwrap();
    let ridge = warm(data.path()).await;
    put(&ridge, VARIANTS[0].1, "x").await;
    for path in VARIANTS.map(|(path, _)| path).into_iter().chain([ORIGINAL]) {
        assert_eq!(ridge.get(path).await.found(), "Hit", "{path}");
    }
    let purged: Vec<_> = ridge.lines().into_iter().filter(|line| line.starts_with("invalidated")).collect();
    assert_eq!(purged.len(), 1, "only the upload of the original: {purged:?}");
}

#[tokio::test]
async fn refused_uploads_change_nothing() {
    let data = tempdir().unwrap();
    let ridge = warm(data.path()).await;
    let client = client_at(&ridge.s3);
    let put = client.put_object().bucket(BUCKET).key("mine/a,b.jpg").if_none_match("*");
    assert!(put.body(Bytes::from_static(b"x").into()).send().await.is_err());
    assert_eq!(ridge.get(ORIGINAL).await.found(), "Hit");
}

/// Records the changes that it receives.
#[derive(Default)]
struct Told(Mutex<Vec<String>>);

impl Told {
    fn so_far(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

#[async_trait]
impl Watcher for Told {
    async fn changed(&self, change: Change) {
        let kind = if matches!(change, Change::Created { .. }) { "created" } else { "deleted" };
        self.0.lock().unwrap().push(format!("{kind} {}", change.key()));
    }
}

async fn serve(objects: Arc<Objects>, told: &Arc<Told>) -> S3Store {
    let credentials = objects.credentials().clone();
    let endpoint = format!("http://{}", local::s3::start(objects, Some(told.clone()), 0).await.unwrap());
    know(&endpoint, credentials);
    store_at(&endpoint, BUCKET)
}

#[tokio::test]
async fn only_changes_are_reported() {
    let (data, folder) = (tempdir().unwrap(), tempdir().unwrap());
    std::fs::write(folder.path().join("file.jpg"), "file").unwrap();
    let objects = Arc::new(Objects::open(data.path(), Originals::Folder(folder.path().to_owned())).unwrap());
    let told = Arc::new(Told::default());
    let store = serve(objects, &told).await;
    let (file, written) = (key("file.jpg"), key("written.jpg"));
    store.delete(&written).await.unwrap();
    assert!(matches!(store.delete(&file).await, Err(Error::Denied { .. })));
    assert_eq!(told.so_far(), [""; 0], "nothing existed, and the file remains");
    store.put(&written, Bytes::from_static(b"x"), &Attributes::default()).await.unwrap();
    store.put(&file, Bytes::from_static(b"x"), &Attributes::default()).await.unwrap();
    store.delete(&written).await.unwrap();
    assert!(store.delete(&file).await.is_err(), "the file is visible again");
    let expected = ["created written.jpg", "created file.jpg", "deleted written.jpg", "deleted file.jpg"];
    assert_eq!(told.so_far(), expected);
}

#[tokio::test]
async fn a_finished_upload_is_reported_even_if_the_client_disconnects() {
    // An interrupted upload is neither written nor reported. On a busy machine the interruption takes longer to arrive.
    for patience in [500, 2_000, 8_000] {
        let (written, told) = hung_up_on(Duration::from_millis(patience)).await;
        assert_eq!(told, if written { vec!["created cat.jpg"] } else { vec![] });
        if written {
            return;
        }
    }
    panic!("a server that has all of an upload writes it");
}

/// Whether an upload that is interrupted after `patience` is written, and the changes that were reported.
async fn hung_up_on(patience: Duration) -> (bool, Vec<String>) {
    let data = tempdir().unwrap();
    let objects = Arc::new(Objects::open(data.path(), Originals::Samples).unwrap());
    let told = Arc::new(Told::default());
    let store = serve(objects.clone(), &told).await;
    // Writes are serialised, so this write delays the upload.
    let (release, held) = mpsc::channel::<()>();
    let (begin, begun) = mpsc::channel();
    let writer = thread::spawn(move || {
        let wait = |_: Option<&ObjectMetadata>| begin.send(()).is_ok() && held.recv().is_ok();
        objects.put("first", b"x", ObjectMetadata::default(), wait).unwrap()
    });
    begun.recv().unwrap();
    let upload = tokio::spawn({
        let store = store.clone();
        async move { store.put(&key("cat.jpg"), Bytes::from_static(b"x"), &Attributes::default()).await }
    });
    tokio::time::sleep(patience).await;
    upload.abort();
    assert!(upload.await.unwrap_err().is_cancelled(), "it waited for the other write");
    tokio::time::sleep(Duration::from_millis(300)).await;
    release.send(()).unwrap();
    assert!(writer.join().unwrap().is_some());
    for _ in 0..500 {
        if !told.so_far().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let written = match store.head(&key("cat.jpg")).await {
        Ok(metadata) => metadata.size == Some(1),
        Err(Error::NotFound { .. }) => false,
        Err(error) => panic!("{error}"),
    };
    (written, told.so_far())
}

#[tokio::test]
async fn conditional_requests_compare_the_etag() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let etag = ridge.store().put(&key("cat.jpg"), Bytes::from_static(b"x"), &Attributes::default()).await.unwrap();
    let client = client_at(&ridge.s3);
    let get = client.get_object().bucket(BUCKET).key("cat.jpg").if_none_match(&etag).send().await;
    let refused = get.unwrap_err();
    let answer = refused.raw_response().unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers().get("etag")), (304, Some(&*etag)));
    assert!(answer.headers().get("last-modified").unwrap().ends_with(" GMT"));
}
