//! Pixels in memory.

use image::metadata::Orientation as Turn;
use image::{DynamicImage, ImageBuffer};

use crate::orientation::Orientation;
use crate::size::Size;

/// 8-bit sRGB pixels, with or without alpha (not multiplied in), row after row without gaps.
#[derive(Debug, Clone)]
pub(crate) struct Raster {
    pub(crate) size: Size,
    pub(crate) channels: Channels,
    /// Exactly `size.pixels() * channels.count()` bytes.
    pub(crate) pixels: Vec<u8>,
}

/// The channels of a pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channels {
    /// One plane of [`Planes`](crate::planes::Planes). It is resampled and turned, nothing else.
    One,
    Rgb,
    Rgba,
}

impl Channels {
    pub(crate) fn count(self) -> usize {
        match self {
            Channels::One => 1,
            Channels::Rgb => 3,
            Channels::Rgba => 4,
        }
    }
}

impl Raster {
    /// Returns a black image, transparent if it has alpha.
    pub(crate) fn new(size: Size, channels: Channels) -> Raster {
        let bytes = usize::try_from(size.pixels()).expect("limits hold") * channels.count();
        Raster { size, channels, pixels: vec![0; bytes] }
    }

    pub(crate) fn has_alpha(&self) -> bool {
        self.channels == Channels::Rgba
    }

    /// Returns the bytes from one row to the next.
    pub(crate) fn stride(&self) -> usize {
        self.size.width as usize * self.channels.count()
    }

    /// Turns stored pixels upright.
    pub(crate) fn orient(self, orientation: Orientation) -> Raster {
        if orientation == Orientation::Upright {
            return self;
        }
        let Size { width, height } = self.size;
        let turn = Turn::from_exif(orientation.number()).unwrap_or(Turn::NoTransforms);
        let mut image = match self.channels {
            Channels::One => ImageBuffer::from_raw(width, height, self.pixels).map(DynamicImage::ImageLuma8),
            Channels::Rgb => ImageBuffer::from_raw(width, height, self.pixels).map(DynamicImage::ImageRgb8),
            Channels::Rgba => ImageBuffer::from_raw(width, height, self.pixels).map(DynamicImage::ImageRgba8),
        }
        .expect("a raster has the bytes that its size asks for");
        image.apply_orientation(turn);
        Raster { size: Size { width: image.width(), height: image.height() }, pixels: image.into_bytes(), ..self }
    }
}

impl From<DynamicImage> for Raster {
    fn from(image: DynamicImage) -> Raster {
        let size = Size { width: image.width(), height: image.height() };
        if image.color().has_alpha() {
            Raster { size, channels: Channels::Rgba, pixels: image.into_rgba8().into_raw() }
        } else {
            Raster { size, channels: Channels::Rgb, pixels: image.into_rgb8().into_raw() }
        }
    }
}
