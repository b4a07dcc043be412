//! `ridge srcset`, `ls` and `warm`, the program itself, on the bucket of a running `ridge serve`.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Output;

use origin_response::{PIPELINE, PIPELINE_KEY, SOURCE_ETAG};
use serde_json::Value;
use shared::{Key, VariantPath};
use store::Attributes;
use support::{Ridge, moto, pictures, tags};
use tempfile::{TempDir, tempdir};

/// Two originals that are pictures, and objects that are none.
async fn serve(config: &str) -> (TempDir, Ridge) {
    let data = tempdir().unwrap();
    let originals = data.path().join("originals");
    fs::create_dir_all(originals.join("mine")).unwrap();
    fs::write(originals.join("mine/a b.jpg"), pictures::sample("dandelion.jpg")).unwrap();
    fs::write(originals.join("mine/noise.png"), pictures::noise(200, 100)).unwrap();
    fs::write(originals.join("mine/notes.txt"), "text").unwrap();
    fs::write(originals.join("other.jpg"), "text").unwrap();
    fs::write(data.path().join("ridge.json"), config).unwrap();
    let ridge = Ridge::serve(data.path(), &["--originals", "originals"]);
    (data, ridge)
}

async fn run(folder: &Path, ridge: &Ridge, arguments: &[&str]) -> Output {
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_ridge"));
    command.args(arguments).args(["--endpoint", &ridge.admin]).current_dir(folder).output().await.unwrap()
}

