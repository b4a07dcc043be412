//! JPEG decoding for downscaling: bytes in, planes at eighths of the size out.

mod bits;
mod decoder;
mod entropy;
mod error;
mod header;
mod huffman;
mod idct;
mod marker;
mod planes;
mod scan;
mod sequential;
mod window;

pub use decoder::{Chroma, Options, Picture, decode};
pub use error::{Damage, Error};
pub use header::{Color, Component, Header, Process};
pub use idct::Scale;
pub use planes::Plane;
