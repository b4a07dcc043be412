//! Colours of a PNG without an ICC profile, checked with the formulas and tables of the standards.

use std::io::Write as _;

use image::{Rgb, RgbImage, RgbaImage};
use moxcms::ColorProfile;

use crate::support;
use crate::support::color::{ADOBE, BT2020, P3, TO_SRGB, apply, srgb_level, srgb_light};
use crate::support::{decode, difference, make, png};

const COLOURS: [[u8; 3]; 7] =
    [[200, 100, 100], [60, 180, 75], [40, 60, 200], [128, 128, 128], [250, 200, 30], [10, 10, 10], [255, 255, 255]];

fn image() -> RgbImage {
    RgbImage::from_fn(COLOURS.len() as u32, 1, |x, _| Rgb(COLOURS[x as usize]))
}

fn seen(source: &[u8]) -> RgbaImage {
    decode(&make(source, "/w_auto/png").unwrap())
}

/// Adds these chunks before the pixels, in this order.
fn with(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    into(&png(image()), chunks)
}

fn into(png: &[u8], chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut file = png[..33].to_vec();
    for (name, content) in chunks {
        let named = [&name[..], content].concat();
        let mut crc = flate2::Crc::new();
        crc.update(&named);
        file.extend(u32::try_from(content.len()).unwrap().to_be_bytes());
        file.extend(named);
        file.extend(crc.sum().to_be_bytes());
    }
    [&file, &png[33..]].concat()
}

fn gamma(value: u32) -> (&'static [u8; 4], Vec<u8>) {
    (b"gAMA", value.to_be_bytes().to_vec())
}

fn chromaticities(values: [u32; 8]) -> (&'static [u8; 4], Vec<u8>) {
    (b"cHRM", values.iter().flat_map(|value| value.to_be_bytes()).collect())
}

fn code_points(numbers: [u8; 4]) -> (&'static [u8; 4], Vec<u8>) {
    (b"cICP", numbers.to_vec())
}

fn icc(profile: &ColorProfile) -> (&'static [u8; 4], Vec<u8>) {
    let mut deflated = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    deflated.write_all(&profile.encode().unwrap()).unwrap();
    (b"iCCP", [b"name\0\0", &deflated.finish().unwrap()[..]].concat())
}

const SRGB: [u32; 8] = [31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000];
const LINEAR: u32 = 100_000;
const DISPLAY_P3: [u8; 4] = [12, 13, 0, 1];

fn assert_is(source: &[u8], want: impl Fn([f64; 3]) -> [u8; 3], name: &str) {
    let made = seen(source);
    for (colour, got) in COLOURS.iter().zip(made.pixels()) {
        let want = want(colour.map(|level| f64::from(level) / 255.0));
        let is_near = (0..3).all(|channel| got[channel].abs_diff(want[channel]) <= 2);
        assert!(is_near, "{name}: {colour:?} became {got:?}, not {want:?}");
    }
}

fn p3(v: [f64; 3]) -> [u8; 3] {
    apply(&TO_SRGB, apply(&P3, v.map(srgb_light))).map(srgb_level)
}

#[test]
fn code_points_of_standard_range() {
    assert_is(&with(&[code_points(DISPLAY_P3)]), p3, "Display P3");
    // Transfer characteristics of video cameras are shown as those of a display, as in browsers; the primaries count.
    let bt2020 = |v: [f64; 3]| apply(&TO_SRGB, apply(&BT2020, v.map(srgb_light))).map(srgb_level);
    for transfer in [1, 6, 14, 15] {
        assert_is(&with(&[code_points([9, transfer, 0, 1])]), bt2020, "BT.2020");
        assert_eq!(difference(&seen(&with(&[code_points([1, transfer, 0, 1])])), &seen(&with(&[]))), 0, "{transfer}");
    }
    assert_is(&with(&[code_points([1, 8, 0, 1])]), |v| v.map(srgb_level), "linear");
    assert_eq!(difference(&seen(&with(&[code_points([1, 13, 0, 1])])), &seen(&with(&[]))), 0, "sRGB");
}

