//! Our own decoder: pixels or planes of a reduced image, resampled as they arrive.

use std::ops::ControlFlow;

use ridge_jpeg::Error::TooManyScans;
use ridge_jpeg::{Chroma, Color, Damage, DecodedImage, Header, Options, Range, Scale};

use super::cmyk::rgb_of_cmyk;
use super::limits::{MAX_SCANS, until_deadline};
use super::reserve::RESERVE_OF_CHROMA;
use crate::decode::fault::{broken, size_of};
use crate::error::Error;
use crate::kind::Kind;
use crate::observer::{Observer, check_deadline};
use crate::orientation::Orientation;
use crate::planes::{Component, Part, Planes};
use crate::profile::Profile;
use crate::raster::{Channels, Raster};
use crate::resize::{Decoded, Wanted};
use crate::strips::Strips;

/// Decodes RGB pixels. `None` if a file cannot be decoded here, or is damaged.
pub(super) fn pixels(
    source: &[u8],
    eighths: u8,
    wanted: Wanted,
    profile: Option<&Profile>,
    observer: &dyn Observer,
) -> Result<Option<Decoded>, Error> {
    let scale = f64::from(eighths) / 8.0;
    let (mut whole, mut strips) = (Vec::new(), None);
    let (mut size, mut is_in_step) = (None, true);
    let is_read = read(source, options(eighths, Chroma::Full, Range::Full), observer, &mut |strip| {
        is_in_step = strip.is_in_step();
        if !is_in_step {
            return Ok(ControlFlow::Break(()));
        }
        let size = match size {
            Some(size) => size,
            None => {
                let height = (usize::from(strip.header.height) * usize::from(eighths)).div_ceil(8);
                *size.insert(size_of(Kind::Jpeg, strip.width, height)?)
            }
        };
        let Some(raster) = rgb(strip, profile)? else { return Ok(ControlFlow::Break(())) };
        if wanted.is_settled {
            let crop = wanted.crop.scaled(scale, scale, size);
            let strips = strips.get_or_insert_with(|| Strips::new(size, Channels::Rgb, Wanted { crop, ..wanted }));
            strips.push(raster)?;
        } else {
            whole.extend(raster.pixels);
        }
        Ok(ControlFlow::Continue(()))
    })?;
    if !is_in_step {
        return mixed(source, eighths, profile, observer);
    }
    let reduced = |size| Decoded::reduced(Raster { size, channels: Channels::Rgb, pixels: whole }, scale, scale);
    Ok(if is_read { strips.map(Strips::finish).or_else(|| size.map(reduced)) } else { None })
}

/// Decodes the whole image at once, for files whose chroma has fewer rows than luma: the rows of chroma are
/// interpolated.
fn mixed(
    source: &[u8],
    eighths: u8,
    profile: Option<&Profile>,
    observer: &dyn Observer,
) -> Result<Option<Decoded>, Error> {
    let scale = f64::from(eighths) / 8.0;
    let options = options(eighths, Chroma::Full, Range::Full);
    let image = ridge_jpeg::decode(source, &options, &mut until_deadline(observer));
    check_deadline(observer)?;
    let is_whole = |image: &DecodedImage| image.damage.is_none_or(Damage::is_harmless);
    let Some(image) = image.ok().filter(is_whole) else { return Ok(None) };
    Ok(rgb(&image, profile)?.map(|raster| Decoded::reduced(raster, scale, scale)))
}

/// Decodes the pixels of a damaged file. Missing pixels are gray.
pub(super) fn all_there_is(
    source: &[u8],
    eighths: u8,
    profile: Option<&Profile>,
    observer: &dyn Observer,
) -> Result<Raster, Error> {
    let options = Options { is_strict: false, ..options(eighths, Chroma::Full, Range::Full) };
    let image = ridge_jpeg::decode(source, &options, &mut until_deadline(observer));
    check_deadline(observer)?;
    let image = image.map_err(|error| broken(Kind::Jpeg)(&error))?;
    rgb(&image, profile)?.ok_or_else(|| broken(Kind::Jpeg)(&"unknown colours"))
}

/// Converts components to RGB. `None` for components of unknown meaning.
fn rgb(image: &DecodedImage, profile: Option<&Profile>) -> Result<Option<Raster>, Error> {
    let size = size_of(Kind::Jpeg, image.width, image.height)?;
    let is_cmyk = matches!(image.header.color, Color::Cmyk | Color::Ycck);
    let (channels, pixels) = if is_cmyk { (Channels::Rgba, image.cmyk()) } else { (Channels::Rgb, image.rgb()) };
    let raster = pixels.ok().map(|pixels| Raster { size, channels, pixels });
    Ok(raster.map(|raster| if is_cmyk { rgb_of_cmyk(raster, profile) } else { raster }))
}

