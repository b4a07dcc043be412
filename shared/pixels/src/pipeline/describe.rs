//! Describes a variant without encoding it.

use ridge_contract::{Alpha, Config, Format, LOOK_SIDE, Variant};

use super::job::Job;
use super::{Rendered, Tell, still};
use crate::description::Description;
use crate::error::Error;
use crate::observer::{Observer, Stage};

/// Describes a variant by its pixels, at most [`LOOK_SIDE`] a side. Of an animation, the first frame is described.
///
/// # Errors
///
/// As [`render`](crate::render): the same limits hold.
pub fn describe(
    source: &[u8],
    variant: &Variant,
    config: &Config,
    observer: &mut dyn Observer,
) -> Result<Description, Error> {
    observer.begin(Stage::Decode);
    let mut job = Job::new(source, variant, config)?;
    let size = job.plan.canvas;
    job.plan = job.plan.within(LOOK_SIDE);
    job.limit_source()?;
    let (raster, is_truncated) = still::raster(&job, job.wanted(false), observer)?;
    let is_flat = variant.output().alpha() == Alpha::None;
    let raster = if is_flat { raster.flatten(variant.options().background) } else { raster };
    Ok(Description::new(&raster, size, is_truncated, job.header, source.len()))
}

/// Renders the description as a variant.
pub(super) fn render(
    source: &[u8],
    variant: &Variant,
    config: &Config,
    format: Format,
    tell: Tell,
    observer: &mut dyn Observer,
) -> Result<Rendered, Error> {
    let found = describe(source, variant, config, observer)?;
    let bytes = tell(&found)?.into_bytes();
    let Description { size, is_truncated, source, .. } = found;
    Ok(Rendered { bytes, format, size, frames: 1, is_truncated, source })
}
