//! The whole pipeline on small images.

use image::{DynamicImage, Rgb, Rgba};
use ridge_contract::Format;
use ridge_pixels::{header, recognise};

use crate::support::{avif, bmp, decode, disc, gif, gradient, jpeg, make, png, small_jpeg, tiff, webp};

#[test]
fn every_input_output_and_fit() {
    let image = gradient(60, 40);
    let inputs = [
        ("jpeg", jpeg(&image)),
        ("png", png(image.clone())),
        ("gif", gif(image.clone())),
        ("webp", webp(image.clone())),
        ("avif", avif(image.clone())),
        ("tiff", tiff(&image)),
        ("bmp", bmp(&image)),
    ];
    let fits = [
        ("", (30, 30)),
        ("/fit_contain", (30, 30)),
        ("/fit_inside", (30, 20)),
        ("/fit_outside", (45, 30)),
        ("/fit_fill", (30, 30)),
    ];
    for (name, input) in &inputs {
        for (fit, size) in fits {
            for format in Format::pictures() {
                let path = format!("/w_30/h_30{fit}/{format}");
                let made = make(input, &path).unwrap_or_else(|error| panic!("{name} to {path}: {error}"));
                assert_eq!((made.size.width, made.size.height), size, "{name} to {path}");
                assert_eq!(made.format, format);
                let kind = recognise(&made.bytes).unwrap();
                assert_eq!(kind.name().to_lowercase(), format.name(), "{name} to {path}");
                assert_eq!(header(kind, &made.bytes).unwrap().size, made.size, "{name} to {path}");
            }
        }
    }
}

#[test]
fn a_crop_follows_gravity() {
    // Red is a pixel's column, 0 to 255.
    let source = png(gradient(256, 64));
    for (gravity, first, last) in [("g_w", 0, 63), ("", 96, 159), ("g_e", 192, 255), ("g_25.50", 32, 95)] {
        let path = format!("/w_64/h_64/{gravity}/png").replace("//", "/");
        let made = decode(&make(&source, &path).unwrap());
        assert!(made.get_pixel(0, 32)[0].abs_diff(first) <= 1, "{path}: {:?}", made.get_pixel(0, 32));
        assert!(made.get_pixel(63, 32)[0].abs_diff(last) <= 1, "{path}: {:?}", made.get_pixel(63, 32));
    }
}

#[test]
fn gray_keeps_luminance_and_alpha() {
    let colours = [[255u8, 0, 0], [0, 255, 0], [0, 0, 255], [128, 128, 128], [255, 255, 255]];
    let image = image::RgbaImage::from_fn(5, 1, |x, _| {
        let [r, g, b] = colours[x as usize];
        Rgba([r, g, b, 100 + x as u8])
    });
    let made = decode(&make(&png(image), "/w_auto/gray_1/png").unwrap());
    // Luminance of linear light (ITU-R BT.709), encoded by IEC 61966-2-1.
    for (x, level) in [127u8, 220, 76, 128, 255].into_iter().enumerate() {
        let pixel = made.get_pixel(x as u32, 0);
        assert!(pixel.0[..3].iter().all(|channel| channel.abs_diff(level) <= 1), "{x}: {pixel:?} for {level}");
        assert_eq!(pixel[3], 100 + x as u8);
    }
    let small = small_jpeg();
    let gray = decode(&make(&make(&small, "/w_auto/gray_1/jpeg").unwrap().bytes, "/w_auto/png").unwrap());
    assert!(gray.pixels().all(|pixel| pixel[0].abs_diff(pixel[1]) <= 2 && pixel[1].abs_diff(pixel[2]) <= 2));
}

#[test]
fn edges_of_transparency_have_no_dark_fringe() {
    // A lossy original has already lost colour at its edges.
    for (name, source, limit) in [("png", png(disc(200)), 240), ("webp", webp(disc(200)), 200)] {
        let made = decode(&make(&source, "/w_50/png").unwrap());
        let edge: Vec<_> = made.pixels().filter(|pixel| (20..=235).contains(&pixel[3])).collect();
        assert!(edge.len() > 20, "{name}: the edge is soft");
        let darkest = edge.iter().map(|pixel| pixel[0]).min().unwrap();
        assert!(darkest > limit, "{name}: red falls to {darkest}");
    }
}

