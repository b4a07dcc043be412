//! `ridge ls`.

use std::fs;

use ridge_engine::{PIPELINE, PIPELINE_KEY, SOURCE_ETAG};
use ridge_store::{Attributes, Store as _};
use serde_json::Value;

use super::{key, out, run, serve, text};

#[tokio::test]
async fn ls_distinguishes_fresh_from_stale() {
    let (data, ridge) = serve("{}").await;
    for url in ["/mine/a%20b.jpg?w=300", "/mine/a%20b.jpg?w=20&h=20&g=smart&f=png", "/mine/noise.png?w=30&v=x"] {
        assert_eq!(ridge.get(url).await.status, 200);
    }
    let store = ridge.store();
    let etag = store.head(&key("mine/a b.jpg")).await.unwrap().etag.unwrap();
    let put = async |name: &str, metadata: &[(&str, &str)]| {
        let metadata = metadata.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let attributes =
            Attributes { content_type: "image/webp".into(), user_metadata: metadata, ..Attributes::default() };
        store.put(&key(name), "0123456789".into(), &attributes).await.unwrap();
    };
    put("w_31/webp/mine/a b.jpg", &[(SOURCE_ETAG, "\"other\""), (PIPELINE_KEY, &PIPELINE.to_string())]).await;
    put("w_32/webp/mine/a b.jpg", &[(SOURCE_ETAG, &etag), (PIPELINE_KEY, "0")]).await;
    put("w_33/webp/mine/a b.jpg", &[]).await;
    let refusal = [
        ("refusal", "broken"),
        ("refusal-text", "the original is a broken JPEG; upload it again"),
        ("refusal-source-etag", &etag),
        ("refusal-limits", "another configuration"),
    ];
    put("w_34/webp/mine/a b.jpg", &refusal).await;
    // A key with a reserved prefix that is not a variant, and a folder with a similar name.
    put("w_33/nothing/mine/a b.jpg", &[]).await;
    put("w_wide/webp/mine/a b.jpg", &[]).await;
    put("w_9999999/webp/mine/a b.jpg", &[]).await;
    let said = out(&run(data.path(), &ridge, &["ls", "mine/a b.jpg"]).await);
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines[0], format!("mine/a b.jpg: {etag}"), "{said}");
    let states = [
        ("/w_20/h_20/g_smart/png/mine/a%20b.jpg ", "fresh"),
        ("/w_31/webp/mine/a%20b.jpg ", "stale: of another original"),
        ("/w_32/webp/mine/a%20b.jpg ", "stale: of an older pipeline"),
        ("/w_33/webp/mine/a%20b.jpg ", "stale: it does not say of what"),
        (
            "/w_34/webp/mine/a%20b.jpg ",
            "stale: under another configuration; no variant: the original is a broken JPEG; upload it again",
        ),
        ("/w_300/webp/mine/a%20b.jpg ", "fresh"),
    ];
    assert_eq!(lines.len(), states.len() + 2, "{said}");
    for (line, (path, state)) in lines[1..].iter().zip(states) {
        assert!(line.starts_with(path) && line.ends_with(state), "{line}");
    }
    assert!(lines[2].contains("  10 B  ") && lines[2].contains(" s  of \"other\""), "{}", lines[2]);
    assert!(lines[7].starts_with("6 variants, 4 stale, "), "{said}");

    let json: Value =
        serde_json::from_str(&out(&run(data.path(), &ridge, &["ls", "mine/a b.jpg", "--json"]).await)).unwrap();
    assert_eq!(json["etag"], etag);
    let stale: Vec<_> = json["variants"].as_array().unwrap().iter().map(|one| one["stale"].clone()).collect();
    assert_eq!(
        stale,
        [Value::Null, "replaced".into(), "outdated".into(), "unmarked".into(), "outdated".into(), Value::Null]
    );
    let first = &json["variants"][0];
    assert_eq!(
        (&first["s3Key"], &first["sourceEtag"]),
        (&"w_20/h_20/g_smart/png/mine/a b.jpg".into(), &Value::from(&*etag))
    );
    assert!(first["ageSeconds"].is_u64() && first["pipeline"] == PIPELINE && first["contentType"] == "image/png");

    fs::remove_file(data.path().join("originals/mine/a b.jpg")).unwrap();
    let gone = out(&run(data.path(), &ridge, &["ls", "mine/a b.jpg"]).await);
    assert!(gone.starts_with("mine/a b.jpg: not there\n"), "{gone}");
    assert_eq!(gone.matches("stale: the original is gone").count(), 6, "{gone}");
    let nothing = run(data.path(), &ridge, &["ls", "nothing.jpg"]).await;
    assert!(text(&nothing.stderr).contains("there is no original nothing.jpg, and no variant of it"));
    assert!(!nothing.status.success());
}
