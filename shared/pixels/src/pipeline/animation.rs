//! An animation, frame by frame.

use ridge_contract::Format;

use super::{Job, Picture, Stage, Watch, in_time};
use crate::cost;
use crate::decode::{Frame, Frames};
use crate::encode::{Animation, Settings};
use crate::error::Error;
use crate::resize::Decoded;

impl Job<'_> {
    /// Frame by frame, so that only one is held at a time; the stages run into one another.
    pub(super) fn animation(&self, format: Format, watch: &mut dyn Watch) -> Result<Picture, Error> {
        let (header, options, config) = (&self.header, self.variant.options(), self.config);
        // Padding can make a frame larger than it came, and each is encoded.
        let size = if self.plan.canvas.pixels() > header.size.pixels() { self.plan.canvas } else { header.size };
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
        cost::accept(self.variant, self.plan.canvas, header.frames, config)?;
        let pixels = self.plan.canvas.pixels().saturating_mul(header.frames.into());
        let mut source = Frames::new(header.kind, self.source, config.max_source_pixels, config.truncated)?;
        let (mut animation, mut placed) = (None, None);
        let mut frames = 0;
        // As browsers do, a GIF that breaks off shows the frames that are there: as many as were counted.
        while frames < header.frames
            && let Some(Frame { raster, milliseconds }) = source.next()?
        {
            in_time(watch)?;
            let mut decoded = Decoded::whole(raster);
            // The first frame decides for all: a window that moved would shake the picture.
            let crop = match placed {
                Some(crop) => crop,
                None => *placed.insert(self.place(self.stored().0, &mut decoded)?),
            };
            let raster = self.transform(decoded, crop, watch)?;
            let animation = match &mut animation {
                Some(animation) => animation,
                none => {
                    let settings = Settings::new(format, options.quality, pixels, config);
                    none.insert(Animation::new(self.plan.canvas, source.loops(), settings)?)
                }
            };
            animation.add(&raster, milliseconds)?;
            frames += 1;
        }
        watch.begin(Stage::Encode);
        let animation =
            animation.ok_or_else(|| Error::Broken { kind: header.kind.name(), reason: "no frame".into() })?;
        let (bytes, is_truncated) = (animation.finish()?, source.is_truncated());
        let bytes = if is_truncated { bytes } else { self.no_larger_than_source(bytes, format, frames) };
        Ok(Picture { bytes, format, size: self.plan.canvas, frames, is_truncated, source: self.header })
    }
}
