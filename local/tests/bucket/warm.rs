//! `ridge warm`.

use std::fs;

use ridge_contract::VariantPath;
use ridge_engine::{PIPELINE, PIPELINE_KEY, SOURCE_ETAG};
use ridge_store::{Attributes, Store as _};

use super::{LISTS, key, out, run, serve, text};
use crate::support::{pictures, tags};

#[tokio::test]
async fn warm_stores_what_the_function_would_store() {
    let (data, ridge) = serve(LISTS).await;
    let dry = out(&run(data.path(), &ridge, &["warm", "mine/", "--dry-run"]).await);
    assert!(dry.contains("left out, by their names no pictures: 1 object\n"), "{dry}");
    assert!(dry.contains("2 originals, 16 variants: 0 there and fresh, 16 to be made"), "{dry}");
    assert!(
        dry.contains("over 2 originals, rendered for this") && dry.contains("on AWS about $0.0001 for requests"),
        "{dry}"
    );
    assert!(ridge.keys("w_").await.is_empty(), "nothing is rendered");

    let made = out(&run(data.path(), &ridge, &["warm", "mine/"]).await);
    assert!(made.contains("16 made, ") && made.contains("0 were there and fresh"), "{made}");
    assert!(made.contains("made    /w_100/webp/mine/a%20b.jpg  "), "{made}");
    let expected = |format: &str, name: &str| {
        ["w_100", "w_200", "w_5000", "w_40/h_40"].map(|size| format!("{size}/{format}/mine/{name}"))
    };
    let mut keys: Vec<_> = [("webp", "a b.jpg"), ("jpeg", "a b.jpg"), ("webp", "noise.png"), ("png", "noise.png")]
        .iter()
        .flat_map(|(format, name)| expected(format, name))
        .collect();
    keys.sort();
    assert_eq!(ridge.keys("w_").await, keys);

    // The dry run estimates with a mean over all variants, so here the estimate is the exact sum.
    assert!(bytes(&dry, "\nabout ").abs_diff(bytes(&made, "16 made, ")) <= 1, "{dry}{made}");

    // Bytes and attributes equal those that origin-response stores, which takes the variant for fresh.
    let store = ridge.store();
    let warmed = store.get(&key("w_100/webp/mine/a b.jpg"), 1 << 20).await.unwrap();
    let answer = ridge.get("/mine/a%20b.jpg?w=90").await;
    assert_eq!((answer.status, answer.header("server-timing")), (200, "stored"), "S3 has it");
    assert_eq!(answer.body, warmed.bytes);
    store.delete(&key("w_100/webp/mine/a b.jpg")).await.unwrap();
    ridge.purge(&["mine/a b.jpg"]).await;
    assert_ne!(ridge.get("/mine/a%20b.jpg?w=90").await.header("server-timing"), "stored", "it is rendered again");
    let made = store.get(&key("w_100/webp/mine/a b.jpg"), 1 << 20).await.unwrap();
    assert_eq!(made.bytes, warmed.bytes);
    let facts =
        |facts: ridge_store::Metadata| (facts.etag, facts.content_type, facts.cache_control, facts.user_metadata);
    assert_eq!(facts(made.metadata), facts(warmed.metadata));
    let tags = tags(&ridge.s3, local::s3::BUCKET, "w_200/webp/mine/a b.jpg").await;
    assert_eq!(tags, [("ridge".to_owned(), "variant".to_owned())]);
}

/// Returns the size behind a text.
fn bytes(text: &str, before: &str) -> u64 {
    let (_, rest) = text.split_once(before).unwrap();
    rest.split(" B").next().unwrap().replace(',', "").parse().unwrap()
}

