//! Decoding alone: Ridge's JPEG decoder beside libjpeg-turbo, at the scales for which Ridge uses its own.

use std::fs;
use std::hint::black_box;
use std::ops::ControlFlow;
use std::time::Duration;

use anyhow::Context as _;
use ridge_jpeg::{Chroma, DecodedImage, Options, Range};
use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;
use turbojpeg::{DecompressHeader, Decompressor, Image, PixelFormat, ScalingFactor, YuvImage};

use crate::sources::{Class, Source};
use crate::statistics::{geometric_mean, median};

/// The results for all images of a class at one scale. Ratios are geometric means of libjpeg-turbo's time divided by
/// Ridge's.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DecodeRow {
    /// Such as "baseline JPEG".
    pub(crate) class: String,
    /// The scale of each side, in eighths.
    pub(crate) eighths: u8,
    pub(crate) images: usize,
    /// Decoding to planes, which are encoded as WebP and JPEG.
    pub(crate) planes: Pair,
    /// Decoding to RGB, for all other formats.
    pub(crate) rgb: Pair,
}

/// Medians over the images in milliseconds, and the ratio.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Pair {
    pub(crate) turbo_ms: f64,
    pub(crate) ours_ms: f64,
    pub(crate) speed: f64,
}

/// An image's minimum times in milliseconds: planes and RGB, each of libjpeg-turbo and of Ridge.
type Times = [[f64; 2]; 2];

pub(crate) fn measure(photos: &[Source], repeat: usize) -> anyhow::Result<Vec<DecodeRow>> {
    let mut rows = Vec::new();
    for class in [Class::BaselineJpeg, Class::ProgressiveJpeg] {
        let images: Vec<_> = photos.iter().filter(|source| source.class == class).collect();
        for eighths in (1..8).filter(|eighths| ridge_jpeg::is_fast(*eighths)) {
            let times = images.iter().map(|source| {
                eprint!("\r\x1b[Kdecoding {} at {eighths}/8", source.path.display());
                let bytes = fs::read(&source.path).with_context(|| source.path.display().to_string())?;
                least(&bytes, eighths, repeat)
            });
            let times = times.collect::<anyhow::Result<Vec<Times>>>()?;
            if !times.is_empty() {
                rows.push(DecodeRow::new(class, eighths, &times));
            }
        }
    }
    Ok(rows)
}

impl DecodeRow {
    fn new(class: Class, eighths: u8, times: &[Times]) -> DecodeRow {
        let [planes, rgb] = [0, 1].map(|kind| {
            let of = |side: usize| times.iter().map(move |times| times[kind][side]);
            let speed = geometric_mean(times.iter().map(|times| times[kind][0] / times[kind][1]));
            Pair { turbo_ms: median(of(0).collect()), ours_ms: median(of(1).collect()), speed }
        });
        DecodeRow { class: class.to_string(), eighths, images: times.len(), planes, rgb }
    }
}

/// Returns the minimum times. The programs alternate, so that other load on the machine affects both.
fn least(bytes: &[u8], eighths: u8, repeat: usize) -> anyhow::Result<Times> {
    let mut least = [[f64::INFINITY; 2]; 2];
    for _ in 0..repeat.max(3) {
        let times = [
            [timed(|| turbo_planes(bytes, eighths))?, timed(|| planes(bytes, eighths))?],
            [timed(|| turbo_rgb(bytes, eighths))?, timed(|| rgb(bytes, eighths))?],
        ];
        let times = times.as_flattened().iter();
        least.as_flattened_mut().iter_mut().zip(times).for_each(|(least, time)| *least = least.min(*time));
    }
    Ok(least)
}

/// Returns the CPU time of this thread, in milliseconds.
fn timed<T>(work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<f64> {
    let now = || Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default();
    let start = now();
    black_box(work()?);
    Ok(now().saturating_sub(start).as_secs_f64() * 1000.0)
}

fn turbo_planes(bytes: &[u8], eighths: u8) -> anyhow::Result<Vec<u8>> {
    let (mut decompressor, header, (width, height)) = turbo(bytes, eighths)?;
    let (align, subsamp) = (1, header.subsamp);
    let mut pixels = vec![0; turbojpeg::yuv_pixels_len(width, align, height, subsamp)?];
    let image = YuvImage { pixels: pixels.as_mut_slice(), width, align, height, subsamp };
    decompressor.decompress_to_yuv(bytes, image)?;
    Ok(pixels)
}

fn turbo_rgb(bytes: &[u8], eighths: u8) -> anyhow::Result<Vec<u8>> {
    let (mut decompressor, _, (width, height)) = turbo(bytes, eighths)?;
    let (pitch, format) = (width * 3, PixelFormat::RGB);
    let mut pixels = vec![0; pitch * height];
    decompressor.decompress(bytes, Image { pixels: pixels.as_mut_slice(), width, pitch, height, format })?;
    Ok(pixels)
}

fn turbo(bytes: &[u8], eighths: u8) -> anyhow::Result<(Decompressor, DecompressHeader, (usize, usize))> {
    let mut decompressor = Decompressor::new()?;
    let header = decompressor.read_header(bytes)?;
    let factor = ScalingFactor::new(eighths.into(), 8);
    decompressor.set_scaling_factor(factor)?;
    let size = (factor.scale(header.width), factor.scale(header.height));
    Ok((decompressor, header, size))
}

fn planes(bytes: &[u8], eighths: u8) -> anyhow::Result<usize> {
    let mut rows = 0;
    strips(bytes, eighths, Chroma::Subsampled, &mut |strip| {
        rows += black_box(strip).height;
        ControlFlow::Continue(())
    })?;
    Ok(rows)
}

fn rgb(bytes: &[u8], eighths: u8) -> anyhow::Result<Vec<u8>> {
    let mut pixels = Vec::new();
    strips(bytes, eighths, Chroma::Full, &mut |strip| match strip.rgb() {
        Ok(rows) => {
            pixels.extend(rows);
            ControlFlow::Continue(())
        }
        Err(_) => ControlFlow::Break(()),
    })?;
    Ok(pixels)
}

fn strips(
    bytes: &[u8],
    eighths: u8,
    chroma: Chroma,
    sink: &mut dyn FnMut(&DecodedImage) -> ControlFlow<()>,
) -> anyhow::Result<()> {
    let range = Range::Full;
    let options = Options { eighths, chroma, range, max_scans: 100, max_pixels: u64::MAX, is_strict: false };
    ridge_jpeg::decode_strips(bytes, &options, &mut || ControlFlow::Continue(()), sink)?;
    Ok(())
}
