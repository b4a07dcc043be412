//! `purge` with real events, AWS's SDK, and CloudFront's API; and `ridge purge`.

use std::collections::HashMap;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use aws_sdk_s3::primitives::{DateTime, DateTimeFormat};
use aws_sdk_s3::types::{BucketVersioningStatus, VersioningConfiguration};
use purge::{By, Distribution, MAX_ITEMS, Report, Service, SqsBatchResponse, Uploads};
use ridge_contract::{CacheTag, Key};
use ridge_store::Credentials;
use serde_json::{Value, json};
use tempfile::tempdir;

use crate::support::cloudfront_api::{Api, Refuse};
use crate::support::moto::{self, Moto};
use crate::support::{Ridge, credentials};

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

/// The IDs of the messages are `0`, `1` and so on.
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

fn service(endpoint: &str, id: &str, by: By) -> Service {
    let client = purge::connect(Some(endpoint), credentials());
    Service { distribution: Distribution::new(client, id, by), uploads: None }
}

/// With the timeout that the function has on Lambda.
async fn handle(service: &Service, reference: &str, bodies: &[&str]) -> (SqsBatchResponse, Report) {
    handle_within(Duration::from_secs(29), service, reference, bodies).await
}

async fn handle_within(
    time: Duration,
    service: &Service,
    reference: &str,
    bodies: &[&str],
) -> (SqsBatchResponse, Report) {
    let deadline = Instant::now() + time;
    purge::handle(serde_json::from_value(batch(bodies)).unwrap(), service, reference, deadline).await
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
    let (answer, report) = handle(&service(&api.endpoint, ID, By::Tags), "call", &bodies).await;
    assert_eq!(serde_json::to_string(&answer).unwrap(), r#"{"batchItemFailures":[{"itemIdentifier":"4"}]}"#);
    assert_eq!(api.asked(), [[tag("photos/cat.jpg"), tag("猫 & dog.jpg")]]);
    assert_eq!((report.changed, report.purged, report.ignored, report.failed), (2, 2, 1, 1));
    assert_eq!(report.originals, ["photos/cat.jpg", "猫 & dog.jpg"]);
    assert!(report.unreadable[0].starts_with("missing field"), "{report:?}");
    assert!(report.invalidations[0].starts_with("ILOCAL"), "{report:?}");
    ridge.logged(&["invalidated 0: ", &tag("photos/cat.jpg"), &tag("猫 & dog.jpg")]).await;

    let (answer, report) = handle(&service(&api.endpoint, ID, By::Tags), "next", &["{}", "null"]).await;
    assert_eq!(
        (failures(&answer), report.failed),
        (vec!["0", "1"], 2),
        "unreadable messages reach the dead-letter queue"
    );
    assert_eq!(api.asked().len(), 1, "no request is sent");
}

#[tokio::test]
async fn messages_that_cloudfront_refuses_are_retried() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let refusals: [(Refuse, &str, usize); 5] = [
        (|_| Some((400, "TooManyInvalidationsInProgress")), "too many invalidations are in progress", 1),
        (|_| Some((400, "Throttling")), "CloudFront is not available", 3),
        (|_| Some((503, "ServiceUnavailable")), "CloudFront is not available", 3),
        (|_| Some((403, "AccessDenied")), "cloudfront:CreateInvalidation", 1),
        (|_| Some((400, "InvalidArgument")), "refused an item", 1),
    ];
    for (refuse, told, attempts) in refusals {
        let api = Api::start(&ridge.admin, refuse).await;
        let bodies =
            [&created("a.jpg"), "unreadable", &created("b.jpg"), &created("w_9/webp/a.jpg"), &created("a.jpg")];
        let (answer, report) = handle(&service(&api.endpoint, ID, By::Tags), "call", &bodies).await;
        assert_eq!(failures(&answer), ["1", "0", "4", "2"], "{told}: all that name an original, and no others");
        assert!(report.errors[0].contains(told), "{:?}", report.errors);
        assert_eq!((report.failed, api.asked().len()), (4, attempts), "{told}");
    }
    let (answer, report) = handle(&service(&ridge.admin, "EOTHER", By::Tags), "call", &[&created("a.jpg")]).await;
    assert_eq!((failures(&answer), &*report.errors[0]), (vec!["0"], "there is no distribution EOTHER in this account"));
    let nobody = service("http://127.0.0.1:9", ID, By::Tags);
    let (answer, report) = handle(&nobody, "call", &[&created("a.jpg")]).await;
    assert!(failures(&answer) == ["0"] && report.errors[0].contains("Connection refused"), "{report:?}");
}

