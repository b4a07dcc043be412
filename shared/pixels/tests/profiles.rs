//! Profiles that are damaged, hostile or large.

use image::{DynamicImage, GrayImage, Luma, Rgb, RgbImage, RgbaImage};
use moxcms::ColorProfile;
use turbojpeg::{PixelFormat, Subsamp};

use crate::support;
use crate::support::icc::{
    Tag, in_jpeg, jpeg_with, lut8, png_with, profile, table, text, tiff_with, webp_with, with_parts,
};
use crate::support::tiff::Tiff;
use crate::support::{avif, decode, difference, gradient, jpeg, make, png, tiff, webp, within_memory};

fn seen(source: &[u8]) -> RgbaImage {
    decode(&make(source, "/w_auto/png").unwrap())
}

fn image() -> RgbImage {
    RgbImage::from_fn(32, 16, |x, _| Rgb(if x < 16 { [200, 0, 60] } else { [255; 3] }))
}

/// Whether a profile in a PNG is applied: one with a [`table`] makes all but white black.
fn is_applied(profile: &[u8]) -> bool {
    let made = seen(&png_with(profile, image()));
    if difference(&made, &seen(&png(image()))) == 0 {
        return false;
    }
    assert!(made.get_pixel(4, 4).0[..3].iter().all(|level| *level < 9), "{:?}", made.get_pixel(4, 4));
    assert!(made.get_pixel(28, 4).0[..3].iter().all(|level| *level > 250), "{:?}", made.get_pixel(28, 4));
    true
}

#[test]
fn more_tags_than_any_profile_has() {
    let table = table(3, 2);
    let tags = |count: usize| -> Vec<u8> {
        let names: Vec<[u8; 4]> =
            (0..count).map(|number| [b'x', b'x', b'0' + (number / 10) as u8, b'0' + (number % 10) as u8]).collect();
        let mut tags: Vec<Tag> = names.iter().map(|name| (name, &b"text\0\0\0\0"[..])).collect();
        tags[0] = (b"A2B0", &table);
        profile(b"RGB ", b"XYZ ", &tags)
    };
    assert!(is_applied(&tags(64)));
    assert!(!is_applied(&tags(65)));
}

/// A thousand times the same 3 MB take a few kilobytes in a PNG.
#[test]
fn a_tag_that_comes_again_and_again() {
    let table = table(3, 100);
    for count in [2, 1000, 85_000] {
        let bytes = profile(b"RGB ", b"XYZ ", &vec![(b"A2B0", &table[..]); count]);
        assert!(!is_applied(&bytes), "{count}");
    }
    assert!(is_applied(&profile(b"RGB ", b"XYZ ", &[(b"A2B0", &table)])), "a large one");
}

/// Texts whose records are all the same 2 MB, 3 GB in total.
#[test]
fn texts_are_not_read() {
    within_memory(500, || {
        let (text, table) = (text(1500, 2_000_000), table(3, 2));
        let bytes = profile(b"RGB ", b"XYZ ", &[(b"cprt", &text), (b"A2B0", &table), (b"desc", &text)]);
        assert!(is_applied(&bytes));
        for source in [jpeg_with(&bytes, &image()), webp_with(&bytes, &image()), tiff_with(&bytes, &image())] {
            assert!(seen(&source).get_pixel(4, 4)[0] < 9);
        }
        for path in ["/w_auto/json", "/w_auto/thumbhash"] {
            make(&png_with(&bytes, image()), path).unwrap();
        }
    });
}

#[test]
fn offsets_outside_of_the_profile() {
    let (table, curve) = (table(3, 2), b"curv\0\0\0\0\0\0\0\x01\x02\0\0\0");
    let whole = profile(b"RGB ", b"XYZ ", &[(b"A2B0", &table), (b"rTRC", curve)]);
    assert!(is_applied(&whole));
    let with = |at: usize, number: u32| {
        let mut profile = whole.clone();
        profile[at..at + 4].copy_from_slice(&number.to_be_bytes());
        profile
    };
    for (name, bytes) in [
        ("size", with(0, u32::try_from(whole.len()).unwrap() + 1)),
        ("no size", with(0, 0)),
        ("count", with(128, u32::MAX)),
        ("offset", with(132 + 4, u32::MAX)),
        ("length", with(132 + 8, u32::MAX)),
        ("offset of another tag", with(144 + 4, 1 << 20)),
        ("entries of a curve", with(whole.len() - 8, u32::MAX)),
        ("grid", with(156 + 8, 0x0303_ff00)),
        ("inputs", with(156 + 8, 0x0503_0200)),
        ("no grid", with(156 + 8, 0x0303_0000)),
        ("signature", with(36, 0)),
        ("cut", whole[..whole.len() - 4].to_vec()),
        ("connection space", with(20, u32::from_be_bytes(*b"RGB "))),
    ] {
        assert!(!is_applied(&bytes), "{name}");
    }
    // Bytes after the profile are ignored.
    assert!(is_applied(&[&whole[..], &[7; 100]].concat()));
}

