//! Renders an animation, frame by frame.

use ridge_contract::Format;

use super::Rendered;
use super::job::Job;
use crate::decode::Frames;
use crate::encode::{AnimationEncoder, Settings};
use crate::error::Error;
use crate::frame::Frame;
use crate::observer::{Observer, Stage, check_deadline};
use crate::resize::Decoded;

/// Renders one frame after the other, so that only one is held at a time. The stages run into one another:
/// [`Stage::Encode`] begins when all frames are encoded but for the end of the file.
pub(super) fn render(job: &Job<'_>, format: Format, observer: &mut dyn Observer) -> Result<Rendered, Error> {
    job.limit_animation()?;
    let (header, config) = (&job.header, job.config);
    let pixels = job.plan.canvas.pixels().saturating_mul(header.frames.into());
    let settings = Settings::new(format, job.variant.options().quality, pixels, config);
    let mut source = Frames::new(header.kind, job.source, config.max_source_pixels, config.truncated)?;
    let (mut encoder, mut settled) = (None, None);
    let mut frames = 0;
    // As in browsers, a truncated GIF shows the frames that are there: as many as were counted.
    while frames < header.frames
        && let Some(Frame { raster, milliseconds }) = source.next()?
    {
        check_deadline(observer)?;
        let mut decoded = Decoded::whole(raster);
        // The first frame decides for all: a crop that moves from frame to frame would shake the image.
        let settled = match settled {
            Some(settled) => settled,
            None => *settled.insert(job.settle(&mut decoded)?),
        };
        let raster = job.transform(decoded, settled, observer)?;
        let encoder = match &mut encoder {
            Some(encoder) => encoder,
            none => none.insert(AnimationEncoder::new(settled.canvas, source.loops(), settings)?),
        };
        encoder.add(&raster, milliseconds)?;
        frames += 1;
    }
    observer.begin(Stage::Encode);
    let none = || Error::Broken { kind: header.kind.name(), reason: "no frame".into() };
    let (encoder, settled) = encoder.zip(settled).ok_or_else(none)?;
    let (bytes, is_truncated) = (encoder.finish()?, source.is_truncated());
    let bytes = if is_truncated { bytes } else { job.smaller_of_original_and(bytes, format, frames) };
    Ok(Rendered { bytes, format, size: settled.canvas, frames, is_truncated, source: job.header })
}