/// The Python SDK signs the same request at the same time, and the signatures are equal.
#[tokio::test]
#[ignore = "needs botocore"]
async fn requests_are_signed_for_cloudfront() {
    const SIGN: &str = "
import json, sys
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
seen = json.load(sys.stdin)
request = AWSRequest('POST', seen['url'], headers=seen['headers'], data=seen['body'])
request.context['timestamp'] = seen['headers']['x-amz-date']
signer = SigV4Auth(Credentials('id', 'secret', 'token'), 'cloudfront', 'us-east-1')
print(signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request))
";
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let api = Api::start(&ridge.admin, TAKE).await;
    let client =
        purge::connect(Some(&api.endpoint), Credentials::new("id", "secret", Some("token".into()), None, "test"));
    let distribution = Distribution::new(client, ID, By::Paths);
    let deadline = Instant::now() + Duration::from_secs(20);
    let parts = distribution.purge(&[Key::new("a&b <猫>.jpg").unwrap()], "one", deadline).await;
    assert!(parts[0].outcome.is_ok(), "{parts:?}");

    let seen = &api.seen()[0];
    let header = |name: &str| seen.headers[name].to_str().unwrap();
    assert_eq!(
        (&*seen.path, header("x-amz-security-token")),
        ("/2020-05-31/distribution/ELOCAL/invalidation", "token")
    );
    let (signed, signature) = header("authorization").rsplit_once(", Signature=").unwrap();
    let (scope, names) = signed.split_once(", SignedHeaders=").unwrap();
    assert!(scope.ends_with("/us-east-1/cloudfront/aws4_request"), "{scope}");
    let headers: HashMap<_, _> =
        names.split(';').filter(|name| *name != "host").map(|name| (name, header(name))).collect();
    let url = format!("{}{}", api.endpoint, seen.path);
    let asked = json!({ "url": url, "headers": headers, "body": seen.body }).to_string();
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.tools/python/bin/python");
    let mut child =
        Command::new(python).args(["-c", SIGN]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(asked.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), signature);
}

#[tokio::test]
async fn one_failing_part_does_not_delay_the_others() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let is_full: Refuse =
        |body| body.contains("<Quantity>1000</Quantity>").then_some((400, "TooManyInvalidationsInProgress"));
    let api = Api::start(&ridge.admin, is_full).await;
    let bodies: Vec<_> = (0..=MAX_ITEMS).map(|number| created(&format!("{number:04}.jpg"))).collect();
    let bodies: Vec<_> = bodies.iter().map(String::as_str).collect();
    let (answer, report) = handle(&service(&api.endpoint, ID, By::Tags), "call", &bodies).await;
    assert_eq!((failures(&answer).len(), report.failed, report.invalidations.len()), (MAX_ITEMS, MAX_ITEMS, 1));
    assert_eq!((report.purged, &api.asked()[1][..]), (1, &[tag("1000.jpg")][..]));
    assert_eq!(api.references(), ["call-0", "call-1"], "each request has a reference of its own");
}

#[tokio::test]
async fn one_refused_path_fails_alone() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let api = Api::start(&ridge.admin, |body| body.contains("/bad").then_some((400, "InvalidArgument"))).await;
    let bodies: Vec<_> = ["a.jpg", "b c.jpg", "bad.jpg", "d.jpg", "e.jpg"].iter().map(|key| created(key)).collect();
    let bodies: Vec<_> = bodies.iter().map(String::as_str).collect();
    let (answer, report) = handle(&service(&api.endpoint, ID, By::Paths), "call", &bodies).await;
    assert_eq!((failures(&answer), report.failed, report.purged), (vec!["2"], 1, 4), "{report:?}");
    let taken: Vec<_> = api.asked().into_iter().filter(|items| !items.contains(&"/bad.jpg".to_owned())).collect();
    assert_eq!(taken, [&["/a.jpg", "/b%20c.jpg", "/w_*"][..], &["/d.jpg", "/e.jpg", "/w_*"]]);
    assert_eq!(api.references(), ["call-0", "call-1", "call-2", "call-3", "call-4"]);

    // Without cache tags all items are refused, so smaller requests would not succeed either.
    let has_no_tags =
        Api::start(&ridge.admin, |body| body.contains("<Path>#").then_some((400, "InvalidArgument"))).await;
    let (answer, _) = handle(&service(&has_no_tags.endpoint, ID, By::Tags), "tags", &bodies).await;
    assert_eq!((failures(&answer).len(), has_no_tags.asked().len()), (5, 1));
}

