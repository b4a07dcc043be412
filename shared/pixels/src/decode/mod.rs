//! Decoding: headers first, so that limits hold before memory is taken; pixels second.

mod jpeg;
mod png_gif;
mod webp;

use crate::error::Error;
use crate::kind::Kind;
use crate::orientation::Orientation;
use crate::resize::Decoded;
use crate::size::Size;

/// What a picture's header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The format.
    pub kind: Kind,
    /// The size as stored, before orientation.
    pub size: Size,
    /// How the stored pixels must be turned.
    pub orientation: Orientation,
    /// Whether there may be more than one picture.
    pub frames: Frames,
}

/// How many pictures a file holds, as far as its header tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frames {
    /// One.
    One,
    /// Perhaps several.
    Several,
}

impl Header {
    /// The size as people see it.
    pub fn upright(&self) -> Size {
        self.orientation.stored_size(self.size)
    }
}

/// Reads the header, no pixels.
pub fn header(kind: Kind, source: &[u8]) -> Result<Header, Error> {
    let (size, frames) = match kind {
        Kind::Jpeg => (jpeg::size(source)?, Frames::One),
        Kind::Png => (png_gif::png_size(source)?, Frames::One),
        Kind::Gif => (png_gif::gif_size(source)?, Frames::Several),
        Kind::WebP => webp::size(source)?,
    };
    let orientation = if kind == Kind::Gif { Orientation::Upright } else { Orientation::read(source) };
    Ok(Header { kind, size, orientation, frames })
}

/// Decodes the first frame. A decoder that can reduce on the way may do so as far as `shrink` (at least 1) leaves
/// enough pixels to resample well.
pub(crate) fn pixels(header: &Header, source: &[u8], shrink: f64) -> Result<Decoded, Error> {
    match header.kind {
        Kind::Jpeg => jpeg::pixels(source, shrink),
        Kind::Png => png_gif::png_pixels(source).map(Decoded::whole),
        Kind::Gif => png_gif::gif_pixels(source).map(Decoded::whole),
        Kind::WebP => webp::pixels(source).map(Decoded::whole),
    }
}

/// The picture is broken, in the decoder's words.
fn broken(kind: Kind) -> impl Fn(&dyn std::fmt::Display) -> Error {
    move |reason| Error::Broken { kind: kind.name(), reason: reason.to_string() }
}

fn size_of(kind: Kind, width: u32, height: u32) -> Result<Size, Error> {
    Size::new(width, height).ok_or_else(|| broken(kind)(&"a side is zero"))
}