/// The colours of Chromium 156: levels, then their results with the primaries 9 (BT.2020), 12 (Display P3) and 1
/// (BT.709), each with the transfer characteristics 16 (PQ) and 18 (HLG). 148 in PQ and 192 in HLG are white at 203
/// nits, 192 in PQ is 1000 nits.
const HIGH_DYNAMIC_RANGE: [([u8; 3], [[u8; 3]; 4]); 12] = [
    ([0, 0, 0], [[0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]]),
    ([97, 97, 97], [[72, 72, 72], [72, 72, 72], [72, 72, 72], [72, 72, 72]]),
    ([148, 148, 148], [[187, 187, 187], [120, 120, 120], [187, 187, 187], [120, 120, 120]]),
    ([170, 170, 170], [[229, 229, 229], [150, 150, 150], [229, 229, 229], [150, 150, 150]]),
    ([192, 192, 192], [[255, 255, 255], [189, 189, 189], [255, 255, 255], [189, 189, 189]]),
    ([255, 255, 255], [[255, 255, 255], [255, 255, 255], [255, 255, 255], [255, 255, 255]]),
    ([148, 0, 0], [[235, 0, 0], [134, 0, 0], [205, 0, 0], [104, 0, 0]]),
    ([0, 160, 0], [[0, 226, 0], [0, 138, 0], [0, 220, 0], [0, 131, 0]]),
    ([60, 60, 190], [[0, 0, 255], [4, 39, 161], [14, 14, 255], [42, 42, 155]]),
    ([180, 140, 100], [[255, 96, 23], [183, 106, 75], [255, 123, 29], [158, 113, 81]]),
    ([120, 170, 200], [[0, 164, 255], [0, 152, 198], [0, 161, 255], [100, 149, 194]]),
    ([90, 60, 40], [[76, 17, 4], [73, 37, 21], [66, 23, 4], [62, 40, 25]]),
];

#[test]
fn code_points_of_high_dynamic_range() {
    let image = RgbImage::from_fn(12, 1, |x, _| Rgb(HIGH_DYNAMIC_RANGE[x as usize].0));
    for (index, [primaries, transfer]) in [[9, 16], [9, 18], [12, 16], [1, 18]].into_iter().enumerate() {
        let made = seen(&into(&png(image.clone()), &[code_points([primaries, transfer, 0, 1])]));
        // The same in a profile's tag.
        let tag = [b"cicp\0\0\0\0", &[primaries, transfer, 0, 1][..]].concat();
        let profile = support::icc::profile(b"RGB ", b"XYZ ", &[(b"cicp", &tag)]);
        assert_eq!(difference(&seen(&support::icc::png_with(&profile, image.clone())), &made), 0);
        for ((from, to), got) in HIGH_DYNAMIC_RANGE.iter().zip(made.pixels()) {
            let is_near = to[index].iter().zip(got.0).all(|(want, got)| want.abs_diff(got) <= 1);
            assert!(is_near, "{primaries}, {transfer}: {from:?} became {got:?}, not {:?}", to[index]);
        }
    }
}

#[test]
fn alpha_of_high_dynamic_range_stays() {
    let image = RgbaImage::from_fn(2, 1, |x, _| image::Rgba([148, 148, 148, if x == 0 { 255 } else { 90 }]));
    let made = seen(&into(&png(image), &[code_points([9, 16, 0, 1])]));
    let [left, right] = [0, 1].map(|x| made.get_pixel(x, 0).0);
    assert_eq!((left[..3].to_vec(), left[3]), (right[..3].to_vec(), 255));
    assert_eq!(right[3], 90);
    assert!(left[0].abs_diff(187) <= 1, "{left:?}");
}

/// Only the low bits of the transparent gray count, as many as a sample has (PNG specification, section 11.3.2.1).
#[test]
fn transparent_gray_with_high_bits() {
    for (depth, row, transparent) in [
        (::png::BitDepth::One, 0b0101_0101, 0x0f01u16),
        (::png::BitDepth::Two, 0b0011_0011, 0xff03),
        (::png::BitDepth::Four, 0x0f, 0x01ff),
        (::png::BitDepth::Eight, 0xff, 0x05ff),
    ] {
        let mut file = Vec::new();
        let mut encoder = ::png::Encoder::new(&mut file, 2, 2);
        encoder.set_color(::png::ColorType::Grayscale);
        encoder.set_depth(depth);
        encoder.set_trns(transparent.to_be_bytes().to_vec());
        let bytes = if depth == ::png::BitDepth::Eight { vec![0, row, 0, row] } else { vec![row; 2] };
        encoder.write_header().unwrap().write_image_data(&bytes).unwrap();
        for path in ["/w_auto/png", "/w_1/png", "/w_auto/json"] {
            let made = make(&file, path).unwrap();
            if path.ends_with("json") {
                assert!(String::from_utf8(made.bytes).unwrap().contains("\"hasAlpha\":true"), "{depth:?}");
            } else if path == "/w_auto/png" {
                let seen = decode(&made);
                let alpha: Vec<u8> = seen.pixels().map(|pixel| pixel[3]).collect();
                assert_eq!(alpha, [255, 0, 255, 0], "{depth:?}");
            } else {
                assert!((100..155).contains(&decode(&made).get_pixel(0, 0)[3]), "{depth:?}");
            }
        }
    }
}

