//! Routes under configurations: negotiation, allow-lists, presets and limits.

use ridge_contract::{Config, Policy};

use crate::routes::{CHROME, OLD, decide};

#[test]
fn auto_negotiates_every_image_url() {
    let policy = Policy::new(Config { auto: true, ..Config::default() });
    for (url, expected) in [
        ("/cat.jpg", "/w_auto/webp/cat.jpg"),
        ("/cat.JPG?utm_source=x", "/w_auto/webp/cat.JPG"),
        ("/cat.tiff", "/w_auto/webp/cat.tiff"),
        ("/cat.BMP", "/w_auto/webp/cat.BMP"),
        ("/cat.svg", "/cat.svg"),
        ("/cat", "/cat"),
        ("/w_auto/webp/cat.jpg", "/w_auto/webp/cat.jpg"),
    ] {
        assert_eq!(decide(url, CHROME, &policy).as_deref(), Ok(expected), "{url}");
    }
    // With `w_auto/webp/`, the key would be longer than S3's 1024 bytes.
    let long = format!("/{}.jpg", "a".repeat(1016));
    assert_eq!(decide(&long, CHROME, &policy).as_deref(), Ok(long.as_str()));
    assert!(decide(&format!("{long}?w=9"), CHROME, &policy).is_err());
}

