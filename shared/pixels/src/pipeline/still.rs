//! Renders a still image.

use std::sync::Arc;

use ridge_contract::{Format, Output};

use super::Rendered;
use super::job::Job;
use crate::decode;
use crate::encode::{self, Settings};
use crate::error::Error;
use crate::observer::{Observer, Stage, check_deadline};
use crate::orientation::Orientation;
use crate::raster::Raster;
use crate::resize::Wanted;
use crate::size::Size;
use crate::slow::SlowEncoder;
use crate::strip;

/// The encoded variant.
struct Encoded {
    format: Format,
    size: Size,
    is_truncated: bool,
    bytes: Vec<u8>,
}

/// Renders a still image, or the first frame of an animation.
pub(super) fn render(job: &Job<'_>, output: Output, observer: &mut dyn Observer) -> Result<Rendered, Error> {
    job.limit_still()?;
    let wanted = job.wanted(!output.may_be_lossy());
    let encoded = match planes(job, wanted, output, observer)? {
        Some(encoded) => encoded,
        None => pixels(job, wanted, output, observer)?,
    };
    let Encoded { format, size, is_truncated, bytes } = encoded;
    // The bytes of a truncated file are not passed on: they are not a whole image.
    let bytes = if is_truncated { bytes } else { job.smaller_of_original_and(bytes, format, 1) };
    Ok(Rendered { bytes, format, size, frames: 1, is_truncated, source: job.header })
}

/// From luma and chroma of the decoder to those of the encoder, without RGB pixels in between. `None` if a step needs
/// pixels, or the original has no planes.
fn planes(
    job: &Job<'_>,
    wanted: Wanted,
    output: Output,
    observer: &mut dyn Observer,
) -> Result<Option<Encoded>, Error> {
    let options = job.variant.options();
    let format = match output {
        Output::Format(format) => format,
        // An original with planes has no alpha.
        Output::Auto => Format::Jpeg,
    };
    let is_plain = job.profile().is_none() && options.keeps_pixels() && job.plan.canvas == job.plan.resized;
    let Some(range) = encode::planes_of(format).filter(|_| is_plain && wanted.is_settled) else {
        return Ok(None);
    };
    let Some(planes) = decode::planes(&job.header, job.source, wanted, job.turn, range, observer)? else {
        return Ok(None);
    };
    check_deadline(observer)?;
    observer.begin(Stage::Resize);
    let planes = planes.orient(job.turn);
    check_deadline(observer)?;
    observer.begin(Stage::Encode);
    let (size, is_truncated) = (planes.luma.size, planes.is_truncated);
    let settings = Settings::new(format, options.quality, size.pixels(), job.config);
    let bytes = encode::encode_planes(planes, settings)?;
    if bytes.is_none() {
        observer.begin(Stage::Decode);
    }
    Ok(bytes.map(|bytes| Encoded { format, size, is_truncated, bytes }))
}

/// From the original's pixels to the encoded variant.
fn pixels(job: &Job<'_>, wanted: Wanted, output: Output, observer: &mut dyn Observer) -> Result<Encoded, Error> {
    let (raster, is_truncated) = raster(job, wanted, observer)?;
    let format = match output {
        Output::Format(format) => format,
        Output::Auto if raster.has_alpha() => Format::Png,
        Output::Auto => Format::Jpeg,
    };
    let raster = if format.has_alpha() { raster } else { raster.flatten(job.variant.options().background) };
    let size = raster.size;
    let (format, bytes) = encode_pixels(job, format, raster, observer)?;
    Ok(Encoded { format, size, is_truncated, bytes })
}

/// The variant's pixels, ready to encode, and whether the original ends early.
pub(super) fn raster(job: &Job<'_>, wanted: Wanted, observer: &mut dyn Observer) -> Result<(Raster, bool), Error> {
    let mut decoded = job.decode(wanted, observer)?;
    check_deadline(observer)?;
    observer.begin(Stage::Resize);
    let settled = job.settle(&mut decoded)?;
    let is_truncated = decoded.is_truncated;
    let raster = job.transform(decoded, settled, observer)?;
    check_deadline(observer)?;
    observer.begin(Stage::Encode);
    Ok((raster, is_truncated))
}

/// Encodes in `format`, or in the fallback format where that takes too long. Returns the format that was used.
fn encode_pixels(
    job: &Job<'_>,
    format: Format,
    raster: Raster,
    observer: &mut dyn Observer,
) -> Result<(Format, Vec<u8>), Error> {
    let pixels = raster.size.pixels();
    let settings = |format| Settings::new(format, job.variant.options().quality, pixels, job.config);
    if !format.is_slow() {
        return Ok((format, encode::encode(&raster, settings(format))?));
    }
    let raster = Arc::new(raster);
    if pixels <= job.config.max_avif_pixels
        && let Some(encoded) = observer.encode(SlowEncoder::new(&raster, settings(format)))
    {
        return Ok((format, encoded?));
    }
    let format = job.config.instead_of(format);
    Ok((format, encode::encode(&raster, settings(format))?))
}

impl Job<'_> {
    /// Returns the original's own bytes without metadata if they are fewer than `bytes` and the variant asks for no other
    /// size, format or colours. Otherwise returns `bytes`.
    pub(super) fn smaller_of_original_and(&self, bytes: Vec<u8>, format: Format, frames: u32) -> Vec<u8> {
        let may_serve = self.plan.is_identity(self.header.size)
            && self.turn == Orientation::Upright
            && self.variant.options().keeps_pixels()
            && self.header.frames == frames
            && self.profile().is_none()
            && self.header.kind.format() == Some(format);
        let kind = self.header.kind;
        let source = if may_serve { strip::without_metadata(kind, self.source, frames) } else { None };
        source.filter(|source| source.len() < bytes.len()).unwrap_or(bytes)
    }
}

#[cfg(test)]
mod tests {
    use image::{ImageFormat, RgbImage};
    use ridge_contract::{Config, VariantPath};

    use super::*;
    use crate::pipeline::animation;

    #[test]
    fn limits_are_checked_before_a_profile_is_read() {
        let mut source = std::io::Cursor::new(Vec::new());
        RgbImage::new(20, 20).write_to(&mut source, ImageFormat::Png).unwrap();
        let path = VariantPath::parse("/w_9/png/x").unwrap();
        let config = Config { max_source_pixels: 399, ..Config::default() };
        let job = Job::new(source.get_ref(), path.variant(), &config).unwrap();
        let observer = &mut |_| {};
        assert!(matches!(render(&job, path.variant().output(), observer), Err(Error::TooManyPixels { .. })));
        let animated = animation::render(&job, Format::WebP, observer);
        assert!(matches!(animated, Err(Error::TooManyFrames { .. })));
        assert!(!job.has_read_profile());
    }
}
