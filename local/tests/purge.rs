//! `purge` with events in their real shapes, AWS's SDK, and CloudFront's API; and `ridge purge`.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use std::process::Command;

use purge::{By, Distribution, MAX_ITEMS, Report, SqsBatchResponse};
use serde_json::{Value, json};
use shared::{CacheTag, Key};
use support::cloudfront_api::{Api, Refuse};
use support::proxy::{Fault, Proxy, Rule};
use support::{Ridge, before, credentials};
use tempfile::tempdir;

const ID: &str = local::cloudfront::ID;
const TAKE: Refuse = |_| None;

fn tag(key: &str) -> String {
    format!("#{}", CacheTag::of(&Key::new(key).unwrap()))
}

fn created(key: &str) -> String {
    let mut event: Value = serde_json::from_str(include_str!("../../testdata/events/object-created.json")).unwrap();
    event["detail"]["object"]["key"] = json!(key);
    event.to_string()
}

/// The messages are called `0`, `1` and so on.
fn batch(bodies: &[&str]) -> Value {
    let mut batch: Value = serde_json::from_str(include_str!("../../testdata/events/sqs-batch.json")).unwrap();
    let record = batch["Records"][0].take();
    let records = bodies.iter().enumerate().map(|(number, body)| {
        let mut record = record.clone();
        (record["messageId"], record["body"]) = (json!(number.to_string()), json!(body));
        record
    });
    batch["Records"] = records.collect();
    batch
}

fn distribution(endpoint: &str, id: &str, by: By) -> Distribution {
    Distribution::new(purge::connect("eu-central-1", Some(endpoint), credentials()), id, by)
}

async fn handle(distribution: &Distribution, reference: &str, bodies: &[&str]) -> (SqsBatchResponse, Report) {
    purge::handle(serde_json::from_value(batch(bodies)).unwrap(), distribution, reference).await
}

fn failures(answer: &SqsBatchResponse) -> Vec<&str> {
    answer.batch_item_failures.iter().map(|failure| &*failure.item_identifier).collect()
}

#[tokio::test]
async fn a_batch_is_one_invalidation_with_an_item_for_each_original() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let api = Api::start(&ridge.admin, TAKE).await;
    let deleted = include_str!("../../testdata/events/object-deleted.json");
    let bodies =
        [&created("photos/cat.jpg"), deleted, &created("猫 & dog.jpg"), &created("w_9/webp/photos/cat.jpg"), "{}"];
    let (answer, report) = handle(&distribution(&api.endpoint, ID, By::TagsOrPaths), "call", &bodies).await;
    assert_eq!(serde_json::to_string(&answer).unwrap(), r#"{"batchItemFailures":[]}"#);
    assert_eq!(api.asked(), [[tag("photos/cat.jpg"), tag("猫 & dog.jpg")]]);
    assert_eq!((report.originals.len(), report.ignored, report.failed), (2, 1, 0));
    assert!(report.unreadable[0].contains("missing field"), "{report:?}");
    assert!(report.invalidations[0].id.starts_with("ILOCAL"), "{report:?}");
    ridge.logged(&["invalidated 0: ", &tag("photos/cat.jpg"), &tag("猫 & dog.jpg")]).await;

    let (answer, report) = handle(&distribution(&api.endpoint, ID, By::Tags), "next", &["{}", "null"]).await;
    assert_eq!((failures(&answer).len(), report.unreadable.len(), api.asked().len()), (0, 2, 1), "nothing to ask for");
}

