//! Invalidations of the local CloudFront, through the same API as on AWS.

use tempfile::tempdir;

use crate::support;
use crate::support::proxy::{Fault, Proxy, Rule};
use crate::support::{Ridge, before};

const ID: &str = local::cloudfront::ID;

#[tokio::test]
async fn only_named_paths_are_invalidated() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let (original, variant, other) = ("/photos/mark.png", "/photos/brook.jpg?w=40", "/photos/turning.gif");
    for path in [original, variant, other] {
        assert_eq!(ridge.get(path).await.found(), "Miss", "{path}");
        assert_eq!(ridge.get(path).await.found(), "Hit", "{path}");
    }
    let head = async || ridge.send("HEAD", "/photos/brushes.jpg", &[]).await.found().to_owned();
    assert_eq!([head().await, head().await], ["Miss", "Hit"]);
    let said = ridge.purge(&["--paths", "photos/mark.png", "photos/brushes.jpg"]).await;
    assert!(said.ends_with("of ELOCAL: /photos/brushes.jpg /photos/mark.png /w_*\n"), "{said}");
    ridge.logged(&["invalidated 3: /photos/brushes.jpg /photos/mark.png /w_*"]).await;
    assert_eq!(head().await, "Miss");
    for (path, found) in [(original, "Miss"), (variant, "Miss"), (other, "Hit")] {
        assert_eq!(ridge.get(path).await.found(), found, "{path}");
    }
}

#[tokio::test]
async fn responses_that_load_during_an_invalidation_are_not_cached() {
    let data = tempdir().unwrap();
    let behind = Ridge::serve(data.path(), &[]);
    let proxy = Proxy::start(&behind.s3, vec![Rule::new("GET", "photos/mark.png", Fault::Hold)]).await;
    let ridge = before(&proxy, data.path(), &[]);
    let get = async || ridge.get("/photos/mark.png").await.found().to_owned();
    let purge = async || {
        proxy.until_held().await;
        ridge.purge(&["--paths", "photos/mark.png"]).await;
    };
    let released = async {
        purge().await;
        proxy.release();
    };
    let (first, ()) = tokio::join!(get(), released);
    assert_eq!(first, "Miss");
    let later = async {
        purge().await;
        // The load that began before the invalidation is still running.
        let (fresh, ()) = tokio::join!(get(), async {
            proxy.until_held().await;
            proxy.release();
            proxy.release();
        });
        fresh
    };
    let (second, fresh) = tokio::join!(get(), later);
    assert_eq!(second, "Miss", "the response that was loading during the first invalidation is not cached");
    assert_eq!(fresh, "Miss", "a request after an invalidation does not share a load from before it");
    assert_eq!(get().await, "Hit", "the response that was loaded after it is cached");
    assert_eq!(proxy.count("GET"), 3);
}

fn invalidation(quantity: &str, items: &str, reference: &str) -> String {
    format!(
        "<InvalidationBatch><Paths><Quantity>{quantity}</Quantity><Items>{items}</Items></Paths>\
         <CallerReference>{reference}</CallerReference></InvalidationBatch>"
    )
}

#[tokio::test]
async fn the_api_accepts_a_reference_once() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let url = format!("{}/2020-05-31/distribution/{ID}/invalidation", ridge.admin);
    let signed = [("authorization", "AWS4-HMAC-SHA256 ...")];
    let send = async |path: &str, reference: &str| {
        let body = invalidation("1", &format!("<Path>{path}</Path>"), reference);
        support::http_client::request("POST", &url, &signed, body.into_bytes()).await
    };
    let (first, second) = (send("/a", "one").await, send("/a", "one").await);
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(first.text(), second.text(), "the first invalidation is returned");
    let other = send("/b", "one").await;
    assert_eq!(other.status, 409);
    assert!(other.text().contains("InvalidationBatchAlreadyExists"), "{}", other.text());
    assert!(send("/b", "two").await.text().contains("<Id>ILOCAL2</Id>"));
    ridge.logged(&["invalidated 0: /b"]).await;
    assert_eq!(ridge.lines().iter().filter(|line| line.starts_with("invalidated")).count(), 2);
}

#[tokio::test]
async fn the_api_explains_errors() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let url = |id: &str| format!("{}/2020-05-31/distribution/{id}/invalidation", ridge.admin);
    let batch = |quantity: &str, items: &str| invalidation(quantity, items, &items.len().to_string());
    let items = |count: usize, item: &str| batch(&count.to_string(), &format!("<Path>{item}</Path>").repeat(count));
    let longest = format!("/{}", "a".repeat(3999));
    for (id, body, status, code) in [
        ("ELOCAL", batch("1", "<Path>/a</Path>"), 201, "<Status>Completed</Status>"),
        ("ELOCAL", batch("2", "<Path>/*</Path><Path>#a</Path>"), 201, "<Path>#a</Path>"),
        ("EOTHER", batch("1", "<Path>/a</Path>"), 404, "NoSuchDistribution"),
        ("ELOCAL", batch("2", "<Path>/a</Path>"), 400, "InconsistentQuantities"),
        ("ELOCAL", batch("1", "<Path>/a*b</Path>"), 400, "InvalidArgument"),
        ("ELOCAL", batch("1", "<Path>#a,b</Path>"), 400, "InvalidArgument"),
        ("ELOCAL", batch("0", ""), 400, "InvalidArgument"),
        ("ELOCAL", batch("1", "<Path>/a~b</Path>"), 400, "InvalidArgument"),
        ("ELOCAL", items(3000, &longest), 201, "<Status>Completed</Status>"),
        ("ELOCAL", items(3001, "/a"), 413, "BatchTooLarge"),
        ("ELOCAL", items(15, "/a*"), 201, "<Status>Completed</Status>"),
        ("ELOCAL", items(16, "/a*"), 400, "TooManyInvalidationsInProgress"),
        ("ELOCAL", "<InvalidationBatch>".to_owned(), 400, "MalformedXML"),
        ("ELOCAL", String::new(), 400, "MalformedXML"),
    ] {
        let signed = [("authorization", "AWS4-HMAC-SHA256 ...")];
        let answer = support::http_client::request("POST", &url(id), &signed, body.clone().into_bytes()).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text());
        assert!(answer.text().contains(code), "{body}: {}", answer.text());
        // A large body is refused before it has been read, so its connection is closed while the client sends.
        if body.len() < 100_000 {
            let bare = support::http_client::request("POST", &url(id), &[], body.into_bytes()).await;
            assert_eq!(bare.status, 403, "a page in a browser invalidates nothing");
        }
    }
}
