//! Images that few folders contain, derived from a folder's largest photograph.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use image::codecs::gif::{GifEncoder, Repeat};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{Delay, Frame, ImageEncoder as _, RgbImage, RgbaImage};
use turbojpeg::{Compressor, Image, PixelFormat, Subsamp};

use crate::sources::Source;
use crate::worker;

/// The derived images.
pub(crate) struct DerivedImages {
    /// Images that are compared like those of the folder.
    pub(crate) cases: Vec<Source>,
    /// JPEGs of 12 and 50 megapixels, and a PNG of 15, for fresh processes.
    pub(crate) jpeg_12: PathBuf,
    pub(crate) jpeg_50: PathBuf,
    pub(crate) png_15: PathBuf,
}

/// Derives the images from the folder's largest photograph, always the same ones. Existing files are kept.
pub(crate) fn of(found: &[Source], folder: &Path) -> anyhow::Result<DerivedImages> {
    let maker = Maker::of(found, folder)?;
    let whole = maker.photograph.size;
    // Multiples of 8, so that the variants can be scored.
    let (width, height) = (whole.width.min(4000) / 8 * 8, whole.height.min(3000) / 8 * 8);
    let png_15 = maker.file("15mp.png", |maker| png(&tiled(&maker.pixels()?, 4480, 3360)))?;
    let cases = [
        png_15.clone(),
        maker.file("alpha.png", |maker| png_with_alpha(&tiled(&maker.pixels()?, width, height)))?,
        maker
            .file("photo.webp", |maker| variant(&png(&tiled(&maker.pixels()?, width, height))?, "/w_auto/q_90/webp"))?,
        maker.file("pan.gif", |maker| pan(&maker.decoded("/w_960/png")?))?,
    ];
    let cases = cases.into_iter().filter_map(|path| Source::read(path).transpose()).collect::<anyhow::Result<_>>()?;
    Ok(DerivedImages {
        cases,
        jpeg_12: maker.jpeg_12()?,
        jpeg_50: maker.file("50mp.jpg", |maker| jpeg(&tiled(&maker.pixels()?, 8160, 6120)))?,
        png_15,
    })
}

/// Derives only the JPEG of 12 megapixels.
#[cfg(feature = "stack")]
pub(crate) fn jpeg_12(found: &[Source], folder: &Path) -> anyhow::Result<PathBuf> {
    Maker::of(found, folder)?.jpeg_12()
}

struct Maker<'a> {
    photograph: &'a Source,
    folder: PathBuf,
}

impl Maker<'_> {
    fn of<'a>(found: &'a [Source], folder: &Path) -> anyhow::Result<Maker<'a>> {
        let photographs = found.iter().filter(|source| source.is_photograph());
        // Of several photographs of the same size, the first by name.
        let Some(photograph) = photographs.rev().max_by_key(|source| source.size.pixels()) else {
            bail!("the folder holds no JPEG");
        };
        // Name and size identify the photograph, so that two folders do not share derived images.
        let name = photograph.path.file_stem().unwrap_or_default().to_string_lossy();
        let bytes = fs::metadata(&photograph.path)?.len();
        let folder = folder.join(format!("{name}-{bytes}"));
        fs::create_dir_all(&folder)?;
        Ok(Maker { photograph, folder })
    }

    fn jpeg_12(&self) -> anyhow::Result<PathBuf> {
        self.file("12mp.jpg", |maker| jpeg(&tiled(&maker.pixels()?, 4000, 3000)))
    }

    fn file(&self, name: &str, make: impl Fn(&Self) -> anyhow::Result<Vec<u8>>) -> anyhow::Result<PathBuf> {
        let path = self.folder.join(name);
        if !path.exists() {
            eprint!("\r\x1b[Kmaking {name}");
            // Renamed when it is complete, so that the next run does not use half a file.
            let part = path.with_extension("part");
            fs::write(&part, make(self)?).with_context(|| part.display().to_string())?;
            fs::rename(&part, &path)?;
        }
        Ok(path)
    }

    fn decoded(&self, path: &str) -> anyhow::Result<RgbImage> {
        let bytes = variant(&fs::read(&self.photograph.path)?, path)?;
        Ok(image::load_from_memory(&bytes)?.into_rgb8())
    }

    fn pixels(&self) -> anyhow::Result<RgbImage> {
        self.decoded("/w_auto/png")
    }
}

fn variant(source: &[u8], path: &str) -> anyhow::Result<Vec<u8>> {
    let path = worker::variant(path)?;
    Ok(ridge_pixels::render(source, path.variant(), &worker::config(), &mut |_| {})?.bytes)
}

/// Returns the photograph's top left part, mirrored at its edges if it is too small.
fn tiled(photograph: &RgbImage, width: u32, height: u32) -> RgbImage {
    let mirrored = |at: u32, length: u32| {
        let at = at % (2 * length);
        if at < length { at } else { 2 * length - 1 - at }
    };
    RgbImage::from_fn(width, height, |x, y| {
        *photograph.get_pixel(mirrored(x, photograph.width()), mirrored(y, photograph.height()))
    })
}

fn jpeg(image: &RgbImage) -> anyhow::Result<Vec<u8>> {
    let mut compressor = Compressor::new()?;
    compressor.set_quality(90)?;
    compressor.set_subsamp(Subsamp::Sub2x2)?;
    let (width, height) = (image.width() as usize, image.height() as usize);
    let pixels = image.as_raw().as_slice();
    Ok(compressor.compress_to_vec(Image { pixels, width, pitch: width * 3, height, format: PixelFormat::RGB })?)
}

fn png(image: &RgbImage) -> anyhow::Result<Vec<u8>> {
    png_of(image.as_raw(), image.dimensions(), image::ExtendedColorType::Rgb8)
}

/// Returns an image that is opaque in the middle and fades to transparent corners.
fn png_with_alpha(image: &RgbImage) -> anyhow::Result<Vec<u8>> {
    let (width, height) = (f64::from(image.width()), f64::from(image.height()));
    let cut = RgbaImage::from_fn(image.width(), image.height(), |x, y| {
        let [r, g, b] = image.get_pixel(x, y).0;
        let away = (f64::from(x) / width - 0.5).hypot(f64::from(y) / height - 0.5);
        image::Rgba([r, g, b, ((0.55 - away) * 10.0 * 255.0).clamp(0.0, 255.0) as u8])
    });
    png_of(cut.as_raw(), cut.dimensions(), image::ExtendedColorType::Rgba8)
}

fn png_of(pixels: &[u8], (width, height): (u32, u32), color: image::ExtendedColorType) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::Adaptive)
        .write_image(pixels, width, height, color)?;
    Ok(bytes)
}

/// Returns an animation of two seconds that moves over the image.
fn pan(image: &RgbImage) -> anyhow::Result<Vec<u8>> {
    const FRAMES: u32 = 24;
    let (width, height) = (480.min(image.width()), 320.min(image.height()));
    let mut bytes = Cursor::new(Vec::new());
    let mut encoder = GifEncoder::new_with_speed(&mut bytes, 10);
    encoder.set_repeat(Repeat::Infinite)?;
    for frame in 0..FRAMES {
        let along = |length: u32| (length * frame) / FRAMES;
        let (x, y) = (along(image.width() - width), along(image.height() - height));
        let part = image::imageops::crop_imm(image, x, y, width, height).to_image();
        let pixels = image::DynamicImage::from(part).into_rgba8();
        encoder.encode_frame(Frame::from_parts(pixels, 0, 0, Delay::from_numer_denom_ms(80, 1)))?;
    }
    drop(encoder);
    Ok(bytes.into_inner())
}
