//! Bytes in, bytes out: one picture becomes one variant. CPU only; no I/O, no clock.
//!
//! [`render`] is the pipeline; each of its steps has a file of its own.

mod codec;
mod compose;
mod container;
mod decode;
mod encode;
mod error;
mod gray;
mod kind;
mod orientation;
mod pipeline;
mod plan;
mod profile;
mod raster;
mod resize;
mod size;
mod smart;
mod strip;

pub use decode::{Header, header};
pub use error::Error;
pub use kind::{Kind, recognise};
pub use orientation::Orientation;
pub use pipeline::{Picture, Stage, render};
pub use plan::{Crop, Plan, plan};
pub use size::Size;
