//! BMP: a file header, one of nine bitmap headers of Windows and OS/2, masks or a palette, and pixels ("Bitmap
//! Storage", Windows GDI documentation; "OS/2 Bitmap File Format").

/// Bytes of the file header, which comes before the bitmap header.
const FILE_HEADER: usize = 14;

/// The headers; fields beyond the end of the file are missing.
#[derive(Clone, Copy)]
pub(crate) struct Headers<'a> {
    file: &'a [u8],
    /// Bytes of the bitmap header, by which its versions differ.
    length: usize,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Whether the first stored row is the top row.
    pub(crate) is_top_down: bool,
    /// Bits of a pixel.
    pub(crate) bits: u16,
    pub(crate) compression: BmpCompression,
}

/// The compression of pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BmpCompression {
    None,
    /// Run lengths of pixels of 4, 8 or 24 bits.
    Runs,
    /// Not compressed; masks give the bits of each colour.
    Masks,
    Jpeg,
    Png,
    Huffman,
    Cmyk,
    /// An unknown number.
    Unknown(u32),
}

impl<'a> Headers<'a> {
    /// Reads the headers; `None` if the file ends within them, the width is negative, or a side does not fit.
    pub(crate) fn read(file: &'a [u8]) -> Option<Headers<'a>> {
        let length = number(file, FILE_HEADER)? as usize;
        let header = file.get(FILE_HEADER..FILE_HEADER.checked_add(length)?)?;
        let short = |at: usize| Some(u16::from_le_bytes(*header.get(at..)?.first_chunk()?));
        let headers = Headers {
            file,
            length,
            width: 0,
            height: 0,
            is_top_down: false,
            bits: short(if length == 12 { 10 } else { 14 })?,
            compression: BmpCompression::None,
        };
        if length == 12 {
            return Some(Headers { width: short(4)?.into(), height: short(6)?.into(), ..headers });
        }
        let (width, height) = (number(header, 4)? as i32, number(header, 8)? as i32);
        // An OS/2 header may end after any field.
        let compression = number(header, 16).unwrap_or(0);
        let is_os2 = length <= 64 && !matches!(length, 40 | 52 | 56);
        Some(Headers {
            width: u32::try_from(width).ok()?,
            height: height.unsigned_abs(),
            is_top_down: height < 0,
            compression: match (compression, headers.bits) {
                (0, _) => BmpCompression::None,
                (1, 8) | (2, 4) => BmpCompression::Runs,
                (4, 24) if is_os2 => BmpCompression::Runs,
                (3, _) if is_os2 => BmpCompression::Huffman,
                (3 | 6, 16 | 32) => BmpCompression::Masks,
                (4, _) => BmpCompression::Jpeg,
                (5, _) => BmpCompression::Png,
                (11..=13, _) => BmpCompression::Cmyk,
                (other, _) => BmpCompression::Unknown(other),
            },
            ..headers
        })
    }

    /// Returns the masks of red, green, blue and alpha within a pixel; that of alpha may be 0.
    pub(crate) fn masks(&self) -> Option<[u32; 4]> {
        const AT: usize = FILE_HEADER + 40;
        let mask = |index: usize| number(self.file, AT + 4 * index);
        let has_alpha = self.length >= 56 || self.extra() == 16;
        Some([mask(0)?, mask(1)?, mask(2)?, if has_alpha { mask(3)? } else { 0 }])
    }

    /// Iterates over the palette's colours as blue, green and red: those in the file, at most 256.
    pub(crate) fn palette(&self) -> impl Iterator<Item = [u8; 3]> {
        let (start, width) = (self.palette_at(), self.entry());
        let end = self.data_at().min(self.file.len());
        let colors = self.file.get(start..end).unwrap_or_default().chunks_exact(width);
        colors.take(self.colors()).map(|color| [color[0], color[1], color[2]])
    }

    /// Returns the pixel data up to the end of the file.
    pub(crate) fn data(&self) -> &'a [u8] {
        self.file.get(self.data_at()..).unwrap_or_default()
    }

    /// Returns the embedded ICC profile. The fifth version of the header has its offset, counted from the header.
    pub(crate) fn profile(&self) -> Option<&'a [u8]> {
        const EMBEDDED: u32 = u32::from_be_bytes(*b"MBED");
        if self.length < 124 || number(self.file, FILE_HEADER + 56)? != EMBEDDED {
            return None;
        }
        let start = FILE_HEADER.checked_add(number(self.file, FILE_HEADER + 112)? as usize)?;
        self.file.get(start..start.checked_add(number(self.file, FILE_HEADER + 116)? as usize)?)
    }

    /// Returns the bytes of masks between the first Windows header, which has none of its own, and the palette.
    fn extra(&self) -> usize {
        match number(self.file, FILE_HEADER + 16) {
            Some(3) if self.length == 40 => 12,
            Some(6) if self.length == 40 => 16,
            _ => 0,
        }
    }

    fn palette_at(&self) -> usize {
        FILE_HEADER + self.length + self.extra()
    }

    /// Returns the bytes of a palette colour.
    fn entry(&self) -> usize {
        if self.length == 12 { 3 } else { 4 }
    }

    /// Returns the number of palette colours. Some files announce more than a pixel can select.
    fn colors(&self) -> usize {
        let most = if self.bits <= 8 { 1 << self.bits } else { 0 };
        let said = if self.length >= 36 { number(self.file, FILE_HEADER + 32).unwrap_or(0) as usize } else { 0 };
        if said == 0 { most } else { said.min(most) }
    }

    /// Returns the offset of the pixels: that of the file header, unless it lies within the headers, or leaves no
    /// palette to pixels that need one.
    fn data_at(&self) -> usize {
        let said = number(self.file, 10).unwrap_or(0) as usize;
        let start = self.palette_at();
        let is_behind = said > start || said == start && self.bits > 8;
        if is_behind { said } else { start + self.colors() * self.entry() }
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}
