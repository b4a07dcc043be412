//! The layout of a TIFF's pixels, by its directory ("TIFF Revision 6.0", sections 3 to 22).

use super::super::fault::{broken, size_of};
use super::predict::Predictor;
use super::tags::{self, Color, TiffCompression};
use super::unsupported::unsupported;
use crate::container::tiff::{Directory, Entry};
use crate::error::Error;
use crate::kind::Kind;
use crate::size::Size;

const WIDTH: u16 = 256;
const HEIGHT: u16 = 257;
const BITS: u16 = 258;
const COMPRESSION: u16 = 259;
const PHOTOMETRIC: u16 = 262;
const FILL_ORDER: u16 = 266;
const STRIP_OFFSETS: u16 = 273;
const SAMPLES: u16 = 277;
const ROWS_PER_STRIP: u16 = 278;
const STRIP_LENGTHS: u16 = 279;
const PLANAR: u16 = 284;
const T4_OPTIONS: u16 = 292;
const PREDICTOR: u16 = 317;
const COLOR_MAP: u16 = 320;
const TILE_WIDTH: u16 = 322;
const TILE_HEIGHT: u16 = 323;
const TILE_OFFSETS: u16 = 324;
const TILE_LENGTHS: u16 = 325;
const INK_SET: u16 = 332;
const EXTRA_SAMPLES: u16 = 338;
const SAMPLE_FORMAT: u16 = 339;
const JPEG_TABLES: u16 = 347;

/// Tags whose values are all read.
const NUMBERS: [u16; 9] = [
    BITS,
    STRIP_OFFSETS,
    STRIP_LENGTHS,
    COLOR_MAP,
    TILE_OFFSETS,
    TILE_LENGTHS,
    EXTRA_SAMPLES,
    SAMPLE_FORMAT,
    JPEG_TABLES,
];

/// Largest number of values of a tag, for time and memory. One row per strip, or tiles of 16 by 16 pixels, need far
/// fewer.
const MAX_NUMBERS: u64 = 1 << 20;

/// Largest number of samples of a pixel: more than inks, alpha and a few spot colours.
const MAX_SAMPLES: u64 = 16;

/// How the pixels are stored.
pub(super) struct Layout<'a> {
    pub(super) directory: Directory<'a>,
    pub(super) size: Size,
    pub(super) compression: TiffCompression,
    pub(super) predictor: Predictor,
    /// Whether the lowest bit of each byte comes first.
    pub(super) is_reversed: bool,
    pub(super) color: Color,
    /// Number of samples of a pixel, extra samples included.
    pub(super) samples: usize,
    /// Bits of a sample: 1, 2, 4, 8 or 16 for an integer, 32 for a float.
    pub(super) bits: u8,
    pub(super) alpha: Option<Alpha>,
    /// Whether each sample has strips or tiles of its own.
    pub(super) is_planar: bool,
    /// The size of a strip or tile; tiles may reach beyond the image.
    pub(super) chunk: Size,
}

/// The alpha sample.
#[derive(Clone, Copy)]
pub(super) struct Alpha {
    pub(super) index: usize,
    pub(super) is_multiplied_in: bool,
}

