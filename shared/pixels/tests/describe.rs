//! Descriptions of images: a ThumbHash as a `data:` URI, and JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::{Rgb, RgbImage, Rgba, RgbaImage};
use ridge_contract::{Config, Format, VariantPath};
use ridge_pixels::{Error, Orientation, describe, recognise, render};
use serde_json::{Value, json};

use crate::support::{disc, gif, gradient, jpeg, make, png, stored, with_exif};

fn told(source: &[u8], path: &str) -> Value {
    let made = make(source, path).unwrap();
    assert_eq!((made.format, made.frames), (Format::Json, 1));
    let told: Value = serde_json::from_slice(&made.bytes).unwrap();
    assert_eq!((&told["width"], &told["height"]), (&made.size.width.into(), &made.size.height.into()));
    told
}

/// Returns the pixels of the placeholder.
fn placeholder(source: &[u8], path: &str) -> RgbaImage {
    let made = make(source, path).unwrap();
    assert_eq!(made.format, Format::ThumbHash);
    let uri = String::from_utf8(made.bytes).unwrap();
    let png = STANDARD.decode(uri.strip_prefix("data:image/png;base64,").unwrap()).unwrap();
    image::load_from_memory(&png).unwrap().into_rgba8()
}

/// An image with one colour in the left half and another in the right half.
fn halves(left: [u8; 3], right: [u8; 3]) -> RgbImage {
    RgbImage::from_fn(400, 200, |x, _| Rgb(if x < 200 { left } else { right }))
}

const RED: [u8; 3] = [220, 20, 20];
const BLUE: [u8; 3] = [20, 20, 220];

#[test]
fn facts_are_of_the_variant_and_its_original() {
    let source = jpeg(&gradient(300, 200));
    let found = told(&source, "/w_auto/json");
    let original = json!({
        "format": "jpeg", "width": 300, "height": 200, "orientation": 1, "frames": 1, "bytes": source.len(),
    });
    assert_eq!(found["original"], original);
    assert_eq!((&found["width"], &found["hasAlpha"]), (&300.into(), &false.into()));
    let hash = STANDARD.decode(found["thumbhash"].as_str().unwrap()).unwrap();
    assert!((5..=25).contains(&hash.len()), "{}", hash.len());
    // The variant's size, cropped or not, and never larger than the original.
    for (path, size) in [
        ("/w_150/json", (150, 100)),
        ("/w_100/h_100/json", (100, 100)),
        ("/w_100/h_100/fit_contain/json", (100, 100)),
        ("/w_100/h_100/fit_inside/json", (100, 67)),
        ("/w_900/json", (300, 200)),
        ("/w_auto/rot_90/json", (200, 300)),
    ] {
        let found = told(&source, path);
        assert_eq!((&found["width"], &found["height"]), (&size.0.into(), &size.1.into()), "{path}");
        assert_eq!(found["original"], original, "{path}");
    }
}

#[test]
fn orientation_is_applied() {
    let upright = gradient(120, 80);
    for orientation in Orientation::ALL {
        let source = with_exif(&jpeg(&stored(&upright, orientation)), orientation.number());
        let found = told(&source, "/w_auto/json");
        assert_eq!((&found["width"], &found["height"]), (&120.into(), &80.into()), "{orientation:?}");
        let original = &found["original"];
        assert_eq!((&original["width"], &original["orientation"]), (&120.into(), &orientation.number().into()));
        let shown = placeholder(&source, "/w_auto/thumbhash");
        // A ThumbHash stores the aspect ratio in sevenths.
        assert_eq!(shown.dimensions(), (32, 23), "{orientation:?}");
        // Red grows to the right, green downwards.
        let (first, last) = (shown.get_pixel(0, 0), shown.get_pixel(31, 22));
        assert!(first[0] + 60 < last[0] && first[1] + 60 < last[1], "{orientation:?}: {first:?} {last:?}");
    }
}

#[test]
fn the_colour_is_the_dominant_one() {
    let mut image = halves(RED, RED);
    image.enumerate_pixels_mut().filter(|(x, ..)| *x >= 250).for_each(|(.., pixel)| *pixel = Rgb(BLUE));
    assert_eq!(told(&png(image.clone()), "/w_auto/json")["color"], "#dc1414");
    // Pixels outside of the crop do not count, nor does colour with `gray`.
    assert_eq!(told(&png(image.clone()), "/w_100/h_200/g_e/json")["color"], "#1414dc");
    let gray = told(&png(image), "/w_auto/gray_1/json")["color"].as_str().unwrap().to_owned();
    assert!(gray[1..3] == gray[3..5] && gray[3..5] == gray[5..7], "{gray}");
    let clear = RgbaImage::from_pixel(9, 9, Rgba([200, 0, 0, 0]));
    let found = told(&png(clear), "/w_auto/json");
    assert_eq!((&found["color"], &found["hasAlpha"]), (&Value::Null, &true.into()));
}

