//! What a TIFF's directory says of its pixels ("TIFF Revision 6.0", sections 3 to 22).

use super::super::{broken, size_of};
use super::not_read;
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
const COLOR_MAP: u16 = 320;
const TILE_WIDTH: u16 = 322;
const TILE_HEIGHT: u16 = 323;
const TILE_OFFSETS: u16 = 324;
const TILE_LENGTHS: u16 = 325;
const INK_SET: u16 = 332;
const EXTRA_SAMPLES: u16 = 338;
const SAMPLE_FORMAT: u16 = 339;
const JPEG_TABLES: u16 = 347;
const SUBSAMPLING: u16 = 530;

/// All that the `tiff` crate reads of a directory, before it can be given limits.
const READ_BY_CRATE: [u16; 18] = [
    WIDTH,
    HEIGHT,
    BITS,
    COMPRESSION,
    PHOTOMETRIC,
    STRIP_OFFSETS,
    SAMPLES,
    ROWS_PER_STRIP,
    STRIP_LENGTHS,
    PLANAR,
    317,
    TILE_WIDTH,
    TILE_HEIGHT,
    TILE_OFFSETS,
    TILE_LENGTHS,
    EXTRA_SAMPLES,
    SAMPLE_FORMAT,
    SUBSAMPLING,
];

/// A value of more numbers is not taken: the crate needs 40 bytes for each. A row to a strip and tiles of 16 by 16
/// pixels need far fewer.
const MAX_NUMBERS: u64 = 1 << 20;

/// More samples to a pixel than inks, alpha and a few spot colours.
const MAX_SAMPLES: u64 = 16;

/// How the pixels are stored.
pub(super) struct Layout<'a> {
    pub(super) directory: Directory<'a>,
    pub(super) size: Size,
    pub(super) color: Color,
    /// Of each pixel, those that are no colour included.
    pub(super) samples: usize,
    /// Of each sample: 1, 2, 4, 8 or 16 bits of a whole number, or 32 of a float.
    pub(super) bits: u8,
    pub(super) alpha: Option<Alpha>,
    /// Whether each sample has strips or tiles of its own.
    pub(super) is_planar: bool,
    pub(super) is_jpeg: bool,
    /// Of a strip or tile; tiles may stand out of the picture.
    pub(super) chunk: Size,
    /// Where in the file its colour space stands.
    pub(super) photometric_at: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Color {
    /// With whether 0 is white.
    Gray(bool),
    Rgb,
    Palette,
    Cmyk,
    YCbCr,
}

impl Color {
    pub(super) fn samples(self) -> usize {
        match self {
            Color::Gray(_) | Color::Palette => 1,
            Color::Rgb | Color::YCbCr => 3,
            Color::Cmyk => 4,
        }
    }
}

/// The sample that is alpha.
#[derive(Clone, Copy)]
pub(super) struct Alpha {
    pub(super) index: usize,
    pub(super) is_multiplied_in: bool,
}

impl<'a> Layout<'a> {
    pub(super) fn read(source: &'a [u8]) -> Result<Layout<'a>, Error> {
        let directory = Directory::first(source).ok_or_else(|| broken(Kind::Tiff)(&"it has no directory"))?;
        check_entries(directory)?;
        let find = |tag| directory.entry(tag);
        let number = |tag| find(tag).and_then(|entry| entry.numbers().next());
        let needed = |tag| number(tag).ok_or_else(|| broken(Kind::Tiff)(&format!("tag {tag} is missing")));
        let side = |number: u64| u32::try_from(number).map_err(|error| broken(Kind::Tiff)(&error));

        let size = size_of(Kind::Tiff, side(needed(WIDTH)?)?, side(needed(HEIGHT)?)?)?;
        let is_jpeg = is_jpeg(number(COMPRESSION).unwrap_or(1))?;
        let color = color(needed(PHOTOMETRIC)?, number(INK_SET), is_jpeg)?;
        let photometric_at = find(PHOTOMETRIC)
            .and_then(Entry::low_byte)
            .ok_or_else(|| broken(Kind::Tiff)(&"its colour space is not a number"))?;
        let samples = number(SAMPLES).unwrap_or(1);
        if samples > MAX_SAMPLES {
            return Err(not_read!("more than 16 channels"));
        }
        let samples = samples as usize;
        if samples < color.samples() {
            return Err(broken(Kind::Tiff)(&"it has fewer channels than its colour space"));
        }
        let bits = bits(find(BITS), find(SAMPLE_FORMAT))?;
        if color == Color::Palette && bits > 8 {
            return Err(not_read!("a palette of more than 256 colours"));
        }
        if number(FILL_ORDER) == Some(2) {
            return Err(not_read!("bits in reverse order"));
        }
        let is_planar = number(PLANAR) == Some(2);
        let alpha = alpha(find(EXTRA_SAMPLES), color.samples(), samples);
        if is_jpeg && (is_planar || bits != 8 || samples != color.samples()) {
            return Err(not_read!("JPEG compression of other than 8-bit gray, RGB or CMYK"));
        }
        let chunk = match (number(TILE_WIDTH), number(TILE_HEIGHT)) {
            (Some(width), Some(height)) => size_of(Kind::Tiff, side(width)?, side(height)?)?,
            _ => {
                let rows = number(ROWS_PER_STRIP).unwrap_or(size.height.into()).min(size.height.into());
                size_of(Kind::Tiff, size.width, side(rows)?)?
            }
        };
        Ok(Layout { directory, size, color, samples, bits, alpha, is_planar, is_jpeg, chunk, photometric_at })
    }

    /// File offset and length of each strip or tile.
    pub(super) fn places(&self) -> impl Iterator<Item = (u64, u64)> {
        let is_tiled = self.directory.entry(TILE_OFFSETS).is_some();
        let (offsets, lengths) = if is_tiled { (TILE_OFFSETS, TILE_LENGTHS) } else { (STRIP_OFFSETS, STRIP_LENGTHS) };
        let numbers = |tag| self.directory.entry(tag).into_iter().flat_map(Entry::numbers);
        numbers(offsets).zip(numbers(lengths))
    }

    pub(super) fn jpeg_tables(&self) -> Option<&'a [u8]> {
        self.directory.entry(JPEG_TABLES)?.bytes()
    }

