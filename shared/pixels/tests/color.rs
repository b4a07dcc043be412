//! Profiles are applied: against the colour spaces' own formulas, not against the library that applies them.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use std::io::Write as _;

use image::{Rgb, RgbImage};
use moxcms::ColorProfile;
use support::{decode, jpeg, make, png, webp};

type Matrix = [[f64; 3]; 3];

/// Linear light to XYZ under D65: Display P3 (SMPTE EG 432-1), Adobe RGB (1998), and sRGB (IEC 61966-2-1), inverse.
const P3: Matrix = [[0.486571, 0.265668, 0.198217], [0.228975, 0.691739, 0.079287], [0.0, 0.045113, 1.043944]];
const ADOBE: Matrix = [[0.576731, 0.185554, 0.188185], [0.297377, 0.627349, 0.075274], [0.027034, 0.070687, 0.991109]];
const TO_SRGB: Matrix =
    [[3.240970, -1.537383, -0.498611], [-0.969244, 1.875968, 0.041555], [0.055630, -0.203977, 1.056972]];

fn apply(matrix: &Matrix, v: [f64; 3]) -> [f64; 3] {
    matrix.map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2])
}

fn srgb_light(v: f64) -> f64 {
    if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
}

fn srgb_level(light: f64) -> u8 {
    let light = light.clamp(0.0, 1.0);
    let v = if light <= 0.0031308 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    (v * 255.0).round() as u8
}

fn expected(pixel: &Rgb<u8>, space: &str) -> [u8; 3] {
    let v = pixel.0.map(|level| f64::from(level) / 255.0);
    match space {
        "Display P3" => apply(&TO_SRGB, apply(&P3, v.map(srgb_light))).map(srgb_level),
        "Adobe RGB" => apply(&TO_SRGB, apply(&ADOBE, v.map(|v| v.powf(2.19921875)))).map(srgb_level),
        _ => v.map(|v| srgb_level(v.powf(1.8))),
    }
}

/// Large flat fields, so that a lossy encoder keeps each colour.
fn fields(colours: &[[u8; 3]]) -> RgbImage {
    RgbImage::from_fn(32 * colours.len() as u32, 32, |x, _| Rgb(colours[x as usize / 32]))
}

fn jpeg_with(profile: &[u8], picture: &RgbImage) -> Vec<u8> {
    let plain = jpeg(picture);
    // In two parts, the second first, as they may come.
    let (first, second) = profile.split_at(profile.len() / 2);
    let part = |number: u8, bytes: &[u8]| {
        let content = [b"ICC_PROFILE\0", &[number, 2][..], bytes].concat();
        let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
        [&[0xff, 0xe2], &length[..], &content].concat()
    };
    [&plain[..2], &part(2, second), &part(1, first), &plain[2..]].concat()
}

fn png_with(profile: &[u8], picture: &RgbImage) -> Vec<u8> {
    let plain = png(picture.clone());
    let mut deflated = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    deflated.write_all(profile).unwrap();
    let content = [b"iCCPname\0\0", &deflated.finish().unwrap()[..]].concat();
    let mut crc = flate2::Crc::new();
    crc.update(&content);
    let length = u32::try_from(content.len() - 4).unwrap().to_be_bytes();
    [&plain[..33], &length, &content, &crc.sum().to_be_bytes(), &plain[33..]].concat()
}

fn webp_with(profile: &[u8], picture: &RgbImage) -> Vec<u8> {
    let plain = webp(picture.clone());
    let chunk = |name: &[u8], content: &[u8]| {
        let length = u32::try_from(content.len()).unwrap().to_le_bytes();
        [name, &length, content, &vec![0; content.len() % 2]].concat()
    };
    let size = |side: u32| (side - 1).to_le_bytes()[..3].to_vec();
    let header = [&[0x20, 0, 0, 0], &size(picture.width())[..], &size(picture.height())].concat();
    let body = [b"WEBP", &chunk(b"VP8X", &header)[..], &chunk(b"ICCP", profile), &plain[12..]].concat();
    [b"RIFF", &u32::try_from(body.len()).unwrap().to_le_bytes()[..], &body].concat()
}

