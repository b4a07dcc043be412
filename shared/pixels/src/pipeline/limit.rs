//! The limits of the configuration. They are checked by numbers alone, before memory is taken for pixels.

use super::job::Job;
use crate::cost;
use crate::error::Error;

impl Job<'_> {
    /// Checks the pixels that must be held to decode a still image against `maxSourcePixels`.
    ///
    /// # Errors
    ///
    /// [`Error::TooManyPixels`].
    pub(super) fn limit_source(&self) -> Result<(), Error> {
        let (header, max) = (&self.header, self.config.max_source_pixels);
        if header.held_pixels() > max {
            return Err(Error::TooManyPixels { size: header.size, canvases: header.canvases, max });
        }
        Ok(())
    }

    /// Checks a still variant: [`Self::limit_source`], and its own pixels against `maxVariantPixels`.
    ///
    /// # Errors
    ///
    /// [`Error::TooManyPixels`] or [`Error::TooManyVariantPixels`].
    pub(super) fn limit_still(&self) -> Result<(), Error> {
        self.limit_source()?;
        cost::accept(self.variant, self.plan.canvas, 1, self.config)
    }

    /// Checks an animation against `maxFrames`, `maxSourcePixels` and `maxVariantPixels`.
    ///
    /// # Errors
    ///
    /// [`Error::TooManyFrames`] or [`Error::TooManyVariantPixels`].
    pub(super) fn limit_animation(&self) -> Result<(), Error> {
        let (header, config, canvas) = (&self.header, self.config, self.plan.canvas);
        // Padding can make a frame of the variant larger than a frame of the original, and each is encoded.
        let size = if canvas.pixels() > header.size.pixels() { canvas } else { header.size };
        let encoded = size.pixels().saturating_mul(header.frames.into());
        let pixels = encoded.max(header.drawn_pixels).max(header.held_pixels());
        if header.frames > config.max_frames || pixels > config.max_source_pixels {
            return Err(Error::TooManyFrames {
                frames: header.frames,
                size,
                has_still: header.held_pixels() <= config.max_source_pixels,
                max_frames: config.max_frames,
                max_pixels: config.max_source_pixels,
            });
        }
        cost::accept(self.variant, canvas, header.frames, config)
    }
}
