//! Renders variants: the bytes of an original in, the bytes of a variant out. CPU only; no I/O, no clock, no threads.
//!
//! [`render`] is the pipeline; each of its steps has a file of its own.

mod blur;
mod codec;
mod compose;
mod container;
mod convolve;
mod cost;
mod decode;
mod description;
mod dominant;
mod drawn;
mod encode;
mod error;
mod frame;
mod gray;
mod kind;
mod memory;
mod observer;
mod orientation;
mod pipeline;
mod plan;
mod planes;
mod profile;
mod raster;
mod resize;
mod salience;
mod sharpen;
mod size;
mod slow;
mod smart;
mod strip;
mod strips;
mod truncation;
mod versions;

pub use decode::{Header, header};
pub use description::Description;
pub use error::Error;
pub use kind::{Kind, recognise};
pub use observer::{Observer, Stage};
pub use orientation::Orientation;
pub use pipeline::{Rendered, describe, render, size};
pub use plan::{Crop, Plan, Undecided, plan};
pub use size::Size;
pub use slow::SlowEncoder;
pub use versions::linked_versions;
