//! The pictures that are compared with: a folder's own, and what is made of its largest photograph.

use std::fmt;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use image::codecs::gif::{GifEncoder, Repeat};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{Delay, Frame, ImageEncoder as _, RgbImage, RgbaImage};
use pixels::{Kind, Size};
use turbojpeg::{Compressor, Image, PixelFormat, Subsamp};

use crate::jpeg;
use crate::worker;

/// What a picture costs to read depends on this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    BaselineJpeg,
    ProgressiveJpeg,
    Png,
    PngWithAlpha,
    WebP,
    AnimatedGif,
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Class::BaselineJpeg => "baseline JPEG",
            Class::ProgressiveJpeg => "progressive JPEG",
            Class::Png => "PNG",
            Class::PngWithAlpha => "PNG with alpha",
            Class::WebP => "WebP",
            Class::AnimatedGif => "animated GIF",
        })
    }
}

/// A picture.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) class: Class,
    /// As people see it.
    pub(crate) size: Size,
}

impl Source {
    /// `None` for a file that no group takes.
    fn read(path: PathBuf) -> anyhow::Result<Option<Source>> {
        let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
        let Ok(header) = pixels::recognise(&bytes).and_then(|kind| pixels::header(kind, &bytes)) else {
            return Ok(None);
        };
        let is_animated = header.frames > 1;
        let class = match header.kind {
            Kind::Jpeg if jpeg::is_progressive(&bytes) => Class::ProgressiveJpeg,
            Kind::Jpeg => Class::BaselineJpeg,
            // The colour type in the header chunk: 4 and 6 have alpha.
            Kind::Png if bytes.get(25).is_some_and(|kind| matches!(kind, 4 | 6)) => Class::PngWithAlpha,
            Kind::Png => Class::Png,
            Kind::WebP if !is_animated => Class::WebP,
            Kind::Gif if is_animated => Class::AnimatedGif,
            _ => return Ok(None),
        };
        Ok(Some(Source { path, class, size: header.upright() }))
    }

    pub(crate) fn is_photograph(&self) -> bool {
        matches!(self.class, Class::BaselineJpeg | Class::ProgressiveJpeg)
    }
}

/// The pictures of a folder, by name.
pub(crate) fn of_folder(folder: &Path) -> anyhow::Result<Vec<Source>> {
    let entries = fs::read_dir(folder).with_context(|| format!("{}", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    paths.retain(|path| path.is_file());
    paths.sort();
    paths.into_iter().filter_map(|path| Source::read(path).transpose()).collect()
}

/// Pictures that few folders hold.
pub(crate) struct Made {
    /// Those that are compared like the folder's own.
    pub(crate) cases: Vec<Source>,
    /// JPEG of 12 and 50 megapixels, PNG of 15: what a fresh process is given.
    pub(crate) jpeg_12: PathBuf,
    pub(crate) jpeg_50: PathBuf,
    pub(crate) png_15: PathBuf,
}

/// Makes them of the folder's largest photograph, the same ones each time; a file that is there is kept.
pub(crate) fn made(found: &[Source], folder: &Path) -> anyhow::Result<Made> {
    let photographs = found.iter().filter(|source| source.is_photograph());
    let Some(photograph) = photographs.rev().max_by_key(|source| source.size.pixels()) else {
        bail!("the folder holds no JPEG");
    };
    let name = photograph.path.file_stem().unwrap_or_default().to_string_lossy();
    let bytes = fs::metadata(&photograph.path)?.len();
    let folder = folder.join(format!("{name}-{bytes}"));
    fs::create_dir_all(&folder)?;
    let maker = Maker { photograph, folder };

    let whole = photograph.size;
    let alpha = Size { width: whole.width.min(4000), height: whole.height.min(3000) };
    let png_15 = maker.file("15mp.png", |maker| png(&tiled(&maker.pixels()?, 4472, 3354)))?;
    let cases = [
        png_15.clone(),
        maker.file("alpha.png", |maker| png_with_alpha(&tiled(&maker.pixels()?, alpha.width, alpha.height)))?,
        maker.file("photo.webp", |maker| maker.variant("/w_auto/q_90/webp"))?,
        maker.file("pan.gif", |maker| pan(&maker.decoded("/w_960/png")?))?,
    ];
    let cases = cases.into_iter().filter_map(|path| Source::read(path).transpose()).collect::<anyhow::Result<_>>()?;
    Ok(Made {
        cases,
        jpeg_12: maker.file("12mp.jpg", |maker| jpeg(&tiled(&maker.pixels()?, 4000, 3000)))?,
        jpeg_50: maker.file("50mp.jpg", |maker| jpeg(&tiled(&maker.pixels()?, 8160, 6120)))?,
        png_15,
    })
}

struct Maker<'a> {
    photograph: &'a Source,
    folder: PathBuf,
}

impl Maker<'_> {
    fn file(&self, name: &str, make: impl Fn(&Self) -> anyhow::Result<Vec<u8>>) -> anyhow::Result<PathBuf> {
        let path = self.folder.join(name);
        if !path.exists() {
            eprint!("\r\x1b[Kmaking {name}");
            fs::write(&path, make(self)?).with_context(|| path.display().to_string())?;
        }
        Ok(path)
    }

    fn variant(&self, path: &str) -> anyhow::Result<Vec<u8>> {
        let source = fs::read(&self.photograph.path)?;
        let path = worker::variant(path)?;
        Ok(pixels::render(&source, path.variant(), &worker::config(), &mut |_| {})?.bytes)
    }

    fn decoded(&self, path: &str) -> anyhow::Result<RgbImage> {
        Ok(image::load_from_memory(&self.variant(path)?)?.into_rgb8())
    }

    fn pixels(&self) -> anyhow::Result<RgbImage> {
        self.decoded("/w_auto/png")
    }
}

/// The photograph at its own scale: its top left part, or mirrored at its edges until the size is full.
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

/// Opaque in the middle, with a soft edge towards nothing in the corners.
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

/// Two seconds of a camera that moves over the picture.
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