/// If AVIF encoding is too slow, nothing is stored and nothing is counted.
#[tokio::test]
async fn fallback_formats_are_not_stored() {
    let (data, ridge) = serve(r#"{"widths": [100], "formats": ["avif", "webp"], "maxAvifPixels": 1}"#).await;
    let dry = out(&run(data.path(), &ridge, &["warm", "mine/a", "--dry-run"]).await);
    let made = out(&run(data.path(), &ridge, &["warm", "mine/a"]).await);
    assert!(made.contains("2 made, ") && made.contains("; 1 answered in another format"), "{made}");
    assert_eq!(bytes(&dry, "\nabout "), bytes(&made, "2 made, "), "{dry}{made}");
}

#[tokio::test]
async fn warm_continues_where_it_stopped() {
    let (data, ridge) = serve(LISTS).await;
    let arguments = ["warm", "mine/", "--widths", "100,200", "--formats", "webp"];
    let first = out(&run(data.path(), &ridge, &arguments).await);
    assert!(first.contains("6 made, "), "{first}");
    let again = out(&run(data.path(), &ridge, &arguments).await);
    assert_eq!(again.lines().last(), Some("0 made, 0 B; 6 were there and fresh"), "{again}");
    // One variant is missing, one is of an older pipeline, one is of a replaced original.
    let store = ridge.store();
    store.delete(&key("w_100/webp/mine/noise.png")).await.unwrap();
    let etag = store.head(&key("mine/noise.png")).await.unwrap().etag.unwrap();
    let marked = |etag: &str, pipeline: u32| Attributes {
        content_type: "image/webp".into(),
        user_metadata: [(SOURCE_ETAG.to_owned(), etag.to_owned()), (PIPELINE_KEY.to_owned(), pipeline.to_string())]
            .into(),
        ..Attributes::default()
    };
    store.put(&key("w_200/webp/mine/noise.png"), "x".into(), &marked(&etag, PIPELINE - 1)).await.unwrap();
    store.put(&key("w_100/webp/mine/a b.jpg"), "x".into(), &marked("\"other\"", PIPELINE)).await.unwrap();
    let dry = out(&run(data.path(), &ridge, &[&arguments[..], &["--dry-run"]].concat()).await);
    assert!(dry.contains("2 originals, 6 variants: 3 there and fresh, 3 to be made"), "{dry}");
    let mended = out(&run(data.path(), &ridge, &arguments).await);
    assert!(mended.contains("3 made, ") && mended.contains("; 3 were there and fresh"), "{mended}");
    assert!(store.head(&key("w_100/webp/mine/a b.jpg")).await.unwrap().size.unwrap() > 100);
    let rest = out(&run(data.path(), &ridge, &["warm", "mine/"]).await);
    assert!(rest.contains("10 made, ") && rest.contains("; 6 were there and fresh"), "{rest}");
}

#[tokio::test]
async fn warm_lists_failures_with_reasons() {
    let (data, ridge) = serve(LISTS).await;
    let done = run(data.path(), &ridge, &["warm", "--concurrency", "1"]).await;
    assert!(!done.status.success());
    let (said, errors) = (text(&done.stdout), text(&done.stderr));
    assert!(said.contains("16 made, "), "{said}");
    let failure = "failed  /w_100/webp/other.jpg: the original is not a picture in a format that is read: JPEG";
    assert!(errors.contains(failure), "{errors}");
    assert!(errors.ends_with("ridge: 1 variant could not be made; not tried, of the same originals: 7\n"), "{errors}");
    // The refusal of one is stored, which is not a variant.
    let again = run(data.path(), &ridge, &["warm", "--concurrency", "1"]).await;
    assert!(!again.status.success() && text(&again.stderr).contains(failure), "{}", text(&again.stderr));
    assert!(text(&again.stdout).contains("16 were there and fresh"), "{}", text(&again.stdout));
    for (config, arguments, part) in [
        (
            "{}",
            &["warm"][..],
            "the configuration lets any width be asked for, so there is no end of variants; name some",
        ),
        ("{}", &["warm", "--widths", "0"], r#""0" is no width in pixels"#),
        ("{}", &["warm", "--widths", "9", "--formats", "heic"], r#""heic" is no format; there are webp, avif, jpeg"#),
        ("{}", &["warm", "--widths", "9", "--concurrency", "0"], "0 is not in 1..=65535"),
        ("{}", &["warm", "nothing/", "--widths", "9"], r#"has no picture whose key begins with "nothing/""#),
        ("{}", &["warm", "/mine", "--widths", "9"], "begins with a slash, and keys in S3 do not"),
        (LISTS, &["warm", "--widths", "300"], "w must be one of 100, 200, 5000; got \"300\""),
        (LISTS, &["warm", "--formats", "avif"], "f is not allowed: leave it out; got"),
        (
            r#"{"presets": {"a": "w=9"}, "presetsOnly": true}"#,
            &["warm", "--widths", "9"],
            "only presets may be asked for: p takes a, so leave --widths out",
        ),
    ] {
        fs::write(data.path().join("ridge.json"), config).unwrap();
        let done = run(data.path(), &ridge, arguments).await;
        assert!(!done.status.success(), "{arguments:?}");
        assert!(text(&done.stderr).contains(part), "{arguments:?} gave {}", text(&done.stderr));
    }
}

/// When it is stopped, only whole variants have been stored, and it says how many remain. Started again, it renders
/// only these.
#[tokio::test]
async fn warm_stops_gracefully() {
    let (data, ridge) = serve("{}").await;
    let widths: Vec<_> = (1..=400).map(|width| (width * 5).to_string()).collect();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ridge"));
    let arguments = ["warm", "mine/a", "--formats", "webp", "--concurrency", "2", "--widths"];
    command.args(arguments).arg(widths.join(",")).args(["--endpoint", &ridge.admin]).current_dir(data.path());
    let child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    while ridge.keys("w_").await.is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::INT).unwrap();
    let done = tokio::task::spawn_blocking(|| child.wait_with_output().unwrap()).await.unwrap();
    assert!(!done.status.success());
    let errors = text(&done.stderr);
    let stored = ridge.keys("w_").await;
    let left = format!("ridge: stopped with {} variants left; the same command goes on", 400 - stored.len());
    assert!(errors.contains(&left), "{} are stored: {errors}", stored.len());
    assert!(text(&done.stdout).contains(&format!("{} made, ", stored.len())), "{}", text(&done.stdout));
    for name in stored {
        let path = VariantPath::parse(&format!("/{}", name.replace(' ', "%20"))).unwrap();
        let object = ridge.store().get(&path.object(), 1 << 24).await.unwrap();
        let kind = ridge_pixels::recognise(&object.bytes).unwrap();
        let size = ridge_pixels::header(kind, &object.bytes).unwrap().size;
        assert_eq!(Some(size.width), path.variant().options().width.map(|width| width.get()), "{name}");
    }
    let few = ["warm", "mine/a", "--formats", "webp", "--widths", "5,10,1900,2000"];
    let there = ridge.keys("w_").await;
    let is_there = |width: &str| there.iter().any(|name| name.starts_with(&format!("w_{width}/")));
    let fresh = ["5", "10", "1900", "2000"].iter().filter(|width| is_there(width)).count();
    let again = out(&run(data.path(), &ridge, &few).await);
    assert!(again.contains(&format!("{} made, ", 4 - fresh)), "{again}");
    assert!(again.ends_with(&format!("; {fresh} were there and fresh\n")), "{again}");
}

/// An animation with too many frames does not prevent a variant with one frame.
#[tokio::test]
async fn warm_renders_the_first_frame_of_a_long_animation() {
    let config = r#"{"widths": [40], "maxFrames": 2, "presets": {"still": "w=30&f=jpeg"}}"#;
    let (data, ridge) = serve(config).await;
    let plain = Attributes { content_type: "image/gif".into(), ..Attributes::default() };
    ridge.store().put(&key("moving/turning.gif"), pictures::sample("turning.gif").into(), &plain).await.unwrap();
    ridge.store().put(&key("moving/README"), "text".into(), &plain).await.unwrap();
    let done = run(data.path(), &ridge, &["warm", "moving/", "--concurrency", "1"]).await;
    assert!(!done.status.success());
    assert!(text(&done.stdout).contains("made    /w_30/jpeg/moving/turning.gif"), "{}", text(&done.stdout));
    assert!(
        text(&done.stdout).contains("left out, of objects that are no pictures that are read: 3 variants"),
        "{}",
        text(&done.stdout)
    );
    assert!(text(&done.stderr).ends_with("ridge: 2 variants could not be made\n"), "{}", text(&done.stderr));
}
