//! Run-length coding: BI_RLE8, BI_RLE4 ("Bitmap Compression", Windows GDI documentation) and OS/2's with 24 bits.

use super::rows::{RowReader, index, stored};
use crate::container::bmp::Headers;
use crate::raster::Raster;

/// Paints the runs, and returns the number of rows. Pixels that are skipped stay black, as in Chromium. A stream with
/// an end code is complete, wherever it ends.
pub(super) fn unpack(headers: &Headers, reader: &RowReader, raster: &mut Raster) -> u32 {
    let mut painter = Painter { headers, reader, raster, x: 0, row: 0 };
    match painter.paint(headers.data()) {
        Some(()) => headers.height,
        None => painter.rows(),
    }
}

struct Painter<'a> {
    headers: &'a Headers<'a>,
    reader: &'a RowReader,
    raster: &'a mut Raster,
    x: usize,
    /// The current row, in the order of the file.
    row: u32,
}

impl Painter<'_> {
    /// Paints all runs. `None` if the data ends without an end code.
    fn paint(&mut self, mut data: &[u8]) -> Option<()> {
        let bits = usize::from(self.headers.bits);
        while self.row < self.headers.height {
            let count = usize::from(*take(&mut data, 1)?.first()?);
            if count > 0 {
                let value = take(&mut data, if bits == 24 { 3 } else { 1 })?;
                // Two pixels of 4 bits alternate.
                let pixels = (8 / bits).max(1);
                for at in 0..count {
                    self.put(value, at % pixels);
                }
                continue;
            }
            match *take(&mut data, 1)?.first()? {
                0 => (self.x, self.row) = (0, self.row + 1),
                1 => return Some(()),
                2 => {
                    let step = take(&mut data, 2)?;
                    self.x = self.x.saturating_add(step[0].into());
                    self.row = self.row.saturating_add(step[1].into());
                }
                count => {
                    let count = usize::from(count);
                    let length = (count * bits).div_ceil(8);
                    let values = take(&mut data, length)?;
                    (0..count).for_each(|at| self.put(values, at));
                    // Data is padded to 16 bits; the last byte may be missing.
                    data = data.get(length % 2..)?;
                }
            }
        }
        Some(())
    }

    /// Paints the pixel at index `at` of `values`. Pixels beyond the right edge are dropped.
    fn put(&mut self, values: &[u8], at: usize) {
        let (stride, y) = (self.raster.stride(), stored(self.headers, self.row));
        if let Some(pixel) = self.raster.pixels[y * stride..][..stride].chunks_exact_mut(3).nth(self.x) {
            pixel.copy_from_slice(&match self.reader {
                RowReader::Palette(colors) => colors[index(values, self.headers.bits, at)],
                RowReader::Bytes | RowReader::Masks(_) => [values[at * 3 + 2], values[at * 3 + 1], values[at * 3]],
            });
            self.x += 1;
        }
    }

    /// Returns the number of rows that were painted to their end.
    fn rows(&self) -> u32 {
        self.row + u32::from(self.x >= self.headers.width as usize)
    }
}

fn take<'a>(data: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    data.split_off(..length)
}
