//! Values of tags that are supported, and the names of those that are not.

use super::predict::Predictor;
use super::unsupported::unsupported;
use crate::container::tiff::Entry;
use crate::error::Error;

/// The compression of strips and tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TiffCompression {
    None,
    Group3,
    Group4,
    Lzw,
    Jpeg,
    Deflate,
    PackBits,
}

/// The colour space of the samples.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Color {
    /// Gray; `true` if 0 is white.
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

/// Reads the tags `Compression` and `T4Options`.
pub(super) fn compression(number: u64, group_3: u64) -> Result<TiffCompression, Error> {
    match number {
        1 => Ok(TiffCompression::None),
        2 => Err(unsupported!("fax compression of group 3 without end-of-line codes")),
        3 if group_3 & 1 == 0 => Ok(TiffCompression::Group3),
        3 => Err(unsupported!("two-dimensional fax compression of group 3")),
        4 => Ok(TiffCompression::Group4),
        5 => Ok(TiffCompression::Lzw),
        6 => Err(unsupported!("JPEG compression of the old style")),
        7 => Ok(TiffCompression::Jpeg),
        8 | 32946 => Ok(TiffCompression::Deflate),
        32773 => Ok(TiffCompression::PackBits),
        32809 => Err(unsupported!("ThunderScan compression")),
        33003 | 33005 | 34712 => Err(unsupported!("JPEG 2000 compression")),
        34676 | 34677 => Err(unsupported!("SGI Log compression")),
        34887 => Err(unsupported!("LERC compression")),
        34892 => Err(unsupported!("lossy JPEG compression of raw data")),
        34925 => Err(unsupported!("LZMA compression")),
        50000 => Err(unsupported!("Zstandard compression")),
        50001 => Err(unsupported!("WebP compression")),
        50002 | 52546 => Err(unsupported!("JPEG XL compression")),
        number => Err(unsupported!("compression {number}")),
    }
}

/// Reads the tags `PhotometricInterpretation` and `InkSet`.
pub(super) fn color(number: u64, ink_set: Option<u64>, is_jpeg: bool) -> Result<Color, Error> {
    match number {
        0 => Ok(Color::Gray(true)),
        1 => Ok(Color::Gray(false)),
        2 => Ok(Color::Rgb),
        3 if !is_jpeg => Ok(Color::Palette),
        3 => Err(unsupported!("JPEG compression of a palette's indices")),
        4 => Err(unsupported!("a transparency mask")),
        5 if ink_set.is_none_or(|set| set == 1) => Ok(Color::Cmyk),
        5 => Err(unsupported!("inks other than CMYK")),
        6 if is_jpeg => Ok(Color::YCbCr),
        6 => Err(unsupported!("YCbCr colours that are not JPEG")),
        8..=10 => Err(unsupported!("Lab colours")),
        32803 | 34892 => Err(unsupported!("a camera's raw data")),
        32844 | 32845 => Err(unsupported!("logarithmic colours")),
        number => Err(unsupported!("colour space {number}")),
    }
}

/// Reads the tags `BitsPerSample` and `SampleFormat`: 1, 2, 4, 8 or 16 bits of an integer, or 32 bits of a float.
pub(super) fn bits(bits: Option<Entry>, format: Option<Entry>) -> Result<u8, Error> {
    // The value of all samples of a pixel; `None` if they differ.
    let of_all = |entry: Option<Entry>, default| {
        let mut numbers = entry.into_iter().flat_map(Entry::numbers);
        let first = numbers.next().unwrap_or(default);
        numbers.all(|number| number == first).then_some(first)
    };
    let Some(bits) = of_all(bits, 1) else { return Err(unsupported!("channels of different depths")) };
    match of_all(format, 1) {
        // Undefined formats are integers, as for libtiff.
        Some(1 | 4) if matches!(bits, 1 | 2 | 4 | 8 | 16) => Ok(bits as u8),
        Some(3) if bits == 32 => Ok(32),
        Some(1 | 4) => Err(unsupported!("{bits}-bit channels")),
        Some(2) => Err(unsupported!("{bits}-bit channels of signed numbers")),
        Some(3) => Err(unsupported!("{bits}-bit floats")),
        _ => Err(unsupported!("channels that are neither integers nor floats")),
    }
}

/// Reads the tag `Predictor`.
pub(super) fn predictor(number: u64, bits: u8) -> Result<Predictor, Error> {
    match number {
        1 => Ok(Predictor::None),
        2 if bits >= 8 => Ok(Predictor::Horizontal),
        2 => Err(unsupported!("a predictor of {bits}-bit channels")),
        3 if bits == 32 => Ok(Predictor::Float),
        number => Err(unsupported!("predictor {number} of {bits}-bit channels")),
    }
}