impl<'a> Layout<'a> {
    pub(super) fn read(source: &'a [u8]) -> Result<Layout<'a>, Error> {
        let directory = Directory::first(source).ok_or_else(|| broken(Kind::Tiff)(&"it has no directory"))?;
        // The length of other values is bounded by the file.
        if directory.entries().any(|entry| entry.count() > MAX_NUMBERS && NUMBERS.contains(&entry.tag())) {
            return Err(broken(Kind::Tiff)(&"a tag has too many values"));
        }
        let find = |tag| directory.entry(tag);
        let number = |tag| find(tag).and_then(|entry| entry.numbers().next());
        let needed = |tag| number(tag).ok_or_else(|| broken(Kind::Tiff)(&format!("tag {tag} is missing")));
        let side = |number: u64| u32::try_from(number).map_err(|error| broken(Kind::Tiff)(&error));

        let size = size_of(Kind::Tiff, side(needed(WIDTH)?)?, side(needed(HEIGHT)?)?)?;
        let compression = tags::compression(number(COMPRESSION).unwrap_or(1), number(T4_OPTIONS).unwrap_or(0))?;
        let is_jpeg = compression == TiffCompression::Jpeg;
        let color = tags::color(needed(PHOTOMETRIC)?, number(INK_SET), is_jpeg)?;
        let samples = number(SAMPLES).unwrap_or(1);
        if samples > MAX_SAMPLES {
            return Err(unsupported!("more than 16 channels"));
        }
        let samples = samples as usize;
        if samples < color.samples() {
            return Err(broken(Kind::Tiff)(&"it has fewer channels than its colour space"));
        }
        let bits = tags::bits(find(BITS), find(SAMPLE_FORMAT))?;
        if color == Color::Palette && bits > 8 {
            return Err(unsupported!("a palette of more than 256 colours"));
        }
        let is_fax = matches!(compression, TiffCompression::Group3 | TiffCompression::Group4);
        if is_fax && (bits != 1 || samples != 1 || size.width > u16::MAX.into()) {
            return Err(unsupported!("fax compression of other than 1 bit in rows of up to 65,535 pixels"));
        }
        let predictor = match compression {
            TiffCompression::Jpeg | TiffCompression::Group3 | TiffCompression::Group4 => Predictor::None,
            _ => tags::predictor(number(PREDICTOR).unwrap_or(1), bits)?,
        };
        let is_reversed = number(FILL_ORDER) == Some(2);
        let is_planar = number(PLANAR) == Some(2);
        let alpha = alpha(find(EXTRA_SAMPLES), color.samples(), samples);
        if is_jpeg && (is_planar || bits != 8 || samples != color.samples()) {
            return Err(unsupported!("JPEG compression of other than 8-bit gray, RGB or CMYK"));
        }
        let chunk = match (number(TILE_WIDTH), number(TILE_HEIGHT)) {
            (Some(width), Some(height)) => size_of(Kind::Tiff, side(width)?, side(height)?)?,
            _ => {
                let rows = number(ROWS_PER_STRIP).unwrap_or(size.height.into()).min(size.height.into());
                size_of(Kind::Tiff, size.width, side(rows)?)?
            }
        };
        Ok(Layout {
            directory,
            size,
            compression,
            predictor,
            is_reversed,
            color,
            samples,
            bits,
            alpha,
            is_planar,
            chunk,
        })
    }

    /// Returns the file offset and the length in bytes of each strip or tile; a length of 0 is unknown.
    pub(super) fn places(&self) -> impl Iterator<Item = (u64, u64)> {
        // Some writers put the offsets of tiles into the tags of strips.
        let numbers = |tags: [u16; 2]| {
            let entry = tags.into_iter().find_map(|tag| self.directory.entry(tag));
            entry.into_iter().flat_map(Entry::numbers)
        };
        let lengths = numbers([TILE_LENGTHS, STRIP_LENGTHS]).chain(std::iter::repeat(0));
        numbers([TILE_OFFSETS, STRIP_OFFSETS]).zip(lengths)
    }

    pub(super) fn jpeg_tables(&self) -> Option<&'a [u8]> {
        self.directory.entry(JPEG_TABLES)?.bytes()
    }

    /// Reads the palette: all reds, then all greens, then all blues, 16 bits each, reduced to 8 bits like those of a
    /// PNG.
    pub(super) fn palette(&self) -> Result<Vec<[u8; 3]>, Error> {
        let map: Vec<u64> = self.directory.entry(COLOR_MAP).into_iter().flat_map(Entry::numbers).collect();
        let colours = 1 << self.bits;
        if map.len() < 3 * colours {
            return Err(broken(Kind::Tiff)(&"its palette is too short"));
        }
        // As in libtiff: some writers store 8-bit values.
        let shift = if map.iter().all(|level| *level < 256) { 0 } else { 8 };
        let level = |at: usize| (map[at] >> shift) as u8;
        Ok((0..colours).map(|index| [level(index), level(index + colours), level(index + 2 * colours)]).collect())
    }
}

/// Finds alpha. Without the tag `ExtraSamples`, an extra sample is alpha, as in early versions of Photoshop.
fn alpha(extra: Option<Entry>, colors: usize, samples: usize) -> Option<Alpha> {
    const MULTIPLIED_IN: u64 = 1;
    const APART: u64 = 2;
    let index = |at: usize| Some(colors + at).filter(|index| *index < samples);
    let Some(extra) = extra else {
        return index(0).map(|index| Alpha { index, is_multiplied_in: false });
    };
    let (at, kind) = extra.numbers().enumerate().find(|(_, kind)| matches!(*kind, MULTIPLIED_IN | APART))?;
    index(at).map(|index| Alpha { index, is_multiplied_in: kind == MULTIPLIED_IN })
}

/// Returns the bytes at a place in the file, as many as there are. A chunk of unknown length ends with the file.
pub(super) fn data(source: &[u8], (offset, length): (u64, u64)) -> Option<&[u8]> {
    let data = source.get(usize::try_from(offset).ok().filter(|offset| *offset > 0)?..)?;
    Some(match usize::try_from(length) {
        Ok(length) if length > 0 => &data[..length.min(data.len())],
        _ => data,
    })
}