#[tokio::test]
async fn unfinished_messages_are_retried_after_the_deadline() {
    // Connections that are never accepted.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let service = service(&format!("http://{}", silent.local_addr().unwrap()), ID, By::Tags);
    let bodies: Vec<_> = (0..=MAX_ITEMS).map(|number| created(&format!("{number:04}.jpg"))).collect();
    let bodies: Vec<_> = bodies.iter().map(String::as_str).collect();
    let (answer, report) = handle_within(Duration::from_millis(500), &service, "call", &bodies).await;
    assert_eq!((failures(&answer).len(), report.failed), (MAX_ITEMS + 1, MAX_ITEMS + 1));
    let told =
        ["unknown whether CloudFront accepted the invalidation: the deadline passed", "the deadline passed before"];
    assert!(report.errors.iter().zip(told).all(|(error, told)| error.starts_with(told)), "{:?}", report.errors);
}

/// A bucket with versioning.
struct Versions {
    moto: Moto,
    client: aws_sdk_s3::Client,
}

impl Versions {
    async fn start() -> Versions {
        let moto = Moto::start().await;
        let client = ridge_store::connect(local::s3::REGION, Some(&moto.endpoint), credentials());
        let on = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
        client.put_bucket_versioning().bucket(moto::BUCKET).versioning_configuration(on).send().await.unwrap();
        Versions { moto, client }
    }

    /// Uploads, and returns S3's event.
    async fn put(&self, key: &str) -> Value {
        let put = self.client.put_object().bucket(moto::BUCKET).key(key).body(key.as_bytes().to_vec().into());
        let version = put.send().await.unwrap().version_id.unwrap();
        let mut event: Value = serde_json::from_str(&created(key)).unwrap();
        event["time"] = json!(DateTime::from(SystemTime::now()).fmt(DateTimeFormat::DateTime).unwrap());
        event["region"] = json!(local::s3::REGION);
        event["detail"]["bucket"]["name"] = json!(moto::BUCKET);
        event["detail"]["object"]["version-id"] = json!(version);
        event
    }

    fn uploads(&self) -> Option<Uploads> {
        Some(Uploads::new(Some(self.moto.endpoint.clone()), credentials()))
    }
}

#[tokio::test]
#[ignore = "needs moto"]
async fn uploads_of_new_keys_are_not_invalidated() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let api = Api::start(&ridge.admin, TAKE).await;
    let bucket = Versions::start().await;
    let service = Service { uploads: bucket.uploads(), ..service(&api.endpoint, ID, By::Tags) };

    bucket.put("cat").await;
    let longer = bucket.put("cat.jpg").await.to_string();
    let longest = bucket.put("cat.jpg.webp").await.to_string();
    let replaced = bucket.put("cat").await.to_string();
    let new = bucket.put("猫 & (1)+%.jpg").await.to_string();
    bucket.put("gone.jpg").await;
    bucket.client.delete_object().bucket(moto::BUCKET).key("gone.jpg").send().await.unwrap();
    let back = bucket.put("gone.jpg").await.to_string();
    let (answer, report) = handle(&service, "call", &[&longer, &replaced, &new, &longest, &back, &new]).await;
    assert_eq!(failures(&answer).len(), 0);
    assert_eq!(api.asked(), [[tag("cat"), tag("gone.jpg")]], "{report:?}");
    assert_eq!((report.changed, report.new, report.purged, report.unknown), (5, 3, 2, 0));

    let (answer, report) = handle(&service, "only-new", &[&new]).await;
    assert_eq!((failures(&answer).len(), report.new, api.asked().len()), (0, 1, 1), "CloudFront is not asked at all");
}

