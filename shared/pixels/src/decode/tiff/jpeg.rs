//! Strips and tiles compressed as JPEG ("TIFF Technical Note 2"), by libjpeg-turbo.

use turbojpeg::{Decompressor, Image, PixelFormat};

use super::super::fault::broken;
use super::super::jpeg;
use super::layout::{Layout, data};
use super::samples::{Samples, TiffChunk};
use super::tags::Color;
use crate::container::jpeg::{APP0, APP14, APP15, EOI, Segment, segments};
use crate::error::Error;
use crate::kind::Kind;

pub(super) struct JpegChunks<'a> {
    layout: &'a Layout<'a>,
    source: &'a [u8],
    places: Vec<(u64, u64)>,
    decompressor: Decompressor,
}

impl<'a> JpegChunks<'a> {
    pub(super) fn new(layout: &'a Layout<'a>, source: &'a [u8]) -> Result<JpegChunks<'a>, Error> {
        Ok(JpegChunks { layout, source, places: layout.places().collect(), decompressor: jpeg::decompressor()? })
    }

    pub(super) fn read(&mut self, index: u32, width: usize, height: usize) -> Result<TiffChunk, Error> {
        let broken = || broken(Kind::Tiff)(&"a JPEG in it cannot be read");
        let file = self.file(index as usize).ok_or_else(broken)?;
        let header = self.decompressor.read_header(&file).map_err(|_| broken())?;
        // A tile is decoded whole; a strip may end with the image. Larger JPEGs are not decoded.
        let chunk = self.layout.chunk;
        if header.width != chunk.width as usize || !(height..=chunk.height as usize).contains(&header.height) {
            return Err(broken());
        }
        let (format, samples) = match self.layout.color {
            Color::Gray(_) | Color::Palette => (PixelFormat::GRAY, 1),
            Color::Rgb | Color::YCbCr => (PixelFormat::RGB, 3),
            Color::Cmyk => (PixelFormat::CMYK, 4),
        };
        let mut pixels = vec![0; header.width * header.height * samples];
        let pitch = header.width * samples;
        let image = Image { pixels: pixels.as_mut_slice(), width: header.width, pitch, height: header.height, format };
        self.decompressor.decompress(&file, image).map_err(|_| broken())?;
        debug_assert!(width <= header.width);
        Ok(TiffChunk { width: header.width, rows: height, planes: vec![Samples::U8(pixels)] })
    }

    /// Returns a complete JPEG file: the tables that all chunks share, and the colour space of the directory as an
    /// Adobe segment.
    fn file(&self, index: usize) -> Option<Vec<u8>> {
        let part = data(self.source, *self.places.get(index)?)?;
        let mut file = vec![0xff, 0xd8];
        let transform = match self.layout.color {
            Color::YCbCr => Some(1),
            Color::Rgb | Color::Cmyk => Some(0),
            Color::Gray(_) | Color::Palette => None,
        };
        if let Some(transform) = transform {
            file.extend([0xff, APP14, 0, 14]);
            file.extend(b"Adobe\0\x64\0\0\0\0");
            file.push(transform);
        }
        let is_frame = |marker: u8| matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc);
        let mut frames = 0;
        for segment in self.layout.jpeg_tables().into_iter().chain([part]).flat_map(segments) {
            let Segment { marker, whole, scan } = segment?;
            if matches!(marker, APP0..=APP15) {
                continue;
            }
            frames += u32::from(is_frame(marker));
            file.extend([0xff, marker]);
            file.extend(whole);
            file.extend(scan);
        }
        file.extend([0xff, EOI]);
        (frames == 1).then_some(file)
    }
}
