//! JPEG decoding for downscaling: bytes in, planes at eighths of the size out.
//!
//! A reduced image needs only the lowest frequencies. So higher coefficients of each block are skipped several at a
//! time, and scans of a progressive image that have none of the needed coefficients are not decoded at all.
//! [`Error::Unsupported`] reports what this decoder does not support: arithmetic, lossless and hierarchical coding, 12
//! bits, and a height in a DNL segment. A complete decoder may support them, and is as fast where [`is_fast`] returns
//! false.
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
//! let image = decode(&file, &options, &mut || ControlFlow::Continue(()))?;
//! assert_eq!(image.rgb()?.len(), image.width * image.height * 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![warn(clippy::missing_errors_doc)]

mod basis;
mod bits;
mod color;
mod decode;
mod decoder;
mod entropy;
mod error;
mod head;
mod header;
mod hooks;
mod huffman;
mod idct;
mod image;
mod marker;
mod options;
mod planes;
mod progressive;
mod rows;
mod scale;
mod scan;
mod sequential;
mod survey;
mod tables;
mod target;
mod upsample;
mod window;

pub use decode::{decode, decode_strips, is_fast};
pub use error::{Damage, Error};
pub use head::read_header;
pub use header::{Color, Component, Header, Process};
pub use image::DecodedImage;
pub use options::{Chroma, Options, Range};
pub use planes::Plane;
pub use scale::Scale;
pub use survey::{Survey, survey};
