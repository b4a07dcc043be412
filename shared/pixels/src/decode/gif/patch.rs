//! One frame's own pixels: LZW and interlacing (GIF89a specification, appendices E and F).

use weezl::BitOrder;
use weezl::decode::Configuration;

use super::super::fault::broken;
use super::super::lzw::{self, Unpacked};
use crate::container::gif::GifImage;
use crate::error::Error;
use crate::kind::Kind;

/// Places in the palette.
pub(super) struct Patch {
    /// One for each pixel, in rows from top to bottom.
    indices: Vec<u8>,
    /// Which rows have pixels; the others were not in the data.
    rows: Vec<Row>,
    width: usize,
    /// How many rows were decoded to their end, in the order in which they are stored.
    pub(super) whole_rows: u32,
    /// Whether the data ends as it should: with all pixels, or with LZW's own end.
    pub(super) is_whole: bool,
}

/// How many pixels of a row there are, and in which row of the patch they lie.
#[derive(Clone, Copy)]
struct Row {
    at: usize,
    pixels: usize,
}

impl Patch {
    /// Decodes as much as there is. The caller has held the image's size against the limits.
    pub(super) fn decode(image: &GifImage<'_>) -> Result<Patch, Error> {
        let (width, height) = (usize::from(image.width), usize::from(image.height));
        let mut indices = vec![0; width * height];
        let Unpacked { bytes: there, is_whole } = unpack(image, &mut indices)?;
        let row = |at: usize| Row { at, pixels: there.saturating_sub(at * width).min(width) };
        let mut rows: Vec<Row> = (0..height).map(row).collect();
        if image.is_interlaced {
            // Stored row after row of four passes; the file may end in any of them.
            for (stored, y) in interlaced(height).enumerate() {
                rows[y] = row(stored);
            }
            // As a browser shows it while it loads: rows of later passes are like the one above.
            for y in 1..height {
                if rows[y].pixels == 0 && !is_whole {
                    rows[y] = rows[y - 1];
                }
            }
        }
        let whole_rows = there.checked_div(width).unwrap_or(0) as u32;
        Ok(Patch { indices, rows, width, whole_rows, is_whole })
    }

    /// The pixels of row `y` that there are, from the left.
    pub(super) fn row(&self, y: usize) -> &[u8] {
        let Row { at, pixels } = self.rows[y];
        &self.indices[at * self.width..][..pixels]
    }
}

/// Fills `indices` in the order in which they are stored. What follows the last pixel does not matter.
fn unpack(image: &GifImage<'_>, indices: &mut [u8]) -> Result<Unpacked, Error> {
    // 2 to 8 by the specification; LZW's codes have twelve bits at most.
    if !(1..=11).contains(&image.code_size) {
        return Err(broken(Kind::Gif)(&"its codes have an impossible length"));
    }
    Ok(lzw::unpack(Configuration::new(BitOrder::Lsb, image.code_size), image.data(), indices))
}

/// The rows of an interlaced image in the order in which they are stored.
fn interlaced(height: usize) -> impl Iterator<Item = usize> {
    [(0, 8), (4, 8), (2, 4), (1, 2)].into_iter().flat_map(move |(first, step)| (first..height).step_by(step))
}
