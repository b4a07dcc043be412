//! Decoders: headers first, so that limits are checked before memory is allocated; pixels second.

mod apng;
mod avif;
mod bmp;
mod canvas;
mod fault;
mod frames;
mod gif;
mod header;
mod jpeg;
mod lzw;
mod png;
mod tiff;
mod webp;

pub(crate) use frames::Frames;
pub use header::Header;

use ridge_jpeg::Range;

use crate::container::apng::animation;
use crate::error::Error;
use crate::kind::Kind;
use crate::observer::Observer;
use crate::orientation::Orientation;
use crate::planes::Planes;
use crate::profile::Profile;
use crate::resize::{Decoded, Wanted};
use fault::{ENDS_EARLY, broken};

/// Reads the header of an original in the format `kind`, without its pixels.
///
/// # Errors
///
/// [`Error::Broken`] if the header cannot be read, [`Error::Unsupported`] for features of the format that are not
/// supported.
pub fn header(kind: Kind, source: &[u8]) -> Result<Header, Error> {
    let header = match kind {
        Kind::Jpeg => Header::still(kind, jpeg::size(source)?),
        Kind::Png => png::header(source)?,
        Kind::Gif => gif::header(source)?,
        Kind::WebP => webp::header(source)?,
        Kind::Avif => avif::header(source)?,
        Kind::Tiff => tiff::header(source)?,
        Kind::Bmp => Header::still(kind, bmp::size(source)?),
    };
    let orientation = Orientation::read(kind, source).unwrap_or(header.orientation);
    let frames_in_file = header.frames_in_file.max(header.frames);
    Ok(Header { orientation, frames_in_file, ..header })
}

/// Decodes the first frame. A decoder that can reduce the image does so, but leaves enough pixels for a good
/// resampling. No decoder holds more than `max_pixels` at once, whatever the header says.
///
/// CMYK is converted to sRGB, by `profile` if that is a CMYK profile. Other colours keep the numbers of the file.
pub(crate) fn pixels(
    header: &Header,
    source: &[u8],
    wanted: Wanted,
    max_pixels: u64,
    profile: Option<&Profile>,
    observer: &dyn Observer,
) -> Result<Decoded, Error> {
    match header.kind {
        Kind::Jpeg => jpeg::pixels(source, wanted, profile, observer),
        Kind::Png => match animation(source) {
            Some(animation) if animation.is_refused(wanted.truncated) => Err(broken(Kind::Png)(&ENDS_EARLY)),
            // Browsers show the first frame; viewers without animation show the default image.
            Some(animation) if animation.has_own_default => apng::first_frame(source, animation),
            Some(animation) if animation.ends_early => Ok(png::pixels(source, wanted, observer)?.truncated(true)),
            _ => png::pixels(source, wanted, observer),
        },
        Kind::Gif => gif::pixels(source, max_pixels, wanted.truncated),
        Kind::WebP => webp::pixels(source, wanted),
        Kind::Avif => avif::pixels(source, max_pixels).map(Decoded::whole),
        Kind::Tiff => tiff::pixels(source, wanted, profile, observer),
        Kind::Bmp => bmp::pixels(source, wanted),
    }
}

/// Decodes the first frame as planes, already resampled; `turn` makes them upright. `None` if the original has no
/// planes, or only pixels give a good result.
pub(crate) fn planes(
    header: &Header,
    source: &[u8],
    wanted: Wanted,
    turn: Orientation,
    range: Range,
    observer: &dyn Observer,
) -> Result<Option<Planes>, Error> {
    match header.kind {
        Kind::Jpeg => jpeg::planes(source, wanted, turn, range, observer),
        Kind::Png | Kind::Gif | Kind::WebP | Kind::Avif | Kind::Tiff | Kind::Bmp => Ok(None),
    }
}
