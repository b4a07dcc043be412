//! Similarity of a result to the ideal result: SSIMULACRA2 against a reference in floating point.
//!
//! The reference is the whole source, decoded without reduction and resampled with Lanczos3 in 32-bit floats, never
//! rounded to 8 bits. One decoder reads the results of both programs. Transparency is composited over mid-gray.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::RgbaImage;
use ssimulacra2::{ColorPrimaries, Rgb, TransferCharacteristic, compute_frame_ssimulacra2};

use crate::cases::Case;
use crate::protocol::Request;
use crate::side::Worker;
use crate::worker;

/// The background for transparency, on which both black and white edges are visible.
const MID_GRAY: f32 = 0.5;

/// Colours from 0 to 1, with sRGB's transfer function.
type Pixels = Vec<[f32; 3]>;

/// Scores results, and keeps the references for one source, because cases are ordered by source.
#[derive(Default)]
pub(crate) struct Judge {
    source: Option<(PathBuf, RgbaImage)>,
    references: Vec<((u32, u32), Pixels)>,
}

impl Judge {
    /// Returns the scores of both files. `None` if no decoder here reads the source, or the sizes differ.
    pub(crate) fn scores(
        &mut self,
        case: &Case,
        files: &[PathBuf; 2],
        sharp: &mut Worker,
    ) -> anyhow::Result<[Option<f64>; 2]> {
        let Some([ridge, peer]) = decode_both(files, sharp)? else { return Ok([None, None]) };
        if ridge.dimensions() != peer.dimensions() {
            return Ok([None, None]);
        }
        let size = ridge.dimensions();
        let reference = self.reference(&case.source, size)?;
        let score = |image: &RgbaImage| -> anyhow::Result<Option<f64>> {
            Ok(Some(compute_frame_ssimulacra2(rgb(reference.clone(), size)?, rgb(flat(image), size)?)?))
        };
        Ok([score(&ridge)?, score(&peer)?])
    }

    fn reference(&mut self, source: &Path, size: (u32, u32)) -> anyhow::Result<&Pixels> {
        if self.source.as_ref().is_none_or(|(path, _)| path != source) {
            self.references.clear();
            self.source = Some((source.to_owned(), decode(&fs::read(source)?)?));
        }
        let at = match self.references.iter().position(|(known, _)| *known == size) {
            Some(at) => at,
            None => {
                let (_, whole) = self.source.as_ref().ok_or_else(|| anyhow!("no source"))?;
                self.references.push((size, resample(whole, size)?));
                self.references.len() - 1
            }
        };
        Ok(&self.references[at].1)
    }
}

/// Decodes both files with Ridge's decoder, or both with sharp's if Ridge does not read the format; `None` if neither
/// does.
fn decode_both(files: &[PathBuf; 2], sharp: &mut Worker) -> anyhow::Result<Option<[RgbaImage; 2]>> {
    let [ridge, peer] = [fs::read(&files[0])?, fs::read(&files[1])?];
    if let (Ok(ridge), Ok(peer)) = (decode(&ridge), decode(&peer)) {
        return Ok(Some([ridge, peer]));
    }
    let mut images = Vec::new();
    for file in files {
        let out = file.with_extension("decoded.png");
        let request = Request { source: file.clone(), path: "/w_auto/png".into(), repeat: 1, out: Some(out.clone()) };
        if sharp.ask(&request)?.is_err() {
            return Ok(None);
        }
        images.push(image::load_from_memory(&fs::read(out)?)?.into_rgba8());
    }
    Ok(images.try_into().ok())
}

fn decode(bytes: &[u8]) -> anyhow::Result<RgbaImage> {
    let path = worker::variant("/w_auto/png")?;
    let picture = ridge_pixels::render(bytes, path.variant(), &worker::config(), &mut |_| {})?;
    Ok(image::load_from_memory(&picture.bytes)?.into_rgba8())
}

fn resample(whole: &RgbaImage, size: (u32, u32)) -> anyhow::Result<Pixels> {
    let source = ImageRef::new(whole.width(), whole.height(), whole.as_raw(), PixelType::U8x4)?;
    let mut floats = Image::new(whole.width(), whole.height(), PixelType::F32x4);
    fast_image_resize::change_type_of_pixel_components(&source, &mut floats)?;
    let mut resampled = Image::new(size.0, size.1, PixelType::F32x4);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
    Resizer::new().resize(&floats, &mut resampled, &options)?;
    let (values, _) = resampled.buffer().as_chunks::<4>();
    let (pixels, _) = values.as_chunks::<4>();
    // Clamped, because neither screens nor 8 bits represent values beyond black and white.
    let pixel = |pixel: &[[u8; 4]; 4]| over_gray(pixel.map(|value| f32::from_ne_bytes(value).clamp(0.0, 1.0)));
    Ok(pixels.iter().map(pixel).collect())
}

fn flat(image: &RgbaImage) -> Pixels {
    image.pixels().map(|pixel| over_gray(pixel.0.map(|value| f32::from(value) / 255.0))).collect()
}

fn over_gray([r, g, b, alpha]: [f32; 4]) -> [f32; 3] {
    [r, g, b].map(|color| color * alpha + MID_GRAY * (1.0 - alpha))
}

fn rgb(pixels: Pixels, (width, height): (u32, u32)) -> anyhow::Result<Rgb> {
    let (width, height) = (width as usize, height as usize);
    Rgb::new(pixels, width, height, TransferCharacteristic::SRGB, ColorPrimaries::BT709)
        .map_err(|error| anyhow!("{error}"))
}

#[cfg(test)]
mod tests {
    use image::Rgba;

    use super::*;

    #[test]
    fn a_reference_scores_full_marks_against_itself_and_noise_does_not() {
        let whole = RgbaImage::from_fn(128, 96, |x, y| Rgba([(2 * x) as u8, (2 * y) as u8, 90, 255]));
        let size = (64, 48);
        let reference = resample(&whole, size).unwrap();
        let score = |other: Pixels| {
            compute_frame_ssimulacra2(rgb(reference.clone(), size).unwrap(), rgb(other, size).unwrap()).unwrap()
        };
        assert!(score(reference.clone()) > 99.9);
        let noisy = |by: f32| {
            let pixels = reference.iter().enumerate();
            score(pixels.map(|(i, pixel)| pixel.map(|value| value + (i % 2) as f32 * by)).collect())
        };
        assert!(noisy(0.1) < 90.0, "{}", noisy(0.1));
        assert!(noisy(0.3) < noisy(0.1), "{}", noisy(0.3));
    }

    #[test]
    fn transparency_becomes_gray() {
        let image = RgbaImage::from_pixel(2, 2, Rgba([255, 0, 0, 0]));
        assert_eq!(flat(&image), vec![[0.5; 3]; 4]);
        assert_eq!(resample(&image, (1, 1)).unwrap(), vec![[0.5; 3]]);
    }
}
