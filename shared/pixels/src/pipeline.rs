//! The pipeline, in order.

use std::time::Duration;

use shared::values::Gravity;
use shared::{Config, Format, Holds, Options, Output, Variant};

use crate::decode::{self, Frame, Frames, Header};
use crate::describe::{Description, describe};
use crate::encode::{self, Animation, Settings};
use crate::error::Error;
use crate::kind::{Kind, recognise};
use crate::orientation::Orientation;
use crate::plan::{Crop, Plan, plan};
use crate::profile::Profile;
use crate::raster::Raster;
use crate::resize::{Decoded, Wanted};
use crate::size::Size;
use crate::strip;

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
pub fn render(source: &[u8], variant: &Variant, config: &Config, watch: &mut dyn Watch) -> Result<Picture, Error> {
    if let Output::Format(format) = variant.output()
        && let Some(tell) = telling(format)
    {
        let found = describe(source, variant, config, watch)?;
        let bytes = tell(&found)?.into_bytes();
        return Ok(Picture { bytes, format, size: found.size, frames: 1, source: found.source });
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
    let raster = job.pixels(job.wanted(false)?, watch)?;
    Ok(Small { raster, size, source: job.header })
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
    profile: Option<Profile>,
}

/// What a still picture has become.
struct Made {
    format: Format,
    size: Size,
    bytes: Vec<u8>,
}

impl<'a> Job<'a> {
    fn new(source: &'a [u8], variant: &'a Variant, config: &'a Config) -> Result<Job<'a>, Error> {
        let kind = recognise(source)?;
        let header = decode::header(kind, source)?;
        let (turn, plan) = planned(&header, variant);
        let profile = Profile::read(kind, source);
        Ok(Job { source, variant, config, header, turn, plan, profile })
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
        Ok(Wanted { crop, size, is_settled, is_lossless })
    }

    fn still(&self, output: Output, watch: &mut dyn Watch) -> Result<Picture, Error> {
        let wanted = self.wanted(!output.may_be_lossy())?;
        let made = match self.planar(wanted, output, watch)? {
            Some(made) => made,
            None => self.raster(wanted, output, watch)?,
        };
        let Made { format, size, mut bytes } = made;
        if self.may_keep_source(format)
            && let Some(stripped) = strip::without_metadata(self.header.kind, self.source)
            && stripped.len() < bytes.len()
        {
            bytes = stripped;
        }
        Ok(Picture { bytes, format, size, frames: 1, source: self.header })
    }

    /// Without pixels between the planes of decoder and encoder; `None` where a step needs them, or the file has none.
    fn planar(&self, wanted: Wanted, output: Output, watch: &mut dyn Watch) -> Result<Option<Made>, Error> {
        let options = self.variant.options();
        let format = match output {
            Output::Format(format) => format,
            // What has planes has no alpha.
            Output::Auto => Format::Jpeg,
        };
        let is_plain = self.profile.is_none() && options.keeps_pixels() && self.plan.canvas == self.plan.picture;
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
        let size = planes.luma.size;
        let settings = Settings::new(format, options.quality, self.config);
        let bytes = encode::encode_planes(planes, settings)?;
        if bytes.is_none() {
            watch.begin(Stage::Decode);
        }
        Ok(bytes.map(|bytes| Made { format, size, bytes }))
    }

    /// Decodes and transforms.
    fn pixels(&self, wanted: Wanted, watch: &mut dyn Watch) -> Result<Raster, Error> {
        let (header, max) = (&self.header, self.config.max_source_pixels);
        let mut decoded = decode::pixels(header, self.source, wanted, max, self.profile.as_ref(), watch)?;

        in_time(watch)?;
        watch.begin(Stage::Resize);
        let crop = self.place(wanted.crop, &mut decoded)?;
        let raster = self.transform(decoded, crop, watch)?;

        in_time(watch)?;
        watch.begin(Stage::Encode);
        Ok(raster)
    }

    fn raster(&self, wanted: Wanted, output: Output, watch: &mut dyn Watch) -> Result<Made, Error> {
        let raster = self.pixels(wanted, watch)?;
        let format = decide(output, &raster);
        let background = self.variant.options().background;
        let raster = if format.has_alpha() { raster } else { raster.flatten(background) };
        let size = raster.size;
        let (format, bytes) = self.encode(format, raster, watch)?;
        Ok(Made { format, size, bytes })
    }

    /// In this format, or in the next one where that takes too long.
    fn encode(&self, format: Format, raster: Raster, watch: &dyn Watch) -> Result<(Format, Vec<u8>), Error> {
        let settings = |format| Settings::new(format, self.variant.options().quality, self.config);
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

    /// Frame by frame, so that only one is held at a time; the stages run into one another.
    fn animation(&self, format: Format, watch: &mut dyn Watch) -> Result<Picture, Error> {
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
        let mut source = Frames::new(header.kind, self.source, config.max_source_pixels)?;
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
                    let settings = Settings::new(format, options.quality, config);
                    none.insert(Animation::new(self.plan.canvas, source.loops(), settings)?)
                }
            };
            animation.add(&raster, milliseconds)?;
            frames += 1;
        }
        watch.begin(Stage::Encode);
        let animation =
            animation.ok_or_else(|| Error::Broken { kind: header.kind.name(), reason: "no frame".into() })?;
        Ok(Picture { bytes: animation.finish()?, format, size: self.plan.canvas, frames, source: self.header })
    }

    /// The steps between decoder and encoder.
    fn transform(&self, decoded: Decoded, crop: Crop, watch: &dyn Watch) -> Result<Raster, Error> {
        let (_, picture) = self.stored();
        let raster = decoded.resize(crop, picture)?;
        let raster = raster.orient(self.turn);
        let raster = raster.drop_opaque_alpha();
        let raster = raster.apply_profile(self.profile.as_ref());
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

    /// Whether neither size nor format nor colour asks for anything, so that the source itself may serve.
    fn may_keep_source(&self, format: Format) -> bool {
        self.plan.is_identity(self.header.size)
            && self.turn == Orientation::Upright
            && self.variant.options().keeps_pixels()
            && self.header.frames == 1
            && self.profile.is_none()
            && self.header.kind.format() == Some(format)
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

/// The pixels decide where the request left it open.
fn decide(output: Output, raster: &Raster) -> Format {
    match output {
        Output::Format(format) => format,
        Output::Auto if raster.has_alpha() => Format::Png,
        Output::Auto => Format::Jpeg,
    }
}

impl Kind {
    /// The format that holds the same, where Ridge writes it.
    fn format(self) -> Option<Format> {
        match self {
            Kind::Jpeg => Some(Format::Jpeg),
            Kind::Png => Some(Format::Png),
            Kind::Gif => Some(Format::Gif),
            Kind::WebP => Some(Format::WebP),
            Kind::Avif => Some(Format::Avif),
            Kind::Tiff | Kind::Bmp => None,
        }
    }
}