#[tokio::test]
async fn what_cloudfront_does_not_take_is_to_be_delivered_again() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let refusals: [(Refuse, &str, usize); 5] = [
        (|_| Some((400, "TooManyInvalidationsInProgress")), "too many invalidations in progress", 1),
        (|_| Some((400, "Throttling")), "did not take the invalidation", 3),
        (|_| Some((503, "ServiceUnavailable")), "did not take the invalidation", 3),
        (|_| Some((403, "AccessDenied")), "cloudfront:CreateInvalidation", 1),
        (|_| Some((400, "InvalidArgument")), "refused an item", 1),
    ];
    for (refuse, told, attempts) in refusals {
        let api = Api::start(&ridge.admin, refuse).await;
        let bodies =
            [&created("a.jpg"), "unreadable", &created("b.jpg"), &created("w_9/webp/a.jpg"), &created("a.jpg")];
        let (answer, report) = handle(&distribution(&api.endpoint, ID, By::Tags), "call", &bodies).await;
        assert_eq!(failures(&answer), ["0", "4", "2"], "{told}: all that name an original, and no others");
        assert!(report.errors[0].contains(told), "{:?}", report.errors);
        assert_eq!((report.failed, api.asked().len()), (3, attempts), "{told}");
    }
    let (answer, report) = handle(&distribution(&ridge.admin, "EOTHER", By::Tags), "call", &[&created("a.jpg")]).await;
    assert_eq!((failures(&answer), &*report.errors[0]), (vec!["0"], "there is no distribution EOTHER"));
    let nobody = distribution("http://127.0.0.1:9", ID, By::Tags);
    let (answer, report) = handle(&nobody, "call", &[&created("a.jpg")]).await;
    assert!(failures(&answer) == ["0"] && report.errors[0].contains("Connection refused"), "{report:?}");
}

#[tokio::test]
async fn one_part_that_fails_does_not_hold_up_the_others() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let is_full: Refuse =
        |body| body.contains("<Quantity>1000</Quantity>").then_some((400, "TooManyInvalidationsInProgress"));
    let api = Api::start(&ridge.admin, is_full).await;
    let bodies: Vec<_> = (0..=MAX_ITEMS).map(|number| created(&format!("{number:04}.jpg"))).collect();
    let bodies: Vec<_> = bodies.iter().map(String::as_str).collect();
    let (answer, report) = handle(&distribution(&api.endpoint, ID, By::Tags), "call", &bodies).await;
    assert_eq!((failures(&answer).len(), report.failed, report.invalidations.len()), (MAX_ITEMS, MAX_ITEMS, 1));
    assert_eq!(report.invalidations[0].items, [tag("1000.jpg")]);
    assert_eq!(api.references(), ["call-0", "call-1"], "a reference for each, or CloudFront takes one for the other");
}

#[tokio::test]
async fn where_there_are_no_tags_paths_are_named() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let has_no_tags: Refuse = |body| body.contains("<Path>#").then_some((400, "InvalidArgument"));
    let api = Api::start(&ridge.admin, has_no_tags).await;
    let distribution = distribution(&api.endpoint, ID, By::TagsOrPaths);
    let paths = ["/a%20b.jpg", "/w_*"];
    for round in ["first", "second"] {
        let (answer, report) = handle(&distribution, round, &[&created("a b.jpg")]).await;
        assert_eq!((failures(&answer).len(), &*report.invalidations[0].items), (0, &paths.map(str::to_owned)[..]));
    }
    let tag = tag("a b.jpg");
    assert_eq!(api.asked(), [vec![&*tag], paths.to_vec(), paths.to_vec()], "tags are tried once");
    assert_eq!(api.references(), ["first-0", "first-0-paths", "second-0-paths"]);
}

#[tokio::test]
async fn paths_are_forgotten_and_others_are_not() {
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
    assert!(said.ends_with("of ELOCAL: /photos/mark.png /photos/brushes.jpg /w_*\n"), "{said}");
    ridge.logged(&["invalidated 3: /photos/mark.png /photos/brushes.jpg /w_*"]).await;
    assert_eq!(head().await, "Miss");
    for (path, found) in [(original, "Miss"), (variant, "Miss"), (other, "Hit")] {
        assert_eq!(ridge.get(path).await.found(), found, "{path}");
    }
}

