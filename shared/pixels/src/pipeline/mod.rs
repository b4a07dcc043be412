//! The pipeline: from the bytes of an original to the bytes of a variant.
//!
//! | step | code |
//! | --- | --- |
//! | recognise: the format by content, the header | [`recognise`](crate::recognise), [`header`](crate::header) |
//! | plan: crop and sizes, by numbers alone | [`plan`](crate::plan) |
//! | limit: pixels, frames and work, before memory is taken for pixels | `limit.rs`, `cost.rs` |
//! | decode, reduced as far as the plan allows | `decode/` |
//! | settle: what the plan leaves to the pixels, such as the crop of `g=smart` | `Job::settle`, `smart.rs`, `salience.rs` |
//! | resize | `resize.rs` |
//! | orient: EXIF orientation, `rot` and `flip` | `orientation.rs`, `raster.rs` |
//! | effects: sRGB, `gray`, `blur`, `sharpen`, padding | `profile/`, `gray.rs`, `blur.rs`, `sharpen.rs`, `compose.rs` |
//! | encode | `encode/` |
//!
//! Pixels are turned upright after they were resized, when they are few. So the plan, which describes the upright image,
//! is turned to the stored image for the steps before.

mod animation;
mod describe;
mod job;
mod limit;
mod still;

pub use describe::describe;

use ridge_contract::{Config, Format, Holds, Output, Variant};

use crate::decode::Header;
use crate::description::Description;
use crate::error::Error;
use crate::memory;
use crate::observer::{Observer, Stage};
use crate::size::Size;
use job::Job;

/// A rendered variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The encoded file: an image, or a description of one (`f=json`, `f=thumbhash`).
    pub bytes: Vec<u8>,
    /// The format of `bytes`. It differs from the requested one for [`Output::Auto`], where the pixels decide, and where
    /// the fallback format replaces a slow one.
    pub format: Format,
    /// The variant's size in pixels.
    pub size: Size,
    /// Number of frames; 1 for a still image.
    pub frames: u32,
    /// Whether the original ends early, so that rows or frames are missing.
    pub is_truncated: bool,
    /// The original's header.
    pub source: Header,
}

/// Renders `variant` of the original in `source`.
///
/// Limits are checked before memory is allocated for pixels. Any input gives an image or an error.
///
/// # Errors
///
/// Any [`Error`]. A failed allocation of Rust's own ends the process instead.
pub fn render(
    source: &[u8],
    variant: &Variant,
    config: &Config,
    observer: &mut dyn Observer,
) -> Result<Rendered, Error> {
    memory::watched(|| {
        let rendered = match (variant.output(), told_by(variant.output())) {
            (Output::Format(format), Some(tell)) => describe::render(source, variant, config, format, tell, observer),
            (output, _) => {
                observer.begin(Stage::Decode);
                let job = Job::new(source, variant, config)?;
                match output {
                    Output::Format(format) if job.is_animated(format) => animation::render(&job, format, observer),
                    output => still::render(&job, output, observer),
                }
            }
        }?;
        // Rows may be missing because there was no memory for them.
        if rendered.is_truncated && memory::is_exhausted() { Err(Error::OutOfMemory) } else { Ok(rendered) }
    })
}

/// Returns the size of a variant in pixels, from the header of its original.
pub fn size(source: &Header, variant: &Variant) -> Size {
    job::plan_upright(source, variant).1.canvas
}

/// Writes a description as the bytes of a variant.
type Tell = fn(&Description) -> Result<String, Error>;

/// How a format writes a description; `None` for a format that holds the image.
fn told_by(output: Output) -> Option<Tell> {
    let Output::Format(format) = output else { return None };
    match format.holds() {
        Holds::Picture => None,
        Holds::Look => Some(Description::data_uri),
        Holds::Facts => Some(Description::json),
    }
}
