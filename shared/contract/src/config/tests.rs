//! Valid configurations, and the error texts of others.

use super::*;
use crate::values::Side;

#[test]
fn an_empty_object_is_the_default() {
    assert_eq!(Config::parse("{}").unwrap(), Config::default());
}

#[test]
fn every_field_is_read() {
    let json = r#"{"maxWidth": 2000, "maxHeight": 1000, "maxSourceBytes": 1000000, "maxSourcePixels": 2000000, "maxFrames": 9, "maxVariantPixels": 7000000,
        "widths": [640, 320], "heights": [], "otherwise": "reject", "options": {"q": ["60"], "g": "any"},
        "presets": {"thumb": "w=20&h=20"}, "presetsOnly": true, "signing": "outside", "onError": "original",
        "maxAvifPixels": 0, "quality": {"webp": 70, "avif": 60, "jpeg": 75}, "effort": {"webp": 0, "avif": 9, "jpeg": 1, "png": 5},
        "formats": [], "auto": true, "originals": "immutable", "maxAge": 60}"#;
    let config = Config::parse(json).unwrap();
    assert_eq!((config.max_width.get(), config.max_height.get()), (2000, 1000));
    assert_eq!((config.max_source_bytes, config.max_source_pixels), (1_000_000, 2_000_000));
    assert_eq!((config.max_frames, config.max_variant_pixels), (9, 7_000_000));
    assert_eq!(config.max_avif_pixels, 0);
    let efforts =
        [Format::WebP, Format::Avif, Format::Jpeg, Format::Png, Format::Gif].map(|format| config.effort(format));
    assert_eq!(efforts, [0, 9, 1, 5, 0]);
    let qualities = [Format::WebP, Format::Avif, Format::Jpeg, Format::Png].map(|format| config.quality.get(format));
    assert_eq!(qualities, [Some(70), Some(60), Some(75), None]);
    assert_eq!((config.formats.len(), config.auto, config.max_age), (0, true, 60));
    assert_eq!(config.originals, Originals::Immutable);
    let sides = |sides: &[u32]| Allowed::Only(sides.iter().filter_map(|side| Side::new(*side)).collect());
    assert_eq!((&config.widths, &config.heights), (&sides(&[320, 640]), &sides(&[])));
    assert_eq!(
        (config.otherwise, config.signing, config.on_error),
        (Otherwise::Reject, Signing::Outside, OnError::Original)
    );
    assert_eq!((config.options.of("q"), config.options.of("g")), (Allowed::Only(vec!["60"]), Allowed::Any));
    assert_eq!(config.options.of("v"), Allowed::Only(vec![]));
    assert_eq!(config.presets.get("thumb").unwrap().draft().options.width, Side::new(20));
    assert!(config.presets_only);
}

