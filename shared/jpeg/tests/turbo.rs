//! Images compared with libjpeg-turbo.

use std::ops::ControlFlow;

use ridge_jpeg::{Chroma, Options, Scale};
use turbojpeg::{Colorspace, PixelFormat, Subsamp};

use crate::common::coder::{Layout, random};
use crate::common::{Coding, Random, decode, difference, drawn, encode, options, photos, plane, turbo};

/// Largest mean and greatest difference of photographs from libjpeg-turbo, at eighths: reduced images of libjpeg-turbo
/// keep aliases of higher frequencies (or at 3/8 their full amplitude), so samples differ on purpose.
const PHOTOS: [(u8, f64, u8); 5] = [(1, 0.02, 1), (2, 2.5, 40), (3, 2.2, 40), (4, 2.8, 48), (8, 0.05, 1)];

#[test]
fn luma_of_photos() {
    for (name, bytes) in photos() {
        for (eighths, mean, most) in PHOTOS {
            let image = decode(&bytes, eighths).expect(&name);
            let (width, height, pixels) = turbo(&bytes, eighths, PixelFormat::GRAY).expect(&name);
            assert_eq!((image.width, image.height, image.damage), (width, height, None), "{name}");
            let found = difference(&plane(&image, 0), &pixels);
            println!("{name} {eighths}/8: {found:?}");
            assert!(found.0 <= mean && found.1 <= most, "{name} {eighths}/8: {found:?}");
        }
    }
}

#[test]
fn colours_of_photos() {
    for (name, bytes) in photos() {
        for (eighths, mean, most) in [(1, 1.5, 40), (8, 0.3, 6)] {
            let image = decode(&bytes, eighths).expect(&name).rgb().expect(&name);
            let found = difference(&image, &turbo(&bytes, eighths, PixelFormat::RGB).expect(&name).2);
            println!("{name} {eighths}/8: {found:?}");
            assert!(found.0 <= mean && found.1 <= most, "{name} {eighths}/8: {found:?}");
        }
    }
}

const SAMPLINGS: [Subsamp; 6] =
    [Subsamp::None, Subsamp::Sub2x1, Subsamp::Sub2x2, Subsamp::Sub1x2, Subsamp::Sub4x1, Subsamp::Gray];

/// Whole images agree except for rounding, whatever their size and sampling.
#[test]
fn sizes_and_samplings() {
    let mut seed = Random(7);
    for sampling in SAMPLINGS {
        for is_progressive in [false, true] {
            for side in 1..=40 {
                let (width, height) = (side, 1 + seed.below(40) as usize);
                let quality = [20, 75, 95][side % 3];
                let coding = Coding { quality, sampling, is_progressive, ..Coding::default() };
                let bytes = encode(&drawn(width, height, 3, &mut seed), width, height, coding);
                // libjpeg-turbo repeats a sample four times, where this decoder interpolates.
                let most = if matches!(sampling, Subsamp::Sub4x1) { 80 } else { 8 };
                compare(&bytes, most, &format!("{width}x{height} {coding:?}"));
            }
        }
    }
}

fn compare(bytes: &[u8], most_of_colours: u8, name: &str) {
    for eighths in 1..=8 {
        let image = decode(bytes, eighths).expect(name);
        let (width, height, gray) = turbo(bytes, eighths, PixelFormat::GRAY).expect(name);
        assert_eq!((image.width, image.height, image.damage), (width, height, None), "{name} {eighths}/8");
        let found = difference(&plane(&image, 0), &gray);
        let most = [1, 60, 60, 60, 60, 60, 60, 1][usize::from(eighths) - 1];
        assert!(found.1 <= most && found.0 <= 12.0, "{name} {eighths}/8: {found:?}");
        let rgb = image.rgb().expect(name);
        assert_eq!(rgb.len(), width * height * 3, "{name} {eighths}/8");
        if eighths == 8 {
            let found = difference(&rgb, &turbo(bytes, 8, PixelFormat::RGB).expect(name).2);
            assert!(found.1 <= most_of_colours && found.0 < f64::from(most_of_colours) / 5.0, "{name}: {found:?}");
        }
    }
}

/// A long scan needs many windows.
#[test]
fn long_scans() {
    let layout = Layout { width: 1500, height: 1100, sampling: vec![(1, 1); 3], interval: 700 };
    let bytes = random(&layout, &mut Random(5));
    assert!(bytes.len() > 400_000);
    let image = decode(&bytes, 8).expect("an image");
    let rgb = turbo(&bytes, 8, PixelFormat::RGB).expect("an image").2;
    assert_eq!(image.damage, None);
    assert!(difference(&image.rgb().expect("RGB"), &rgb).1 <= 3);
}

#[test]
fn inks() {
    let mut seed = Random(11);
    for colorspace in [Colorspace::CMYK, Colorspace::YCCK] {
        for is_progressive in [false, true] {
            for sampling in [Subsamp::None, Subsamp::Sub2x2] {
                let (width, height) = (61, 43);
                let (format, colorspace) = (PixelFormat::CMYK, Some(colorspace));
                let coding = Coding { quality: 90, sampling, is_progressive, format, colorspace };
                let bytes = encode(&drawn(width, height, 4, &mut seed), width, height, coding);
                let image = decode(&bytes, 8).expect("an image");
                image.rgb().expect_err("inks have no RGB");
                let found =
                    difference(&image.cmyk().expect("inks"), &turbo(&bytes, 8, PixelFormat::CMYK).expect("an image").2);
                assert!(found.1 <= 6 && found.0 < 0.6, "{coding:?}: {found:?}");
            }
        }
    }
}

#[test]
fn rgb_without_transform() {
    let coding = Coding { sampling: Subsamp::None, colorspace: Some(Colorspace::RGB), ..Coding::default() };
    let bytes = encode(&drawn(50, 30, 3, &mut Random(2)), 50, 30, coding);
    let image = decode(&bytes, 8).expect("an image");
    assert_eq!(image.header.color, ridge_jpeg::Color::Rgb);
    let found = difference(&image.rgb().expect("RGB"), &turbo(&bytes, 8, PixelFormat::RGB).expect("RGB").2);
    assert!(found.1 <= 1, "{found:?}");
}

/// Chroma can have its stored size, the size of luma, or any other size.
#[test]
fn sizes_of_chroma() {
    let bytes = encode(&drawn(203, 101, 3, &mut Random(8)), 203, 101, Coding::default());
    for (chroma, eighths, sizes) in [
        (Chroma::Full, 2, [(51, 26), (51, 26)]),
        (Chroma::Subsampled, 2, [(51, 26), (26, 13)]),
        (Chroma::Reduced(Scale { across: 4, down: 1 }), 3, [(77, 38), (51, 7)]),
        (Chroma::Full, 8, [(203, 101), (102, 51)]),
        (Chroma::Subsampled, 8, [(203, 101), (102, 51)]),
    ] {
        let options = Options { chroma, ..options(eighths) };
        let image = ridge_jpeg::decode(&bytes, &options, &mut || ControlFlow::Continue(())).expect("an image");
        let found = [0, 1].map(|component| (image.planes[component].width, image.planes[component].height));
        assert_eq!(found, sizes, "{chroma:?} {eighths}/8");
        assert_eq!(image.rgb().expect("RGB").len(), image.width * image.height * 3);
    }
}
