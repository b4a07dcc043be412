//! Images for tests, and helpers that inspect them.
#![allow(dead_code, missing_docs, clippy::unwrap_used)]

pub(crate) mod avif;
pub(crate) mod bmp;
pub(crate) mod color;
pub(crate) mod gifs;
pub(crate) mod icc;
pub(crate) mod tiff;

use std::io::Cursor;
use std::process::Command;

use image::{DynamicImage, ImageFormat, RgbImage, RgbaImage, imageops};
use ridge_contract::{Config, VariantPath};
use ridge_pixels::{Error, Orientation, Rendered, render};
use turbojpeg::{Compressor, Image, PixelFormat, Subsamp};

/// Renders the variant that a path such as `/w_20/png` names.
pub(crate) fn make(source: &[u8], path: &str) -> Result<Rendered, Error> {
    let path = VariantPath::parse(&format!("{path}/x")).unwrap_or_else(|error| panic!("{path}: {error}"));
    render(source, path.variant(), &Config::default(), &mut |_| {})
}

/// Decodes a PNG or GIF with the `image` crate.
pub(crate) fn decode(picture: &Rendered) -> RgbaImage {
    image::load_from_memory(&picture.bytes).unwrap().into_rgba8()
}

/// An image in which every pixel has its own colour: red grows to the right, green downwards.
pub(crate) fn gradient(width: u32, height: u32) -> RgbImage {
    let level = |at: u32, of: u32| (at * 255 / of.max(2).saturating_sub(1)).min(255) as u8;
    RgbImage::from_fn(width, height, |x, y| image::Rgb([level(x, width), level(y, height), 60]))
}

/// An opaque red disc on transparent black.
pub(crate) fn disc(side: u32) -> RgbaImage {
    let centre = f64::from(side) / 2.0;
    RgbaImage::from_fn(side, side, |x, y| {
        let distance = (f64::from(x) + 0.5 - centre).hypot(f64::from(y) + 0.5 - centre);
        if distance < centre * 0.7 { image::Rgba([255, 0, 0, 255]) } else { image::Rgba([0, 0, 0, 0]) }
    })
}

pub(crate) fn png(image: impl Into<DynamicImage>) -> Vec<u8> {
    encoded(image, ImageFormat::Png)
}

pub(crate) fn gif(image: impl Into<DynamicImage>) -> Vec<u8> {
    encoded(image, ImageFormat::Gif)
}

fn encoded(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub(crate) fn tiff(image: &RgbImage) -> Vec<u8> {
    tiff::Tiff::new(image.width().into(), image.height().into(), 2, 8, 3, image.as_raw()).file()
}

pub(crate) fn bmp(image: &RgbImage) -> Vec<u8> {
    let rows = image.rows().map(|row| row.flat_map(|pixel| [pixel[2], pixel[1], pixel[0]]).collect()).collect();
    bmp::Bmp::new(image.width(), image.height(), 24, rows).file()
}

pub(crate) fn jpeg(image: &RgbImage) -> Vec<u8> {
    compress(image.width(), image.height(), image.as_raw(), PixelFormat::RGB, Subsamp::None)
}

/// Encodes WebP with the pipeline itself.
pub(crate) fn webp(image: impl Into<DynamicImage>) -> Vec<u8> {
    make(&png(image), "/w_auto/q_90/webp").unwrap().bytes
}

/// Encodes AVIF with the pipeline itself.
pub(crate) fn avif(image: impl Into<DynamicImage>) -> Vec<u8> {
    make(&png(image), "/w_auto/q_95/avif").unwrap().bytes
}

pub(crate) fn compress(width: u32, height: u32, pixels: &[u8], format: PixelFormat, subsamp: Subsamp) -> Vec<u8> {
    let mut compressor = Compressor::new().unwrap();
    compressor.set_quality(95).unwrap();
    compressor.set_subsamp(subsamp).unwrap();
    let (width, height) = (width as usize, height as usize);
    let image = Image { pixels, width, pitch: width * format.size(), height, format };
    compressor.compress_to_vec(image).unwrap()
}

/// EXIF data with this orientation and a text that must not reach a variant, as a TIFF structure.
pub(crate) fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x02\0".to_vec();
    // Make (0x010f), 8 characters at offset 38; Orientation (0x0112), one short.
    tiff.extend(b"\x0f\x01\x02\0\x08\0\0\0\x26\0\0\0");
    tiff.extend([0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
    tiff.extend(b"\0\0\0\0SECRET!\0");
    tiff
}

/// Returns an image as it is stored if this orientation turns it upright.
pub(crate) fn stored(upright: &RgbImage, orientation: Orientation) -> RgbImage {
    match orientation {
        Orientation::Upright => upright.clone(),
        Orientation::FlipHorizontal => imageops::flip_horizontal(upright),
        Orientation::Rotate180 => imageops::rotate180(upright),
        Orientation::FlipVertical => imageops::flip_vertical(upright),
        Orientation::Transpose => imageops::flip_horizontal(&imageops::rotate90(upright)),
        Orientation::Rotate90 => imageops::rotate270(upright),
        Orientation::Transverse => imageops::flip_horizontal(&imageops::rotate270(upright)),
        Orientation::Rotate270 => imageops::rotate90(upright),
    }
}

/// Adds EXIF to a JPEG after its first marker.
pub(crate) fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let exif = exif(orientation);
    let length = u16::try_from(exif.len() + 8).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, b"Exif\0\0", &exif, &jpeg[2..]].concat()
}

/// Returns the greatest difference of any channel of any pixel.
pub(crate) fn difference(a: &RgbaImage, b: &RgbaImage) -> u8 {
    assert_eq!(a.dimensions(), b.dimensions());
    a.as_raw().iter().zip(b.as_raw()).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0)
}

/// A JPEG of the pipeline at a low quality, which is larger at the default quality.
pub(crate) fn small_jpeg() -> Vec<u8> {
    make(&png(gradient(300, 200)), "/w_auto/q_20/jpeg").unwrap().bytes
}

/// Returns the peak memory of this process in MiB, as Linux counts it.
pub(crate) fn peak_mebibytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() / 1024
}

/// Set in a process that runs one test alone.
const ALONE: &str = "RIDGE_TEST_ALONE";

/// Runs the body of a test in a process of its own, which may use less than `most` MiB.
pub(crate) fn within_memory<Test: FnOnce()>(most: usize, test: Test) {
    if std::env::var_os(ALONE).is_some() {
        test();
        assert!(peak_mebibytes() < most, "{} MiB", peak_mebibytes());
        return;
    }
    // The type of a closure is named after its function: crate::module::function::{{closure}}.
    let name = std::any::type_name::<Test>();
    let (_, name) = name.split_once("::").unwrap();
    let name = name.strip_suffix("::{{closure}}").unwrap();
    let done = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(ALONE, "1")
        .output()
        .unwrap();
    let said = [done.stdout, done.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(done.status.success() && said.contains("1 passed"), "{name} alone: {said}");
}
