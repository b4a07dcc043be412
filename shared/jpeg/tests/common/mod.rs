//! Test images, libjpeg-turbo, and differences.
#![allow(dead_code, reason = "each test file uses a part")]

pub(crate) mod coder;
pub(crate) mod writer;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use ridge_jpeg::{Chroma, DecodedImage, Error, Options, Range};
use turbojpeg::{Colorspace, Compressor, Decompressor, Image, PixelFormat, ScalingFactor, Subsamp, YuvImage};

/// A generator (xorshift64*) with the same numbers in each run.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

pub(crate) fn photos() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/photos");
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("the photographs").map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "jpg"));
    paths.sort();
    assert!(paths.len() >= 5);
    paths.iter().map(|path| (path.display().to_string(), std::fs::read(path).expect("a photograph"))).collect()
}

pub(crate) fn options(eighths: u8) -> Options {
    Options { eighths, chroma: Chroma::Full, range: Range::Full, max_scans: 100, max_pixels: 1 << 30, is_strict: false }
}

pub(crate) fn decode(bytes: &[u8], eighths: u8) -> Result<DecodedImage, Error> {
    decode_with(bytes, eighths, Chroma::Full)
}

pub(crate) fn decode_with(bytes: &[u8], eighths: u8, chroma: Chroma) -> Result<DecodedImage, Error> {
    ridge_jpeg::decode(bytes, &Options { chroma, ..options(eighths) }, &mut || ControlFlow::Continue(()))
}

/// Returns libjpeg-turbo's planes with their sizes; `None` for samplings that it has no name for.
pub(crate) fn turbo_planes(bytes: &[u8], eighths: u8) -> Option<Vec<(usize, usize, Vec<u8>)>> {
    let mut decompressor = Decompressor::new().ok()?;
    let header = decompressor.read_header(bytes).ok()?;
    if header.subsamp == Subsamp::Unknown || matches!(header.colorspace, Colorspace::CMYK | Colorspace::YCCK) {
        return None;
    }
    let factor = ScalingFactor::new(eighths.into(), 8);
    decompressor.set_scaling_factor(factor).ok()?;
    let (width, height) = (factor.scale(header.width), factor.scale(header.height));
    let (align, subsamp) = (1, header.subsamp);
    let pixels = vec![0; turbojpeg::yuv_pixels_len(width, align, height, subsamp).ok()?];
    let mut image = YuvImage { pixels, width, align, height, subsamp };
    decompressor.decompress_to_yuv(bytes, image.as_deref_mut()).expect("planes");
    let mut sizes = vec![image.y_size()];
    if subsamp != Subsamp::Gray {
        sizes.extend([image.uv_size(); 2]);
    }
    let mut rest = image.pixels.as_slice();
    let mut take = |(width, height): (usize, usize)| {
        let (plane, behind) = rest.split_at(width * height);
        rest = behind;
        (width, height, plane.to_vec())
    };
    Some(sizes.into_iter().map(&mut take).collect())
}

/// Returns libjpeg-turbo's pixels with their size.
pub(crate) fn turbo(bytes: &[u8], eighths: u8, format: PixelFormat) -> turbojpeg::Result<(usize, usize, Vec<u8>)> {
    let mut decompressor = Decompressor::new()?;
    let header = decompressor.read_header(bytes)?;
    let factor = ScalingFactor::new(eighths.into(), 8);
    decompressor.set_scaling_factor(factor)?;
    let (width, height) = (factor.scale(header.width), factor.scale(header.height));
    let pitch = width * format.size();
    let mut pixels = vec![0; pitch * height];
    decompressor.decompress(bytes, Image { pixels: pixels.as_mut_slice(), width, pitch, height, format })?;
    Ok((width, height, pixels))
}

/// Returns a smooth image with grain and edges.
pub(crate) fn drawn(width: usize, height: usize, channels: usize, random: &mut Random) -> Vec<u8> {
    let mut pixels = Vec::new();
    for y in 0..height {
        for x in 0..width {
            for channel in 0..channels {
                let wave = ((x * (3 + channel)) as f64 / 17.0).sin() + (y as f64 / (9.0 + channel as f64)).cos();
                let edge = if (x / 13 + y / 11) % 2 == 0 { 30.0 } else { 0.0 };
                pixels.push((110.0 + 40.0 * wave + edge + random.below(9) as f64) as u8);
            }
        }
    }
    pixels
}

/// The parameters of an encoding.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Coding {
    pub(crate) quality: i32,
    pub(crate) sampling: Subsamp,
    pub(crate) is_progressive: bool,
    pub(crate) format: PixelFormat,
    pub(crate) colorspace: Option<Colorspace>,
}

impl Default for Coding {
    fn default() -> Self {
        let (format, colorspace) = (PixelFormat::RGB, None);
        Coding { quality: 80, sampling: Subsamp::Sub2x2, is_progressive: false, format, colorspace }
    }
}

pub(crate) fn encode(pixels: &[u8], width: usize, height: usize, coding: Coding) -> Vec<u8> {
    let mut compressor = Compressor::new().expect("a compressor");
    compressor.set_quality(coding.quality).expect("quality");
    compressor.set_subsamp(coding.sampling).expect("sampling");
    compressor.set_progressive(coding.is_progressive).expect("progressive");
    if let Some(colorspace) = coding.colorspace {
        compressor.set_colorspace(colorspace).expect("colour space");
    }
    let image = Image { pixels, width, pitch: width * coding.format.size(), height, format: coding.format };
    compressor.compress_to_vec(image).expect("a JPEG")
}

/// Returns the mean and the greatest difference.
pub(crate) fn difference(a: &[u8], b: &[u8]) -> (f64, u8) {
    assert_eq!(a.len(), b.len());
    let differences = || a.iter().zip(b).map(|(a, b)| a.abs_diff(*b));
    let sum: f64 = differences().map(f64::from).sum();
    (sum / a.len() as f64, differences().max().unwrap_or(0))
}

/// Returns the samples of a component without padding.
pub(crate) fn plane(image: &DecodedImage, component: usize) -> Vec<u8> {
    let plane = &image.planes[component];
    (0..plane.height).flat_map(|y| plane.row(y).to_vec()).collect()
}
