//! The pipeline, in order.

mod animation;
mod still;

use std::cell::OnceCell;
use std::time::Duration;

use ridge_contract::values::Gravity;
use ridge_contract::{Config, Format, Holds, Options, Output, Variant};

use crate::decode::{self, Header};
use crate::describe::{Description, describe};
use crate::error::Error;
use crate::kind::recognise;
use crate::memory;
use crate::orientation::Orientation;
use crate::plan::{Crop, Plan, plan};
use crate::profile::Profile;
use crate::raster::Raster;
use crate::resize::{Decoded, Wanted};
use crate::size::Size;

/// A finished variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The encoded file, or what is told of it.
    pub bytes: Vec<u8>,
    /// What it is encoded as; where [`Output::Auto`] was asked, what the pixels decided.
    pub format: Format,
    /// Its size.
    pub size: Size,
    /// How many pictures it holds.
    pub frames: u32,
    /// Whether the original ends early, so that rows or frames are missing.
    pub is_truncated: bool,
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

/// The clock that the pipeline does not have.
pub trait Watch {
    /// A stage begins, and the one before it has ended.
    fn begin(&mut self, stage: Stage);

    /// How long there still is; `None` is for ever. What cannot be done in it ends in [`Error::OutOfTime`].
    fn left(&self) -> Option<Duration> {
        None
    }
}

/// Who is told of the stages, and never in a hurry.
impl<F: FnMut(Stage)> Watch for F {
    fn begin(&mut self, stage: Stage) {
        self(stage);
    }
}

impl Stage {
    /// All stages, in their order.
    pub const ALL: [Stage; 3] = [Stage::Decode, Stage::Resize, Stage::Encode];

    /// One lower-case word.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Decode => "decode",
            Stage::Resize => "resize",
            Stage::Encode => "encode",
        }
    }
}

/// Makes `variant` of the picture in `source`.
///
/// Limits hold before memory is taken for pixels. Any input gives a picture or an error.
///
/// # Errors
///
/// All of [`Error`]. Allocations of Rust's own that fail end the process instead.
pub fn render(source: &[u8], variant: &Variant, config: &Config, watch: &mut dyn Watch) -> Result<Picture, Error> {
    memory::watched(|| {
        let picture = picture(source, variant, config, watch)?;
        // Rows may be missing because there was no room for them.
        if picture.is_truncated && memory::is_exhausted() { Err(Error::OutOfMemory) } else { Ok(picture) }
    })
}

fn picture(source: &[u8], variant: &Variant, config: &Config, watch: &mut dyn Watch) -> Result<Picture, Error> {
    if let Output::Format(format) = variant.output()
        && let Some(tell) = telling(format)
    {
        let found = describe(source, variant, config, watch)?;
        let bytes = tell(&found)?.into_bytes();
        return Ok(Picture {
            bytes,
            format,
            size: found.size,
            frames: 1,
            is_truncated: found.is_truncated,
            source: found.source,
        });
    }
    watch.begin(Stage::Decode);
    let job = Job::new(source, variant, config)?;
    match variant.output() {
        Output::Format(format) if job.header.frames > 1 && format.has_animation() && !variant.options().still => {
            job.animation(format, watch)
        }
        output => job.still(output, watch),
    }
}

/// Puts a description into words.
type Tell = fn(&Description) -> Result<String, Error>;

/// What a format says of a picture that does not hold it.
fn telling(format: Format) -> Option<Tell> {
    match format.holds() {
        Holds::Picture => None,
        Holds::Look => Some(Description::data_uri),
        Holds::Facts => Some(Description::json),
    }
}

/// A variant's pixels, made so small that neither side passes a bound.
pub(crate) struct Small {
    pub(crate) raster: Raster,
    /// The size that the variant would have.
    pub(crate) size: Size,
    pub(crate) is_truncated: bool,
    pub(crate) source: Header,
}

/// Makes the pixels of `variant` at a size of at most `longer_side` either way: of an animation, the first frame.
pub(crate) fn small(
    source: &[u8],
    variant: &Variant,
    config: &Config,
    longer_side: u32,
    watch: &mut dyn Watch,
) -> Result<Small, Error> {
    watch.begin(Stage::Decode);
    let job = Job::new(source, variant, config)?;
    let size = job.plan.canvas;
    let job = Job { plan: job.plan.within(longer_side), ..job };
    let (raster, is_truncated) = job.pixels(job.wanted(false)?, watch)?;
    Ok(Small { raster, size, is_truncated, source: job.header })
}

