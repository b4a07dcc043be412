//! CPU time of decoding each JPEG in a list of folders, next to libjpeg-turbo: `cargo run --release --package
//! ridge-jpeg --example decode -- [--runs N] [--eighths 1,2,3,4,8] FOLDER...`
//!
//! Both decode to RGB, alternately; each number is the minimum of all runs.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use ridge_jpeg::{Chroma, Options, Range};
use rustix::time::{ClockId, clock_gettime};
use turbojpeg::{Decompressor, Image, PixelFormat, ScalingFactor};

fn main() -> Result<()> {
    let (mut runs, mut eighths, mut folders) = (15, vec![1, 2, 3, 4, 8], Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--runs" => runs = arguments.next().context("--runs N")?.parse()?,
            "--eighths" => {
                let list = arguments.next().context("--eighths 1,2")?;
                eighths = list.split(',').map(str::parse).collect::<Result<_, _>>()?;
            }
            _ => folders.push(PathBuf::from(argument)),
        }
    }
    println!(
        "| file | eighths | libjpeg-turbo ms | planes ms | ratio | RGB ms | ratio |\n| --- | --- | --- | --- | --- | --- | --- |"
    );
    for folder in folders {
        for path in files(&folder)? {
            let bytes = std::fs::read(&path)?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            for eighths in &eighths {
                compare(&name, &bytes, *eighths, runs)?;
            }
        }
    }
    Ok(())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "jpg"));
    files.sort();
    Ok(files)
}

fn compare(name: &str, bytes: &[u8], eighths: u8, runs: u32) -> Result<()> {
    let (mut theirs, mut planes, mut rgb) = (f64::MAX, f64::MAX, f64::MAX);
    for _ in 0..runs {
        theirs = theirs.min(timed(|| turbo(bytes, eighths))?);
        planes = planes.min(timed(|| ours(bytes, eighths, false))?);
        rgb = rgb.min(timed(|| ours(bytes, eighths, true))?);
    }
    println!(
        "| {name} | {eighths}/8 | {theirs:.2} | {planes:.2} | {:.2} | {rgb:.2} | {:.2} |",
        theirs / planes,
        theirs / rgb
    );
    Ok(())
}

fn turbo(bytes: &[u8], eighths: u8) -> Result<Vec<u8>> {
    let mut decompressor = Decompressor::new()?;
    let header = decompressor.read_header(bytes)?;
    let factor = ScalingFactor::new(eighths.into(), 8);
    decompressor.set_scaling_factor(factor)?;
    let (width, height) = (factor.scale(header.width), factor.scale(header.height));
    let mut pixels = vec![0; width * height * 3];
    let image = Image { pixels: pixels.as_mut_slice(), width, pitch: width * 3, height, format: PixelFormat::RGB };
    decompressor.decompress(bytes, image)?;
    Ok(pixels)
}

fn ours(bytes: &[u8], eighths: u8, is_rgb: bool) -> Result<Vec<u8>> {
    let options = Options {
        eighths,
        chroma: Chroma::Full,
        range: Range::Full,
        max_scans: 100,
        max_pixels: 1 << 30,
        is_strict: false,
    };
    let image = ridge_jpeg::decode(bytes, &options, &mut || ControlFlow::Continue(()))?;
    if is_rgb {
        return Ok(image.rgb()?);
    }
    Ok(image.planes.into_iter().next().map(|plane| plane.samples).unwrap_or_default())
}

/// Returns the CPU time of this thread in milliseconds.
fn timed(work: impl FnOnce() -> Result<Vec<u8>>) -> Result<f64> {
    let now = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
    };
    let start = now();
    std::hint::black_box(work()?);
    Ok(now() - start)
}