#[test]
fn an_exponent_with_and_without_primaries() {
    assert_is(&with(&[gamma(LINEAR)]), |v| v.map(srgb_level), "linear");
    assert_is(&with(&[gamma(55556)]), |v| v.map(|v| srgb_level(v.powf(1.8))), "old Macintosh");
    let adobe = chromaticities([31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000]);
    let want = |v: [f64; 3]| apply(&TO_SRGB, apply(&ADOBE, v.map(|v| v.powf(2.19921875)))).map(srgb_level);
    assert_is(&with(&[gamma(45470), adobe.clone()]), want, "Adobe RGB");
    assert_eq!(difference(&seen(&with(&[adobe])), &seen(&with(&[]))), 0, "primaries without a curve");
}

#[test]
fn the_first_understood_chunk_counts() {
    let (linear, standard) = (gamma(LINEAR), (b"sRGB", vec![0]));
    let (adobe, wide) = (icc(&ColorProfile::new_adobe_rgb()), icc(&ColorProfile::new_display_p3()));
    let plain = seen(&with(&[]));
    for (name, chunks) in [
        ("code points before an exponent", vec![linear.clone(), code_points([1, 13, 0, 1])]),
        ("sRGB before an exponent", vec![linear.clone(), standard.clone()]),
        ("what is sRGB but for rounding", vec![gamma(45000), chromaticities(SRGB.map(|value| value + 10))]),
    ] {
        assert_eq!(difference(&seen(&with(&chunks)), &plain), 0, "{name}");
    }
    for (name, chunks) in [
        ("code points before a profile", vec![adobe, code_points(DISPLAY_P3)]),
        ("a profile before all that is simpler", vec![linear.clone(), standard.clone(), wide.clone()]),
        ("a profile, of code points without meaning", vec![wide.clone(), code_points([2, 2, 0, 1])]),
        ("a profile, of a narrow range", vec![wide, code_points([9, 1, 0, 0])]),
    ] {
        assert_is(&with(&chunks), p3, name);
    }
}

#[test]
fn invalid_values_are_ignored() {
    let plain = seen(&with(&[]));
    for chunks in [
        vec![gamma(0)],
        vec![gamma(1)],
        vec![gamma(u32::MAX)],
        vec![(b"gAMA", vec![1, 2])],
        vec![gamma(45455), chromaticities([0; 8])],
        vec![gamma(45455), chromaticities([u32::MAX; 8])],
        // Three colours on a line.
        vec![gamma(45455), chromaticities([31270, 32900, 30000, 30000, 40000, 40000, 20000, 20000])],
    ] {
        assert_eq!(difference(&seen(&with(&chunks)), &plain), 0, "{chunks:?}");
    }
}

/// The original's bytes are used only if they mean the same without the removed chunks.
#[test]
fn an_original_with_other_colours_is_encoded_again() {
    let mut flat = Vec::new();
    let mut encoder = png::Encoder::new(&mut flat, 64, 64);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(::png::BitDepth::One);
    encoder.set_palette(vec![128, 128, 128, 200, 100, 100]);
    encoder.write_header().unwrap().write_image_data(&[0b1111_0000; 512]).unwrap();
    // The smallest file that the pipeline itself writes.
    let flat = make(&flat, "/w_auto/png").unwrap().bytes;
    assert_eq!(make(&flat, "/w_auto/png").unwrap().bytes, flat, "kept");
    for (chunks, level) in [
        (vec![gamma(LINEAR)], srgb_level(128.0 / 255.0)),
        (vec![code_points([1, 8, 0, 1])], srgb_level(128.0 / 255.0)),
        // Without its code points, the exponent would count.
        (vec![code_points([1, 13, 0, 1]), gamma(LINEAR)], 128),
    ] {
        let made = make(&into(&flat, &chunks), "/w_auto/png").unwrap();
        let again = decode(&make(&made.bytes, "/w_auto/png").unwrap());
        let got = again.get_pixel(4, 0);
        assert!(got[0].abs_diff(level) <= 1, "{chunks:?}: {got:?}, not {level}");
        assert!(!made.bytes.windows(4).any(|window| window == b"gAMA" || window == b"cICP"));
    }
}
