//! JPEG to WebP and JPEG by planes, compared with PNG, which uses RGB.

use image::{RgbImage, RgbaImage};
use ridge_contract::{Config, VariantPath};
use ridge_pixels::{Orientation, Stage, render};
use turbojpeg::{PixelFormat, Subsamp};

use crate::support;
use crate::support::{decode, make, stored, with_exif};

/// Strong colours that change everywhere, but slowly: misplaced chroma is visible, subsampling is not.
fn colours(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (f64::from(x) / f64::from(width), f64::from(y) / f64::from(height));
        let wave = |turn: f64| (127.0 + 90.0 * (5.0 * (x + turn) + 4.0 * y * (turn + 0.5)).sin()) as u8;
        image::Rgb([wave(0.0), wave(0.4), wave(0.9)])
    })
}

fn compress(image: &RgbImage, sampling: Subsamp) -> Vec<u8> {
    support::compress(image.width(), image.height(), image.as_raw(), PixelFormat::RGB, sampling)
}

/// Returns the mean and the greatest difference of a channel.
fn difference(a: &RgbaImage, b: &RgbaImage) -> (f64, u8) {
    assert_eq!(a.dimensions(), b.dimensions());
    let sum: f64 = a.as_raw().iter().zip(b.as_raw()).map(|(a, b)| f64::from(a.abs_diff(*b))).sum();
    (sum / a.as_raw().len() as f64, support::difference(a, b))
}

fn agree(source: &[u8], path: &str, name: &str) {
    let png = decode(&make(source, &format!("{path}/png")).unwrap());
    for format in ["webp", "jpeg"] {
        // Quality comes before `rot` in a path.
        let at = path.find("/rot").unwrap_or(path.len());
        let made = make(source, &format!("{}/q_98{}/{format}", &path[..at], &path[at..])).unwrap();
        let seen = decode(&make(&made.bytes, "/w_auto/png").unwrap());
        let found = difference(&seen, &png);
        assert!(found.0 < 2.5 && found.1 < 24, "{name} {path} {format}: {found:?}");
    }
}

const SAMPLINGS: [Subsamp; 7] =
    [Subsamp::None, Subsamp::Sub2x1, Subsamp::Sub2x2, Subsamp::Sub1x2, Subsamp::Sub4x1, Subsamp::Sub1x4, Subsamp::Gray];

#[test]
fn every_sampling_and_size() {
    for sampling in SAMPLINGS {
        let source = compress(&colours(611, 407), sampling);
        for path in ["/w_60", "/w_61/h_41", "/w_33/h_57", "/w_45", "/w_150", "/w_203", "/w_auto"] {
            agree(&source, path, &format!("{sampling:?}"));
        }
    }
}

/// Crops by gravity, at odd sizes, in each orientation.
#[test]
fn every_orientation() {
    for orientation in Orientation::ALL {
        let upright = colours(350, 289);
        let source = with_exif(&compress(&stored(&upright, orientation), Subsamp::Sub2x2), orientation.number());
        for path in ["/w_35/h_35", "/w_35/h_20/g_ne", "/w_21/h_40/g_10.90", "/w_34/h_51/g_sw", "/w_35/rot_90/flip_h"] {
            agree(&source, path, &format!("{orientation:?}"));
        }
    }
}

#[test]
fn small_sources() {
    for side in 1..=34 {
        for sampling in [Subsamp::Sub2x2, Subsamp::None] {
            let source = compress(&colours(side, 35 - side), sampling);
            for path in ["/w_auto", "/w_1", "/w_3/h_3", "/w_5/h_2"] {
                let made = make(&source, &format!("{path}/webp")).unwrap();
                assert_eq!(made.size, make(&source, &format!("{path}/png")).unwrap().size);
            }
        }
    }
}

/// A gray JPEG has one component, whether its original had one or three.
#[test]
fn gray() {
    let gray = RgbImage::from_fn(400, 300, |x, y| image::Rgb([((x + y) / 3) as u8; 3]));
    for sampling in [Subsamp::Gray, Subsamp::Sub2x2] {
        let source = compress(&gray, sampling);
        let made = make(&source, "/w_100/jpeg").unwrap();
        assert_eq!(turbojpeg::read_header(&made.bytes).unwrap().subsamp, Subsamp::Gray, "{sampling:?}");
        agree(&source, "/w_99", "gray");
    }
}

/// A drawing is decoded again as pixels, for a lossless file; a smooth image is encoded from planes.
#[test]
fn only_what_may_be_drawn_is_decoded_again() {
    let made = |image: &RgbImage| {
        let mut decodes = 0;
        let path = VariantPath::parse("/w_150/webp/x").unwrap();
        let source = compress(image, Subsamp::Sub2x2);
        let mut watch = |stage: Stage| decodes += u32::from(stage == Stage::Decode);
        let picture = render(&source, path.variant(), &Config::default(), &mut watch).unwrap();
        (decodes, picture.bytes.windows(4).any(|name| name == b"VP8L"))
    };
    let drawing = RgbImage::from_fn(1200, 800, |x, y| match (x / 400 + y / 400) % 3 {
        0 => image::Rgb([250, 250, 250]),
        1 => image::Rgb([30, 60, 200]),
        _ => image::Rgb([220, 40, 40]),
    });
    assert_eq!(made(&drawing), (2, true));
    // Red and green alternate with equal luma.
    let smooth = RgbImage::from_fn(1200, 800, |x, _| {
        let red = f64::from(x) / 1200.0 * 180.0;
        image::Rgb([red as u8, (200.0 - red * 0.299 / 0.587) as u8, 100])
    });
    assert_eq!(made(&smooth), (1, false));
}
