//! BMP. The `image` crate does not support OS/2 headers, masks with alpha after the first Windows header, and top-down
//! run lengths, and it gives no rows of a truncated file. Chromium supports all of these.

mod masks;
mod rows;
mod runs;

use std::borrow::Cow;

use masks::Masks;
use rows::{RowReader, stored};

use super::fault::{broken, size_of};
use crate::container::bmp::{BmpCompression, Headers};
use crate::error::Error;
use crate::kind::Kind;
use crate::raster::{Channels, Raster};
use crate::resize::{Decoded, Wanted};
use crate::size::Size;
use crate::truncation;

pub(super) fn size(source: &[u8]) -> Result<Size, Error> {
    let headers = headers(source)?;
    size_of(Kind::Bmp, headers.width, headers.height)
}

/// Decodes the pixels, without other memory.
pub(super) fn pixels(source: &[u8], wanted: Wanted) -> Result<Decoded, Error> {
    let headers = headers(source)?;
    let size = size_of(Kind::Bmp, headers.width, headers.height)?;
    let reader = match (headers.compression, headers.bits) {
        (_, 1 | 2 | 4 | 8) => RowReader::Palette(Box::new(palette(&headers))),
        (_, 24) => RowReader::Bytes,
        (BmpCompression::Masks, _) => RowReader::Masks(masks(&headers)?),
        (_, 16) => RowReader::Masks(Masks::FIVE_BITS),
        _ => RowReader::Masks(Masks::EIGHT_BITS),
    };
    let has_alpha = matches!(&reader, RowReader::Masks(masks) if masks.has_alpha());
    let mut raster = Raster::new(size, if has_alpha { Channels::Rgba } else { Channels::Rgb });
    let rows = match headers.compression {
        BmpCompression::Runs => runs::unpack(&headers, &reader, &mut raster),
        _ => rows(&headers, &reader, &mut raster),
    };
    if rows < size.height {
        truncation::accept(Kind::Bmp, rows, size.height, wanted.truncated)?;
    }
    // As in browsers, an alpha channel that is empty does not count.
    if has_alpha && raster.pixels.chunks_exact(4).all(|pixel| pixel[3] == 0) {
        raster.pixels.chunks_exact_mut(4).for_each(|pixel| pixel[3] = 255);
    }
    Ok(Decoded::whole(raster).truncated(rows < size.height))
}

/// Reads the headers of a supported file.
fn headers(source: &[u8]) -> Result<Headers<'_>, Error> {
    let headers = Headers::read(source).ok_or_else(|| broken(Kind::Bmp)(&"its header is invalid"))?;
    let unsupported = |feature: Cow<'static, str>| Err(Error::Unsupported { kind: Kind::Bmp.name(), feature });
    match headers.compression {
        BmpCompression::Jpeg => unsupported("JPEG compression".into()),
        BmpCompression::Png => unsupported("PNG compression".into()),
        BmpCompression::Huffman => unsupported("Huffman compression".into()),
        BmpCompression::Cmyk => unsupported("CMYK colours".into()),
        BmpCompression::Unknown(number) => {
            unsupported(format!("compression {number} of {} bits per pixel", headers.bits).into())
        }
        BmpCompression::None if !matches!(headers.bits, 1 | 2 | 4 | 8 | 16 | 24 | 32) => {
            unsupported(format!("{} bits per pixel", headers.bits).into())
        }
        BmpCompression::None | BmpCompression::Runs | BmpCompression::Masks => Ok(headers),
    }
}

/// Returns red, green and blue of each index. An index without a colour is black, as in Chromium.
fn palette(headers: &Headers) -> [[u8; 3]; 256] {
    let mut colors = [[0; 3]; 256];
    for (color, [blue, green, red]) in colors.iter_mut().zip(headers.palette()) {
        *color = [red, green, blue];
    }
    colors
}

fn masks(headers: &Headers) -> Result<Masks, Error> {
    headers.masks().and_then(Masks::new).ok_or_else(|| broken(Kind::Bmp)(&"its masks are invalid"))
}

/// Paints uncompressed rows. Returns their number.
fn rows(headers: &Headers, reader: &RowReader, raster: &mut Raster) -> u32 {
    let bits = u64::from(headers.width) * u64::from(headers.bits);
    let (Ok(length), Ok(step)) = (usize::try_from(bits.div_ceil(8)), usize::try_from(bits.div_ceil(32) * 4)) else {
        return 0;
    };
    let data = headers.data();
    for row in 0..headers.height {
        let start = step.checked_mul(row as usize);
        // The last row may lack its padding.
        let Some(from) = start.and_then(|start| data.get(start..start.checked_add(length)?)) else { return row };
        reader.paint(from, headers.bits, raster, stored(headers, row));
    }
    headers.height
}
