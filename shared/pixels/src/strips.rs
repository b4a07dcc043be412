//! Resampling of an image that arrives in strips from top to bottom, so that it is never held whole.

use std::ops::Range;

use ridge_resample::FilterType;

use crate::error::Error;
use crate::plan::Crop;
use crate::raster::{Channels, Raster};
use crate::resize::{Decoded, Wanted, multiplied, resample};
use crate::size::Size;

/// The radius of Lanczos3, in pixels of the output.
const REACH: f64 = 3.0;

/// About the number of rows of the source that are resampled at a time.
const BAND: f64 = 64.0;

/// Resamples rows to the target's height as they arrive; the width follows at the end. An image that is held whole is
/// resampled in the same order, so the result is the same.
pub(crate) struct Strips {
    source: Size,
    wanted: Wanted,
    /// The columns that the target needs.
    columns: Range<u32>,
    /// Whether colours are multiplied by alpha. If nothing is scaled, that would only cost accuracy.
    is_premultiplied: bool,
    /// The rows that are still needed, and the index of the first of them in the source.
    window: Raster,
    first: u32,
    /// Rows of the target's height, and the number of those that are done.
    kept: Raster,
    done: u32,
}

impl Strips {
    pub(crate) fn new(source: Size, channels: Channels, wanted: Wanted) -> Strips {
        let Wanted { crop, size, .. } = wanted;
        let columns = reach(crop.left, crop.width / f64::from(size.width), 0..size.width, source.width);
        let width = columns.end - columns.start;
        let window = Raster { size: Size { width, height: 0 }, channels, pixels: Vec::new() };
        let kept = Raster::new(Size { width, height: size.height }, channels);
        let is_scaled = (crop.width, crop.height) != (f64::from(size.width), f64::from(size.height));
        let is_premultiplied = is_scaled && channels == Channels::Rgba;
        Strips { source, wanted, columns, is_premultiplied, window, first: 0, kept, done: 0 }
    }

    /// Adds the next rows, which have the source's width; there may be any number of them.
    pub(crate) fn push(&mut self, strip: Raster) -> Result<(), Error> {
        let strip = if self.is_premultiplied { multiplied(strip)? } else { strip };
        self.push_rows(strip.pixels.chunks_exact(strip.stride()))
    }

    /// Adds rows whose colours are already multiplied by alpha if they need to be.
    pub(crate) fn push_rows<'a>(&mut self, rows: impl Iterator<Item = &'a [u8]>) -> Result<(), Error> {
        if self.done == self.kept.size.height {
            return Ok(());
        }
        let skipped = self.rows(self.done..self.done + 1).start.saturating_sub(self.first).min(self.window.size.height);
        self.window.pixels.drain(..skipped as usize * self.window.stride());
        self.window.size.height -= skipped;
        self.first += skipped;

        let count = self.window.channels.count();
        let columns = self.columns.start as usize * count..self.columns.end as usize * count;
        for row in rows {
            self.window.pixels.extend_from_slice(&row[columns.clone()]);
            self.window.size.height += 1;
        }
        self.resample()
    }

    /// Ends the image after its last row.
    pub(crate) fn finish(self) -> Decoded {
        let Wanted { crop, size, .. } = self.wanted;
        let left = crop.left - f64::from(self.columns.start);
        // Rounding may end beyond the last column.
        let width = crop.width.min(f64::from(self.kept.size.width) - left);
        let crop = Crop { left, top: 0.0, width, height: f64::from(size.height) };
        Decoded::lowered(self.kept, crop, self.is_premultiplied)
    }

    /// Resamples as many bands as the rows that have arrived allow.
    fn resample(&mut self) -> Result<(), Error> {
        let rows = (BAND / self.scale()).ceil() as u32;
        while self.done < self.kept.size.height {
            let band = self.done..(self.done + rows).min(self.kept.size.height);
            if self.rows(band.clone()).end > self.first + self.window.size.height {
                break;
            }
            let height = band.end - band.start;
            let window = self.window.size;
            let top = self.wanted.crop.top + f64::from(band.start) * self.scale() - f64::from(self.first);
            let crop = Crop {
                top,
                height: (f64::from(height) * self.scale()).min(f64::from(window.height) - top),
                ..Crop::whole(window)
            };
            let made = resample(&self.window, crop, Size { height, ..window }, FilterType::Lanczos3)?;
            let start = band.start as usize * self.kept.stride();
            self.kept.pixels[start..start + made.pixels.len()].copy_from_slice(&made.pixels);
            self.done = band.end;
        }
        Ok(())
    }

    /// Returns how many rows of the source become one.
    fn scale(&self) -> f64 {
        self.wanted.crop.height / f64::from(self.wanted.size.height)
    }

    /// Returns the rows of the source that these rows of the target need.
    fn rows(&self, target: Range<u32>) -> Range<u32> {
        reach(self.wanted.crop.top, self.scale(), target, self.source.height)
    }
}

/// Returns which of a number of source `pixels` the filter needs for these target pixels.
fn reach(start: f64, scale: f64, target: Range<u32>, pixels: u32) -> Range<u32> {
    // One more on each side, for rounding.
    let reach = REACH * scale.max(1.0) + 1.0;
    let first = (start + f64::from(target.start) * scale - reach).floor().max(0.0);
    let end = (start + f64::from(target.end) * scale + reach).ceil().min(f64::from(pixels));
    first as u32..end as u32
}
