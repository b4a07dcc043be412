//! The steps that all renders share.

use std::cell::OnceCell;

use ridge_contract::{Config, Format, Options, Output, Variant};

use crate::decode::{self, Header};
use crate::error::Error;
use crate::kind::recognise;
use crate::observer::Observer;
use crate::orientation::Orientation;
use crate::plan::{Crop, Plan, Undecided, plan};
use crate::profile::Profile;
use crate::raster::Raster;
use crate::resize::{Decoded, Wanted};
use crate::size::Size;

/// One render: its original and variant, and the plan, made before a pixel is decoded.
pub(super) struct Job<'a> {
    pub(super) source: &'a [u8],
    pub(super) variant: &'a Variant,
    pub(super) config: &'a Config,
    pub(super) header: Header,
    /// The EXIF orientation, and the turn that the variant adds to it.
    pub(super) turn: Orientation,
    pub(super) plan: Plan,
    /// Read when it is first needed, which is after the limits were checked.
    profile: OnceCell<Option<Profile>>,
}

/// A plan in which nothing is undecided. Crop and size are those of the stored image, before it is turned upright; canvas
/// and position are those of the variant.
#[derive(Clone, Copy)]
pub(super) struct Settled {
    pub(super) crop: Crop,
    pub(super) size: Size,
    pub(super) canvas: Size,
    pub(super) position: (u32, u32),
}

/// Plans a variant. Returns the turn from the stored to the upright image, and the plan for the upright image.
pub(super) fn plan_upright(source: &Header, variant: &Variant) -> (Orientation, Plan) {
    let options = variant.options();
    let turn = source.orientation.then_asked(options.rotation, options.flip);
    (turn, plan(turn.stored_size(source.size), options, max_side(variant.output())))
}

fn max_side(output: Output) -> u32 {
    match output {
        Output::Format(format) => format.max_side(),
        Output::Auto => Format::Jpeg.max_side().min(Format::Png.max_side()),
    }
}

impl<'a> Job<'a> {
    /// Recognises the original and plans the variant.
    ///
    /// # Errors
    ///
    /// As [`recognise`] and [`decode::header`].
    pub(super) fn new(source: &'a [u8], variant: &'a Variant, config: &'a Config) -> Result<Job<'a>, Error> {
        let kind = recognise(source)?;
        let header = decode::header(kind, source)?;
        let (turn, plan) = plan_upright(&header, variant);
        Ok(Job { source, variant, config, header, turn, plan, profile: OnceCell::new() })
    }

    /// Whether the variant is an animation if it is encoded in this format.
    pub(super) fn is_animated(&self, format: Format) -> bool {
        self.header.frames > 1 && format.has_animation() && !self.variant.options().still
    }

    /// The original's colour profile; `None` for sRGB.
    pub(super) fn profile(&self) -> Option<&Profile> {
        self.profile.get_or_init(|| Profile::read(self.header.kind, self.source)).as_ref()
    }

    #[cfg(test)]
    pub(super) fn has_read_profile(&self) -> bool {
        self.profile.get().is_some()
    }

    /// What is asked of the decoder of a still image.
    pub(super) fn wanted(&self, is_lossless: bool) -> Wanted {
        let Settled { crop, size, .. } = self.planned();
        let is_settled = self.plan.undecided.is_none();
        Wanted { crop, size, is_settled, is_lossless, truncated: self.config.truncated }
    }

    /// Decodes a still image, or the first frame.
    pub(super) fn decode(&self, wanted: Wanted, observer: &dyn Observer) -> Result<Decoded, Error> {
        let max = self.config.max_source_pixels;
        decode::pixels(&self.header, self.source, wanted, max, self.profile(), observer)
    }

    /// Settles by the decoded pixels what the plan left undecided.
    pub(super) fn settle(&self, decoded: &mut Decoded) -> Result<Settled, Error> {
        let planned = self.planned();
        match self.plan.undecided {
            None => Ok(planned),
            Some(Undecided::SalientCrop) => {
                let Settled { crop, size, .. } = planned;
                let crop = decoded.salient_crop(crop, size, self.header.size, self.header.orientation)?;
                Ok(Settled { crop, ..planned })
            }
        }
    }

    /// The plan as it was made, turned to the stored image.
    fn planned(&self) -> Settled {
        let upright = self.turn.stored_size(self.header.size);
        let Plan { crop, resized, canvas, position, .. } = self.plan;
        let (crop, size) = (self.turn.stored_crop(crop, upright), self.turn.stored_size(resized));
        Settled { crop, size, canvas, position }
    }

    /// Resizes, orients, and applies the effects.
    pub(super) fn transform(
        &self,
        decoded: Decoded,
        settled: Settled,
        observer: &dyn Observer,
    ) -> Result<Raster, Error> {
        let Options { gray, blur, sharpen, background, .. } = *self.variant.options();
        let raster = decoded.resize(settled.crop, settled.size)?;
        let raster = raster.orient(self.turn);
        let raster = raster.drop_opaque_alpha();
        let raster = raster.apply_profile(self.profile());
        let raster = if gray { raster.gray() } else { raster };
        let raster = raster.blur(blur, observer)?;
        let raster = raster.sharpen(sharpen, observer)?;
        Ok(raster.pad(settled.canvas, settled.position, background))
    }
}