    /// All reds, then all greens, then all blues, of 16 bits; brought to 8 as a PNG's are.
    pub(super) fn palette(&self) -> Result<Vec<[u8; 3]>, Error> {
        let map: Vec<u64> = self.directory.entry(COLOR_MAP).into_iter().flat_map(Entry::numbers).collect();
        let colours = 1 << self.bits;
        if map.len() < 3 * colours {
            return Err(broken(Kind::Tiff)(&"its palette is too short"));
        }
        // As in libtiff: some writers take the numbers to be of 8 bits.
        let shift = if map.iter().all(|level| *level < 256) { 0 } else { 8 };
        let level = |at: usize| (map[at] >> shift) as u8;
        Ok((0..colours).map(|index| [level(index), level(index + colours), level(index + 2 * colours)]).collect())
    }
}

/// Nothing that the crate reads may unfold in memory, and it must not lose its place: it takes an entry of unknown type
/// to have 12 bytes, also where it has 20.
fn check_entries(directory: Directory) -> Result<(), Error> {
    let is_large = |entry: Entry| entry.count() > MAX_NUMBERS;
    let is_unknown = |entry: Entry| directory.is_big() && entry.width().is_none();
    if directory.entries().any(|entry| READ_BY_CRATE.contains(&entry.tag()) && is_large(entry) || is_unknown(entry)) {
        return Err(broken(Kind::Tiff)(&"its directory cannot be right"));
    }
    Ok(())
}

/// Whether it is JPEG, of the compressions that are read.
fn is_jpeg(compression: u64) -> Result<bool, Error> {
    match compression {
        // None, fax group 4, LZW, deflate under its two numbers, PackBits.
        1 | 4 | 5 | 8 | 32946 | 32773 => Ok(false),
        7 => Ok(true),
        2 | 3 => Err(not_read!("fax compression of group 3")),
        6 => Err(not_read!("JPEG compression of the old style")),
        34712 => Err(not_read!("JPEG 2000 compression")),
        34925 => Err(not_read!("LZMA compression")),
        50000 => Err(not_read!("Zstandard compression")),
        50001 => Err(not_read!("WebP compression")),
        _ => Err(not_read!("an unknown compression")),
    }
}

fn color(photometric: u64, ink_set: Option<u64>, is_jpeg: bool) -> Result<Color, Error> {
    match photometric {
        0 => Ok(Color::Gray(true)),
        1 => Ok(Color::Gray(false)),
        2 => Ok(Color::Rgb),
        3 if !is_jpeg => Ok(Color::Palette),
        5 if ink_set.is_none_or(|set| set == 1) => Ok(Color::Cmyk),
        5 => Err(not_read!("inks other than CMYK")),
        6 if is_jpeg => Ok(Color::YCbCr),
        6 => Err(not_read!("YCbCr colours that are not JPEG")),
        8..=10 => Err(not_read!("Lab colours")),
        32803 | 34892 => Err(not_read!("a camera's raw data")),
        32844 | 32845 => Err(not_read!("logarithmic colours")),
        _ => Err(not_read!("an unknown colour space")),
    }
}

fn bits(bits: Option<Entry>, format: Option<Entry>) -> Result<u8, Error> {
    let of_all = |entry: Option<Entry>, default| {
        let mut numbers = entry.into_iter().flat_map(Entry::numbers);
        let first = numbers.next().unwrap_or(default);
        numbers.all(|number| number == first).then_some(first)
    };
    match (of_all(bits, 1), of_all(format, 1)) {
        (Some(bits @ (1 | 2 | 4 | 8 | 16)), Some(1)) => Ok(bits as u8),
        (Some(32), Some(3)) => Ok(32),
        _ => Err(not_read!("channels of other than 1, 2, 4, 8 or 16 bits or 32-bit floats")),
    }
}

/// Alpha is what is said to be it. Samples of which nothing is said are alpha too, as in Photoshop's early files.
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
