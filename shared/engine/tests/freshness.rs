//! What happens to a stored variant.

use ridge_contract::{Fault, VariantPath};
use ridge_engine::{Found, Outcome, PIPELINE, PIPELINE_KEY, SOURCE_ETAG, StaleReason, Write, stale_reason};
use ridge_store::{Attributes, Error, Metadata, Store as _};

use crate::failing::Failing;
use crate::scene::{PATH, Scene, noise, original, png};

/// The user metadata of a variant, and why it is stale. `None` stands for the present original's ETag.
type Case<'a> = (&'a [(&'a str, Option<&'a str>)], Option<StaleReason>);

#[tokio::test]
async fn provenance_decides() {
    let (pipeline, newer) = (&*PIPELINE.to_string(), &*(PIPELINE + 1).to_string());
    let cases: &[Case] = &[
        (&[(SOURCE_ETAG, None), (PIPELINE_KEY, Some(pipeline))], None),
        (&[(SOURCE_ETAG, None), (PIPELINE_KEY, Some(newer))], None),
        (&[(SOURCE_ETAG, None), (PIPELINE_KEY, Some("0"))], Some(StaleReason::Outdated)),
        (&[(SOURCE_ETAG, Some("\"b\"")), (PIPELINE_KEY, Some(pipeline))], Some(StaleReason::OriginalReplaced)),
        (&[(SOURCE_ETAG, None)], Some(StaleReason::Unknown)),
        (&[(PIPELINE_KEY, Some(pipeline))], Some(StaleReason::Unknown)),
        (&[(SOURCE_ETAG, None), (PIPELINE_KEY, Some("two"))], Some(StaleReason::Unknown)),
        (&[], Some(StaleReason::Unknown)),
    ];
    for (metadata, expected) in cases {
        for originals in ["mutable", "immutable"] {
            let scene = Scene::new(&format!(r#"{{"originals": "{originals}"}}"#)).await;
            let source = scene.store.head(&original()).await.unwrap();
            let etag = source.etag.clone().unwrap();
            let user_metadata = metadata
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.map_or_else(|| etag.clone(), str::to_owned)));
            let attributes = Attributes {
                content_type: "image/webp".to_owned(),
                user_metadata: user_metadata.collect(),
                ..Attributes::default()
            };
            let object = VariantPath::parse(PATH).unwrap().object();
            scene.store.put(&object, "stored".into(), &attributes).await.unwrap();
            let is_replaced = *expected == Some(StaleReason::OriginalReplaced);
            let expected = expected.filter(|_| originals == "mutable" || !is_replaced);

            let stored = scene.stored(PATH).await.unwrap();
            assert_eq!(stale_reason(&stored, Some(&source), scene.engine.policy().config()), expected, "{metadata:?}");
            let (outcome, trace) = scene.get(PATH).await;
            if expected.is_none() {
                assert!(matches!(outcome, Outcome::Fresh(_)), "{metadata:?} {originals}: {outcome:?}");
            } else {
                assert!(matches!(outcome, Outcome::Rendered(_)), "{metadata:?} {originals}: {outcome:?}");
                assert_eq!(trace.write, Write::Replaced);
                assert!(matches!(scene.get(PATH).await.0, Outcome::Fresh(_)), "{metadata:?}: regenerated once");
            }
        }
    }
}

#[tokio::test]
async fn a_variant_follows_its_original() {
    let scene = Scene::new("{}").await;
    assert_eq!(scene.get(PATH).await.1.write, Write::New);
    assert_eq!(scene.get(PATH).await.1.write, Write::None);
    scene.upload(png(2, 20)).await;
    assert_eq!(scene.get(PATH).await.1.write, Write::Replaced);
    scene.store.delete(&original()).await.unwrap();
    let (outcome, _) = scene.get(PATH).await;
    assert!(matches!(&outcome, Outcome::Refused(refused) if refused.problem.fault == Fault::Missing), "{outcome:?}");
    assert_eq!(scene.stored(PATH).await, None, "it is deleted");
}

