//! JPEG originals by our own decoder and planes are as similar to the whole image, decoded in full and resampled, as by
//! libjpeg-turbo and RGB.
//!
//! The score of one file depends on chance in the encoder: a change of one level in one sample may change its
//! SSIMULACRA2 by a whole point. So scores are means over a range of qualities.

use std::fs;
use std::path::Path;

use image::{RgbImage, imageops};
use ssimulacra2::{ColorPrimaries, Rgb, TransferCharacteristic, compute_frame_ssimulacra2};
use turbojpeg::{Decompressor, Image, PixelFormat, ScalingFactor, Subsamp};

use crate::support;
use crate::support::{decode, make, png};

const QUALITIES: [u32; 5] = [68, 74, 80, 86, 92];

/// Largest difference of the scores.
const LIMIT: f64 = 0.3;

/// Smallest width: SSIMULACRA2 also compares images reduced to 1/32.
const MIN_WIDTH: f64 = 150.0;

/// Pixels of the reduced image for each pixel of the variant; with fewer, the decoder uses more eighths (see
/// `RESERVE`).
const SHRINK: f64 = 1.3;

/// A photograph, cropped to whole blocks at every scale, so that no scale rounds its size.
fn photograph(name: &str) -> RgbImage {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/photos").join(name);
    let whole = decode(&make(&fs::read(path).unwrap(), "/w_auto/png").unwrap());
    let whole = image::DynamicImage::from(whole).into_rgb8();
    imageops::crop_imm(&whole, 0, 0, whole.width() / 16 * 16, whole.height() / 16 * 16).to_image()
}

/// Decodes with libjpeg-turbo.
fn reduced(jpeg: &[u8], eighths: u8, (width, height): (u32, u32)) -> RgbImage {
    let mut decompressor = Decompressor::new().unwrap();
    decompressor.set_scaling_factor(ScalingFactor::new(eighths.into(), 8)).unwrap();
    let (width, height) = (width * u32::from(eighths) / 8, height * u32::from(eighths) / 8);
    let mut image = RgbImage::new(width, height);
    let (width, height, format) = (width as usize, height as usize, PixelFormat::RGB);
    let pixels = image.as_flat_samples_mut().samples;
    decompressor.decompress(jpeg, Image { pixels, width, pitch: 3 * width, height, format }).unwrap();
    image
}

fn frame(image: &image::RgbaImage) -> Rgb {
    let pixels = image.pixels().map(|pixel| [0, 1, 2].map(|channel| f32::from(pixel.0[channel]) / 255.0)).collect();
    let (width, height) = (image.width() as usize, image.height() as usize);
    Rgb::new(pixels, width, height, TransferCharacteristic::SRGB, ColorPrimaries::BT709).unwrap()
}

fn score(source: &[u8], target: &str, format: &str, reference: &image::RgbaImage) -> f64 {
    let scores = QUALITIES.map(|quality| {
        let made = make(source, &format!("{target}/q_{quality}/{format}")).unwrap();
        let seen = decode(&make(&made.bytes, "/w_auto/png").unwrap());
        compute_frame_ssimulacra2(frame(reference), frame(&seen)).unwrap()
    });
    scores.iter().sum::<f64>() / scores.len() as f64
}

fn hold(name: &str) {
    let whole = photograph(name);
    let size = whole.dimensions();
    // If chroma is not subsampled, it is decoded at a smaller scale.
    for (sampling, eighths) in [(Subsamp::Sub2x2, 1), (Subsamp::Sub2x2, 2), (Subsamp::Sub2x2, 4), (Subsamp::None, 2)] {
        let source = support::compress(size.0, size.1, whole.as_raw(), PixelFormat::RGB, sampling);
        let side = |side: u32| (f64::from(side) * f64::from(eighths) / 8.0 / SHRINK).round();
        if side(size.0) < MIN_WIDTH {
            continue;
        }
        let target = format!("/w_{}/h_{}/fit_fill", side(size.0), side(size.1));
        let reference = decode(&make(&png(whole.clone()), &format!("{target}/png")).unwrap());
        let other = png(reduced(&source, eighths, size));
        for format in ["webp", "jpeg"] {
            let (ours, theirs) =
                (score(&source, &target, format, &reference), score(&other, &target, format, &reference));
            println!(
                "{name} {sampling:?} {eighths}/8 {format}: {ours:.2}, by libjpeg-turbo {theirs:.2}, {:+.2}",
                ours - theirs
            );
            assert!(ours - theirs > -LIMIT, "{name} {sampling:?} {eighths}/8 {format}: {ours:.2} is below {theirs:.2}");
        }
    }
}

#[test]
fn brook() {
    hold("brook.jpg");
}

#[test]
fn brushes() {
    hold("brushes.jpg");
}

#[test]
fn dandelion() {
    hold("dandelion.jpg");
}

#[test]
fn drum() {
    hold("drum.jpg");
}

#[test]
fn mountains() {
    hold("mountains.jpg");
}