/// The size of a variant in pixels.
pub fn size(source: &Header, variant: &Variant) -> Size {
    planned(source, variant).1.canvas
}

fn planned(source: &Header, variant: &Variant) -> (Orientation, Plan) {
    let options = variant.options();
    let turn = source.orientation.then_asked(options.rotation, options.flip);
    (turn, plan(turn.stored_size(source.size), options, max_side(variant.output())))
}

/// All that is decided before pixels are touched.
struct Job<'a> {
    source: &'a [u8],
    variant: &'a Variant,
    config: &'a Config,
    header: Header,
    /// EXIF's orientation and what the request adds to it.
    turn: Orientation,
    plan: Plan,
    /// Read when it is first asked for, so that the limits have held before.
    profile: OnceCell<Option<Profile>>,
}

impl<'a> Job<'a> {
    fn new(source: &'a [u8], variant: &'a Variant, config: &'a Config) -> Result<Job<'a>, Error> {
        let kind = recognise(source)?;
        let header = decode::header(kind, source)?;
        let (turn, plan) = planned(&header, variant);
        Ok(Job { source, variant, config, header, turn, plan, profile: OnceCell::new() })
    }

    /// The original's colours where they are not sRGB.
    fn profile(&self) -> Option<&Profile> {
        self.profile.get_or_init(|| Profile::read(self.header.kind, self.source)).as_ref()
    }

    /// What a still picture needs of the decoder, within the limits.
    fn wanted(&self, is_lossless: bool) -> Result<Wanted, Error> {
        let (header, max) = (&self.header, self.config.max_source_pixels);
        if header.held_pixels() > max {
            return Err(Error::TooManyPixels { size: header.size, canvases: header.canvases, max });
        }
        // Pixels are turned upright after they have become few, so the plan is turned the other way.
        let (crop, size) = self.stored();
        let is_settled = self.variant.options().gravity != Gravity::Smart || crop == Crop::whole(header.size);
        Ok(Wanted { crop, size, is_settled, is_lossless, truncated: self.config.truncated })
    }

    /// Decodes and transforms. Also returns whether the source ended early.
    fn pixels(&self, wanted: Wanted, watch: &mut dyn Watch) -> Result<(Raster, bool), Error> {
        let (header, max) = (&self.header, self.config.max_source_pixels);
        let mut decoded = decode::pixels(header, self.source, wanted, max, self.profile(), watch)?;

        in_time(watch)?;
        watch.begin(Stage::Resize);
        let crop = self.place(wanted.crop, &mut decoded)?;
        let is_truncated = decoded.is_truncated;
        let raster = self.transform(decoded, crop, watch)?;

        in_time(watch)?;
        watch.begin(Stage::Encode);
        Ok((raster, is_truncated))
    }

    /// The steps between decoder and encoder.
    fn transform(&self, decoded: Decoded, crop: Crop, watch: &dyn Watch) -> Result<Raster, Error> {
        let (_, picture) = self.stored();
        let raster = decoded.resize(crop, picture)?;
        let raster = raster.orient(self.turn);
        let raster = raster.drop_opaque_alpha();
        let raster = raster.apply_profile(self.profile());
        let raster = if self.variant.options().gray { raster.gray() } else { raster };
        let Options { blur, sharpen, .. } = *self.variant.options();
        let raster = raster.blur(blur, watch)?.sharpen(sharpen, watch)?;
        Ok(raster.pad(self.plan.canvas, self.plan.position, self.variant.options().background))
    }

    /// Puts the stored crop where gravity wants it: the plan knows every place but what only the pixels tell.
    fn place(&self, crop: Crop, decoded: &mut Decoded) -> Result<Crop, Error> {
        match self.variant.options().gravity {
            Gravity::Point(_) => Ok(crop),
            Gravity::Smart => decoded.seek(crop, self.stored().1, self.header.size, self.header.orientation),
        }
    }

    /// The plan's crop and size as the pixels are stored.
    fn stored(&self) -> (Crop, Size) {
        let upright = self.turn.stored_size(self.header.size);
        (self.turn.stored_crop(self.plan.crop, upright), self.turn.stored_size(self.plan.picture))
    }
}

/// Whether there is time left.
pub(crate) fn in_time(watch: &dyn Watch) -> Result<(), Error> {
    if watch.left() == Some(Duration::ZERO) { Err(Error::OutOfTime) } else { Ok(()) }
}

fn max_side(output: Output) -> u32 {
    match output {
        Output::Format(format) => format.max_side(),
        Output::Auto => Format::Jpeg.max_side().min(Format::Png.max_side()),
    }
}
