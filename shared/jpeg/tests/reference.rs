//! Reduced images compared with the whole image, reduced in floating point.

use std::f64::consts::PI;

use turbojpeg::{PixelFormat, Subsamp};

use crate::common::{Coding, decode, encode, photos, plane, turbo};

/// Size of the compared parts: a multiple of 8, so that each reduced sample covers whole samples at each scale but 3/8.
const SIDE: usize = 480;

/// Weights of the samples of each reduced sample, with the index of the first one.
type Kernel = Vec<(usize, Vec<f64>)>;

/// The mean of the covered samples.
fn means(eighths: usize) -> Kernel {
    kernel(eighths, 0.5, |_| 1.0)
}

/// Lanczos with three lobes, as the pipeline resamples.
fn lanczos(eighths: usize) -> Kernel {
    let sinc = |x: f64| if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) };
    kernel(eighths, 3.0, |x| sinc(x) * sinc(x / 3.0))
}

fn kernel(eighths: usize, support: f64, weight: impl Fn(f64) -> f64) -> Kernel {
    let scale = 8.0 / eighths as f64;
    (0..SIDE * eighths / 8)
        .map(|index| {
            let middle = (index as f64 + 0.5) * scale;
            let reach = support * scale;
            let first = (middle - reach).floor().max(0.0) as usize;
            let end = ((middle + reach).ceil() as usize).min(SIDE);
            // The part of each source sample that the filter covers.
            let part = |x: usize| ((x as f64 + 1.0).min(middle + reach) - (x as f64).max(middle - reach)).max(0.0);
            let weights: Vec<f64> = (first..end).map(|x| part(x) * weight((x as f64 + 0.5 - middle) / scale)).collect();
            let sum: f64 = weights.iter().sum();
            (first, weights.iter().map(|weight| weight / sum).collect())
        })
        .collect()
}

fn reduced(pixels: &[u8], kernel: &Kernel) -> Vec<f64> {
    let across: Vec<f64> = pixels
        .chunks_exact(SIDE)
        .flat_map(|row| {
            kernel.iter().map(|(first, weights)| {
                weights.iter().zip(&row[*first..]).map(|(weight, pixel)| weight * f64::from(*pixel)).sum::<f64>()
            })
        })
        .collect();
    let width = kernel.len();
    kernel
        .iter()
        .flat_map(|(first, weights)| {
            let across = &across;
            (0..width).map(move |x| {
                (*first..).zip(weights).map(|(y, weight)| weight * across[y * width + x]).sum::<f64>().clamp(0.0, 255.0)
            })
        })
        .collect()
}

/// Returns the root mean square.
fn error(pixels: &[u8], reference: &[f64]) -> f64 {
    assert_eq!(pixels.len(), reference.len());
    let sum: f64 = pixels.iter().zip(reference).map(|(pixel, wanted)| (f64::from(*pixel) - wanted).powi(2)).sum();
    (sum / reference.len() as f64).sqrt()
}

/// Against Lanczos3, the reference of the project's image scores, no scale is worse than libjpeg-turbo's. Against plain
/// means libjpeg-turbo is exact at 1/8, 2/8 and 4/8: its aliases are those of the means.
#[test]
fn no_worse_than_libjpeg_turbo() {
    for (name, bytes) in photos() {
        let (width, _, pixels) = turbo(&bytes, 8, PixelFormat::GRAY).expect(&name);
        let part: Vec<u8> =
            pixels.chunks_exact(width).skip(200).take(SIDE).flat_map(|row| &row[300..300 + SIDE]).copied().collect();
        let coding = Coding { quality: 92, sampling: Subsamp::Gray, format: PixelFormat::GRAY, ..Coding::default() };
        let bytes = encode(&part, SIDE, SIDE, coding);
        let whole = turbo(&bytes, 8, PixelFormat::GRAY).expect(&name).2;
        for eighths in [1, 2, 3, 4] {
            let ours = plane(&decode(&bytes, eighths).expect(&name), 0);
            let theirs = turbo(&bytes, eighths, PixelFormat::GRAY).expect(&name).2;
            let (mean, lanczos) = (reduced(&whole, &means(eighths.into())), reduced(&whole, &lanczos(eighths.into())));
            let means = (error(&ours, &mean), error(&theirs, &mean));
            let lanczos = (error(&ours, &lanczos), error(&theirs, &lanczos));
            println!("{name} {eighths}/8 means {means:.2?} lanczos {lanczos:.2?}");
            assert!(lanczos.0 <= lanczos.1 + 0.05, "{name} {eighths}/8: {lanczos:?}");
            assert!(means.0 <= if eighths == 1 { 0.35 } else { 6.0 }, "{name} {eighths}/8: {means:?}");
        }
    }
}
