//! JPEG decoding for downscaling: bytes in, planes at eighths of the size out.

mod bits;
mod color;
mod decoder;
mod entropy;
mod error;
mod header;
mod huffman;
mod idct;
mod marker;
mod picture;
mod planes;
mod progressive;
mod scan;
mod sequential;
mod tables;
mod upsample;
mod window;

pub use decoder::{decode, read_header};
pub use error::{Damage, Error};
pub use header::{Color, Component, Header, Process};
pub use idct::Scale;
pub use picture::{Chroma, Options, Picture};
pub use planes::Plane;
