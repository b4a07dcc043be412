//! Peak memory of a process that renders one variant of a large image.

use std::fs;
use std::path::Path;
use std::process::Command;

use image::{RgbImage, Rgba, RgbaImage};
use turbojpeg::{PixelFormat, Subsamp};

use crate::support;
use crate::support::{decode, make, peak_mebibytes};

const SOURCE: &str = "MEMORY_TEST_SOURCE";
const PATH: &str = "MEMORY_TEST_PATH";

/// Run by the other tests in a process of its own; without their variables it does nothing.
#[test]
fn one_variant() {
    let Some(source) = std::env::var_os(SOURCE) else { return };
    let source = fs::read(source).unwrap();
    let made = make(&source, &std::env::var(PATH).unwrap()).unwrap();
    println!("{} peak {} MiB", made.size, peak_mebibytes());
}

fn peak(source: &Path, path: &str) -> usize {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "memory::one_variant", "--nocapture"])
        .envs([(SOURCE, source.as_os_str()), (PATH, path.as_ref())])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    println!("{path}: {}", text.lines().find(|line| line.contains("peak")).unwrap());
    let (_, number) = text.split_once("peak ").unwrap();
    number.split(' ').next().unwrap().parse().unwrap()
}

/// A tiled photograph.
fn tiled(width: u32, height: u32) -> Vec<u8> {
    let photo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/photos/drum.jpg");
    let photo = decode(&make(&fs::read(photo).unwrap(), "/w_auto/png").unwrap());
    let pixel = |x: u32, y: u32| {
        let [r, g, b, _] = photo.get_pixel(x % photo.width(), y % photo.height()).0;
        image::Rgb([r, g, b])
    };
    let image = RgbImage::from_fn(width, height, pixel);
    support::compress(width, height, image.as_raw(), PixelFormat::RGB, Subsamp::Sub2x2)
}

#[test]
fn a_jpeg_is_held_a_strip_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    for (width, height, limit) in [(4000, 3000, 18), (8160, 6120, 28)] {
        let file = folder.path().join("source.jpg");
        let bytes = tiled(width, height);
        fs::write(&file, &bytes).unwrap();
        println!("{width}x{height}, {} MiB", bytes.len() >> 20);
        for path in ["/w_800/webp", "/w_800/jpeg", "/w_200/h_200/webp", "/w_800/png"] {
            let found = peak(&file, path);
            assert!(found <= limit, "{width}x{height} {path}: {found} MiB");
        }
    }
}

/// docs/configuration.md lists the bytes per pixel: of an original that is held whole, and of the variant.
#[test]
fn memory_grows_with_pixels_as_documented() {
    const SIDES: (u32, u32) = (3000, 2000);
    let mut state = 1u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let levels: Vec<u8> = (0..97 * 97 * 4).map(|_| noise()).collect();
    let pixel = |x: u32, y: u32| ((x % 97) * 97 + (y + x / 97) % 97) as usize * 4;
    let image = RgbaImage::from_fn(SIDES.0, SIDES.1, |x, y| Rgba(levels[pixel(x, y)..][..4].try_into().unwrap()));
    let folder = tempfile::tempdir().unwrap();
    let (clear, opaque) = (folder.path().join("clear.png"), folder.path().join("opaque.png"));
    fs::write(&opaque, support::png(image::DynamicImage::from(image.clone()).into_rgb8())).unwrap();
    let cut_out = folder.path().join("cut-out.png");
    let hole = |x: u32, y: u32| if (x / 50 + y / 50).is_multiple_of(2) { 0 } else { 255 };
    let holes = RgbaImage::from_fn(SIDES.0, SIDES.1, |x, y| {
        let [r, g, b, _] = image.get_pixel(x, y).0;
        Rgba([r, g, b, hole(x, y)])
    });
    fs::write(&cut_out, support::png(holes)).unwrap();
    fs::write(&clear, support::png(image)).unwrap();
    let megapixels = (SIDES.0 * SIDES.1) as usize / 1_000_000;
    for (file, path, bytes) in [
        (&clear, "/w_auto/q_100/webp", 28),
        (&cut_out, "/w_auto/q_100/webp", 28),
        (&clear, "/w_auto/jpeg", 9),
        (&clear, "/w_auto/png", 9),
        (&clear, "/w_auto/gif", 14),
        (&clear, "/w_auto/blur_3.9/sharpen_3.9/jpeg", 16),
        (&clear, "/w_1000/h_1000/g_smart/webp", 9),
        // The file itself has four bytes per pixel, and less than one more is held.
        (&clear, "/w_800/webp", 5),
        (&opaque, "/w_auto/q_100/webp", 10),
        (&opaque, "/w_auto/jpeg", 9),
        (&opaque, "/w_auto/png", 9),
        (&opaque, "/w_auto/gif", 14),
        (&opaque, "/w_auto/blur_3.9/sharpen_3.9/jpeg", 16),
    ] {
        let found = peak(file, path);
        // The test program itself takes 22 MiB.
        let limit = 22 + megapixels * bytes;
        assert!(found <= limit, "{} {path}: {found} MiB of {limit}", file.display());
    }
}
