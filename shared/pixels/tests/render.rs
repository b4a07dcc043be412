//! The whole pipeline on small pictures.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use image::{DynamicImage, GrayAlphaImage, GrayImage, ImageBuffer, Luma, LumaA, Rgb, Rgba, imageops};
use pixels::{Kind, Orientation, header, recognise};
use shared::Format;
use support::{compress, decode, difference, disc, gif, gradient, jpeg, make, png, webp, with_exif};
use turbojpeg::{PixelFormat, Subsamp};

#[test]
fn every_input_output_and_fit() {
    let picture = gradient(60, 40);
    let inputs = [
        ("jpeg", jpeg(&picture)),
        ("png", png(picture.clone())),
        ("gif", gif(picture.clone())),
        ("webp", webp(picture)),
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
            for format in Format::all() {
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
fn a_crop_keeps_what_gravity_says() {
    // Red says where a pixel was from left to right, 0 to 255.
    let source = png(gradient(256, 64));
    for (gravity, first, last) in [("g_w", 0, 63), ("", 96, 159), ("g_e", 192, 255), ("g_25.50", 32, 95)] {
        let path = format!("/w_64/h_64/{gravity}/png").replace("//", "/");
        let made = decode(&make(&source, &path).unwrap());
        assert!(made.get_pixel(0, 32)[0].abs_diff(first) <= 1, "{path}: {:?}", made.get_pixel(0, 32));
        assert!(made.get_pixel(63, 32)[0].abs_diff(last) <= 1, "{path}: {:?}", made.get_pixel(63, 32));
    }
}

#[test]
fn all_eight_orientations_stand_upright() {
    let upright = gradient(96, 64);
    let stored = |orientation: Orientation| {
        let turned = match orientation {
            Orientation::Upright => upright.clone(),
            Orientation::FlipHorizontal => imageops::flip_horizontal(&upright),
            Orientation::Rotate180 => imageops::rotate180(&upright),
            Orientation::FlipVertical => imageops::flip_vertical(&upright),
            Orientation::Transpose => imageops::flip_horizontal(&imageops::rotate90(&upright)),
            Orientation::Rotate90 => imageops::rotate270(&upright),
            Orientation::Transverse => imageops::flip_horizontal(&imageops::rotate270(&upright)),
            Orientation::Rotate270 => imageops::rotate90(&upright),
        };
        with_exif(&jpeg(&turned), orientation.number())
    };
    // An off-centre crop shows a rectangle that was turned the wrong way; the second is reduced while decoding.
    for path in ["/w_auto/png", "/w_20/h_20/g_20.90/png", "/w_9/h_12/g_80.10/png", "/w_40/h_40/fit_contain/g_se/png"] {
        let expected = decode(&make(&stored(Orientation::Upright), path).unwrap());
        for orientation in Orientation::ALL {
            let got = decode(&make(&stored(orientation), path).unwrap());
            let difference = difference(&got, &expected);
            assert!(difference <= 6, "{path} for {orientation:?} differs by {difference}");
        }
    }
}

#[test]
fn what_is_asked_is_turned_after_exif_and_before_geometry() {
    let upright = gradient(96, 64);
    let plain = decode(&make(&png(upright.clone()), "/w_auto/png").unwrap());
    let sideways = with_exif(&jpeg(&imageops::rotate270(&upright)), 6);
    for (options, expected) in [
        ("rot_90", imageops::rotate90(&plain)),
        ("rot_180", imageops::rotate180(&plain)),
        ("rot_270", imageops::rotate270(&plain)),
        ("flip_h", imageops::flip_horizontal(&plain)),
        ("flip_v", imageops::flip_vertical(&plain)),
        ("flip_hv", imageops::rotate180(&plain)),
        ("rot_90/flip_h", imageops::flip_horizontal(&imageops::rotate90(&plain))),
        ("rot_270/flip_v", imageops::flip_vertical(&imageops::rotate270(&plain))),
    ] {
        let path = format!("/w_auto/{options}/png");
        assert_eq!(difference(&decode(&make(&png(upright.clone()), &path).unwrap()), &expected), 0, "{path}");
        let turned = decode(&make(&sideways, &path).unwrap());
        assert!(difference(&turned, &expected) <= 6, "{path} after EXIF differs");
        // The crop is told in what comes out: here its top left corner.
        let cropped = decode(&make(&png(upright.clone()), &format!("/w_40/h_40/g_nw/{options}/png")).unwrap());
        let corner = imageops::crop_imm(&expected, 0, 0, 64, 64).to_image();
        let same = decode(&make(&png(corner), "/w_40/png").unwrap());
        assert!(difference(&cropped, &same) <= 2, "{path} cropped differs");
    }
}

#[test]
fn gray_keeps_luminance_and_alpha() {
    let colours = [[255u8, 0, 0], [0, 255, 0], [0, 0, 255], [128, 128, 128], [255, 255, 255]];
    let picture = image::RgbaImage::from_fn(5, 1, |x, _| {
        let [r, g, b] = colours[x as usize];
        Rgba([r, g, b, 100 + x as u8])
    });
    let made = decode(&make(&png(picture), "/w_auto/gray_1/png").unwrap());
    // Rec. 709 luminance of linear light, as IEC 61966-2-1 encodes it again.
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
fn damaged_exif_means_upright() {
    let picture = jpeg(&gradient(30, 20));
    let mut far = with_exif(&picture, 6);
    // The count of the directory's entries, and the offset of the directory itself.
    let tiff = far.windows(4).position(|window| window == b"II*\0").unwrap();
    far[tiff + 4..tiff + 8].copy_from_slice(&[0xff; 4]);
    for source in [with_exif(&picture, 0), with_exif(&picture, 9), far] {
        assert_eq!(make(&source, "/w_auto/png").unwrap().size.to_string(), "30x20");
    }
    assert_eq!(make(&with_exif(&picture, 6), "/w_auto/png").unwrap().size.to_string(), "20x30");
}

#[test]
fn edges_of_transparency_have_no_dark_fringe() {
    // A lossy source has lost some of the colour at its edges already.
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
    let transparent = make(&png(disc(64)), "/w_auto/webp").unwrap().bytes;
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
fn every_kind_of_png() {
    let gray: GrayImage = ImageBuffer::from_fn(40, 20, |x, _| Luma([(x * 6) as u8]));
    let gray_alpha: GrayAlphaImage = ImageBuffer::from_fn(40, 20, |x, _| LumaA([(x * 6) as u8, 128]));
    let deep: ImageBuffer<Rgb<u16>, _> = ImageBuffer::from_fn(40, 20, |x, _| Rgb([x as u16 * 1542; 3]));
    for (name, source, alpha) in [
        ("gray", png(gray.clone()), 255),
        ("gray and alpha", png(gray_alpha), 128),
        ("16 bits", png(DynamicImage::from(deep)), 255),
        ("palette", palette(), 255),
    ] {
        let seen = decode(&make(&source, "/w_auto/png").unwrap());
        let expected = DynamicImage::from(gray.clone()).into_rgba8();
        for (got, want) in seen.pixels().zip(expected.pixels()) {
            assert!((0..3).all(|channel| got[channel].abs_diff(want[channel]) <= 1), "{name}: {got:?} for {want:?}");
            assert_eq!(got[3], alpha, "{name}");
        }
    }
    let transparent = decode(&make(&palette_with_hole(), "/w_auto/png").unwrap());
    assert_eq!((transparent.get_pixel(0, 0)[3], transparent.get_pixel(1, 0)[3]), (0, 255));
}

fn palette() -> Vec<u8> {
    let levels: Vec<u8> = (0..40u8).flat_map(|level| [level * 6; 3]).collect();
    let rows: Vec<u8> = (0..20).flat_map(|_| 0..40u8).collect();
    indexed(40, 20, &levels, None, &rows)
}

fn palette_with_hole() -> Vec<u8> {
    indexed(2, 1, &[10, 20, 30, 40, 50, 60], Some(&[0, 255]), &[0, 1])
}

fn indexed(width: u32, height: u32, colours: &[u8], alpha: Option<&[u8]>, rows: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(colours.to_vec());
    if let Some(alpha) = alpha {
        encoder.set_trns(alpha.to_vec());
    }
    encoder.write_header().unwrap().write_image_data(rows).unwrap();
    bytes
}

#[test]
fn every_kind_of_jpeg() {
    let picture = gradient(64, 48);
    let expected = DynamicImage::from(picture.clone()).into_rgba8();
    for subsamp in [Subsamp::None, Subsamp::Sub2x1, Subsamp::Sub1x2, Subsamp::Sub2x2, Subsamp::Sub4x1] {
        let source = compress(64, 48, picture.as_raw(), PixelFormat::RGB, subsamp);
        let difference = difference(&decode(&make(&source, "/w_auto/png").unwrap()), &expected);
        assert!(difference < 16, "{subsamp:?} differs by {difference}");
    }
    let inks: Vec<u8> = picture.pixels().flat_map(|pixel| [pixel[0], pixel[1], pixel[2], 255]).collect();
    let cmyk = compress(64, 48, &inks, PixelFormat::CMYK, Subsamp::None);
    assert!(difference(&decode(&make(&cmyk, "/w_auto/png").unwrap()), &expected) < 16, "CMYK without black");
    let levels: Vec<u8> = picture.pixels().map(|pixel| pixel[0]).collect();
    let gray = decode(&make(&compress(64, 48, &levels, PixelFormat::GRAY, Subsamp::Gray), "/w_auto/png").unwrap());
    assert!(gray.pixels().all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2]));
}

#[test]
fn reduced_decoding_is_as_good_as_whole_decoding() {
    let picture = gradient(1600, 1200);
    let (reduced, whole) = (jpeg(&picture), png(picture));
    for path in ["/w_100/png", "/w_100/h_100/png", "/w_33/h_77/g_10.90/png", "/w_900/png", "/w_640/h_480/png"] {
        let difference = difference(&decode(&make(&reduced, path).unwrap()), &decode(&make(&whole, path).unwrap()));
        assert!(difference <= 4, "{path} differs by {difference}");
    }
}

#[test]
fn what_asks_for_nothing_is_never_larger_and_has_no_metadata() {
    let small = small_jpeg();
    let source = with_exif(&small, 1);
    let made = make(&source, "/w_auto/jpeg").unwrap();
    assert_eq!(made.bytes, small, "the original without its EXIF");
    for path in ["/w_auto/jpeg", "/w_100/jpeg", "/w_100/webp", "/w_100/png"] {
        let bytes = make(&source, path).unwrap().bytes;
        assert!(!bytes.windows(6).any(|window| window == b"SECRET"), "{path}");
    }
    let turned = make(&with_exif(&small, 6), "/w_auto/jpeg").unwrap();
    assert_eq!(turned.size.to_string(), "200x300", "what must be turned is made anew");

    let webp = make(&png(gradient(300, 200)), "/w_auto/q_20/webp").unwrap().bytes;
    assert_eq!(make(&webp, "/w_auto/webp").unwrap().bytes, webp);
    let flat = png(disc(64));
    assert!(make(&flat, "/w_auto/png").unwrap().bytes.len() <= flat.len());
}

/// The encoder's own work at a low quality: to encode it again at the default quality makes it larger.
fn small_jpeg() -> Vec<u8> {
    make(&png(gradient(300, 200)), "/w_auto/q_20/jpeg").unwrap().bytes
}

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&[0xff, marker], &length[..], content].concat()
}

#[test]
fn metadata_hidden_anywhere_in_a_jpeg_is_gone() {
    let small = small_jpeg();
    let secret = segment(0xe1, b"Exif\0\0SECRET");
    // A progressive file as libjpeg-turbo writes it, for a place between two scans.
    let progressive = {
        let picture = gradient(300, 200);
        let mut compressor = turbojpeg::Compressor::new().unwrap();
        compressor.set_quality(20).unwrap();
        compressor.set_progressive(true).unwrap();
        let image = turbojpeg::Image {
            pixels: picture.as_raw().as_slice(),
            width: 300,
            pitch: 900,
            height: 200,
            format: PixelFormat::RGB,
        };
        compressor.compress_to_vec(image).unwrap()
    };
    let scans: Vec<_> = progressive.windows(2).enumerate().filter(|(_, pair)| pair == &[0xff, 0xda]).collect();
    let between = [&progressive[..scans[1].0], &secret, &progressive[scans[1].0..]].concat();
    for (name, source) in [
        ("behind the end", [&small[..], &with_exif(&small, 1)].concat()),
        ("between two scans", between),
        ("in a thumbnail", [&small[..2], &segment(0xe0, b"JFXX\0\x10SECRET"), &small[2..]].concat()),
        ("in a comment", [&small[..2], &segment(0xfe, b"SECRET"), &small[2..]].concat()),
        ("in APP13", [&small[..2], &segment(0xed, b"Photoshop 3.0\0SECRET"), &small[2..]].concat()),
    ] {
        let made = make(&source, "/w_auto/jpeg").unwrap();
        assert!(!made.bytes.windows(6).any(|window| window == b"SECRET"), "{name}");
        assert!(made.bytes.len() < 10_000, "{name}: the original's own pixels");
        let difference = difference(
            &decode(&make(&made.bytes, "/w_auto/png").unwrap()),
            &decode(&make(&source, "/w_auto/png").unwrap()),
        );
        assert_eq!(difference, 0, "{name}");
    }
}

#[test]
fn a_profile_is_no_reason_to_panic_and_not_kept() {
    let small = small_jpeg();
    for content in [&b"ICC_PROFILE\0"[..], b"ICC_PROFILE\0\x01\x01abc", b"ICC_PROFILE"] {
        let source = [&small[..2], &segment(0xe2, content), &small[2..]].concat();
        let made = make(&source, "/w_auto/jpeg").unwrap();
        assert!(!made.bytes.windows(11).any(|window| window == b"ICC_PROFILE"));
    }
}

#[test]
fn a_crop_that_scales_nothing_touches_no_pixel() {
    let board = image::RgbImage::from_fn(101, 100, |x, y| Rgb([if (x + y) % 2 == 0 { 255 } else { 0 }; 3]));
    for path in ["/w_100/h_100/png", "/w_77/h_100/g_33.66/png", "/w_50/h_100/g_51.50/png"] {
        let made = decode(&make(&png(board.clone()), path).unwrap());
        assert!(made.pixels().all(|pixel| matches!(pixel[0], 0 | 255)), "{path}");
    }
}

#[test]
fn what_asks_for_no_size_keeps_its_own_as_far_as_the_format_holds_it() {
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

#[test]
fn a_gif_frame_lies_where_it_says() {
    let mut bytes = Vec::new();
    {
        let mut encoder = gif::Encoder::new(&mut bytes, 6, 5, &[255, 0, 0, 0, 0, 255]).unwrap();
        let frame =
            gif::Frame { left: 4, top: 3, width: 4, height: 1, buffer: vec![1; 4].into(), ..Default::default() };
        encoder.write_frame(&frame).unwrap();
    }
    let seen = decode(&make(&bytes, "/w_auto/png").unwrap());
    assert_eq!(seen.dimensions(), (6, 5));
    for (x, y, pixel) in seen.enumerate_pixels() {
        let expected = if x >= 4 && y == 3 { Rgba([0, 0, 255, 255]) } else { Rgba([0; 4]) };
        assert_eq!(pixel, &expected, "{x} {y}");
    }
}

#[test]
fn recognised_by_bytes_not_by_name() {
    assert_eq!(recognise(&webp(gradient(9, 9))), Ok(Kind::WebP));
    assert_eq!(
        make(b"<html>", "/w_9/webp").unwrap_err().to_string(),
        "the original is not a picture in a format that is read: JPEG, PNG, GIF or WebP"
    );
}
