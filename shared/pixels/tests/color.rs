//! Profiles are applied: against the colour spaces' own formulas, not against the library that applies them.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use std::io::Write as _;

use image::{Rgb, RgbImage};
use moxcms::ColorProfile;
use support::color::{ADOBE, P3, TO_SRGB, apply, srgb_level, srgb_light};
use support::tiff::Tiff;
use support::{decode, jpeg, make, png, webp};

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
    with_chunk(&plain, b"iCCP", &[b"name\0\0", &deflated.finish().unwrap()[..]].concat())
}

/// A PNG with a chunk more, behind its header.
fn with_chunk(png: &[u8], name: &[u8], content: &[u8]) -> Vec<u8> {
    let named = [name, content].concat();
    let mut crc = flate2::Crc::new();
    crc.update(&named);
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&png[..33], &length, &named, &crc.sum().to_be_bytes(), &png[33..]].concat()
}

fn tiff_with(profile: &[u8], picture: &RgbImage) -> Vec<u8> {
    let (width, height) = (picture.width().into(), picture.height().into());
    Tiff::new(width, height, 2, 8, 3, picture.as_raw()).bytes_tag(34675, profile).file()
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
            ("tiff", tiff_with(&profile, &picture), 2),
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
    let samples: Vec<u8> = picture.pixels().map(|pixel| pixel[0]).collect();
    let tiff = Tiff::new(160, 32, 1, 8, 1, &samples).bytes_tag(34675, &profile).file();
    for source in [png_with(&profile, &picture), tiff] {
        let made = decode(&make(&source, "/w_auto/png").unwrap());
        for (index, level) in levels.iter().enumerate() {
            let got = made.get_pixel(index as u32 * 32 + 16, 16);
            let want = expected(&Rgb([*level; 3]), "gray");
            assert!(
                got[0].abs_diff(want[0]) <= 2 && got[0] == got[1] && got[1] == got[2],
                "{level} became {got:?}, not {want:?}"
            );
        }
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
    let srgb = ColorProfile::new_srgb().encode().unwrap();
    let damaged = [&srgb[..100], b"abc", &vec![0xff; 3000]];
    // A file with sRGB's profile is taken for one without: it may serve as it is, and goes the same short way.
    for (container, source, without) in [
        ("jpeg", jpeg_with(&srgb, &picture), jpeg(&picture)),
        ("png", png_with(&srgb, &picture), png(picture.clone())),
        ("webp", webp_with(&srgb, &picture), webp(picture.clone())),
    ] {
        let path = format!("/w_auto/{container}");
        let made = make(&source, &path).unwrap();
        assert!(
            made.bytes.len() < source.len() - srgb.len() / 2,
            "{container}: {} of {}",
            made.bytes.len(),
            source.len()
        );
        for path in [&*path, "/w_20/webp"] {
            let (with, without) = (make(&source, path).unwrap(), make(&without, path).unwrap());
            let same = decode(&make(&with.bytes, "/w_auto/png").unwrap());
            assert_eq!(support::difference(&same, &decode(&make(&without.bytes, "/w_auto/png").unwrap())), 0);
        }
    }
    let seen = |source: &[u8]| decode(&make(source, "/w_auto/png").unwrap());
    for profile in damaged {
        for (container, source, plain) in [
            ("png", png_with(profile, &picture), png(picture.clone())),
            ("jpeg", jpeg_with(profile, &picture), jpeg(&picture)),
            ("webp", webp_with(profile, &picture), webp(picture.clone())),
            ("tiff", tiff_with(profile, &picture), support::tiff(&picture)),
        ] {
            assert_eq!(support::difference(&seen(&source), &seen(&plain)), 0, "{} bytes in {container}", profile.len());
        }
    }
}
