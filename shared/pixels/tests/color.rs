//! Profiles, checked with the formulas of the colour spaces instead of the library that applies them.

use image::{DynamicImage, Rgb, RgbImage};
use moxcms::{ColorProfile, ToneReprCurve};

use crate::support;
use crate::support::color::{ADOBE, P3, TO_SRGB, apply, srgb_level, srgb_light};
use crate::support::icc::{png_with, tiff_with, webp_with, with_parts};
use crate::support::tiff::Tiff;
use crate::support::{decode, jpeg, make, png, webp};

fn expected(pixel: &Rgb<u8>, space: &str) -> [u8; 3] {
    let v = pixel.0.map(|level| f64::from(level) / 255.0);
    match space {
        "Display P3" => apply(&TO_SRGB, apply(&P3, v.map(srgb_light))).map(srgb_level),
        "Adobe RGB" => apply(&TO_SRGB, apply(&ADOBE, v.map(|v| v.powf(2.19921875)))).map(srgb_level),
        _ => v.map(|v| srgb_level(v.powf(1.8))),
    }
}

/// An image of large flat fields, so that a lossy encoder keeps each colour.
fn fields(colours: &[[u8; 3]]) -> RgbImage {
    RgbImage::from_fn(32 * colours.len() as u32, 32, |x, _| Rgb(colours[x as usize / 32]))
}

/// The profile in two parts. The second part comes first.
fn jpeg_with(profile: &[u8], image: &RgbImage) -> Vec<u8> {
    let (first, second) = profile.split_at(profile.len() / 2);
    with_parts(&jpeg(image), &[(2, 2, second), (1, 2, first)])
}

#[test]
fn rgb_profiles_in_every_container() {
    let colours = [[200, 100, 100], [60, 180, 75], [40, 60, 200], [128, 128, 128], [250, 200, 30], [10, 10, 10]];
    let image = fields(&colours);
    for (space, profile) in
        [("Display P3", ColorProfile::new_display_p3()), ("Adobe RGB", ColorProfile::new_adobe_rgb())]
    {
        let profile = profile.encode().unwrap();
        for (container, source, tolerance) in [
            ("jpeg", jpeg_with(&profile, &image), 4),
            ("png", png_with(&profile, image.clone()), 2),
            ("webp", webp_with(&profile, &image), 6),
            ("tiff", tiff_with(&profile, &image), 2),
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
    let image = fields(&levels.map(|level| [level; 3]));
    let profile = ColorProfile::new_gray_with_gamma(1.8).encode().unwrap();
    let samples: Vec<u8> = image.pixels().map(|pixel| pixel[0]).collect();
    let tiff = Tiff::new(160, 32, 1, 8, 1, &samples).bytes_tag(34675, &profile).file();
    let gray = DynamicImage::from(image).into_luma8();
    for source in [png_with(&profile, gray), tiff] {
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
    let seen = |source: &[u8]| decode(&make(source, "/w_auto/png").unwrap());
    // RGB, and gray in three channels, with a profile for gray.
    let gray = ColorProfile::new_gray_with_gamma(1.0).encode().unwrap();
    for image in [fields(&[[20, 200, 60], [200, 100, 100]]), fields(&[[60; 3], [200; 3]])] {
        for (container, with, without) in [
            ("png", png_with(&gray, image.clone()), png(image.clone())),
            ("jpeg", jpeg_with(&gray, &image), jpeg(&image)),
            ("webp", webp_with(&gray, &image), webp(image.clone())),
            ("tiff", tiff_with(&gray, &image), support::tiff(&image)),
        ] {
            assert_eq!(support::difference(&seen(&with), &seen(&without)), 0, "gray in {container}");
        }
    }
    // Gray in one channel with an RGB profile.
    let mut linear = ColorProfile::new_srgb();
    linear.cicp = None;
    for curve in [&mut linear.red_trc, &mut linear.green_trc, &mut linear.blue_trc] {
        *curve = Some(ToneReprCurve::Lut(Vec::new()));
    }
    let linear = linear.encode().unwrap();
    let levels = image::GrayImage::from_fn(64, 32, |x, _| image::Luma([x as u8 * 4]));
    let lone = support::compress(64, 32, &levels, turbojpeg::PixelFormat::GRAY, turbojpeg::Subsamp::Gray);
    let tiff = Tiff::new(64, 32, 1, 8, 1, &levels);
    for (container, with, without) in [
        ("png", png_with(&linear, levels.clone()), png(levels.clone())),
        ("jpeg", with_parts(&lone, &[(1, 1, &linear)]), lone.clone()),
        ("tiff", tiff.clone().bytes_tag(34675, &linear).file(), tiff.file()),
    ] {
        assert_eq!(support::difference(&seen(&with), &seen(&without)), 0, "colours in {container}");
    }
    let image = fields(&[[20, 200, 60], [200, 100, 100]]);
    // CMYK with an RGB profile.
    let inks: Vec<u8> = image.pixels().flat_map(|pixel| [pixel[0], pixel[1], pixel[2], 200]).collect();
    let cmyk = support::compress(64, 32, &inks, turbojpeg::PixelFormat::CMYK, turbojpeg::Subsamp::None);
    let profile = ColorProfile::new_adobe_rgb().encode().unwrap();
    let with = with_parts(&cmyk, &[(1, 1, &profile)]);
    assert_eq!(support::difference(&seen(&with), &seen(&cmyk)), 0);
    // As JPEG, it is an RGB JPEG that every browser supports.
    let made = make(&cmyk, "/w_auto/q_100/jpeg").unwrap();
    let again = turbojpeg::read_header(&made.bytes).unwrap();
    assert_eq!(again.colorspace, turbojpeg::Colorspace::YCbCr);
}

#[test]
fn srgb_and_damaged_profiles_change_nothing() {
    let image = fields(&[[200, 100, 100], [40, 60, 200]]);
    let srgb = ColorProfile::new_srgb().encode().unwrap();
    let damaged = [&srgb[..100], b"abc", &vec![0xff; 3000]];
    // A file with the sRGB profile counts as one without a profile: its bytes may be used, and its planes.
    for (container, source, without) in [
        ("jpeg", jpeg_with(&srgb, &image), jpeg(&image)),
        ("png", png_with(&srgb, image.clone()), png(image.clone())),
        ("webp", webp_with(&srgb, &image), webp(image.clone())),
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
            ("png", png_with(profile, image.clone()), png(image.clone())),
            ("jpeg", jpeg_with(profile, &image), jpeg(&image)),
            ("webp", webp_with(profile, &image), webp(image.clone())),
            ("tiff", tiff_with(profile, &image), support::tiff(&image)),
        ] {
            assert_eq!(support::difference(&seen(&source), &seen(&plain)), 0, "{} bytes in {container}", profile.len());
        }
    }
}