#[tokio::test]
#[ignore = "needs moto"]
async fn uploads_are_invalidated_if_s3_does_not_list_versions() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let api = Api::start(&ridge.admin, TAKE).await;
    let bucket = Versions::start().await;
    let service = |uploads| Service { uploads, ..service(&api.endpoint, ID, By::Tags) };
    let new = bucket.put("new.jpg").await;
    let with = |pointer: &str, value: Value| {
        let mut event = new.clone();
        *event.pointer_mut(pointer).unwrap() = value;
        event.to_string()
    };
    let deleted = with("/detail-type", json!("Object Deleted"));
    let new = new.to_string();
    for (told, event, unknown) in [
        ("the event is old", with("/time", json!("2026-08-17T10:30:00Z")), 0),
        ("another version", with("/detail/object/version-id", json!("IYV3p45BT0ac8hjHg1houSdS1a.Mro8e")), 0),
        ("no versions", with("/detail/object/version-id", Value::Null), 0),
        ("versions are suspended", with("/detail/object/version-id", json!("null")), 0),
        ("a version was deleted", deleted.clone(), 0),
        ("no such bucket", with("/detail/bucket/name", json!("another-bucket")), 1),
    ] {
        let (answer, report) = handle(&service(bucket.uploads()), told, &[&event]).await;
        let counts = (failures(&answer).len(), report.new, report.unknown, report.purged);
        assert_eq!(counts, (0, 0, unknown, 1), "{told}: {report:?}");
        assert_eq!(report.unknown_because.is_some(), unknown > 0, "{told}");
    }
    let (_, report) = handle(&service(bucket.uploads()), "both", &[&new, &deleted]).await;
    assert_eq!((report.new, report.purged), (0, 1), "an upload and a later change");
    let (_, report) = handle(&service(None), "without", &[&new]).await;
    assert_eq!((report.new, report.purged), (0, 1));

    // When S3 sends no response, enough time remains for CloudFront.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let uploads = Some(Uploads::new(Some(endpoint), credentials()));
    let (answer, report) = handle_within(Duration::from_secs(6), &service(uploads), "silent", &[&new]).await;
    assert_eq!((failures(&answer).len(), report.unknown, report.purged), (0, 1, 1), "{report:?}");
    assert_eq!(report.unknown_because.as_deref(), Some("S3 did not respond in time"));
}

#[test]
fn ridge_purge_explains_failures() {
    let (data, folder) = (tempdir().unwrap(), tempdir().unwrap());
    let ridge = Ridge::serve(data.path(), &[]);
    let keyed = [("AWS_ACCESS_KEY_ID", "id"), ("AWS_SECRET_ACCESS_KEY", "secret")];
    let none: [(&str, &str); 0] = [];
    for (arguments, environment, told) in [
        (&["a.jpg", "/b.jpg"][..], &none[..], r#""/b.jpg" starts with a slash; keys in S3 do not"#),
        (&["a//b.jpg"], &none, r#""a//b.jpg" is not a key: the path has an empty, '.' or '..' segment"#),
        (&["w_9/webp/b.jpg"], &none, r#""w_9/webp/b.jpg" is a variant; name its original, "b.jpg""#),
        (&["w_9/b.jpg"], &none, "has a prefix that is reserved for variants; name an original"),
        (&["a.jpg", "--endpoint", "http://127.0.0.1:9"], &none, "nothing was invalidated at http://127.0.0.1:9; start"),
        (&["a.jpg", "--distribution", "E1"], &none, "AWS_ACCESS_KEY_ID is not set"),
        (
            &["a.jpg", "--distribution", "E1", "--endpoint", &ridge.admin],
            &keyed,
            "nothing was invalidated: there is no distribution E1 in this account",
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

#[tokio::test]
async fn ridge_purge_sends_each_key_once_and_reports_failures() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let said = ridge.purge(&["b.jpg", "a.jpg", "b.jpg"]).await;
    let (a, b) = (tag("a.jpg"), tag("b.jpg"));
    assert_eq!(said, format!("a.jpg ({})\nb.jpg ({})\ninvalidation ILOCAL1 of ELOCAL: {a} {b}\n", &a[1..], &b[1..]));

    let api = Api::start(&ridge.admin, |body| body.contains("<Quantity>1<").then_some((400, "AccessDenied"))).await;
    let keys: Vec<_> = (0..=MAX_ITEMS).map(|number| format!("{number:04}.jpg")).collect();
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_ridge"));
    let done = command.args(["purge", "--endpoint", &api.endpoint]).args(&keys).output().await.unwrap();
    let (said, failed) = (String::from_utf8(done.stdout).unwrap(), String::from_utf8(done.stderr).unwrap());
    assert!(!done.status.success() && said.contains("0999.jpg (") && !said.contains("1000.jpg ("), "{said}");
    assert!(
        failed.starts_with("ridge: not invalidated: 1000.jpg: access denied; cloudfront:CreateInvalidation"),
        "{failed}"
    );
}