#[test]
fn rgb_profiles_in_every_container() {
    let colours = [[200, 100, 100], [60, 180, 75], [40, 60, 200], [128, 128, 128], [250, 200, 30], [10, 10, 10]];
    let picture = fields(&colours);
    for (space, profile) in
        [("Display P3", ColorProfile::new_display_p3()), ("Adobe RGB", ColorProfile::new_adobe_rgb())]
    {
        let profile = profile.encode().unwrap();
        for (container, source, tolerance) in [
            ("jpeg", jpeg_with(&profile, &picture), 4),
            ("png", png_with(&profile, &picture), 2),
            ("webp", webp_with(&profile, &picture), 6),
        ] {
            let made = decode(&make(&source, "/w_auto/png").unwrap());
            for (index, colour) in colours.iter().enumerate() {
                let got = made.get_pixel(index as u32 * 32 + 16, 16);
                let want = expected(&Rgb(*colour), space);
                let is_near = (0..3).all(|channel| got[channel].abs_diff(want[channel]) <= tolerance);
                assert!(is_near, "{space} in {container}: {colour:?} became {got:?}, not {want:?}");
            }
            for format in ["webp", "jpeg", "png"] {
                let bytes = make(&source, &format!("/w_auto/{format}")).unwrap().bytes;
                let has = |name: &[u8]| bytes.windows(name.len()).any(|window| window == name);
                assert!(!has(b"ICC_PROFILE") && !has(b"iCCP") && !has(b"ICCP"), "{space} in {container} to {format}");
            }
        }
    }
}

#[test]
fn gray_profile() {
    let levels = [0u8, 40, 128, 200, 255];
    let picture = fields(&levels.map(|level| [level; 3]));
    let profile = ColorProfile::new_gray_with_gamma(1.8).encode().unwrap();
    let made = decode(&make(&png_with(&profile, &picture), "/w_auto/png").unwrap());
    for (index, level) in levels.iter().enumerate() {
        let got = made.get_pixel(index as u32 * 32 + 16, 16);
        let want = expected(&Rgb([*level; 3]), "gray");
        assert!(
            got[0].abs_diff(want[0]) <= 2 && got[0] == got[1] && got[1] == got[2],
            "{level} became {got:?}, not {want:?}"
        );
    }
}

#[test]
fn a_profile_of_another_kind_changes_nothing() {
    let picture = fields(&[[20, 200, 60], [200, 100, 100]]);
    let gray = ColorProfile::new_gray_with_gamma(1.8).encode().unwrap();
    let seen = |source: &[u8]| decode(&make(source, "/w_auto/png").unwrap());
    assert_eq!(support::difference(&seen(&png_with(&gray, &picture)), &seen(&png(picture.clone()))), 0);
    // Ink with a profile for light.
    let inks: Vec<u8> = picture.pixels().flat_map(|pixel| [pixel[0], pixel[1], pixel[2], 200]).collect();
    let cmyk = support::compress(64, 32, &inks, turbojpeg::PixelFormat::CMYK, turbojpeg::Subsamp::None);
    let profile = ColorProfile::new_adobe_rgb().encode().unwrap();
    let content = [b"ICC_PROFILE\0\x01\x01", &profile[..]].concat();
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    let with = [&cmyk[..2], &[0xff, 0xe2], &length, &content, &cmyk[2..]].concat();
    assert_eq!(support::difference(&seen(&with), &seen(&cmyk)), 0);
    // And asked for as JPEG, it is one that every browser shows.
    let made = make(&cmyk, "/w_auto/q_100/jpeg").unwrap();
    let again = turbojpeg::read_header(&made.bytes).unwrap();
    assert_eq!(again.colorspace, turbojpeg::Colorspace::YCbCr);
}

#[test]
fn srgb_and_damaged_profiles_change_nothing() {
    let picture = fields(&[[200, 100, 100], [40, 60, 200]]);
    let plain = decode(&make(&png(picture.clone()), "/w_auto/png").unwrap());
    let srgb = ColorProfile::new_srgb().encode().unwrap();
    let damaged = [&srgb[..100], b"abc", &vec![0xff; 3000]];
    let same = decode(&make(&png_with(&srgb, &picture), "/w_auto/png").unwrap());
    assert!(support::difference(&same, &plain) <= 1);
    let seen = |source: &[u8]| decode(&make(source, "/w_auto/png").unwrap());
    for profile in damaged {
        for (container, source, plain) in [
            ("png", png_with(profile, &picture), png(picture.clone())),
            ("jpeg", jpeg_with(profile, &picture), jpeg(&picture)),
            ("webp", webp_with(profile, &picture), webp(picture.clone())),
        ] {
            assert_eq!(support::difference(&seen(&source), &seen(&plain)), 0, "{} bytes in {container}", profile.len());
        }
    }
}
