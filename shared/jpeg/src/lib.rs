//! JPEG decoding for downscaling: bytes in, planes at eighths of the size out.
//!
//! A small picture of a large one needs the lowest frequencies only. So of each block, coefficients beyond those are passed
//! over several at a time, and of a progressive picture, scans that reach none of the needed ones are not decoded at all.
//! What it does not read (arithmetic, lossless and hierarchical coding, 12 bits, a height that follows) is
//! [`Error::Unsupported`]; a whole decoder may read that, and is as fast where [`is_fast`] says no.
//!
//! ```no_run
//! use std::ops::ControlFlow;
//!
//! use ridge_jpeg::{Chroma, Options, Range, decode};
//!
//! let file = std::fs::read("photograph.jpg")?;
//! let (chroma, range) = (Chroma::Full, Range::Full);
//! let (max_scans, max_pixels) = (100, 100_000_000);
//! let options = Options { eighths: 2, chroma, range, max_scans, max_pixels, is_strict: false };
//! let picture = decode(&file, &options, &mut || ControlFlow::Continue(()))?;
//! assert_eq!(picture.rgb()?.len(), picture.width * picture.height * 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bits;
mod color;
mod decoder;
mod entropy;
mod error;
mod head;
mod header;
mod huffman;
mod idct;
mod marker;
mod picture;
mod planes;
mod progressive;
mod scan;
mod sequential;
mod survey;
mod tables;
mod upsample;
mod window;

pub use decoder::{decode, decode_strips, is_fast};
pub use error::{Damage, Error};
pub use head::read_header;
pub use header::{Color, Component, Header, Process};
pub use idct::Scale;
pub use picture::{Chroma, Options, Picture, Range};
pub use planes::Plane;
pub use survey::{Survey, survey};
