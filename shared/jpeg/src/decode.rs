//! Decoding, whole or in strips.

use std::ops::ControlFlow;

use crate::decoder::Decoder;
use crate::error::{Damage, Error};
use crate::image::DecodedImage;
use crate::marker::Markers;
use crate::options::Options;

/// Decodes at a reduced size.
///
/// `check` is called once a row of MCUs, and may stop the work. An image may come with [`DecodedImage::damage`]; an error is
/// what leaves no image. What is wrong within a progressive scan that is not needed stays unknown.
///
/// Memory is taken for as many samples as the header promises, so look at it first ([`read_header`](crate::read_header)).
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

/// The same from top to bottom, in strips that `sink` takes and that are gone afterwards. It may stop the work. Returns the
/// first damage.
///
/// A sequential image whose components come in one scan is held a row of MCUs at a time; one in several scans comes as one
/// strip. Of a progressive image, two bytes are kept for each coefficient that becomes samples, and eight for each block
/// whose other coefficients must be followed.
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

/// Whether pixels at so many eighths come sooner than from libjpeg-turbo. With more than 4, transforms and colours take
/// most of the time, and there it is as fast or faster.
pub fn is_fast(eighths: u8) -> bool {
    (1..=4).contains(&eighths)
}