/// A profile without a perceptual intent, as Argyll writes them.
#[test]
fn another_intent_counts_where_there_is_no_perceptual_one() {
    let table = table(3, 2);
    for name in [b"A2B1", b"A2B2"] {
        assert!(is_applied(&profile(b"RGB ", b"XYZ ", &[(name, &table)])));
    }
}

#[test]
fn more_curves_than_a_display_needs() {
    let curve = |entries: u32| -> Vec<u8> {
        let values = (0..entries).flat_map(|index| ((index * 65535 / (entries - 1) / 2) as u16).to_be_bytes());
        [b"curv\0\0\0\0", &entries.to_be_bytes()[..]].concat().into_iter().chain(values).collect()
    };
    let gray = |entries| {
        let curve = curve(entries);
        let file = png_with(&profile(b"GRAY", b"XYZ ", &[(b"kTRC", &curve)]), GrayImage::from_pixel(9, 9, Luma([200])));
        seen(&file).get_pixel(4, 4)[0]
    };
    // Half of the light.
    assert!(gray(4096) < 190);
    assert_eq!(gray(39_000), 200);
}

#[test]
fn cmyk_by_a_table() {
    // All inks at 0 are the last point, which undoes the JPEG's inversion.
    let mut points = vec![0; 2usize.pow(4) * 3];
    points[..3].copy_from_slice(&[123, 128, 106]);
    let table = lut8(4, 2, &points);
    let bytes = profile(b"CMYK", b"XYZ ", &[(b"A2B0", &table)]);
    let inks: Vec<u8> = (0..64 * 32).flat_map(|at| if at % 64 < 32 { [255; 4] } else { [255, 255, 255, 90] }).collect();
    let plain = support::compress(64, 32, &inks, PixelFormat::CMYK, Subsamp::None);
    let made = seen(&in_jpeg(&plain, &bytes));
    assert!(made.get_pixel(4, 4).0.iter().all(|level| *level > 250), "{:?}", made.get_pixel(4, 4));
    assert_ne!(difference(&made, &seen(&plain)), 0);
    // It is not applied to RGB.
    assert!(!is_applied(&bytes));
    let tiff = Tiff::new(64, 32, 5, 8, 4, &vec![0; 64 * 32 * 4]).bytes_tag(34675, &bytes).file();
    assert!(seen(&tiff).pixels().all(|pixel| pixel[0] > 250));
}

/// The image is shown, whatever the numbers of the profile's parts are.
#[test]
fn damaged_parts_in_a_jpeg_are_no_profile() {
    let bytes = ColorProfile::new_display_p3().encode().unwrap();
    let (first, second) = bytes.split_at(bytes.len() / 2);
    let plain = jpeg(&gradient(64, 48));
    for (name, parts) in [
        ("number 0", vec![(0, 1, &bytes[..])]),
        ("number beyond the count", vec![(2, 1, &bytes[..])]),
        ("second missing", vec![(1, 2, first)]),
        ("first missing", vec![(2, 2, second)]),
        ("twice", vec![(1, 1, &bytes[..]), (1, 1, &bytes[..])]),
        ("two counts", vec![(1, 2, first), (2, 3, second)]),
        ("count 0", vec![(1, 0, &bytes[..])]),
        ("empty", vec![(1, 1, &[][..])]),
        ("cut", vec![(1, 1, first)]),
    ] {
        let damaged = with_parts(&plain, &parts);
        for path in ["/w_auto/png", "/w_20/png", "/w_8/png", "/w_20/h_20/g_smart/png", "/w_auto/gray_1/png"] {
            let [with, without] = [&damaged, &plain].map(|source| decode(&make(source, path).unwrap()));
            assert_eq!(difference(&with, &without), 0, "{name}, {path}");
        }
        for path in ["/w_auto/jpeg", "/w_20/webp", "/w_9/avif", "/w_auto/thumbhash"] {
            let [with, without] = [&damaged, &plain].map(|source| make(source, path).unwrap().bytes);
            assert!(with == without, "{name}, {path}");
        }
        make(&damaged, "/w_auto/json").unwrap();
    }
}

/// Changes the code points in the `colr` box.
fn labelled(avif: &[u8], primaries: u8, transfer: u8) -> Vec<u8> {
    let at = avif.windows(8).position(|window| window == b"colrnclx").unwrap() + 8;
    let mut file = avif.to_vec();
    file[at..at + 4].copy_from_slice(&[0, primaries, 0, transfer]);
    file
}