/// Decodes planes of luma and chroma, which is half as wide and high in the variant, whatever the file has. `None` for
/// other components, for files with less luma than chroma, and for files that cannot be decoded here or are damaged.
pub(super) fn planes(
    source: &[u8],
    eighths: u8,
    wanted: Wanted,
    turn: Orientation,
    range: Range,
    observer: &dyn Observer,
) -> Result<Option<Planes>, Error> {
    let has_planes = |header: &Header| {
        let luma = header.components[0];
        matches!(header.color, Color::Gray | Color::YCbCr) && (luma.across, luma.down) == header.sampling()
    };
    let Some(header) = ridge_jpeg::read_header(source).ok().filter(has_planes) else { return Ok(None) };
    let chroma = Chroma::Reduced(chroma_scale(&header, eighths, wanted));
    let mut components: Vec<Component> = Vec::new();
    let is_read = read(source, options(eighths, chroma, range), observer, &mut |strip| {
        for (index, plane) in strip.planes.iter().enumerate() {
            if components.len() == index {
                let size = size_of(Kind::Jpeg, plane.width, plane.total)?;
                let part = if index == 0 { Part::Luma } else { Part::Chroma };
                components.push(Component::new(part, size, samples_of_a_pixel(strip, index), wanted, turn));
            }
            components[index].push((0..plane.height).map(|y| plane.row(y)))?;
        }
        Ok(ControlFlow::Continue(()))
    })?;
    if !is_read {
        return Ok(None);
    }
    let mut planes = components.into_iter().map(Component::finish);
    let mut next = || planes.next().transpose();
    let luma = next()?.ok_or_else(|| broken(Kind::Jpeg)(&"no component"))?;
    let chroma = next()?.zip(next()?).map(|(blue, red)| [blue, red]);
    Ok(Some(Planes { luma, chroma, is_truncated: false }))
}

/// Returns the smallest scale that leaves enough samples of chroma. A variant has half as many samples of chroma as of
/// luma on each side. Luma is decoded at `eighths`.
fn chroma_scale(header: &Header, eighths: u8, wanted: Wanted) -> Scale {
    let (max_across, max_down) = header.sampling();
    let needed = |source: f64, target: u32, factor: fn(&ridge_jpeg::Component) -> u8, max: u8| {
        let least = header.components.iter().skip(1).map(factor).min().unwrap_or(max);
        let shrink = source * f64::from(least) / f64::from(max) / f64::from(target.div_ceil(2));
        // Three eighths are not worth a transform of their own for each shape of block.
        [1, 2].into_iter().find(|scale| shrink * f64::from(*scale) / 8.0 >= RESERVE_OF_CHROMA).unwrap_or(eighths)
    };
    let Wanted { crop, size, .. } = wanted;
    let across = needed(crop.width, size.width, |part| part.across, max_across).min(eighths);
    let down = needed(crop.height, size.height, |part| part.down, max_down).min(eighths);
    if across.max(down) == 3 { Scale { across: 3, down: 3 } } else { Scale { across, down } }
}

/// Returns the samples of a component per pixel of the source, across and down.
fn samples_of_a_pixel(image: &DecodedImage, component: usize) -> (f64, f64) {
    let (part, scale) = (&image.header.components[component], image.planes[component].scale);
    let (max_across, max_down) = image.header.sampling();
    let samples = |scale: u8, factor: u8, max: u8| f64::from(scale) * f64::from(factor) / (8.0 * f64::from(max));
    (samples(scale.across, part.across, max_across), samples(scale.down, part.down, max_down))
}

/// Passes strips to `take` until it refuses one. Returns whether it took all strips and no pixel is damaged.
fn read(
    source: &[u8],
    options: Options,
    observer: &dyn Observer,
    take: &mut dyn FnMut(&DecodedImage) -> Result<ControlFlow<()>, Error>,
) -> Result<bool, Error> {
    let mut failed = None;
    let sink = &mut |strip: &DecodedImage| {
        take(strip).unwrap_or_else(|error| {
            failed = Some(error);
            ControlFlow::Break(())
        })
    };
    let decoded = ridge_jpeg::decode_strips(source, &options, &mut until_deadline(observer), sink);
    check_deadline(observer)?;
    match (failed, decoded) {
        (Some(error), _) => Err(error),
        (None, Err(error @ TooManyScans(_))) => Err(broken(Kind::Jpeg)(&error)),
        (None, decoded) => Ok(decoded.is_ok_and(|damage| damage.is_none_or(Damage::is_harmless))),
    }
}

/// The pixels of the header were checked against the limits, and the decoder reads the same header.
fn options(eighths: u8, chroma: Chroma, range: Range) -> Options {
    Options { eighths, chroma, range, max_scans: MAX_SCANS, max_pixels: u64::MAX, is_strict: true }
}
