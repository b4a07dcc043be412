//! A picture that stands still.

use ridge_contract::{Format, Output};

use super::{Job, Picture, Stage, Watch, in_time};
use crate::cost;
use crate::decode;
use crate::encode::{self, Settings};
use crate::error::Error;
use crate::orientation::Orientation;
use crate::raster::Raster;
use crate::resize::Wanted;
use crate::size::Size;
use crate::strip;

/// What it has become.
struct Made {
    format: Format,
    size: Size,
    is_truncated: bool,
    bytes: Vec<u8>,
}

impl Job<'_> {
    pub(super) fn still(&self, output: Output, watch: &mut dyn Watch) -> Result<Picture, Error> {
        let wanted = self.wanted(!output.may_be_lossy())?;
        cost::accept(self.variant, self.plan.canvas, 1, self.config)?;
        let made = match self.planar(wanted, output, watch)? {
            Some(made) => made,
            None => self.raster(wanted, output, watch)?,
        };
        let Made { format, size, is_truncated, bytes } = made;
        // The bytes of a truncated file are not passed on: they are not a whole image.
        let bytes = if is_truncated { bytes } else { self.no_larger_than_source(bytes, format, 1) };
        Ok(Picture { bytes, format, size, frames: 1, is_truncated, source: self.header })
    }

    /// Without pixels between the planes of decoder and encoder; `None` where a step needs them, or the file has none.
    fn planar(&self, wanted: Wanted, output: Output, watch: &mut dyn Watch) -> Result<Option<Made>, Error> {
        let options = self.variant.options();
        let format = match output {
            Output::Format(format) => format,
            // What has planes has no alpha.
            Output::Auto => Format::Jpeg,
        };
        let is_plain = self.profile().is_none() && options.keeps_pixels() && self.plan.canvas == self.plan.picture;
        let Some(range) = encode::planes_of(format).filter(|_| is_plain && wanted.is_settled) else {
            return Ok(None);
        };
        let Some(planes) = decode::planes(&self.header, self.source, wanted, self.turn, range, watch)? else {
            return Ok(None);
        };
        in_time(watch)?;
        watch.begin(Stage::Resize);
        let planes = planes.orient(self.turn);
        in_time(watch)?;
        watch.begin(Stage::Encode);
        let (size, is_truncated) = (planes.luma.size, planes.is_truncated);
        let settings = Settings::new(format, options.quality, size.pixels(), self.config);
        let bytes = encode::encode_planes(planes, settings)?;
        if bytes.is_none() {
            watch.begin(Stage::Decode);
        }
        Ok(bytes.map(|bytes| Made { format, size, is_truncated, bytes }))
    }

    fn raster(&self, wanted: Wanted, output: Output, watch: &mut dyn Watch) -> Result<Made, Error> {
        let (raster, is_truncated) = self.pixels(wanted, watch)?;
        let format = decide(output, &raster);
        let background = self.variant.options().background;
        let raster = if format.has_alpha() { raster } else { raster.flatten(background) };
        let size = raster.size;
        let (format, bytes) = self.encode(format, raster, watch)?;
        Ok(Made { format, size, is_truncated, bytes })
    }

    /// In this format, or in the next one where that takes too long.
    fn encode(&self, format: Format, raster: Raster, watch: &dyn Watch) -> Result<(Format, Vec<u8>), Error> {
        let pixels = raster.size.pixels();
        let settings = |format| Settings::new(format, self.variant.options().quality, pixels, self.config);
        if !format.is_slow() {
            return Ok((format, encode::encode(&raster, settings(format))?));
        }
        let raster = if raster.size.pixels() > self.config.max_avif_pixels {
            raster
        } else {
            match encode::encode_in_time(raster, settings(format), watch.left()) {
                Ok(bytes) => return Ok((format, bytes?)),
                Err(raster) => raster,
            }
        };
        let format = self.config.instead_of(format);
        Ok((format, encode::encode(&raster, settings(format))?))
    }

    /// These bytes, or the source's own where they are fewer, and neither size nor format nor colour asks for anything.
    pub(super) fn no_larger_than_source(&self, bytes: Vec<u8>, format: Format, frames: u32) -> Vec<u8> {
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

/// The pixels decide where the request left it open.
fn decide(output: Output, raster: &Raster) -> Format {
    match output {
        Output::Format(format) => format,
        Output::Auto if raster.has_alpha() => Format::Png,
        Output::Auto => Format::Jpeg,
    }
}

#[cfg(test)]
mod tests {
    use image::{ImageFormat, RgbImage};
    use ridge_contract::{Config, VariantPath};

    use super::*;

    #[test]
    fn limits_hold_before_a_profile_is_read() {
        let mut source = std::io::Cursor::new(Vec::new());
        RgbImage::new(20, 20).write_to(&mut source, ImageFormat::Png).unwrap();
        let path = VariantPath::parse("/w_9/png/x").unwrap();
        let config = Config { max_source_pixels: 399, ..Config::default() };
        let job = Job::new(source.get_ref(), path.variant(), &config).unwrap();
        let watch = &mut |_| {};
        assert!(matches!(job.still(path.variant().output(), watch), Err(Error::TooManyPixels { .. })));
        assert!(matches!(job.animation(Format::WebP, watch), Err(Error::TooManyFrames { .. })));
        assert!(job.profile.get().is_none());
    }
}
