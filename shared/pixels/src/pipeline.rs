//! The pipeline, in order.

use shared::{Config, Format, Output, Variant};

use crate::decode::{self, Header};
use crate::encode;
use crate::error::Error;
use crate::kind::{Kind, recognise};
use crate::orientation::Orientation;
use crate::plan::{Plan, plan};
use crate::profile::Profile;
use crate::raster::Raster;
use crate::size::Size;
use crate::strip;

/// A finished variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The encoded file.
    pub bytes: Vec<u8>,
    /// What it is encoded as; where [`Output::Auto`] was asked, what the pixels decided.
    pub format: Format,
    /// Its size.
    pub size: Size,
    /// What it was made from.
    pub source: Header,
}

/// A part of the work that is worth timing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Source bytes to pixels.
    Decode,
    /// Geometry and background.
    Resize,
    /// Pixels to bytes.
    Encode,
}

impl Stage {
    /// One lower-case word.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Decode => "decode",
            Stage::Resize => "resize",
            Stage::Encode => "encode",
        }
    }
}

/// Makes `variant` of the picture in `source`. `begin` is told when each stage begins: the caller has the clock.
///
/// Limits hold before memory is taken for pixels. Any input gives a picture or an error.
pub fn render(
    source: &[u8],
    variant: &Variant,
    config: &Config,
    begin: &mut dyn FnMut(Stage),
) -> Result<Picture, Error> {
    let options = variant.options();

    begin(Stage::Decode);
    let kind = recognise(source)?;
    let header = decode::header(kind, source)?;
    if header.held_pixels() > config.max_source_pixels {
        return Err(Error::TooManyPixels { size: header.size, max: config.max_source_pixels });
    }
    let plan = plan(header.upright(), options, max_side(variant.output()));
    // Pixels are turned upright after they have become few, so the plan is turned the other way.
    let crop = header.orientation.stored_crop(plan.crop, header.upright());
    let picture = header.orientation.stored_size(plan.picture);
    let shrink = f64::min(crop.width / f64::from(picture.width), crop.height / f64::from(picture.height));
    let profile = Profile::read(kind, source);
    let decoded = decode::pixels(&header, source, shrink, config.max_source_pixels, profile.as_ref())?;

    begin(Stage::Resize);
    let raster = decoded.resize(crop, picture)?;
    let raster = raster.orient(header.orientation);
    let raster = raster.drop_opaque_alpha();
    let raster = raster.apply_profile(profile.as_ref());
    let raster = raster.pad(plan.canvas, plan.position, options.background);

    begin(Stage::Encode);
    let format = decide(variant.output(), &raster);
    let raster = if format.has_alpha() { raster } else { raster.flatten(options.background) };
    let mut bytes = encode::encode(format, &raster, config.quality(options.quality, format))?;
    if may_keep_source(&plan, &header, format)
        && let Some(stripped) = strip::without_metadata(kind, source).filter(|stripped| stripped.len() < bytes.len())
    {
        bytes = stripped;
    }
    Ok(Picture { bytes, format, size: raster.size, source: header })
}

fn max_side(output: Output) -> u32 {
    match output {
        Output::Format(format) => format.max_side(),
        Output::Auto => Format::Jpeg.max_side().min(Format::Png.max_side()),
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

/// Whether neither size nor format asks for anything, so that the source itself may serve.
fn may_keep_source(plan: &Plan, header: &Header, format: Format) -> bool {
    plan.is_identity(header.size)
        && header.orientation == Orientation::Upright
        && header.frames == decode::Frames::One
        && header.kind.format() == Some(format)
}

impl Kind {
    /// The format that holds the same, where Ridge writes it.
    fn format(self) -> Option<Format> {
        match self {
            Kind::Jpeg => Some(Format::Jpeg),
            Kind::Png => Some(Format::Png),
            Kind::Gif => Some(Format::Gif),
            Kind::WebP => Some(Format::WebP),
        }
    }
}
