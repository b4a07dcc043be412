//! Reading of strips and tiles, one at a time.

use super::super::fault::broken;
use super::layout::{Layout, data};
use super::samples::{Samples, TiffChunk, unpacked};
use super::tags::TiffCompression;
use super::{jpeg, predict, unpack};
use crate::error::Error;
use crate::kind::Kind;

/// Reads strips or tiles.
pub(super) enum Chunks<'a> {
    Jpeg(jpeg::JpegChunks<'a>),
    Other { layout: &'a Layout<'a>, source: &'a [u8], places: Vec<(u64, u64)> },
}

impl<'a> Chunks<'a> {
    pub(super) fn new(layout: &'a Layout<'a>, source: &'a [u8]) -> Result<Chunks<'a>, Error> {
        if layout.compression == TiffCompression::Jpeg {
            return jpeg::JpegChunks::new(layout, source).map(Chunks::Jpeg);
        }
        Ok(Chunks::Other { layout, source, places: layout.places().collect() })
    }

    /// Reads the chunk with this index, of `count` chunks in a plane. `width` and `height` are the size of its part
    /// within the image. The chunk has as many rows as the file has, from the top.
    pub(super) fn read(&mut self, index: u32, count: u32, width: usize, height: usize) -> Result<TiffChunk, Error> {
        match self {
            Chunks::Jpeg(reader) => reader.read(index, width, height),
            Chunks::Other { layout, source, places } => {
                let planes = if layout.is_planar { layout.samples } else { 1 };
                let planes = (0..planes).map(|plane| {
                    let index =
                        (plane as u64).checked_mul(count.into()).and_then(|first| first.checked_add(index.into()));
                    let place = index.and_then(|index| places.get(usize::try_from(index).ok()?));
                    samples(layout, place.and_then(|place| data(source, *place)).unwrap_or_default(), height)
                });
                let planes: Vec<Samples> = planes.collect();
                let row = layout.chunk.width as usize * if layout.is_planar { 1 } else { layout.samples };
                let rows = planes.iter().map(|plane| plane.len() / row).min().unwrap_or(0);
                if rows == 0 {
                    return Err(broken(Kind::Tiff)(&"a strip or tile cannot be read"));
                }
                Ok(TiffChunk { width: layout.chunk.width as usize, rows, planes })
            }
        }
    }
}

/// Decodes the samples of all whole rows in `data`, at most `height` rows.
fn samples(layout: &Layout, data: &[u8], height: usize) -> Samples {
    let count = if layout.is_planar { 1 } else { layout.samples };
    let length = layout.chunk.width as usize * count;
    let row = (length * usize::from(layout.bits)).div_ceil(8);
    let mut bytes = vec![0; row * height];
    // No compression needs more input. Without this bound, chunks of unknown length would each cover the whole file.
    let most = bytes.len().saturating_mul(8).saturating_add(1024);
    let data = unpack::ordered(&data[..data.len().min(most)], layout.is_reversed);
    let there = unpack::unpack(layout.compression, &data, layout.chunk.width, &mut bytes);
    bytes.truncate(there / row * row);
    let is_little = layout.directory.is_little();
    for row in bytes.chunks_exact_mut(row) {
        predict::restore(row, layout.bits, count, is_little, layout.predictor);
    }
    match layout.bits {
        32 => Samples::F32(bytes),
        16 => Samples::U16(bytes),
        bits => Samples::U8(unpacked(bytes, bits, length)),
    }
}