#[test]
fn an_editor_may_have_its_schema() {
    assert_eq!(Config::parse(r#"{"$schema": "./ridge.schema.json"}"#).unwrap(), Config::default());
    let error = Config::parse(r#"{"$schema": 1}"#).unwrap_err().to_string();
    assert!(error.starts_with("$schema: invalid type"), "{error}");
}

#[test]
fn errors_name_field_value_and_range() {
    for (json, message) in [
        (r#"{"maxWidht": 1}"#, "maxWidht: unknown field `maxWidht`"),
        (r#"{"": 1}"#, "\"\": unknown field ``"),
        (r#"{"max\nWidth": 1}"#, r"max\nWidth: unknown field `max\nWidth`"),
        (r#"{"maxWidth": 0}"#, "maxWidth: 0 is not a whole number from 1 to 16383"),
        (r#"{"maxWidth": 16384}"#, "maxWidth: 16384 is not a whole number from 1 to 16383"),
        (r#"{"maxWidth": "4096"}"#, "maxWidth: \"4096\" is not a whole number"),
        (r#"{"maxHeight": 1.5}"#, "maxHeight: 1.5 is not a whole number"),
        (r#"{"maxAge": -1}"#, "maxAge: -1 is not a whole number from 0 to 31536000"),
        (r#"{"quality": {"webp": 101}}"#, "quality.webp: 101 is not a whole number from 1 to 100"),
        (r#"{"quality": {"png": 80}}"#, "quality.png: unknown field `png`"),
        (r#"{"effort": {"webp": 7}}"#, "effort.webp: 7 is not a whole number from 0 to 6"),
        (r#"{"formats": ["jpeg"]}"#, "formats: \"jpeg\" is not one of the negotiated formats"),
        (r#"{"formats": ["webp", "webp"]}"#, "formats: \"webp\" is listed twice"),
        (r#"{"auto": "yes"}"#, "auto: invalid type"),
        (r#"{"originals": "fixed"}"#, "originals: unknown variant `fixed`, expected `mutable` or `immutable`"),
        (r#"{"widths": [0]}"#, "widths[0]: 0 is not a whole number from 1 to 16383"),
        (r#"{"widths": [9, "8"]}"#, "widths[1]: \"8\" is not a whole number from 1 to 16383"),
        (r#"{"widths": [9, 9]}"#, "widths[1]: 9 is listed twice"),
        (r#"{"widths": "all"}"#, "widths: \"all\" is neither \"any\" nor a list"),
        (r#"{"widths": 9}"#, "widths: invalid type: integer `9`, expected \"any\" or a list"),
        (r#"{"widths": [5000]}"#, "widths: 5000 is more than maxWidth, which is 4096"),
        (r#"{"heights": [5000]}"#, "heights: 5000 is more than maxHeight, which is 4096"),
        (r#"{"otherwise": "round"}"#, "otherwise: unknown variant `round`, expected `snap` or `reject`"),
        (r#"{"options": {"blurr": []}}"#, "options.blurr: unknown option `blurr`; known are fit, g, q, bg, blur"),
        (
            r#"{"options": {"q": ["101"]}}"#,
            "options.q[0]: \"101\" is not what q takes: a string with a whole number from 1",
        ),
        (
            r#"{"options": {"q": [60]}}"#,
            "options.q[0]: 60 is not what q takes: a string with a whole number from 1 to 100",
        ),
        (r#"{"options": {"g": ["n", "50.0"]}}"#, "options.g[1]: \"50.0\" is listed twice"),
        (r#"{"options": {"w": ["9"]}}"#, "options.w: unknown option `w`"),
        (r#"{"options": {"q": "some"}}"#, "options.q: \"some\" is neither \"any\" nor a list"),
        (r#"{"options": []}"#, "options: invalid type: sequence, expected \"any\" or an object"),
        (r#"{"presets": {"a": "w=0"}}"#, "presets.a: w must be a whole number from 1 to maxWidth"),
        (r#"{"presets": {"a": "width=9"}}"#, "presets.a: width is not a parameter"),
        (r#"{"presets": {"a": ""}}"#, "presets.a: it is empty"),
        (r#"{"presets": {"a": "w=9&w=8"}}"#, "presets.a: w is given more than once"),
        (r#"{"presets": {"a": "p=b"}}"#, "presets.a: p must be the name of a preset"),
        (r#"{"presets": {"a": "raw=1"}}"#, "presets.a: raw cannot be in a preset"),
        (r#"{"presets": {"a": "w=5000"}}"#, "presets.a: w=5000 is more than maxWidth, 4096"),
        (r#"{"presets": {"a b": "w=5"}}"#, "presets.a b: the name \"a b\" is not 1 to 64 of the characters"),
        (r#"{"presets": {"a": "w=5", "a": "w=6"}}"#, "presets: `a` is there twice"),
        (r#"{"quality": [80, 70, 60]}"#, "quality: invalid type: sequence, expected an object"),
        (r#"{"effort": [1]}"#, "effort: invalid type: sequence, expected an object"),
        ("[]", ".: invalid type: sequence, expected an object"),
        (r#"{"presets": {"a": {"w": 5}}}"#, "presets.a: invalid type: map, expected a string"),
        (r#"{"presetsOnly": true}"#, "presetsOnly: true leaves nothing to ask for while presets is empty"),
        (r#"{"onError": "redirect"}"#, "onError: unknown variant `redirect`, expected `text` or `original`"),
        (
            r#"{"signing": "all", "onError": "original"}"#,
            "onError: \"original\" answers a signed variant with its original, which nobody has signed; write \"text\", \
             or set signing to \"outside\"",
        ),
        (r#"{"signing": "some"}"#, "signing: unknown variant `some`, expected one of `off`, `outside`, `all`"),
        (r#"{"keys": []}"#, "keys: unknown field `keys`"),
        ("{} x", ".: trailing characters"),
        ("", ".: EOF"),
    ] {
        let error = Config::parse(json).unwrap_err().to_string();
        assert!(error.starts_with(message), "{json} gave {error:?}");
    }
}

#[test]
fn what_is_printed_reads_back() {
    let config = Config::parse(
        r#"{"widths": [2, 1], "options": {"g": ["n"], "bg": ["FF0000"]}, "presets": {"a": "w=9&f=jpg"}, "maxAge": 5}"#,
    );
    let config = config.unwrap();
    assert_eq!(Config::parse(&serde_json::to_string(&config).unwrap()).unwrap(), config);
    assert_eq!(Config::parse(&serde_json::to_string(&Config::default()).unwrap()).unwrap(), Config::default());
}