#[test]
fn code_points_in_avif() {
    let file = avif(RgbImage::from_fn(64, 64, |x, y| Rgb([148, 148, if x < 32 && y < 64 { 148 } else { 20 }])));
    let plain = seen(&file);
    for transfer in [1, 6, 14, 15] {
        assert_eq!(difference(&seen(&labelled(&file, 1, transfer)), &plain), 0, "{transfer}");
        assert_eq!(difference(&seen(&labelled(&file, 12, transfer)), &seen(&labelled(&file, 12, 13))), 0);
    }
    for (transfer, level) in [(16, 187), (18, 120)] {
        let made = seen(&labelled(&file, 9, transfer));
        let gray = made.get_pixel(8, 8).0;
        assert!(gray[..3].iter().all(|channel| channel.abs_diff(level) <= 5), "{transfer}: {gray:?}");
    }
    // Bright red stays red.
    let red = seen(&labelled(&avif(RgbImage::from_pixel(64, 64, Rgb([190, 60, 10]))), 9, 16));
    let [r, g, b, _] = red.get_pixel(30, 30).0;
    assert!(r == 255 && g < 20 && b < 20, "{r} {g} {b}");
}

/// Floats are linear light, unless a profile says otherwise.
#[test]
fn floats_in_a_tiff() {
    let values = [0.0f32, 0.002, 0.05, 0.2, 0.5, 1.0, 3.0];
    let levels = [0, 7, 63, 124, 188, 255, 255];
    let bytes = |values: &[f32]| -> Vec<u8> { values.iter().flat_map(|value| value.to_le_bytes()).collect() };
    let file = |photometric: u64, samples: u64, values: &[f32]| {
        let width = values.len() as u64 / samples;
        Tiff::new(width, 1, photometric, 32, samples, &bytes(values)).tag(
            339,
            support::tiff::SHORT,
            &vec![3; samples as usize],
        )
    };
    let rgb: Vec<f32> = values.iter().flat_map(|value| [*value; 3]).collect();
    let inverted: Vec<f32> = values.iter().map(|value| 1.0 - value).collect();
    for (name, file) in
        [("RGB", file(2, 3, &rgb)), ("gray", file(1, 1, &values)), ("white is zero", file(0, 1, &inverted))]
    {
        let made = seen(&file.file());
        for (pixel, level) in made.pixels().zip(levels) {
            assert!(pixel.0[..3].iter().all(|channel| channel.abs_diff(level) <= 1), "{name}: {pixel:?}, not {level}");
        }
    }
    // Alpha is not converted; multiplied colours are divided first.
    let with_alpha = file(2, 4, &[0.1, 0.1, 0.1, 0.5]).tag(338, support::tiff::SHORT, &[1]).file();
    let pixel = seen(&with_alpha).get_pixel(0, 0).0;
    assert!(pixel[0].abs_diff(124) <= 1 && pixel[3].abs_diff(127) <= 1, "{pixel:?}");
    let srgb = ColorProfile::new_srgb().encode().unwrap();
    let pixel = seen(&file(2, 3, &[0.5; 3]).bytes_tag(34675, &srgb).file()).get_pixel(0, 0).0;
    assert!(pixel[0].abs_diff(127) <= 1, "{pixel:?}");
}

#[test]
fn frames_of_an_animation_have_their_colours() {
    let made = make(&animation(), "/w_auto/webp").unwrap();
    let table = table(3, 2);
    let bytes = profile(b"RGB ", b"XYZ ", &[(b"A2B0", &table)]);
    // The profile comes after the header.
    let chunk = [b"ICCP", &u32::try_from(bytes.len()).unwrap().to_le_bytes()[..], &bytes].concat();
    let mut file = [&made.bytes[..30], &chunk, &made.bytes[30..]].concat();
    file[20] |= 0x20;
    let size = u32::try_from(file.len() - 8).unwrap().to_le_bytes();
    file[4..8].copy_from_slice(&size);
    let shown = make(&file, "/w_auto/gif").unwrap();
    assert_eq!(shown.frames, 2);
    assert!(decode(&shown).pixels().all(|pixel| pixel[0] < 9 && pixel[1] < 9 && pixel[2] < 9));
}

/// A GIF of two frames without white.
fn animation() -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut file);
    for color in [[200, 0, 0], [0, 0, 200]] {
        let frame = DynamicImage::from(RgbImage::from_pixel(16, 16, Rgb(color))).into_rgba8();
        encoder.encode_frame(image::Frame::new(frame)).unwrap();
    }
    drop(encoder);
    file
}

#[test]
fn every_container_without_a_profile_is_as_it_was() {
    // The reference of the other tests.
    for source in [png(image()), tiff(&image())] {
        assert_eq!(seen(&source).get_pixel(4, 4).0, [200, 0, 60, 255]);
    }
    for source in [jpeg(&image()), webp(image())] {
        assert!(seen(&source).get_pixel(4, 4)[0] > 180);
    }
}
