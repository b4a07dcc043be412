//! The pixels of one frame: LZW and interlacing (GIF89a specification, appendices E and F).

use weezl::BitOrder;
use weezl::decode::Configuration;

use super::super::fault::broken;
use super::super::lzw::{self, Unpacked};
use crate::container::gif::GifImage;
use crate::error::Error;
use crate::kind::Kind;

/// The palette indices of one frame.
pub(super) struct Patch {
    /// One index for each pixel, in the order of the data.
    indices: Vec<u8>,
    /// The pixels of each row, from top to bottom; rows that are not in the data have none.
    rows: Vec<Row>,
    width: usize,
    /// Number of rows that were decoded to their end, in the order of the data.
    pub(super) whole_rows: u32,
    /// Whether the data is complete: all pixels, or LZW's end code.
    pub(super) is_whole: bool,
}

/// The pixels of a row: their number, and the row of the data in which they lie.
#[derive(Clone, Copy)]
struct Row {
    at: usize,
    pixels: usize,
}

impl Patch {
    /// Decodes the data that is there. The caller has checked the image's size against the limits.
    pub(super) fn decode(image: &GifImage<'_>) -> Result<Patch, Error> {
        let (width, height) = (usize::from(image.width), usize::from(image.height));
        let mut indices = vec![0; width * height];
        let Unpacked { bytes: there, is_whole } = unpack(image, &mut indices)?;
        let row = |at: usize| Row { at, pixels: there.saturating_sub(at * width).min(width) };
        let mut rows: Vec<Row> = (0..height).map(row).collect();
        if image.is_interlaced {
            // Rows are stored in four passes; the file may end in any of them.
            for (stored, y) in interlaced(height).enumerate() {
                rows[y] = row(stored);
            }
            // As browsers show a loading image: a row of a later pass looks like the row above it.
            for y in 1..height {
                if rows[y].pixels == 0 && !is_whole {
                    rows[y] = rows[y - 1];
                }
            }
        }
        let whole_rows = there.checked_div(width).unwrap_or(0) as u32;
        Ok(Patch { indices, rows, width, whole_rows, is_whole })
    }

    /// Returns the pixels of row `y` that are in the data, from the left.
    pub(super) fn row(&self, y: usize) -> &[u8] {
        let Row { at, pixels } = self.rows[y];
        &self.indices[at * self.width..][..pixels]
    }
}

/// Decodes `indices` in the order of the data. Data after the last pixel is ignored.
fn unpack(image: &GifImage<'_>, indices: &mut [u8]) -> Result<Unpacked, Error> {
    // The specification allows 2 to 8; LZW codes have at most twelve bits.
    if !(1..=11).contains(&image.code_size) {
        return Err(broken(Kind::Gif)(&"its initial code size is invalid"));
    }
    Ok(lzw::unpack(Configuration::new(BitOrder::Lsb, image.code_size), image.data(), indices))
}

/// Returns the rows of an interlaced image in the order of the data.
fn interlaced(height: usize) -> impl Iterator<Item = usize> {
    [(0, 8), (4, 8), (2, 4), (1, 2)].into_iter().flat_map(move |(first, step)| (first..height).step_by(step))
}