#[tokio::test]
async fn what_is_loading_while_it_is_invalidated_is_not_kept() {
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
        // The load that began before is not through yet.
        let (fresh, ()) = tokio::join!(get(), async {
            proxy.until_held().await;
            proxy.release();
            proxy.release();
        });
        fresh
    };
    let (second, joined, fresh) = tokio::join!(get(), get(), later);
    assert_eq!((&*second, &*joined), ("Miss", "Joined"), "what was loading at the first purge was not kept");
    assert_eq!(fresh, "Miss", "who comes after a purge waits for nothing from before it");
    assert_eq!(get().await, "Hit", "what was loaded after it is kept");
    assert_eq!(proxy.count("GET"), 3);
}

#[test]
fn ridge_purge_fails_in_words() {
    let (data, folder) = (tempdir().unwrap(), tempdir().unwrap());
    let ridge = Ridge::serve(data.path(), &[]);
    let keyed = [("AWS_ACCESS_KEY_ID", "id"), ("AWS_SECRET_ACCESS_KEY", "secret")];
    let none: [(&str, &str); 0] = [];
    for (arguments, environment, told) in [
        (&["a.jpg", "/b.jpg"][..], &none[..], r#""/b.jpg" begins with a slash, and keys in S3 do not"#),
        (&["a//b.jpg"], &none, r#""a//b.jpg" is no key: the path has an empty, '.' or '..' segment"#),
        (&["w_9/webp/b.jpg"], &none, r#""w_9/webp/b.jpg" is a variant; purge its original, "b.jpg""#),
        (&["w_9/b.jpg"], &none, "lies where variants lie; name an original"),
        (&["a.jpg", "--endpoint", "http://127.0.0.1:9"], &none, "nothing was purged at http://127.0.0.1:9; start"),
        (&["a.jpg", "--distribution", "E1"], &none, "AWS_ACCESS_KEY_ID is not set"),
        (
            &["a.jpg", "--distribution", "E1", "--endpoint", &ridge.admin],
            &keyed,
            "nothing was purged: there is no distribution E1",
        ),
        (&[], &none, "<KEY>..."),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ridge"));
        command.arg("purge").args(arguments).current_dir(folder.path());
        command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY").envs(environment.iter().copied());
        let done = command.output().unwrap();
        let said = String::from_utf8(done.stderr).unwrap();
        assert!(!done.status.success() && said.contains(told), "{arguments:?} gave {said}");
        assert!(done.stdout.is_empty() && !said.contains("DispatchFailure("), "{said}");
    }
}

fn invalidation(quantity: &str, items: &str, reference: &str) -> String {
    format!(
        "<InvalidationBatch><Paths><Quantity>{quantity}</Quantity><Items>{items}</Items></Paths>\
         <CallerReference>{reference}</CallerReference></InvalidationBatch>"
    )
}

#[tokio::test]
async fn the_api_takes_a_reference_once() {
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
    assert_eq!(first.text(), second.text(), "the first one again");
    let other = send("/b", "one").await;
    assert_eq!(other.status, 409);
    assert!(other.text().contains("InvalidationBatchAlreadyExists"), "{}", other.text());
    assert!(send("/b", "two").await.text().contains("<Id>ILOCAL2</Id>"));
    ridge.logged(&["invalidated 0: /b"]).await;
    assert_eq!(ridge.lines().iter().filter(|line| line.starts_with("invalidated")).count(), 2);
}

#[tokio::test]
async fn the_api_says_what_is_wrong() {
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
        ("ELOCAL", items(5000, &longest), 413, "BatchTooLarge"),
        ("ELOCAL", items(15, "/a*"), 201, "<Status>Completed</Status>"),
        ("ELOCAL", items(16, "/a*"), 400, "TooManyInvalidationsInProgress"),
        ("ELOCAL", "<InvalidationBatch>".to_owned(), 400, "MalformedXML"),
        ("ELOCAL", String::new(), 400, "MalformedXML"),
    ] {
        let signed = [("authorization", "AWS4-HMAC-SHA256 ...")];
        let answer = support::http_client::request("POST", &url(id), &signed, body.clone().into_bytes()).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text());
        assert!(answer.text().contains(code), "{body}: {}", answer.text());
        let bare = support::http_client::request("POST", &url(id), &[], body.into_bytes()).await;
        assert_eq!(bare.status, 403, "a page in a browser purges nothing");
    }
}
