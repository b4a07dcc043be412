//! Rows of a BMP, painted into the image.

use super::masks::Masks;
use crate::container::bmp::Headers;
use crate::raster::Raster;

/// How the pixels of a row are coded.
pub(super) enum RowReader {
    Palette(Box<[[u8; 3]; 256]>),
    Masks(Masks),
    /// Blue, green and red, one byte each.
    Bytes,
}

/// Returns the row of the image that is row `row` of the file.
pub(super) fn stored(headers: &Headers, row: u32) -> usize {
    (if headers.is_top_down { row } else { headers.height - 1 - row }) as usize
}

impl RowReader {
    pub(super) fn paint(&self, from: &[u8], bits: u16, raster: &mut Raster, y: usize) {
        let (stride, count) = (raster.stride(), raster.channels.count());
        let to = raster.pixels[y * stride..][..stride].chunks_exact_mut(count);
        match self {
            RowReader::Palette(colors) => {
                for (x, pixel) in to.enumerate() {
                    pixel[..3].copy_from_slice(&colors[index(from, bits, x)]);
                }
            }
            RowReader::Bytes => {
                for (pixel, from) in to.zip(from.chunks_exact(3)) {
                    pixel[..3].copy_from_slice(&[from[2], from[1], from[0]]);
                }
            }
            RowReader::Masks(masks) => {
                for (pixel, from) in to.zip(from.chunks_exact(usize::from(bits / 8))) {
                    let value = from.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte));
                    pixel.copy_from_slice(&masks.levels(value)[..count]);
                }
            }
        }
    }
}

/// Returns the palette index at column `x` of a row. Indices have 1 to 8 bits, the highest bit first.
pub(super) fn index(row: &[u8], bits: u16, x: usize) -> usize {
    let bits = usize::from(bits);
    let mask = (1 << bits) - 1;
    usize::from(row[x * bits / 8]) >> (8 - bits - x * bits % 8) & mask
}
