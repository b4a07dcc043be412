//! `ridge srcset`.

use std::fs;

use ridge_store::{Attributes, Store as _};

use super::{LISTS, key, out, run, serve, text};

#[tokio::test]
async fn srcset_contains_the_configured_widths() {
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
    // The URLs in the markup work.
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
async fn srcset_rotates_signs_and_refuses() {
    let (data, ridge) = serve("{}").await;
    // Width and height are those after the orientation has been applied.
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
    assert!(out(&flat).contains("style="), "a JPEG is opaque");

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
        ("{}", &["srcset", "/a.jpg"], "starts with a slash"),
        ("{}", &["srcset", "w_9/webp/a.jpg"], r#"is a variant; name its original, "a.jpg""#),
        ("{}", &["srcset", "mine/noise.png", "--params", "w=0"], "w must be a whole number from 1 to 4096"),
        ("{}", &["srcset", "mine/noise.png", "--params", "width=9"], "width is not a parameter"),
        ("{}", &["srcset", "mine/noise.png", "--params", "dpr=2"], "dpr cannot be given"),
        ("{}", &["srcset", "mine/noise.png", "--preset", "x"], "p must be the name of a preset"),
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
