//! The rows of a PNG, as many as the file has.

use std::io::{Cursor, ErrorKind};

use png::{BitDepth, ColorType, DecodeOptions, Decoder, DecodingError, InterlaceInfo, Limits, Reader, Transformations};

use crate::container::png as container;
use crate::decode::fault::{broken, size_of};
use crate::error::Error;
use crate::kind::Kind;
use crate::size::Size;

/// The memory in bytes that the decoder may use beside the pixels: a few rows, and small chunks.
const BESIDE_PIXELS: usize = 64 << 20;

/// The checksum that is verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Checksum {
    /// The checksum of each chunk.
    Crc,
    /// The checksum of the zlib stream.
    Adler,
}

/// Why pixels cannot be decoded.
pub(super) enum Failure {
    /// The decoder's message about the pixel data.
    Data(String),
    Other(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Other(error)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Error {
        match failure {
            Failure::Data(reason) => broken(Kind::Png)(&reason),
            Failure::Other(error) => error,
        }
    }
}

/// A PNG whose rows are read, 8 bits per sample.
pub(super) struct Rows<'a> {
    source: &'a [u8],
    reader: Reader<Cursor<&'a [u8]>>,
    checksum: Checksum,
    pub(super) size: Size,
    pub(super) color: ColorType,
    /// Bytes of a row.
    pub(super) stride: usize,
    /// Number of rows that were read. In an interlaced image, rows of its passes.
    pub(super) there: u32,
    /// Whether the file ends before its last row.
    pub(super) is_cut: bool,
}

impl<'a> Rows<'a> {
    pub(super) fn new(source: &'a [u8], checksum: Checksum) -> Result<Rows<'a>, Error> {
        let reader = reader(source, checksum)?;
        let (color, depth) = reader.output_color_type();
        if depth != BitDepth::Eight {
            return Err(broken(Kind::Png)(&"a bit depth that cannot be converted to 8"));
        }
        let size = size_of(Kind::Png, reader.info().width, reader.info().height)?;
        let stride = size.width as usize * color.samples();
        Ok(Rows { source, reader, checksum, size, color, stride, there: 0, is_cut: false })
    }

    pub(super) fn is_interlaced(&self) -> bool {
        self.reader.info().interlaced
    }

    /// Reads the next row. Returns false if the file ends before it.
    pub(super) fn read(&mut self, row: &mut [u8]) -> Result<bool, Failure> {
        if self.is_cut {
            return Ok(false);
        }
        let read = self.reader.read_row(row).map(drop);
        self.count(read)
    }

    /// Reads the next row of a pass and passes it to `take`. Returns false if the file ends before it.
    pub(super) fn read_pass(&mut self, take: impl FnOnce(&InterlaceInfo, &[u8])) -> Result<bool, Failure> {
        let read = self.reader.next_interlaced_row();
        let read = read.map(|row| {
            if let Some(row) = row {
                take(row.interlace(), row.data());
            }
        });
        self.count(read)
    }

    fn count(&mut self, read: Result<(), DecodingError>) -> Result<bool, Failure> {
        match read {
            Ok(()) => self.there += 1,
            Err(error) if is_end(&error) && self.checksum == Checksum::Crc => self.is_cut = true,
            Err(error) => return Err(Failure::Data(error.to_string())),
        }
        Ok(!self.is_cut)
    }

    /// Reads what follows the last row: the end of the data and its checksum. All pixels are there without them.
    pub(super) fn finish(&mut self) -> Result<(), Failure> {
        if self.is_cut {
            return Ok(());
        }
        match self.reader.read_row(&mut []) {
            Err(error) if !is_end(&error) && (self.checksum == Checksum::Adler || has_wrong_checksum(self.source)) => {
                Err(Failure::Data(error.to_string()))
            }
            Ok(_) | Err(_) => Ok(()),
        }
    }
}

/// Reads up to the pixels.
pub(in crate::decode) fn read_info(source: &[u8]) -> Result<Reader<Cursor<&[u8]>>, Error> {
    reader(source, Checksum::Crc)
}

/// Reads up to the pixels. Profiles and texts are skipped: they are compressed, and a few kilobytes of them can expand
/// to gigabytes.
fn reader(source: &[u8], checksum: Checksum) -> Result<Reader<Cursor<&[u8]>>, Error> {
    let mut options = DecodeOptions::default();
    options.set_ignore_adler32(checksum == Checksum::Crc);
    options.set_ignore_crc(checksum == Checksum::Adler);
    options.set_ignore_iccp_chunk(true);
    options.set_ignore_text_chunk(true);
    let mut decoder = Decoder::new_with_options(Cursor::new(source), options);
    decoder.set_limits(Limits { bytes: BESIDE_PIXELS });
    decoder.set_transformations(Transformations::normalize_to_color8());
    let reader = decoder.read_info().map_err(|error| broken(Kind::Png)(&error))?;
    // The decoder panics on a palette that ends within a colour.
    let is_cut = reader.info().palette.as_ref().is_some_and(|palette| palette.len() % 3 != 0);
    if is_cut { Err(broken(Kind::Png)(&"a palette that ends within a colour")) } else { Ok(reader) }
}

fn is_end(error: &DecodingError) -> bool {
    matches!(error, DecodingError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof)
}

/// Whether a chunk of the pixels does not match its checksum.
pub(super) fn has_wrong_checksum(source: &[u8]) -> bool {
    let mut chunks = container::chunks(source).map_while(|chunk| chunk);
    chunks.any(|chunk| chunk.name() == b"IDAT" && !chunk.is_sound())
}