#[test]
fn has_alpha_is_true_if_alpha_is_used() {
    let found = told(&png(disc(200)), "/w_auto/json");
    assert_eq!((&found["hasAlpha"], &found["color"]), (&true.into(), &"#ff0000".into()));
    let opaque = RgbaImage::from_pixel(20, 20, Rgba([1, 2, 3, 255]));
    assert_eq!(told(&png(opaque), "/w_auto/json")["hasAlpha"], false);
    let padded = told(&jpeg(&gradient(90, 30)), "/w_90/h_90/fit_contain/bg_00000000/json");
    assert_eq!(padded["hasAlpha"], true);
    let shown = placeholder(&png(disc(200)), "/w_auto/thumbhash");
    assert!(shown.get_pixel(16, 16)[3] > 200 && shown.get_pixel(0, 0)[3] < 60, "{:?}", shown.get_pixel(0, 0));
}

#[test]
fn animations_are_their_first_frame() {
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
    for color in [RED, BLUE, BLUE] {
        let frame = RgbaImage::from_pixel(40, 20, Rgba([color[0], color[1], color[2], 255]));
        encoder.encode_frame(image::Frame::new(frame)).unwrap();
    }
    drop(encoder);
    let found = told(&bytes, "/w_auto/json");
    assert_eq!((&found["original"]["frames"], &found["original"]["format"]), (&3.into(), &"gif".into()));
    let [r, _, b, _] = placeholder(&bytes, "/w_auto/thumbhash").get_pixel(9, 9).0;
    assert!(r > 180 && b < 80, "{r} {b}");
    assert_eq!(told(&gif(gradient(9, 9)), "/w_auto/json")["original"]["frames"], 1);
}

#[test]
fn a_placeholder_is_small_and_looks_alike() {
    let source = jpeg(&halves(RED, BLUE));
    let shown = placeholder(&source, "/w_auto/thumbhash");
    assert_eq!(shown.dimensions(), (32, 18));
    let (left, right) = (shown.get_pixel(4, 9), shown.get_pixel(27, 9));
    assert!(left[0] > 170 && left[2] < 90 && right[0] < 90 && right[2] > 170, "{left:?} {right:?}");
    let cut = placeholder(&source, "/w_50/h_100/g_e/thumbhash");
    assert_eq!(cut.dimensions(), (18, 32));
    assert!(cut.pixels().all(|pixel| pixel[2] > pixel[0]), "only the right half");
    assert!(make(&source, "/w_auto/thumbhash").unwrap().bytes.len() < 3000);
    // Extreme aspect ratios still have a pixel.
    for (width, height) in [(1, 1), (3000, 1), (1, 3000)] {
        let tiny = placeholder(&png(gradient(width, height)), "/w_auto/thumbhash");
        assert!(tiny.width() <= 32 && tiny.height() <= 32, "{width}x{height}");
    }
}

#[test]
fn the_hash_is_of_the_pixels_as_they_are() {
    let source = png(gradient(75, 100));
    let path = VariantPath::parse("/w_auto/thumbhash/x").unwrap();
    let found = describe(&source, path.variant(), &Config::default(), &mut |_| {}).unwrap();
    // An image that is not resampled is hashed unchanged.
    let image = image::load_from_memory(&source).unwrap().into_rgba8();
    assert_eq!(found.thumbhash, thumbhash::rgba_to_thumb_hash(75, 100, &image));
    let (r, g, b, a) = thumbhash::thumb_hash_to_average_rgba(&found.thumbhash).unwrap();
    assert!((r - 0.5).abs() < 0.05 && (g - 0.5).abs() < 0.05 && (b - 60.0 / 255.0).abs() < 0.05 && a == 1.0);
}

#[test]
fn limits_and_errors_are_those_of_images() {
    let small = Config::parse(r#"{"maxSourcePixels": 100}"#).unwrap();
    for path in ["/w_auto/json/x", "/w_auto/thumbhash/x"] {
        let path = VariantPath::parse(path).unwrap();
        let render = |source: &[u8], config: &Config| render(source, path.variant(), config, &mut |_| {});
        assert!(matches!(render(&png(gradient(20, 20)), &small), Err(Error::TooManyPixels { .. })));
        assert_eq!(render(b"text", &Config::default()), Err(Error::Unknown));
        let source = png(gradient(20, 20));
        assert!(matches!(render(&source[..60], &Config::default()), Err(Error::Broken { .. })));
        assert!(recognise(&source).is_ok());
    }
}
