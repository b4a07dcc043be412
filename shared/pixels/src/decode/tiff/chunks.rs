//! Strips and tiles, one at a time.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use tiff::TiffError;
use tiff::decoder::{Decoder, DecodingResult, Limits};

use super::super::broken;
use super::layout::Layout;
use super::samples::{Chunk, Samples, unpacked};
use super::{jpeg, not_read};
use crate::error::Error;
use crate::kind::Kind;

/// What reads them.
pub(super) enum Chunks<'a> {
    Jpeg(jpeg::Reader<'a>),
    Other { decoder: Box<Decoder<Relabelled<'a>>>, layout: &'a Layout<'a> },
}

impl<'a> Chunks<'a> {
    pub(super) fn new(layout: &'a Layout<'a>, source: &'a [u8]) -> Result<Chunks<'a>, Error> {
        if layout.is_jpeg {
            return jpeg::Reader::new(layout, source).map(Chunks::Jpeg);
        }
        let file = Relabelled { file: Cursor::new(source), at: layout.photometric_at as u64 };
        let mut limits = Limits::default();
        let area = usize::try_from(layout.chunk.pixels()).unwrap_or(usize::MAX);
        limits.decoding_buffer_size = area.saturating_mul(layout.samples * 4);
        limits.intermediate_buffer_size = source.len();
        let mut decoder = Decoder::new(file).map_err(error)?.with_limits(limits);
        let (width, height) = decoder.dimensions().map_err(error)?;
        // It must see what the limits were held against.
        if (width, height) != (layout.size.width, layout.size.height) {
            return Err(broken(Kind::Tiff)(&"its directory can be read in two ways"));
        }
        Ok(Chunks::Other { decoder: Box::new(decoder), layout })
    }

    /// Reads the chunk of this number, of which there are `count` in a plane; `width` and `height` are those of its
    /// part within the picture.
    pub(super) fn read(&mut self, index: u32, count: u32, width: usize, height: usize) -> Result<Chunk, Error> {
        match self {
            Chunks::Jpeg(reader) => reader.read(index, width, height),
            Chunks::Other { decoder, layout } => {
                let (planes, samples) = if layout.is_planar { (layout.samples, 1) } else { (1, layout.samples) };
                let planes = (0..planes).map(|plane| {
                    let index =
                        u32::try_from(plane).ok().and_then(|plane| plane.checked_mul(count)?.checked_add(index));
                    let index = index.ok_or_else(|| broken(Kind::Tiff)(&"it has too many parts"))?;
                    let plane = match decoder.read_chunk(index).map_err(error)? {
                        DecodingResult::U8(bytes) => Samples::U8(unpacked(bytes, layout.bits, width * samples)),
                        DecodingResult::U16(words) => Samples::U16(words),
                        DecodingResult::F32(floats) => Samples::F32(floats),
                        _ => return Err(not_read!("an unknown kind of channels")),
                    };
                    // Of all planes but the first, the crate hands out the lowest tiles whole.
                    let is_whole = plane.len() >= width * height * samples;
                    is_whole.then_some(plane).ok_or_else(|| broken(Kind::Tiff)(&"a part is too short"))
                });
                Ok(Chunk { width, planes: planes.collect::<Result<_, _>>()? })
            }
        }
    }
}

fn error(error: TiffError) -> Error {
    match error {
        TiffError::UnsupportedError(_) => not_read!("an unusual combination of features"),
        other => broken(Kind::Tiff)(&other),
    }
}

/// The file with another colour space written on it, gray in which black is zero: the crate then hands out all samples
/// as they are, and neither refuses a palette nor drops a channel.
pub(super) struct Relabelled<'a> {
    file: Cursor<&'a [u8]>,
    at: u64,
}

impl Read for Relabelled<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        const BLACK_IS_ZERO: u8 = 1;
        let start = self.file.position();
        let length = self.file.read(buffer)?;
        let at = self.at.checked_sub(start).and_then(|at| usize::try_from(at).ok());
        if let Some(byte) = at.and_then(|at| buffer[..length].get_mut(at)) {
            *byte = BLACK_IS_ZERO;
        }
        Ok(length)
    }
}

impl Seek for Relabelled<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}
