//! What every backend of `Store` does. The tests of other crates include this file and run it against S3 servers.

use bytes::Bytes;
use ridge_contract::Key;
use ridge_store::{Attributes, Condition, Error, Listed, Store};

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

/// Keys with characters that URLs and XML encode, without an extension, of a variant, and a long one.
fn keys() -> impl Iterator<Item = Key> {
    let long = "long/".repeat(60);
    ["plain.jpg", "a b+c%20(d)/é猫'!*.jpg", "no-extension", "w_9/h_9/webp/x.jpg", long.trim_end_matches('/')]
        .map(key)
        .into_iter()
}

fn attributes() -> Attributes {
    Attributes {
        content_type: "image/webp".into(),
        cache_control: Some("public, max-age=9".into()),
        user_metadata: [("source-etag".to_owned(), "\"abc\"".to_owned())].into(),
        tags: [("ridge".to_owned(), "variant".to_owned())].into(),
    }
}

/// Runs all of it on a bucket that holds nothing under `contract/`.
pub(crate) async fn contract(store: &dyn Store) {
    objects(store).await;
    conditions(store).await;
    listing(store).await;
}

async fn objects(store: &dyn Store) {
    for key in keys() {
        assert_eq!(store.get(&key, 100).await.unwrap_err(), Error::NotFound { key: key.clone() }, "{key}");
        assert_eq!(store.head(&key).await.unwrap_err(), Error::NotFound { key: key.clone() }, "{key}");
        let etag = store.put(&key, Bytes::from_static(b"0123456789"), &attributes()).await.unwrap();
        let object = store.get(&key, 10).await.unwrap();
        assert_eq!(object.bytes, "0123456789", "{key}");
        let metadata = store.head(&key).await.unwrap();
        assert_eq!(metadata, object.metadata, "{key}");
        assert_eq!(metadata.etag.as_ref(), Some(&etag), "{key}");
        assert_eq!(metadata.size, Some(10));
        assert_eq!(metadata.content_type.as_deref(), Some("image/webp"));
        assert_eq!(metadata.cache_control.as_deref(), Some("public, max-age=9"));
        assert_eq!(metadata.user_metadata["source-etag"], "\"abc\"");
        assert!(metadata.last_modified.unwrap().ends_with(" GMT"));
        let too_large = Error::TooLarge { key: key.clone(), max: 9 };
        assert_eq!(store.get(&key, 9).await.unwrap_err(), too_large, "{key}");
        assert!(!store.is_missing(&key).await.unwrap(), "{key}");
        store.put(&key, Bytes::from_static(b"x"), &attributes()).await.unwrap();
        assert_eq!(store.get(&key, 1).await.unwrap().bytes, "x", "{key} is overwritten");
        store.delete(&key).await.unwrap();
        store.delete(&key).await.unwrap();
        assert_eq!(store.head(&key).await.unwrap_err(), Error::NotFound { key: key.clone() }, "{key}");
        assert!(store.is_missing(&key).await.unwrap(), "{key}");
    }
}

async fn conditions(store: &dyn Store) {
    for key in keys() {
        conditions_of(store, &key).await;
    }
}

async fn conditions_of(store: &dyn Store, key: &Key) {
    let attributes = attributes();
    let put_if = async |bytes: &'static str, condition| store.put_if(key, bytes.into(), &attributes, &condition).await;
    let changed = Error::Changed { key: key.clone() };
    assert_eq!(
        put_if("0", Condition::Replaces("\"abc\"".into())).await.unwrap_err(),
        changed,
        "{key}: nothing to replace"
    );
    let first = put_if("first", Condition::New).await.unwrap();
    assert_eq!(put_if("0", Condition::New).await.unwrap_err(), changed, "{key}");
    assert_eq!(put_if("0", Condition::Replaces("\"abc\"".into())).await.unwrap_err(), changed, "{key}");
    assert_eq!(store.get(key, 9).await.unwrap().bytes, "first", "{key}: neither was written");
    let second = put_if("second", Condition::Replaces(first.clone())).await.unwrap();
    assert_ne!(second, first, "{key}");
    assert_eq!(put_if("first", Condition::Any).await.unwrap(), first, "{key}: the same bytes have the same ETag");
    store.delete(key).await.unwrap();
    assert_eq!(put_if("0", Condition::Replaces(first)).await.unwrap_err(), changed, "{key}: nothing to replace");
}

async fn listing(store: &dyn Store) {
    // A thousand are one page on S3.
    let numbers = (0..1001).map(|number| format!("contract/many/{number:04}"));
    let names: Vec<_> = ["contract/a&b <c>.jpg", "contract/é 猫/x", "contract/é 猫/y"].map(str::to_owned).into();
    let names: Vec<_> = names.into_iter().chain(numbers).collect();
    for name in &names {
        store.put(&key(name), "x".into(), &Attributes::default()).await.unwrap();
    }
    let all = pages(store, "contract/", None).await;
    let mut sorted = names.clone();
    sorted.sort();
    assert_eq!(all.0.iter().map(|object| object.key.clone()).collect::<Vec<_>>(), sorted);
    assert!(all.0.iter().all(|object| object.size == 1 && object.etag == all.0[0].etag && object.etag.is_some()));
    assert!(all.1.is_empty());
    let (objects, folders) = pages(store, "contract/", Some("/")).await;
    assert_eq!(objects.iter().map(|object| &*object.key).collect::<Vec<_>>(), ["contract/a&b <c>.jpg"]);
    assert_eq!(folders, ["contract/many/", "contract/é 猫/"]);
    assert_eq!(pages(store, "contract/none", Some("/")).await, (vec![], vec![]));
    for name in &names {
        store.delete(&key(name)).await.unwrap();
    }
}

async fn pages(store: &dyn Store, prefix: &str, delimiter: Option<&str>) -> (Vec<Listed>, Vec<String>) {
    let (mut objects, mut folders, mut after) = (Vec::new(), Vec::new(), None);
    loop {
        let page = store.list(prefix, delimiter, after.as_deref()).await.unwrap();
        objects.extend(page.objects);
        folders.extend(page.folders);
        after = page.next;
        if after.is_none() {
            return (objects, folders);
        }
    }
}