#[test]
fn the_order_of_the_formats_decides() {
    let policy = Policy::new(Config::parse(r#"{"formats": ["avif", "webp"]}"#).unwrap());
    for (accept, path) in [
        (CHROME, "/w_9/avif/c.jpg"),
        ("image/webp,image/avif;q=0.1", "/w_9/avif/c.jpg"),
        ("image/webp", "/w_9/webp/c.jpg"),
        (OLD, "/w_9/jpeg/c.jpg"),
    ] {
        assert_eq!(decide("/c.jpg?w=9", accept, &policy), Ok(path.to_owned()), "{accept}");
    }
    assert_eq!(decide("/c.avif?w=9", OLD, &policy), Ok("/w_9/auto/c.avif".to_owned()));
    // AVIF would keep the first frame only.
    for (url, accept, path) in [
        ("/c.gif?w=9", CHROME, "/w_9/webp/c.gif"),
        ("/c.GIF?w=9", "image/avif", "/w_9/gif/c.GIF"),
        ("/c.gif?w=9&f=avif", CHROME, "/w_9/avif/c.gif"),
    ] {
        assert_eq!(decide(url, accept, &policy), Ok(path.to_owned()), "{url}");
    }
}

#[test]
fn a_ratio_follows_lists_and_presets() {
    let lists = r#""widths": [320, 640]"#;
    let preset = r#""presets": {"hero": "ar=16:9&w=1200", "square": "ar=1:1", "box": "w=96&h=48"}"#;
    for (json, url, expected) in [
        (lists.to_owned(), "/c.jpg?w=300&ar=16:9", Ok("/w_320/h_180/webp/c.jpg")),
        (lists.to_owned(), "/c.jpg?w=1&ar=16:9", Ok("/w_320/h_180/webp/c.jpg")),
        (lists.to_owned(), "/c.jpg?w=300&ar=16:9&dpr=2", Ok("/w_640/h_360/webp/c.jpg")),
        (lists.to_owned(), "/c.jpg?h=200&ar=3:2", Ok("/w_320/h_213/webp/c.jpg")),
        (lists.to_owned(), "/c.jpg?ar=16:9", Ok("/w_640/h_360/fit_ratio/webp/c.jpg")),
        (r#""heights": [100, 200]"#.to_owned(), "/c.jpg?w=240&ar=16:9", Ok("/w_356/h_200/webp/c.jpg")),
        (r#""heights": [100]"#.to_owned(), "/c.jpg?w=300&ar=1:1", Err("h must be 100; got \"300\"")),
        (
            r#""widths": [500], "otherwise": "reject""#.to_owned(),
            "/c.jpg?ar=3:2",
            Ok("/w_500/h_333/fit_ratio/webp/c.jpg"),
        ),
        (r#""widths": [500], "otherwise": "reject""#.to_owned(), "/c.jpg?w=501&ar=3:2", Err("w must be 500")),
        (preset.to_owned(), "/c.jpg?p=hero", Ok("/w_1200/h_675/webp/c.jpg")),
        (preset.to_owned(), "/c.jpg?p=hero&dpr=2", Ok("/w_2400/h_1350/webp/c.jpg")),
        (preset.to_owned(), "/c.jpg?p=hero&w=600", Ok("/w_600/h_338/webp/c.jpg")),
        (preset.to_owned(), "/c.jpg?p=hero&ar=1:1", Ok("/w_1200/h_1200/webp/c.jpg")),
        (preset.to_owned(), "/c.jpg?p=hero&h=9", Err("ar takes w or h beside it, not both")),
        (preset.to_owned(), "/c.jpg?p=hero&d=300x300", Ok("/w_300/h_300/webp/c.jpg")),
        (r#""heights": [101, 202, 404]"#.to_owned(), "/c.jpg?h=101&ar=16:9&dpr=2", Ok("/w_359/h_202/webp/c.jpg")),
        (r#""maxHeight": 16383"#.to_owned(), "/c.jpg?w=1000&ar=1:100", Ok("/w_164/h_16383/webp/c.jpg")),
        (
            r#""options": {}, "presets": {"soft": "q=50"}"#.to_owned(),
            "/c.jpg?p=soft&ar=1:1",
            Err("fit is not allowed: leave it out; got \"ratio\""),
        ),
        (preset.to_owned(), "/c.jpg?p=box&ar=1:1", Err("ar takes w or h beside it, not both")),
        (preset.to_owned(), "/c.jpg?p=square", Ok("/w_4096/h_4096/fit_ratio/webp/c.jpg")),
        (format!(r#""presetsOnly": true, {preset}"#), "/c.jpg?p=hero", Ok("/w_1200/h_675/webp/c.jpg")),
        (
            format!(r#""options": {{}}, {lists}, {preset}"#),
            "/c.jpg?p=square",
            Ok("/w_4096/h_4096/fit_ratio/webp/c.jpg"),
        ),
        (format!(r#""options": {{}}, {lists}"#), "/c.jpg?ar=1:1", Err("fit is not allowed")),
    ] {
        let policy = Policy::new(Config::parse(&format!("{{{json}}}")).unwrap());
        match (decide(url, CHROME, &policy), expected) {
            (Ok(path), Ok(expected)) => {
                assert_eq!(path, expected, "{url} under {json}");
                assert_eq!(decide(&path, CHROME, &policy), Ok(path.clone()), "{url} under {json}");
            }
            (Err(text), Err(part)) => assert!(text.contains(part), "{url} under {json} gave {text:?}"),
            (got, _) => panic!("{url} under {json} gave {got:?}"),
        }
    }
}

#[test]
fn the_configuration_bounds_sizes_and_formats() {
    let policy = Policy::new(Config::parse(r#"{"maxWidth": 1000, "maxHeight": 500, "formats": []}"#).unwrap());
    for (url, expected) in [
        ("/c.jpg?w=1000&h=500", Ok("/w_1000/h_500/jpeg/c.jpg")),
        ("/c.jpg?w=400&h=300&dpr=2", Ok("/w_667/h_500/jpeg/c.jpg")),
        ("/c.jpg?w=1001", Err("1 to 1000")),
        ("/c.jpg?h=501", Err("1 to 500")),
        ("/w_1001/webp/c.jpg", Err("1 to 1000")),
    ] {
        match (decide(url, CHROME, &policy), expected) {
            (Ok(path), Ok(expected)) => assert_eq!(path, expected, "{url}"),
            (Err(text), Err(part)) => assert!(text.contains(part), "{url} gave {text:?}"),
            (got, _) => panic!("{url} gave {got:?}"),
        }
    }
}
