//! What a variant that is not stored becomes.

use std::time::Instant;

use ridge_contract::{Fault, VariantPath};
use ridge_engine::{Found, Outcome, PIPELINE, PIPELINE_KEY, Redirect, SOURCE_ETAG, Write};
use ridge_store::{Attributes, Store as _};

use crate::failing::Failing;
use crate::scene::{PATH, Scene, noise, original, png};

/// In words: what the table of the test says.
fn name(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Fresh(pass_on) => format!("fresh {}", pass_on.max_age),
        Outcome::Unverified(pass_on) => format!("unverified {}", pass_on.max_age),
        Outcome::Rendered(rendered) => {
            let etag = if rendered.etag.is_some() { "with" } else { "without" };
            format!("{} {etag} etag {}", rendered.content_type, rendered.max_age)
        }
        Outcome::Redirect(Redirect { location, max_age }) => format!("redirect {location} {max_age:?}"),
        Outcome::Refused(refused) => {
            let original = refused.original.as_deref().unwrap_or("none");
            format!("{:?}, original {original}", refused.problem.fault)
        }
    }
}

#[tokio::test]
async fn by_original_and_configuration() {
    let cases = [
        ("{}", PATH, png(1, 20), "image/webp with etag 31536000"),
        (r#"{"maxAge": 5}"#, PATH, png(1, 20), "image/webp with etag 5"),
        ("{}", "/w_auto/png/photos/cat.png", png(1, 20), "image/png with etag 31536000"),
        (r#"{"maxAvifPixels": 0}"#, "/w_8/avif/photos/cat.png", png(1, 20), "image/webp without etag 60"),
        ("{}", PATH, "text".into(), "NotAnImage, original none"),
        (r#"{"onError": "original"}"#, PATH, "text".into(), "NotAnImage, original /photos/cat.png"),
        (r#"{"onError": "original", "auto": true}"#, PATH, "text".into(), "NotAnImage, original /photos/cat.png?raw=1"),
        (r#"{"onError": "original"}"#, "/w_8/json/photos/cat.png", "text".into(), "NotAnImage, original none"),
        ("{}", PATH, png(1, 20).slice(..40), "Broken, original none"),
        (r#"{"maxSourcePixels": 399}"#, PATH, png(1, 20), "TooLarge, original none"),
        (r#"{"maxSourceBytes": 9}"#, PATH, png(1, 20), "TooLarge, original none"),
    ];
    for (config, path, bytes, expected) in cases {
        let scene = Scene::new(config).await;
        scene.upload(bytes).await;
        let (outcome, trace) = scene.get(path).await;
        assert_eq!(name(&outcome), expected, "{config} {path}");
        let is_stored = scene.stored(path).await.is_some();
        let is_kept = matches!(trace.write, Write::New) || (trace.source_bytes.is_some() && trace.bytes.is_none());
        assert_eq!(is_stored, is_kept, "{config} {path}: {trace:?}");
        let (again, trace) = scene.get(path).await;
        assert_eq!(trace.is_remembered, is_stored && matches!(again, Outcome::Refused(_)), "{config} {path}");
    }
}

#[tokio::test]
async fn by_what_the_store_says() {
    let (empty, denied) = (Found::Missing, Found::Denied);
    for (found, fails, expected, write) in [
        (&empty, &[][..], "image/webp with etag 31536000", Write::New),
        (&denied, &[], "image/webp with etag 31536000", Write::New),
        (&empty, &[("put", "w_")], "image/webp without etag 60", Write::Failed),
        (&empty, &[("get", "photos/")], "Unavailable, original none", Write::None),
        // Whether the original is still the same is not known.
        (&empty, &[("head", "photos/")], "image/webp with etag 60", Write::New),
    ] {
        let scene = Scene::new("{}").await;
        let store = Failing { store: &scene.store, fails };
        let (outcome, trace) = scene.serve(PATH, found.clone(), &store).await;
        assert_eq!((name(&outcome).as_str(), trace.write), (expected, write), "{found:?} {fails:?}");
    }
    let scene = Scene::new("{}").await;
    scene.store.delete(&original()).await.unwrap();
    assert_eq!(name(&scene.get(PATH).await.0), "Missing, original none");
}

#[tokio::test]
async fn a_large_variant_is_a_redirect_to_the_stored_one() {
    const LARGE: &str = "/w_auto/png/photos/cat.png";
    let limit = 1000;
    let Scene { store, engine } = Scene::new(r#"{"maxAvifPixels": 0}"#).await;
    let scene = Scene { store, engine: engine.with_max_body(limit) };
    scene.upload(noise(40)).await;
    let (outcome, trace) = scene.get(LARGE).await;
    assert_eq!(name(&outcome), format!("redirect {LARGE} None"));
    assert!(trace.bytes.unwrap() > limit && trace.write == Write::New);
    assert_eq!(name(&scene.get(LARGE).await.0), "fresh 31536000");
    // CloudFront may not read what the function can: a redirect would not end.
    let (outcome, _) = scene.serve(LARGE, Found::Denied, &scene.store).await;
    assert_eq!(name(&outcome), "Unavailable, original none");

    let store = Failing { store: &scene.store, fails: &[("put", "w_")] };
    let (outcome, _) = scene.serve("/w_39/png/photos/cat.png", Found::Missing, &store).await;
    assert_eq!(name(&outcome), "Unavailable, original none", "never to what is not stored");
    let (outcome, trace) = scene.get("/w_auto/avif/photos/cat.png").await;
    assert_eq!(
        (name(&outcome).as_str(), trace.write),
        ("redirect /w_auto/webp/photos/cat.png Some(60)", Write::Fallback)
    );
}

#[tokio::test]
async fn an_object_that_is_no_variant_is_replaced() {
    // The path does not state the type.
    const AUTO: &str = "/w_8/auto/photos/cat";
    let scene = Scene::new("{}").await;
    let path = VariantPath::parse(AUTO).unwrap();
    let source = scene.store.put(path.original(), png(1, 20), &Attributes::default()).await.unwrap();
    let current = [(SOURCE_ETAG, source), (PIPELINE_KEY, PIPELINE.to_string())];
    let page = Attributes {
        content_type: "text/html".to_owned(),
        user_metadata: current.map(|(name, value)| (name.to_owned(), value)).into(),
        ..Attributes::default()
    };
    scene.store.put(&path.object(), "<script>".into(), &page).await.unwrap();
    let (outcome, trace) = scene.get(AUTO).await;
    assert_eq!((name(&outcome).as_str(), trace.write), ("image/jpeg with etag 31536000", Write::Replaced));
    assert_eq!(scene.stored(AUTO).await.unwrap().content_type.as_deref(), Some("image/jpeg"));
}

#[tokio::test]
async fn a_deadline_that_has_passed_is_a_503() {
    let scene = Scene::new("{}").await;
    let path = VariantPath::parse(PATH).unwrap();
    let (outcome, trace) = scene.engine.serve(&path, Found::Missing, &scene.store, Instant::now()).await;
    let Outcome::Refused(refused) = outcome else { panic!("{outcome:?}") };
    assert!(matches!(refused.problem.fault, Fault::OutOfTime | Fault::Unavailable), "{refused:?}");
    assert_eq!(refused.problem.fault.response().status, 503);
    assert_eq!((trace.write, scene.stored(PATH).await), (Write::None, None));
    assert_eq!(name(&scene.get(PATH).await.0), "image/webp with etag 31536000", "the permit is free again");
}

#[tokio::test]
async fn a_fault_of_the_original_is_remembered_until_it_is_replaced() {
    let scene = Scene::new("{}").await;
    scene.upload("text".into()).await;
    for is_remembered in [false, true] {
        let (outcome, trace) = scene.get(PATH).await;
        assert!(matches!(&outcome, Outcome::Refused(refused) if refused.problem.fault == Fault::NotAnImage));
        assert_eq!((trace.is_remembered, trace.source_bytes.is_none()), (is_remembered, is_remembered));
    }
    scene.upload(png(1, 20)).await;
    assert_eq!(scene.get(PATH).await.1.write, Write::Replaced);
}
