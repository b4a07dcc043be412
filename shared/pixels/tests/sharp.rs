//! Comparison with sharp: the same variants of the same images look the same.

use std::fs;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use image::RgbaImage;
use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};

use crate::support;
use crate::support::{decode, make};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// sharp in a process of its own: one line of JSON in, one line out.
struct Sharp {
    process: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
    folder: TempDir,
}

impl Sharp {
    fn start() -> Sharp {
        let script = Path::new(ROOT).join("peer/sharp.mjs");
        assert!(script.with_file_name("node_modules").is_dir(), "sharp is not installed; run tools/setup.sh test");
        let mut process =
            Command::new("node").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (requests, answers) = (process.stdin.take().unwrap(), BufReader::new(process.stdout.take().unwrap()));
        Sharp { process, requests, answers, folder: tempdir().unwrap() }
    }

    /// The file that sharp makes.
    fn make(&mut self, source: &Path, path: &str) -> Vec<u8> {
        let out = self.folder.path().join("out");
        writeln!(self.requests, "{}", json!({"source": source, "path": path, "out": out})).unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        let answer: Value = serde_json::from_str(&line).unwrap();
        assert!(answer["error"].is_null(), "{path} of {}: {answer}", source.display());
        fs::read(out).unwrap()
    }
}

impl Drop for Sharp {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn samples() -> Vec<PathBuf> {
    let folder = fs::read_dir(Path::new(ROOT).join("testdata/photos")).unwrap();
    let mut samples: Vec<_> = folder.map(|file| file.unwrap().path()).collect();
    samples.sort();
    assert!(samples.len() >= 8);
    samples
}

/// Decodes the files of both sides with the same decoder.
fn pixels(file: &[u8]) -> RgbaImage {
    decode(&make(file, "/w_auto/png").unwrap())
}

/// Returns the mean difference of a channel, colour weighted by alpha.
fn mean_difference(a: &RgbaImage, b: &RgbaImage) -> f64 {
    let visible = |pixel: &image::Rgba<u8>| {
        let alpha = f64::from(pixel[3]);
        [0, 1, 2].map(|channel| f64::from(pixel[channel]) * alpha / 255.0).into_iter().chain([alpha])
    };
    let differences =
        a.pixels().zip(b.pixels()).flat_map(|(a, b)| visible(a).zip(visible(b)).map(|(a, b)| (a - b).abs()));
    differences.sum::<f64>() / f64::from(a.width() * a.height() * 4)
}

/// Largest difference of lossless variants, of 255: sharp uses the scale of the width if the height is rounded.
const LOSSLESS: f64 = 2.0;
/// Largest difference of lossy variants, whose codecs differ.
const LOSSY: f64 = 8.0;
/// Largest difference of crops: sharp's lie on whole pixels, up to half a pixel aside, which is much in an image of
/// leaves.
const CROPPED: f64 = 10.0;

#[test]
#[ignore = "needs Node and sharp"]
fn every_sample_in_every_way() {
    let mut sharp = Sharp::start();
    let plain = sharp.folder.path().join("plain.png");
    let mut compared = 0;
    for sample in samples() {
        let bytes = fs::read(&sample).unwrap();
        // After reducing, sharp's JPEG decoder rounds again, and may lack a row.
        let png = make(&bytes, "/w_auto/png").unwrap().bytes;
        fs::write(&plain, &png).unwrap();
        let mut compare = |path: &str, tolerance: f64| {
            let name = format!("{path} of {}", sample.file_name().unwrap().display());
            let (ours, theirs) = (pixels(&make(&png, path).unwrap().bytes), pixels(&sharp.make(&plain, path)));
            assert_eq!(ours.dimensions(), theirs.dimensions(), "{name}");
            let difference = mean_difference(&ours, &theirs);
            assert!(difference < tolerance, "{name} differs by {difference:.2}");
            compared += 1;
        };
        for (path, tolerance) in [
            ("/w_200/png", LOSSLESS),
            ("/w_auto/h_150/png", LOSSLESS),
            ("/w_150/h_150/fit_inside/png", LOSSLESS),
            ("/w_150/h_100/fit_outside/png", LOSSLESS),
            ("/w_150/h_100/fit_fill/png", LOSSLESS),
            ("/w_150/h_150/fit_contain/bg_3366cc/png", LOSSLESS),
            ("/w_150/rot_90/png", LOSSLESS),
            ("/w_150/rot_90/flip_v/png", LOSSLESS),
            ("/w_150/flip_v/png", LOSSLESS),
            ("/w_150/gray_1/png", LOSSLESS),
            ("/w_150/blur_2/png", LOSSLESS),
            ("/w_150/sharpen_1/png", LOSSY),
            ("/w_9000/png", LOSSLESS),
            ("/w_150/h_150/png", CROPPED),
            ("/w_160/h_90/g_n/png", CROPPED),
            ("/w_90/h_160/g_se/png", CROPPED),
            ("/w_200/q_90/webp", LOSSY),
            ("/w_200/q_90/jpeg", LOSSY),
            ("/w_200/q_90/avif", LOSSY),
            ("/w_200/gif", LOSSY),
        ] {
            compare(path, tolerance);
        }
    }
    assert_eq!(compared, 8 * 20);
}

/// Returns the mean ΔE (CIE 1976) of all pixels.
fn delta_e(a: &RgbaImage, b: &RgbaImage) -> f64 {
    let distances = a.pixels().zip(b.pixels()).map(|(a, b)| {
        let (a, b) = (lab(a.0), lab(b.0));
        a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
    });
    distances.sum::<f64>() / f64::from(a.width() * a.height())
}

/// Converts sRGB to CIE L*a*b* under D65.
fn lab(rgba: [u8; 4]) -> [f64; 3] {
    let [r, g, b] = [0, 1, 2].map(|channel| support::color::srgb_light(f64::from(rgba[channel]) / 255.0));
    let f = |t: f64| if t > 0.008_856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
    let x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
    let y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
    let z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// Compared with lcms2 in Pillow, with black point compensation.
#[test]
#[ignore = "needs Node and sharp"]
fn inks_with_a_printers_profile() {
    let folder = tempdir().unwrap();
    let [printed, seen] = ["printed.jpg", "seen.png"].map(|name| folder.path().join(name));
    for name in ["dandelion.jpg", "brushes.jpg", "mountains.jpg"] {
        let run = |program: &Path, script: &str, from: &Path, to: &Path| {
            let status = Command::new(program).arg(Path::new(ROOT).join(script)).arg(from).arg(to).status();
            assert!(status.expect("tools/setup.sh test installs it").success(), "{script}");
        };
        let photo = Path::new(ROOT).join("testdata/photos").join(name);
        run(Path::new("node"), "peer/inks.mjs", &photo, &printed);
        run(&Path::new(ROOT).join(".tools/python/bin/python"), "peer/inks.py", &printed, &seen);
        let bytes = fs::read(&printed).unwrap();
        let (ours, theirs) = (pixels(&make(&bytes, "/w_auto/png").unwrap().bytes), pixels(&fs::read(&seen).unwrap()));
        let difference = delta_e(&ours, &theirs);
        assert!(difference < 2.0, "{name} differs by {difference:.2}");
    }
}
