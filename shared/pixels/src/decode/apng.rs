//! Animated PNG: the `png` crate decodes frames, which are drawn on the canvas (PNG specification, third edition,
//! section 11.3.6).

use std::io::Cursor;

use ::png::{BlendOp, ColorType, DisposeOp, FrameControl, OutputInfo, Reader};

use super::canvas::{Area, BYTES, Canvas, Disposal};
use super::fault::{broken, size_of};
use super::png;
use crate::container::apng::Animation;
use crate::error::Error;
use crate::frame::{Frame, Loops};
use crate::kind::Kind;
use crate::resize::Decoded;

/// Draws one frame after the other on the canvas.
pub(crate) struct ApngComposer<'a> {
    reader: Reader<Cursor<&'a [u8]>>,
    animation: Animation,
    /// Number of frames that have not been drawn yet.
    left: u32,
    canvas: Canvas,
    /// The pixels of one frame, as the decoder gives them.
    patch: Vec<u8>,
    is_truncated: bool,
}

/// Decodes the first frame of an animation whose default image is not part of it.
pub(super) fn first_frame(source: &[u8], animation: Animation) -> Result<Decoded, Error> {
    let mut composer = ApngComposer::new(source, animation)?;
    composer.draw()?;
    Ok(Decoded::whole(composer.canvas.into_raster()).truncated(animation.ends_early))
}

impl<'a> ApngComposer<'a> {
    pub(super) fn new(source: &'a [u8], animation: Animation) -> Result<ApngComposer<'a>, Error> {
        let mut reader = png::read_info(source)?;
        let size = size_of(Kind::Png, reader.info().width, reader.info().height)?;
        let length = reader.output_buffer_size().ok_or_else(|| broken(Kind::Png)(&"it is too large"))?;
        let mut patch = vec![0; length];
        if animation.has_own_default {
            reader.next_frame(&mut patch).map_err(|error| broken(Kind::Png)(&error))?;
        }
        let Animation { frames: left, ends_early: is_truncated, .. } = animation;
        Ok(ApngComposer { reader, animation, left, canvas: Canvas::new(size), patch, is_truncated })
    }

    /// Returns the next frame; `None` after the last whole frame.
    pub(crate) fn next(&mut self) -> Result<Option<Frame>, Error> {
        let Some(milliseconds) = self.draw()? else { return Ok(None) };
        Ok(Some(Frame { raster: self.canvas.shown(), milliseconds }))
    }

    pub(crate) fn is_truncated(&self) -> bool {
        self.is_truncated
    }

    pub(crate) fn loops(&self) -> Loops {
        Loops(self.animation.plays)
    }

    /// Draws the next frame. Returns its duration in milliseconds.
    fn draw(&mut self) -> Result<Option<u32>, Error> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        let output = match self.reader.next_frame(&mut self.patch) {
            Ok(output) => output,
            Err(error) if self.canvas.is_untouched() => return Err(broken(Kind::Png)(&error)),
            // Browsers play the whole frames.
            Err(_) => {
                (self.left, self.is_truncated) = (0, true);
                return Ok(None);
            }
        };
        let info = self.reader.info();
        let Some(control) = info.frame_control else { return Err(broken(Kind::Png)(&"a frame has no position")) };
        // The rows of an interlaced frame are as long as the canvas is wide.
        let stride = if info.interlaced { self.reader.output_line_size(info.width) } else { Some(output.line_size) };
        let rows = self.patch.chunks_exact(stride.unwrap_or(output.line_size).max(1));
        draw(&mut self.canvas, &control, &output, rows);
        let denominator = if control.delay_den == 0 { 100 } else { u32::from(control.delay_den) };
        Ok(Some((u32::from(control.delay_num) * 1000 + denominator / 2) / denominator))
    }
}

fn draw<'a>(canvas: &mut Canvas, control: &FrameControl, output: &OutputInfo, patch: impl Iterator<Item = &'a [u8]>) {
    let area = Area {
        left: control.x_offset as usize,
        top: control.y_offset as usize,
        width: control.width as usize,
        height: control.height as usize,
    };
    let disposal = match control.dispose_op {
        DisposeOp::None => Disposal::Keep,
        DisposeOp::Background => Disposal::Clear,
        DisposeOp::Previous => Disposal::Restore,
    };
    for ((_, row), from) in canvas.next(area, disposal).zip(patch) {
        for (to, from) in row.as_chunks_mut::<BYTES>().0.iter_mut().zip(from.chunks_exact(output.color_type.samples()))
        {
            let pixel = rgba(output.color_type, from);
            *to = if control.blend_op == BlendOp::Over { over(pixel, *to) } else { pixel };
        }
    }
}

fn rgba(color: ColorType, samples: &[u8]) -> [u8; BYTES] {
    match (color, samples) {
        (ColorType::Rgb, &[red, green, blue]) => [red, green, blue, 255],
        (ColorType::Rgba, &[red, green, blue, alpha]) => [red, green, blue, alpha],
        (ColorType::GrayscaleAlpha, &[level, alpha]) => [level, level, level, alpha],
        (_, samples) => [samples[0], samples[0], samples[0], 255],
    }
}

/// Blends a pixel over another; colours are not multiplied by alpha (PNG specification, section 13.16).
fn over(above: [u8; BYTES], below: [u8; BYTES]) -> [u8; BYTES] {
    match (above[3], below[3]) {
        (255, _) | (_, 0) => return above,
        (0, _) => return below,
        _ => {}
    }
    let shares = (u32::from(above[3]) * 255, (255 - u32::from(above[3])) * u32::from(below[3]));
    let whole = shares.0 + shares.1;
    let mix =
        |at: usize| ((u32::from(above[at]) * shares.0 + u32::from(below[at]) * shares.1 + whole / 2) / whole) as u8;
    [mix(0), mix(1), mix(2), ((whole + 127) / 255) as u8]
}
