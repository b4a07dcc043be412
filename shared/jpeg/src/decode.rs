//! Decoding, whole or in strips.

use std::ops::ControlFlow;

use crate::decoder::Decoder;
use crate::error::{Damage, Error};
use crate::image::DecodedImage;
use crate::marker::Markers;
use crate::options::Options;

/// Decodes an image at a reduced size.
///
/// `check` is called for each row of MCUs, and can stop the decoder. A damaged image has [`DecodedImage::damage`].
/// Errors in a progressive scan that is not needed stay unnoticed.
///
/// Memory is allocated for the samples that the header announces, so check it first
/// ([`read_header`](crate::read_header)).
///
/// # Errors
///
/// [`Error`] if there is no image; [`Error::Damaged`] only with [`Options::is_strict`].
pub fn decode(
    bytes: &[u8],
    options: &Options,
    check: &mut dyn FnMut() -> ControlFlow<()>,
) -> Result<DecodedImage, Error> {
    let mut image = None;
    let add = &mut |strip: &DecodedImage| {
        image.get_or_insert_with(|| DecodedImage::like(strip)).add(strip);
        ControlFlow::Continue(())
    };
    let damage = decode_strips(bytes, options, check, add)?;
    let image = image.ok_or(Error::Broken("no scan"))?;
    Ok(DecodedImage { damage, ..image })
}

/// Decodes an image from top to bottom, in strips that are passed to `sink` and dropped afterwards. `sink` can stop the
/// decoder. Returns the first damage.
///
/// Of a sequential image with one scan, one row of MCUs is held at a time; with several scans, it is one strip. Of a
/// progressive image, two bytes are held for each coefficient that becomes samples, and eight for each block whose
/// other coefficients must be followed.
///
/// # Errors
///
/// As [`decode`].
pub fn decode_strips(
    bytes: &[u8],
    options: &Options,
    check: &mut dyn FnMut() -> ControlFlow<()>,
    sink: &mut dyn FnMut(&DecodedImage) -> ControlFlow<()>,
) -> Result<Option<Damage>, Error> {
    if !(1..=8).contains(&options.eighths) || !options.chroma.is_possible() {
        return Err(Error::Scale(options.eighths));
    }
    let mut decoder = Decoder::new(options);
    let mut markers = Markers::new(bytes)?;
    decoder.read(&mut markers, check, sink)?;
    decoder.finish(check, sink)
}

/// Whether this decoder is faster than libjpeg-turbo at this number of eighths. Above 4, transforms and colours take
/// most of the time, in which libjpeg-turbo is as fast or faster.
pub fn is_fast(eighths: u8) -> bool {
    (1..=4).contains(&eighths)
}
