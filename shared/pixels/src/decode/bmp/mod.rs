//! BMP. The `image` crate reads neither the headers of OS/2, nor masks with alpha behind the first Windows header, nor run
//! lengths from the top, and gives no rows of a file that breaks off; Chromium shows all of these.

mod masks;
mod runs;

use std::borrow::Cow;

use masks::Masks;

use super::{broken, size_of};
use crate::container::bmp::{Compression, Headers};
use crate::error::Error;
use crate::kind::Kind;
use crate::raster::{Channels, Raster};
use crate::resize::{Decoded, Wanted};
use crate::size::Size;
use crate::truncation;

/// How a row is read.
enum Reader {
    Palette(Box<[[u8; 3]; 256]>),
    Masks(Masks),
    /// Blue, green and red, a byte each.
    Bytes,
}

pub(super) fn size(source: &[u8]) -> Result<Size, Error> {
    let headers = headers(source)?;
    size_of(Kind::Bmp, headers.width, headers.height)
}

/// Takes no memory but the pixels.
pub(super) fn pixels(source: &[u8], wanted: Wanted) -> Result<Decoded, Error> {
    let headers = headers(source)?;
    let size = size_of(Kind::Bmp, headers.width, headers.height)?;
    let reader = match (headers.compression, headers.bits) {
        (_, 1 | 2 | 4 | 8) => Reader::Palette(Box::new(palette(&headers))),
        (_, 24) => Reader::Bytes,
        (Compression::Masks, _) => Reader::Masks(masks(&headers)?),
        (_, 16) => Reader::Masks(Masks::FIVE_BITS),
        _ => Reader::Masks(Masks::EIGHT_BITS),
    };
    let has_alpha = matches!(&reader, Reader::Masks(masks) if masks.has_alpha());
    let mut raster = Raster::new(size, if has_alpha { Channels::Rgba } else { Channels::Rgb });
    let rows = match headers.compression {
        Compression::Runs => runs::unpack(&headers, &reader, &mut raster),
        _ => rows(&headers, &reader, &mut raster),
    };
    if rows < size.height {
        truncation::accept(Kind::Bmp, rows, size.height, wanted.truncated)?;
    }
    // As in browsers: who announces an alpha channel and leaves it empty means none.
    if has_alpha && raster.pixels.chunks_exact(4).all(|pixel| pixel[3] == 0) {
        raster.pixels.chunks_exact_mut(4).for_each(|pixel| pixel[3] = 255);
    }
    Ok(Decoded::whole(raster).truncated(rows < size.height))
}

/// The headers of a file that can be read.
fn headers(source: &[u8]) -> Result<Headers<'_>, Error> {
    let headers = Headers::read(source).ok_or_else(|| broken(Kind::Bmp)(&"its header makes no sense"))?;
    let unsupported = |feature: Cow<'static, str>| Err(Error::Unsupported { kind: Kind::Bmp.name(), feature });
    match headers.compression {
        Compression::Jpeg => unsupported("JPEG compression".into()),
        Compression::Png => unsupported("PNG compression".into()),
        Compression::Huffman => unsupported("Huffman compression".into()),
        Compression::Cmyk => unsupported("CMYK colours".into()),
        Compression::Unknown(number) => {
            unsupported(format!("compression {number} of {} bits per pixel", headers.bits).into())
        }
        Compression::None if !matches!(headers.bits, 1 | 2 | 4 | 8 | 16 | 24 | 32) => {
            unsupported(format!("{} bits per pixel", headers.bits).into())
        }
        Compression::None | Compression::Runs | Compression::Masks => Ok(headers),
    }
}

/// Red, green and blue of each number; one that the file has no colour for is black, as in Chromium.
fn palette(headers: &Headers) -> [[u8; 3]; 256] {
    let mut colors = [[0; 3]; 256];
    for (color, [blue, green, red]) in colors.iter_mut().zip(headers.palette()) {
        *color = [red, green, blue];
    }
    colors
}

fn masks(headers: &Headers) -> Result<Masks, Error> {
    headers.masks().and_then(Masks::new).ok_or_else(|| broken(Kind::Bmp)(&"its masks make no sense"))
}

/// Paints rows that are not compressed; returns how many there are.
fn rows(headers: &Headers, reader: &Reader, raster: &mut Raster) -> u32 {
    let bits = u64::from(headers.width) * u64::from(headers.bits);
    let (Ok(length), Ok(step)) = (usize::try_from(bits.div_ceil(8)), usize::try_from(bits.div_ceil(32) * 4)) else {
        return 0;
    };
    let data = headers.data();
    for row in 0..headers.height {
        let start = step.checked_mul(row as usize);
        // The last row may lack the bytes that fill it up.
        let Some(from) = start.and_then(|start| data.get(start..start.checked_add(length)?)) else { return row };
        reader.paint(from, headers.bits, raster, stored(headers, row));
    }
    headers.height
}

/// Where row `row` of the file lies in the image.
fn stored(headers: &Headers, row: u32) -> usize {
    (if headers.is_top_down { row } else { headers.height - 1 - row }) as usize
}

impl Reader {
    fn paint(&self, from: &[u8], bits: u16, raster: &mut Raster, y: usize) {
        let (stride, count) = (raster.stride(), raster.channels.count());
        let to = raster.pixels[y * stride..][..stride].chunks_exact_mut(count);
        match self {
            Reader::Palette(colors) => {
                for (x, pixel) in to.enumerate() {
                    pixel[..3].copy_from_slice(&colors[index(from, bits, x)]);
                }
            }
            Reader::Bytes => {
                for (pixel, from) in to.zip(from.chunks_exact(3)) {
                    pixel[..3].copy_from_slice(&[from[2], from[1], from[0]]);
                }
            }
            Reader::Masks(masks) => {
                for (pixel, from) in to.zip(from.chunks_exact(usize::from(bits / 8))) {
                    let value = from.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte));
                    pixel.copy_from_slice(&masks.levels(value)[..count]);
                }
            }
        }
    }
}

/// The number at place `x` of a row, of 1 to 8 bits, the highest first.
fn index(row: &[u8], bits: u16, x: usize) -> usize {
    let bits = usize::from(bits);
    let mask = (1 << bits) - 1;
    usize::from(row[x * bits / 8]) >> (8 - bits - x * bits % 8) & mask
}
