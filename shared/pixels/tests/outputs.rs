//! Variants are written in the smallest form.

use image::{DynamicImage, GrayImage, Luma, Rgba, RgbaImage};
use ridge_contract::{Config, VariantPath};
use ridge_pixels::render;

use crate::support::{avif, decode, difference, gradient, make, png};

/// An image of rings in this number of colours. The last colour may be transparent.
fn rings(colors: u32, has_hole: bool) -> RgbaImage {
    RgbaImage::from_fn(120, 90, |x, y| {
        let ring = (x.abs_diff(60).max(y.abs_diff(45)) / 3) % colors;
        let level = (ring * 255 / colors) as u8;
        let alpha = if has_hole && ring == colors - 1 { 0 } else { 255 };
        if alpha == 0 { Rgba([0; 4]) } else { Rgba([level, 255 - level, 60, alpha]) }
    })
}

/// Returns colour type and bit depth by the header.
fn kind_of_png(bytes: &[u8]) -> (u8, u8) {
    (bytes[25], bytes[24])
}

#[test]
fn a_png_has_a_palette_where_one_holds_all_colours() {
    const INDEXED: u8 = 3;
    for (colors, depth) in [(2, 1), (3, 2), (4, 2), (5, 4), (16, 4), (17, 8)] {
        for has_hole in [false, true] {
            let image = rings(colors, has_hole);
            // Mirrored, so that it is encoded again.
            let made = make(&png(image.clone()), "/w_auto/flip_h/png").unwrap();
            assert_eq!(kind_of_png(&made.bytes), (INDEXED, depth), "{colors} colours");
            let expected = image::imageops::flip_horizontal(&image);
            assert_eq!(difference(&decode(&made), &expected), 0, "{colors} colours, a hole: {has_hole}");
            assert_eq!(made.bytes.windows(4).any(|name| name == b"tRNS"), has_hole);
        }
    }
}

#[test]
fn a_png_without_colour_is_gray() {
    // No two neighbours are equal, as in a photograph.
    let gray = GrayImage::from_fn(300, 200, |x, y| Luma([(x * 7 + y * 13) as u8]));
    let made = make(&png(gray.clone()), "/w_auto/flip_h/png").unwrap();
    assert_eq!(kind_of_png(&made.bytes), (0, 8));
    let mut soft = DynamicImage::from(gray).into_rgba8();
    soft.enumerate_pixels_mut().for_each(|(x, _, pixel)| pixel[3] = (x % 200) as u8);
    let made = make(&png(soft.clone()), "/w_auto/flip_h/png").unwrap();
    assert_eq!(kind_of_png(&made.bytes), (4, 8));
    assert_eq!(difference(&decode(&made), &image::imageops::flip_horizontal(&soft)), 0);
}

#[test]
fn a_jpeg_without_colour_has_one_component() {
    let gray = make(&png(gradient(60, 40)), "/w_auto/gray_1/jpeg").unwrap();
    let colour = make(&png(gradient(60, 40)), "/w_auto/jpeg").unwrap();
    let components = |bytes: &[u8]| {
        let frame = bytes.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap();
        bytes[frame + 9]
    };
    assert_eq!((components(&gray.bytes), components(&colour.bytes)), (1, 3));
}

/// Whether a WebP is lossless, by its chunk.
fn is_lossless(webp: &[u8]) -> bool {
    webp.windows(4).any(|name| name == b"VP8L")
}

#[test]
fn a_drawing_becomes_lossless_webp_where_that_is_smaller() {
    let drawing = rings(9, true);
    let made = make(&png(drawing.clone()), "/w_auto/webp").unwrap();
    assert!(is_lossless(&made.bytes));
    let back = decode(&make(&made.bytes, "/w_auto/png").unwrap());
    assert_eq!(difference(&back, &drawing), 0);
    assert!(!is_lossless(&make(&png(gradient(120, 90)), "/w_auto/webp").unwrap().bytes), "no drawing");
}

#[test]
fn more_effort_is_smaller() {
    let photo = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/photos/brook.jpg")).unwrap();
    for (format, low, high) in [("webp", 0, 6), ("jpeg", 0, 1), ("png", 0, 9)] {
        let path = VariantPath::parse(&format!("/w_300/{format}/x")).unwrap();
        let bytes = |effort: u8| {
            let config = Config::parse(&format!(r#"{{"effort": {{"{format}": {effort}}}}}"#)).unwrap();
            render(&photo, path.variant(), &config, &mut |_| {}).unwrap().bytes.len()
        };
        assert!(bytes(high) < bytes(low), "{format}: {} and {}", bytes(high), bytes(low));
    }
}

#[test]
fn a_quality_is_one_scale() {
    // Higher quality gives larger files in every lossy format, and formats are similar.
    for format in ["webp", "jpeg", "avif"] {
        let bytes =
            |quality| make(&png(gradient(300, 200)), &format!("/w_auto/q_{quality}/{format}")).unwrap().bytes.len();
        assert!(bytes(20) < bytes(60) && bytes(60) < bytes(95), "{format}");
    }
    assert!(avif(gradient(300, 200)).len() < make(&png(gradient(300, 200)), "/w_auto/q_95/jpeg").unwrap().bytes.len());
}
