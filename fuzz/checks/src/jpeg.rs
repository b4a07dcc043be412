//! Our JPEG decoder and libjpeg-turbo: no panic, the same sizes, and the same files that are errors.

use std::ops::ControlFlow;

use ridge_jpeg::{Chroma, Damage, DecodedImage, Error, Options, Process, Range, Scale};
use turbojpeg::{Colorspace, Decompressor, Image, PixelFormat, ScalingFactor};

/// Larger images only cost time.
const MAX_PIXELS: usize = 1 << 18;

const MAX_SCANS: u32 = 30;

/// Checks an input: a byte for the scale, and a file.
pub fn check(data: &[u8]) -> Option<()> {
    let (choice, file) = data.split_first()?;
    let eighths = 1 + choice % 8;
    let chroma = match (choice & 8, choice >> 4) {
        (0, _) => Chroma::Full,
        (_, 0) => Chroma::Subsampled,
        (_, other) => Chroma::Reduced(Scale { across: 1 + other % 4, down: 1 + other / 4 }),
    };
    let range = Range::Full;
    let options =
        Options { eighths, chroma, range, max_scans: MAX_SCANS, max_pixels: MAX_PIXELS as u64, is_strict: false };
    let go_on = &mut || ControlFlow::Continue(());
    let ours = ridge_jpeg::decode(file, &options, go_on);
    let strict = ridge_jpeg::decode(file, &Options { is_strict: true, ..options }, go_on);
    match (&ours, &strict) {
        (Ok(image), strict) => {
            let is_damaged = image.damage.is_some_and(|damage| !damage.is_harmless());
            assert_eq!(is_damaged, strict.is_err(), "strict: {strict:?}");
        }
        (Err(_), Ok(_)) => panic!("only strictly an image"),
        (Err(_), Err(_)) => {}
    }
    if let Ok(image) = &ours {
        assert_eq!(image.planes[0].samples.len(), image.planes[0].stride * image.planes[0].height);
        let _ = (image.rgb(), image.cmyk());
    }
    if matches!(ours, Err(Error::TooManyPixels(_))) {
        return None;
    }
    agree_with_survey(file, &ours);
    compare(ours, turbo(file, eighths), eighths);
    Some(())
}

/// Checks that a file without all rows is damaged at each scale.
fn agree_with_survey(file: &[u8], ours: &Result<DecodedImage, Error>) {
    let go_on = &mut || ControlFlow::Continue(());
    let survey = ridge_jpeg::survey(file, MAX_SCANS, MAX_PIXELS as u64, go_on);
    assert_eq!(survey.is_ok(), ours.is_ok(), "{survey:?}");
    if let (Ok(survey), Ok(image)) = (survey, ours) {
        assert!(survey.rows <= survey.height && survey.height == u32::from(image.header.height));
        let is_damaged = image.damage.is_some_and(|damage| !damage.is_harmless());
        assert!(is_damaged || !survey.is_truncated && survey.damage.is_none(), "{survey:?} beside no damage");
    }
}

/// Returns the size of libjpeg-turbo's image; `None` if it reports a warning or an error.
///
/// Samples are not compared: for coefficients that no encoder writes, its transform in 16 bits gives other samples.
fn turbo(file: &[u8], eighths: u8) -> Option<(usize, usize)> {
    let mut decompressor = Decompressor::new().expect("memory");
    decompressor.set_scan_limit(MAX_SCANS).expect("a limit");
    let header = decompressor.read_header(file).ok()?;
    if header.width * header.height > MAX_PIXELS || header.is_lossless {
        return None;
    }
    let factor = ScalingFactor::new(eighths.into(), 8);
    decompressor.set_scaling_factor(factor).ok()?;
    let (width, height) = (factor.scale(header.width), factor.scale(header.height));
    let format = match header.colorspace {
        Colorspace::CMYK | Colorspace::YCCK => PixelFormat::CMYK,
        Colorspace::YCbCr | Colorspace::Gray => PixelFormat::GRAY,
        Colorspace::RGB => PixelFormat::RGB,
    };
    let pitch = width * format.size();
    let mut pixels = vec![0; pitch * height];
    decompressor.decompress(file, Image { pixels: pixels.as_mut_slice(), width, pitch, height, format }).ok()?;
    Some((width, height))
}

fn compare(ours: Result<DecodedImage, Error>, theirs: Option<(usize, usize)>, eighths: u8) {
    match (ours, theirs) {
        (Ok(image), Some(size)) => {
            assert_eq!((image.width, image.height), size);
            let is_undisputed = image.damage.is_some_and(Damage::is_undisputed);
            assert!(!is_undisputed, "damage that libjpeg-turbo does not see: {:?}", image.damage);
        }
        // Every part of a whole sequential image is decoded.
        (Ok(image), None) if eighths == 8 && image.header.process == Process::Sequential => {
            assert!(image.damage.is_some(), "damage that only libjpeg-turbo sees");
        }
        (Err(Error::Broken(what)), Some(_)) => panic!("broken only here: {what}"),
        _ => {}
    }
}