#[tokio::test]
async fn a_304_without_user_metadata_is_compared_with_the_store() {
    let scene = Scene::new("{}").await;
    scene.get(PATH).await;
    let etag = scene.stored(PATH).await.unwrap().etag;
    let not_modified = |etag| Found::NotModified(Metadata { etag, ..Metadata::default() });
    let (outcome, _) = scene.serve(PATH, not_modified(etag.clone()), &scene.store).await;
    assert!(matches!(outcome, Outcome::Fresh(_)), "{outcome:?}");
    let (outcome, _) = scene.serve(PATH, not_modified(Some("\"older\"".to_owned())), &scene.store).await;
    assert!(matches!(outcome, Outcome::Rendered(_)), "the cache has a different object: {outcome:?}");
    scene.upload(png(3, 20)).await;
    let (outcome, _) = scene.serve(PATH, not_modified(etag), &scene.store).await;
    assert!(matches!(outcome, Outcome::Rendered(_)), "{outcome:?}");
}

#[tokio::test]
async fn a_store_that_fails_leaves_the_variant_unverified() {
    let scene = Scene::new("{}").await;
    scene.get(PATH).await;
    scene.upload(png(4, 20)).await;
    for fails in [[("head", "photos/")], [("get", "photos/")]] {
        let store = Failing { store: &scene.store, fails: &fails };
        let (outcome, trace) = scene.serve(PATH, scene.found(PATH).await, &store).await;
        assert!(matches!(&outcome, Outcome::Unverified(pass_on) if pass_on.max_age == 60), "{fails:?}: {outcome:?}");
        assert!(trace.error.unwrap().contains("SlowDown"));
    }
    let path = VariantPath::parse(PATH).unwrap();
    let (outcome, _) = scene.engine.without_store(&path, scene.found(PATH).await, "no bucket".to_owned());
    assert!(matches!(outcome, Outcome::Unverified(_)), "{outcome:?}");
    let (outcome, _) = scene.engine.without_store(&path, Found::Missing, "no bucket".to_owned());
    assert!(
        matches!(&outcome, Outcome::Refused(refused) if refused.problem.fault == Fault::Unavailable),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_replaced_original_that_cannot_be_rendered_hides_the_stale_variant() {
    let scene = Scene::new("{}").await;
    scene.get(PATH).await;
    scene.upload("not an image".into()).await;
    for _ in 0..2 {
        let (outcome, _) = scene.get(PATH).await;
        let is_refused = matches!(&outcome, Outcome::Refused(refused) if refused.problem.fault == Fault::NotAnImage);
        assert!(is_refused, "{outcome:?}");
    }
}

#[tokio::test]
async fn a_missing_bucket_deletes_no_variant() {
    let scene = Scene::new("{}").await;
    scene.get(PATH).await;
    scene.store.delete(&original()).await.unwrap();
    // The response to HEAD is a 404 also if the bucket is missing; GET tells the difference.
    let store = Failing { store: &scene.store, fails: &[("get", "photos/")] };
    assert!(matches!(store.head(&original()).await, Err(Error::NotFound { .. })));
    let (outcome, _) = scene.serve(PATH, scene.found(PATH).await, &store).await;
    assert!(matches!(&outcome, Outcome::Unverified(pass_on) if pass_on.max_age == 60), "{outcome:?}");
    assert!(scene.stored(PATH).await.is_some());
}

#[tokio::test]
async fn a_variant_of_a_truncated_original_is_cached_for_a_short_time() {
    let scene = Scene::new("{}").await;
    let whole = noise(40);
    scene.upload(whole.slice(..whole.len() * 3 / 4)).await;
    let (outcome, trace) = scene.get(PATH).await;
    assert!(matches!(&outcome, Outcome::Rendered(rendered) if rendered.max_age == 60), "{outcome:?}");
    assert!(trace.is_truncated && trace.write == Write::New, "{trace:?}");
    let (outcome, _) = scene.get(PATH).await;
    assert!(matches!(&outcome, Outcome::Fresh(pass_on) if pass_on.max_age == 60), "{outcome:?}");
}