#[test]
fn transparency_survives_or_is_flattened_on_the_background() {
    let source = png(disc(64));
    for path in ["/w_32/webp", "/w_32/gif", "/w_32/png"] {
        let made = make(&source, path).unwrap();
        let seen = decode(&make(&made.bytes, "/w_auto/png").unwrap());
        assert_eq!(seen.get_pixel(0, 0)[3], 0, "{path}");
        assert_eq!(seen.get_pixel(16, 16)[3], 255, "{path}");
        assert!(seen.get_pixel(16, 16)[0] > 240, "{path}");
    }
    for (path, corner) in [("/w_32/jpeg", [255, 255, 255]), ("/w_32/bg_0000ff/jpeg", [0, 0, 255])] {
        let made = make(&source, path).unwrap();
        let seen = decode(&make(&made.bytes, "/w_auto/png").unwrap());
        let pixel = seen.get_pixel(0, 0);
        assert!((0..3).all(|channel| pixel[channel].abs_diff(corner[channel]) < 24), "{path}: {pixel:?}");
    }
}

#[test]
fn auto_is_png_where_transparency_is_used_and_jpeg_elsewhere() {
    let opaque = DynamicImage::from(gradient(20, 20)).into_rgba8();
    for (name, source, expected) in [
        ("disc", png(disc(20)), Format::Png),
        ("alpha that is opaque everywhere", png(opaque), Format::Jpeg),
        ("photo", jpeg(&gradient(20, 20)), Format::Jpeg),
        ("webp with alpha", webp(disc(20)), Format::Png),
    ] {
        assert_eq!(make(&source, "/w_10/auto").unwrap().format, expected, "{name}");
    }
}

#[test]
fn contain_pads_with_the_background() {
    let source = png(gradient(60, 30));
    let made = decode(&make(&source, "/w_40/h_40/fit_contain/bg_ff000080/png").unwrap());
    assert_eq!(made.dimensions(), (40, 40));
    assert_eq!(made.get_pixel(0, 0), &Rgba([255, 0, 0, 128]));
    assert_eq!(made.get_pixel(20, 20)[3], 255);
    let top = decode(&make(&source, "/w_40/h_40/fit_contain/g_n/png").unwrap());
    assert_eq!(top.get_pixel(39, 39), &Rgba([255, 255, 255, 255]));
    assert!(top.get_pixel(39, 0)[0] > 200 && top.get_pixel(39, 0)[1] < 40);
}

#[test]
fn webp_is_lossy() {
    let opaque = make(&png(gradient(64, 64)), "/w_auto/webp").unwrap().bytes;
    assert_eq!(&opaque[12..16], b"VP8 ");
    let soft = image::RgbaImage::from_fn(64, 64, |x, y| Rgba([x as u8 * 3, y as u8 * 3, 60, (x * y) as u8]));
    let transparent = make(&png(soft), "/w_auto/webp").unwrap().bytes;
    assert_eq!(&transparent[12..16], b"VP8X");
    assert!(transparent.windows(4).any(|chunk| chunk == b"VP8 "));
}

#[test]
fn quality_changes_the_bytes() {
    let source = jpeg(&gradient(200, 200));
    for format in ["webp", "jpeg"] {
        let sizes: Vec<_> =
            [10, 80, 95].map(|q| make(&source, &format!("/w_100/q_{q}/{format}")).unwrap().bytes.len()).into();
        assert!(sizes.is_sorted() && sizes[0] < sizes[2], "{format}: {sizes:?}");
    }
}

#[test]
fn a_crop_without_scaling_changes_no_pixel() {
    let board = image::RgbImage::from_fn(101, 100, |x, y| Rgb([if (x + y) % 2 == 0 { 255 } else { 0 }; 3]));
    for path in ["/w_100/h_100/png", "/w_77/h_100/g_33.66/png", "/w_50/h_100/g_51.50/png"] {
        let made = decode(&make(&png(board.clone()), path).unwrap());
        assert!(made.pixels().all(|pixel| matches!(pixel[0], 0 | 255)), "{path}");
    }
}

#[test]
fn a_variant_without_size_keeps_the_originals_within_the_formats_limit() {
    let long = png(image::RgbImage::new(20_000, 3));
    for (path, size) in [
        ("/w_auto/jpeg", "20000x3"),
        ("/w_auto/png", "20000x3"),
        ("/w_auto/auto", "20000x3"),
        ("/w_auto/webp", "16383x2"),
    ] {
        assert_eq!(make(&long, path).unwrap().size.to_string(), size, "{path}");
    }
}