fn out(done: &Output) -> String {
    assert!(done.status.success(), "{}{}", text(&done.stdout), text(&done.stderr));
    text(&done.stdout).to_owned()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

const LISTS: &str =
    r#"{"widths": [100, 200, 5000], "maxWidth": 5000, "options": {"g": ["smart"]}, "presets": {"thumb": "w=40&h=40"}}"#;

#[tokio::test]
async fn warm_makes_what_the_function_would_have_stored() {
    let (data, ridge) = serve(LISTS).await;
    let dry = out(&run(data.path(), &ridge, &["warm", "mine/", "--dry-run"]).await);
    assert!(dry.contains("1 objects are no pictures by their names"), "{dry}");
    assert!(dry.contains("2 originals, 16 variants: 0 are there and fresh, 16 to be made"), "{dry}");
    assert!(
        dry.contains("over 2 originals that were rendered") && dry.contains("on AWS about $0.0001 for requests"),
        "{dry}"
    );
    assert!(ridge.keys("w_").await.is_empty(), "nothing is made");

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

    // The dry run's estimate is a mean over all there are, so it is the sum.
    let bytes = |text: &str, before: &str| {
        let (_, rest) = text.split_once(before).unwrap();
        rest.split(" B").next().unwrap().replace(',', "").parse::<u64>().unwrap()
    };
    assert!(bytes(&dry, "\nabout ").abs_diff(bytes(&made, "16 made, ")) <= 1, "{dry}{made}");

    // The same bytes and attributes as the function's, which finds them fresh.
    let store = ridge.store();
    let warmed = store.get(&key("w_100/webp/mine/a b.jpg"), 1 << 20).await.unwrap();
    let answer = ridge.get("/mine/a%20b.jpg?w=90").await;
    assert_eq!((answer.status, answer.header("server-timing")), (200, ""), "S3 has it");
    assert_eq!(answer.body, warmed.bytes);
    store.delete(&key("w_100/webp/mine/a b.jpg")).await.unwrap();
    ridge.purge(&["mine/a b.jpg"]).await;
    assert_ne!(ridge.get("/mine/a%20b.jpg?w=90").await.header("server-timing"), "", "it is made again");
    let made = store.get(&key("w_100/webp/mine/a b.jpg"), 1 << 20).await.unwrap();
    assert_eq!(made.bytes, warmed.bytes);
    let facts = |facts: store::Facts| (facts.etag, facts.content_type, facts.cache_control, facts.metadata);
    assert_eq!(facts(made.facts), facts(warmed.facts));
    let tags = tags(&ridge.s3, local::s3::BUCKET, "w_200/webp/mine/a b.jpg").await;
    assert_eq!(tags, [("ridge".to_owned(), "variant".to_owned())]);
}

#[tokio::test]
async fn warm_goes_on_where_it_was() {
    let (data, ridge) = serve(LISTS).await;
    let arguments = ["warm", "mine/", "--widths", "100,200", "--formats", "webp"];
    let first = out(&run(data.path(), &ridge, &arguments).await);
    assert!(first.contains("6 made, "), "{first}");
    let again = out(&run(data.path(), &ridge, &arguments).await);
    assert_eq!(again.lines().last(), Some("0 made, 0 B; 6 were there and fresh"), "{again}");
    // One is missing, one of an older pipeline, and one of an original that was replaced.
    let store = ridge.store();
    store.delete(&key("w_100/webp/mine/noise.png")).await.unwrap();
    let etag = store.head(&key("mine/noise.png")).await.unwrap().etag.unwrap();
    let marked = |etag: &str, pipeline: u32| Attributes {
        content_type: "image/webp".into(),
        metadata: [(SOURCE_ETAG.to_owned(), etag.to_owned()), (PIPELINE_KEY.to_owned(), pipeline.to_string())].into(),
        ..Attributes::default()
    };
    store.put(&key("w_200/webp/mine/noise.png"), "x".into(), &marked(&etag, PIPELINE - 1)).await.unwrap();
    store.put(&key("w_100/webp/mine/a b.jpg"), "x".into(), &marked("\"other\"", PIPELINE)).await.unwrap();
    let dry = out(&run(data.path(), &ridge, &[&arguments[..], &["--dry-run"]].concat()).await);
    assert!(dry.contains("2 originals, 6 variants: 3 are there and fresh, 3 to be made"), "{dry}");
    let mended = out(&run(data.path(), &ridge, &arguments).await);
    assert!(mended.contains("3 made, ") && mended.contains("; 3 were there and fresh"), "{mended}");
    assert!(store.head(&key("w_100/webp/mine/a b.jpg")).await.unwrap().size.unwrap() > 100);
    let rest = out(&run(data.path(), &ridge, &["warm", "mine/"]).await);
    assert!(rest.contains("10 made, ") && rest.contains("; 6 were there and fresh"), "{rest}");
}

#[tokio::test]
async fn warm_says_what_failed_and_why() {
    let (data, ridge) = serve(LISTS).await;
    let done = run(data.path(), &ridge, &["warm", "--concurrency", "1"]).await;
    assert!(!done.status.success());
    let (said, errors) = (text(&done.stdout), text(&done.stderr));
    assert!(said.contains("16 made, "), "{said}");
    let failure = "failed  /w_100/webp/other.jpg: the original is not a picture in a format that is read: JPEG";
    assert!(errors.contains(failure), "{errors}");
    assert!(
        errors.ends_with("ridge: 1 variants could not be made, and 7 more of the same originals were not tried\n"),
        "{errors}"
    );
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
        (LISTS, &["warm", "--widths", "300"], "w=300 is not allowed: w takes 100, 200 or 5000"),
        (LISTS, &["warm", "--formats", "avif"], "f is not allowed, and f=avif was asked for"),
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

/// Stopped, it has stored whole variants only, and says how many are left; started again, it makes just these.
#[tokio::test]
async fn warm_stops_in_a_good_state() {
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
    let left = format!("ridge: stopped, and {} variants are left; the same command goes on", 400 - stored.len());
    assert!(errors.contains(&left), "{} are stored: {errors}", stored.len());
    assert!(text(&done.stdout).contains(&format!("{} made, ", stored.len())), "{}", text(&done.stdout));
    for name in stored {
        let path = VariantPath::parse(&format!("/{}", name.replace(' ', "%20"))).unwrap();
        let object = ridge.store().get(&path.object(), 1 << 24).await.unwrap();
        let kind = pixels::recognise(&object.bytes).unwrap();
        let size = pixels::header(kind, &object.bytes).unwrap().size;
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

/// Too many frames for an animation are no reason not to make the picture that stands still.
#[tokio::test]
async fn warm_makes_what_can_be_made() {
    let config = r#"{"widths": [40], "maxFrames": 2, "presets": {"still": "w=30&f=jpeg"}}"#;
    let (data, ridge) = serve(config).await;
    let plain = Attributes { content_type: "image/gif".into(), ..Attributes::default() };
    ridge.store().put(&key("moving/turning.gif"), pictures::sample("turning.gif").into(), &plain).await.unwrap();
    ridge.store().put(&key("moving/README"), "text".into(), &plain).await.unwrap();
    let done = run(data.path(), &ridge, &["warm", "moving/", "--concurrency", "1"]).await;
    assert!(!done.status.success());
    assert!(text(&done.stdout).contains("made    /w_30/jpeg/moving/turning.gif"), "{}", text(&done.stdout));
    assert!(text(&done.stdout).contains("3 variants are left out, of objects that are no"), "{}", text(&done.stdout));
    assert!(text(&done.stderr).ends_with("ridge: 2 variants could not be made\n"), "{}", text(&done.stderr));
}

/// Where originals never change, they are not compared.
#[tokio::test]
async fn immutable_originals_are_not_looked_at() {
    let (data, ridge) = serve(r#"{"widths": [40], "originals": "immutable"}"#).await;
    let metadata = [(SOURCE_ETAG, "\"other\"".to_owned()), (PIPELINE_KEY, PIPELINE.to_string())];
    let metadata = metadata.map(|(name, value)| (name.to_owned(), value)).into();
    let marked = Attributes { content_type: "image/webp".into(), metadata, ..Attributes::default() };
    ridge.store().put(&key("w_40/webp/mine/noise.png"), "x".into(), &marked).await.unwrap();
    let said = out(&run(data.path(), &ridge, &["ls", "mine/noise.png"]).await);
    assert!(said.contains("1 variants, 0 of them stale"), "{said}");
    let dry = out(&run(data.path(), &ridge, &["warm", "mine/noise", "--dry-run"]).await);
    assert!(dry.contains("1 originals, 2 variants: 1 are there and fresh, 1 to be made"), "{dry}");
}

/// More than S3 tells at once.
#[tokio::test]
async fn listings_of_many_pages() {
    let (data, ridge) = serve("{}").await;
    let many = data.path().join("originals/many");
    fs::create_dir(&many).unwrap();
    (0..1001).for_each(|index| fs::write(many.join(format!("{index}.jpg")), "text").unwrap());
    let store = ridge.store();
    let plain = Attributes { content_type: "image/webp".into(), ..Attributes::default() };
    for width in 1..=1001 {
        store.put(&key(&format!("w_{width}/webp/other.jpg")), "x".into(), &plain).await.unwrap();
    }
    let dry =
        out(&run(data.path(), &ridge, &["warm", "many/", "--widths", "9", "--formats", "webp", "--dry-run"]).await);
    assert!(dry.contains("1,001 originals, 1,001 variants: 0 are there and fresh, 1,001 to be made"), "{dry}");
    let listed = out(&run(data.path(), &ridge, &["ls", "other.jpg"]).await);
    assert!(listed.contains("1001 variants, 1001 of them stale"), "{}", listed.lines().last().unwrap());
}

#[tokio::test]
async fn ls_tells_fresh_from_stale() {
    let (data, ridge) = serve("{}").await;
    for url in ["/mine/a%20b.jpg?w=300", "/mine/a%20b.jpg?w=20&h=20&g=smart&f=png", "/mine/noise.png?w=30&v=x"] {
        assert_eq!(ridge.get(url).await.status, 200);
    }
    let store = ridge.store();
    let etag = store.head(&key("mine/a b.jpg")).await.unwrap().etag.unwrap();
    let put = async |name: &str, metadata: &[(&str, &str)]| {
        let metadata = metadata.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let attributes = Attributes { content_type: "image/webp".into(), metadata, ..Attributes::default() };
        store.put(&key(name), "0123456789".into(), &attributes).await.unwrap();
    };
    put("w_31/webp/mine/a b.jpg", &[(SOURCE_ETAG, "\"other\""), (PIPELINE_KEY, &PIPELINE.to_string())]).await;
    put("w_32/webp/mine/a b.jpg", &[(SOURCE_ETAG, &etag), (PIPELINE_KEY, "0")]).await;
    put("w_33/webp/mine/a b.jpg", &[]).await;
    // In the variants' room and no variant, and a folder that looks like it.
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
        ("/w_300/webp/mine/a%20b.jpg ", "fresh"),
    ];
    assert_eq!(lines.len(), states.len() + 2, "{said}");
    for (line, (path, state)) in lines[1..].iter().zip(states) {
        assert!(line.starts_with(path) && line.ends_with(state), "{line}");
    }
    assert!(lines[2].contains("  10 B  ") && lines[2].contains(" s  of \"other\""), "{}", lines[2]);
    assert!(lines[6].starts_with("5 variants, 3 of them stale, "), "{said}");

    let json: Value =
        serde_json::from_str(&out(&run(data.path(), &ridge, &["ls", "mine/a b.jpg", "--json"]).await)).unwrap();
    assert_eq!(json["etag"], etag);
    let stale: Vec<_> = json["variants"].as_array().unwrap().iter().map(|one| one["stale"].clone()).collect();
    assert_eq!(stale, [Value::Null, "replaced".into(), "outdated".into(), "unmarked".into(), Value::Null]);
    let first = &json["variants"][0];
    assert_eq!(
        (&first["s3Key"], &first["sourceEtag"]),
        (&"w_20/h_20/g_smart/png/mine/a b.jpg".into(), &Value::from(&*etag))
    );
    assert!(first["ageSeconds"].is_u64() && first["pipeline"] == PIPELINE && first["contentType"] == "image/png");

    fs::remove_file(data.path().join("originals/mine/a b.jpg")).unwrap();
    let gone = out(&run(data.path(), &ridge, &["ls", "mine/a b.jpg"]).await);
    assert!(gone.starts_with("mine/a b.jpg: not there\n"), "{gone}");
    assert_eq!(gone.matches("stale: the original is gone").count(), 5, "{gone}");
    let nothing = run(data.path(), &ridge, &["ls", "nothing.jpg"]).await;
    assert!(text(&nothing.stderr).contains("there is no original nothing.jpg, and no variant of it"));
    assert!(!nothing.status.success());
}

#[tokio::test]
async fn srcset_has_what_the_configuration_has() {
    let (data, ridge) = serve(LISTS).await;
    let said = out(&run(data.path(), &ridge, &["srcset", "mine/a b.jpg", "--url", "https://cdn.example.com/"]).await);
    let url = "https://cdn.example.com/mine/a%20b.jpg";
    let head = format!(
        "<img src=\"{url}?w=200\"\n     srcset=\"{url}?w=100 100w,\n             {url}?w=200 200w\"\n     sizes=\"100vw\"\n     \
         width=\"2400\" height=\"1350\" alt=\"\" loading=\"lazy\"\n     \
         style=\"background:center/cover url(data:image/png;base64,"
    );
    assert!(said.starts_with(&head) && said.ends_with(")\">\n"), "{said}");
    assert!(said.len() < 4000, "a placeholder is small: {}", said.len());
    // What it names is there.
    let shown = ridge.get("/mine/a%20b.jpg?w=200").await;
    assert_eq!((shown.status, shown.picture().0), (200, "200x113".to_owned()));

    let thumb = ["srcset", "mine/a b.jpg", "--preset", "thumb", "--loading", "eager"];
    let said = out(&run(data.path(), &ridge, &thumb).await);
    let head = "<img src=\"/mine/a%20b.jpg?p=thumb\"\n     width=\"40\" height=\"40\" alt=\"\" loading=\"eager\"\n";
    assert!(said.starts_with(head), "no density is allowed: {said}");
    let dense = r#"{"options": "any", "presets": {"dense": "w=40&h=30&dpr=2"}}"#;
    fs::write(data.path().join("ridge.json"), dense).unwrap();
    let said = out(&run(data.path(), &ridge, &["srcset", "mine/a b.jpg", "--preset", "dense"]).await);
    let url = "/mine/a%20b.jpg?p=dense";
    let head = format!(
        "<img src=\"{url}&amp;dpr=1\"\n     srcset=\"{url}&amp;dpr=1 1x,\n             {url} 2x\"\n     width=\"40\""
    );
    assert!(said.starts_with(&head), "a preset's own density: {said}");
    fs::write(data.path().join("ridge.json"), r#"{"presets": {"a": "w=9"}, "presetsOnly": true, "auto": true}"#)
        .unwrap();
    let said = out(&run(data.path(), &ridge, &["srcset", "mine/a b.jpg"]).await);
    assert!(said.starts_with("<img src=\"/mine/a%20b.jpg\"\n     width=\"2400\""), "all is negotiated: {said}");
    fs::write(data.path().join("ridge.json"), "{}").unwrap();
    let arguments = ["srcset", "mine/a b.jpg", "--params", "h=300&w=400&fit=cover", "--sizes", "50vw"];
    let said = out(&run(data.path(), &ridge, &arguments).await);
    let url = "/mine/a%20b.jpg?h=300&amp;w=400&amp;fit=cover";
    let head = format!(
        "<img src=\"{url}\"\n     srcset=\"{url} 1x,\n             {url}&amp;dpr=2 2x\"\n     width=\"400\" height=\"300\""
    );
    assert!(said.starts_with(&head), "{said}");
    let common = out(&run(data.path(), &ridge, &["srcset", "mine/noise.png", "--params", "rot=90"]).await);
    assert!(common.contains("?rot=90&amp;w=320\"\n     width=\"100\" height=\"200\" alt=\"\""), "{common}");
    let ladder = out(&run(data.path(), &ridge, &["srcset", "mine/a b.jpg"]).await);
    let widths: Vec<_> = ladder.lines().filter(|line| line.contains("?w=") && !line.contains("src=")).collect();
    assert_eq!(widths.len(), 8, "320 to 1920, and no more than the original has: {ladder}");
}

#[tokio::test]
async fn srcset_turns_signs_and_refuses() {
    let (data, ridge) = serve("{}").await;
    // Width and height are those that people see.
    let turned = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata/photos/dandelion.jpg")).unwrap();
    let exif = b"\xff\xe1\0\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let turned = [&turned[..2], exif, &turned[2..]].concat();
    let plain = Attributes { content_type: "image/jpeg".into(), ..Attributes::default() };
    ridge.store().put(&key("turned.jpg"), turned.into(), &plain).await.unwrap();
    let said = out(&run(data.path(), &ridge, &["srcset", "turned.jpg"]).await);
    assert!(said.contains("width=\"1350\" height=\"2400\""), "{said}");

    let glass = image::RgbaImage::from_pixel(40, 40, image::Rgba([200, 0, 0, 120]));
    let mut png = std::io::Cursor::new(Vec::new());
    glass.write_to(&mut png, image::ImageFormat::Png).unwrap();
    ridge.store().put(&key("glass.png"), png.into_inner().into(), &plain).await.unwrap();
    let done = run(data.path(), &ridge, &["srcset", "glass.png"]).await;
    assert!(!out(&done).contains("style=") && text(&done.stderr).contains("no placeholder"), "{}", text(&done.stderr));
    let flat = run(data.path(), &ridge, &["srcset", "glass.png", "--params", "f=jpeg"]).await;
    assert!(out(&flat).contains("style="), "a JPEG hides what is behind it");

    let secret = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    let keys = format!(r#"{{"keys": [{{"id": "k", "secret": "{secret}"}}]}}"#);
    fs::write(data.path().join("ridge.keys.json"), keys).unwrap();
    fs::write(data.path().join("ridge.json"), r#"{"signing": "outside", "widths": [100]}"#).unwrap();
    let arguments = ["srcset", "mine/a b.jpg", "--until", "1893456000"];
    let said = out(&run(data.path(), &ridge, &arguments).await);
    assert!(said.starts_with("<img src=\"/mine/a%20b.jpg?w=100\"\n     width="), "what is listed needs none: {said}");
    let said = out(&run(data.path(), &ridge, &[&arguments[..], &["--params", "w=150"]].concat()).await);
    let url = "/mine/a%20b.jpg?w=150&exp=1893456000&sig=k.";
    assert!(said.contains(&url.replace('&', "&amp;")) && said.contains(" 2x"), "{said}");
    fs::remove_file(data.path().join("ridge.keys.json")).unwrap();

    for (config, arguments, part) in [
        ("{}", &["srcset", "nothing.jpg"][..], "nothing.jpg is not there"),
        ("{}", &["srcset", "other.jpg"], "the original is not a picture in a format that is read"),
        ("{}", &["srcset", "/a.jpg"], "begins with a slash"),
        ("{}", &["srcset", "w_9/webp/a.jpg"], r#"is a variant; name its original, "a.jpg""#),
        (
            "{}",
            &["srcset", "mine/noise.png", "--params", "w=0"],
            "w=0 is not valid: w takes a whole number from 1 to 4096",
        ),
        ("{}", &["srcset", "mine/noise.png", "--params", "width=9"], "width is not a parameter"),
        ("{}", &["srcset", "mine/noise.png", "--params", "dpr=2"], "dpr cannot be given"),
        ("{}", &["srcset", "mine/noise.png", "--preset", "x"], "p=x is not valid: p takes the name of a preset"),
        ("{}", &["srcset", "mine/noise.png", "--url", "cdn.example.com"], "write it as https://cdn.example.com"),
        ("{}", &["srcset", "mine/noise.png", "--params", "f=json"], "f=json is no picture that a page shows"),
        (LISTS, &["srcset", "mine/noise.png", "--params", "blur=2"], "blur is not allowed"),
        (r#"{"signing": "all"}"#, &["srcset", "mine/noise.png"], "it needs keys, and there are none"),
    ] {
        fs::write(data.path().join("ridge.json"), config).unwrap();
        let done = run(data.path(), &ridge, arguments).await;
        assert!(!done.status.success(), "{arguments:?}");
        assert!(text(&done.stderr).contains(part), "{arguments:?} gave {}", text(&done.stderr));
    }
}

/// Another S3 server, named by its URL.
#[tokio::test]
async fn a_bucket_can_be_named() {
    let moto = moto::Moto::start().await;
    let folder = tempdir().unwrap();
    let store = support::store_at(&moto.endpoint, moto::BUCKET);
    let plain = Attributes { content_type: "image/png".into(), ..Attributes::default() };
    for name in ["a/x.png", "a/y.png", "b.png"] {
        store.put(&key(name), pictures::noise(64, 32).into(), &plain).await.unwrap();
    }
    let run = async |arguments: &[&str]| {
        let credentials = support::credentials();
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_ridge"));
        command
            .args(arguments)
            .args(["--s3-endpoint", &moto.endpoint, "--bucket", moto::BUCKET])
            .env("AWS_ACCESS_KEY_ID", credentials.access_key_id())
            .env("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key())
            .current_dir(folder.path());
        out(&command.output().await.unwrap())
    };
    let made = run(&["warm", "a/", "--widths", "8,16"]).await;
    assert!(made.contains("8 made, "), "{made}");
    let listed = run(&["ls", "a/x.png"]).await;
    assert!(listed.ends_with("B in all\n") && listed.contains("4 variants, 0 of them stale"), "{listed}");
    assert!(run(&["srcset", "b.png"]).await.starts_with("<img src=\"/b.png?w=320\"\n     width=\"64\" height=\"32\""));
}

#[tokio::test]
async fn nobody_to_ask_is_told() {
    let folder = tempdir().unwrap();
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_ridge"));
    command.args(["ls", "a.jpg", "--endpoint", "http://127.0.0.1:9"]).current_dir(folder.path());
    let done = command.output().await.unwrap();
    let said = text(&done.stderr);
    assert!(said.contains("no `ridge serve` answers at http://127.0.0.1:9") && said.contains("--bucket"), "{said}");
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_ridge"));
    command.args(["ls", "a.jpg", "--bucket", "b"]).current_dir(folder.path());
    command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    let done = command.output().await.unwrap();
    assert!(text(&done.stderr).contains("AWS_ACCESS_KEY_ID is not set"), "{}", text(&done.stderr));
}
