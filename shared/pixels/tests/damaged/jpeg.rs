//! JPEG files with faults around their pixels, truncated files, and unsupported kinds.

use super::*;
use crate::support::with_exif;

#[test]
fn a_jpeg_with_all_its_pixels() {
    const EOI: [u8; 2] = [0xff, 0xd9];
    for is_progressive in [false, true] {
        let source = jpeg(is_progressive);
        let body = &source[..source.len() - 2];
        for (name, end) in [
            ("no end", &[][..]),
            ("zeros", &[0; 100]),
            ("zeros before the end", &[&[0; 100][..], &EOI].concat()),
            ("junk before the end", &[b"junk".as_slice(), &EOI].concat()),
            ("another picture before the end", &[source.as_slice(), &EOI].concat()),
            ("text behind the end", &[EOI.as_slice(), b"text"].concat()),
        ] {
            whole(&[body, end].concat(), &source, 8, name);
        }
        let between = with(&source, find(&source, 0xdb), &[1, 2, 3]);
        whole(&between, &source, 8, "bytes between segments");
        let mut version = source.clone();
        version[11] = 2;
        whole(&version, &source, 8, "version of JFIF");
        let adobe = [&[0xff, 0xee, 0, 14][..], b"Adobe", &[0, 100, 0, 0, 0, 0, 2]].concat();
        let transform = with(&[&source[..2], &source[20..]].concat(), 2, &adobe);
        whole(&transform, &source, 8, "transform");
    }
    let source = jpeg(false);
    let mut selection = source.clone();
    let scan = find(&source, 0xda);
    selection[scan + 2 + usize::from(source[scan + 3]) - 2] = 0;
    whole(&selection, &source, 8, "spectral selection");
}

/// Bytes between segments do not hide the segments after them.
#[test]
fn exif_behind_extraneous_bytes() {
    let source = with_exif(&jpeg(false), 6);
    let comment = [0xff, 0xfe, 0, 2];
    let between = with(&source, 2, &[&comment[..], &[0, 1, 2]].concat());
    let made = ask(&between, "w=90", Format::Png, Truncated::Show).unwrap();
    assert_eq!(made.size.to_string(), "90x113");
}

#[test]
fn a_jpeg_that_ends_early() {
    for (name, source) in [("baseline", jpeg(false)), ("progressive", jpeg(true))] {
        let data = find(&source, 0xda) + 14;
        let at = |percent: usize| data + (source.len() - data) * percent / 100;
        assert_eq!(verdict(&source[..at(80)], name), Some(true), "{name}");
        assert_eq!(verdict(&source[..at(3)], name), None, "{name}");
        // As an interrupted download leaves it, with zeros in place of the rest.
        let padded = [&source[..at(80)], &[0; 5000]].concat();
        assert_eq!(verdict(&padded, name), Some(true), "{name}");
        let (before, after) = (shown(&source), shown(&source[..at(80)]));
        let rows =
            |picture: &RgbaImage, from, height| image::imageops::crop_imm(picture, 0, from, 200, height).to_image();
        if name == "baseline" {
            assert!(difference(&rows(&before, 0, 90), &rows(&after, 0, 90)) <= 8);
            assert!(rows(&after, 158, 2).pixels().all(|pixel| *pixel == Rgba([128, 128, 128, 255])));
        }
    }
    // At each percent, so that each row and scan is truncated.
    for is_progressive in [false, true] {
        let source = jpeg(is_progressive);
        for percent in (2..100).step_by(7) {
            verdict(&source[..source.len() * percent / 100], &format!("{percent} % of progressive {is_progressive}"));
        }
    }
}

/// The bytes of a truncated file are not a whole image, so they are not used.
#[test]
fn a_truncated_file_is_encoded_again() {
    let source = jpeg(false);
    let cut = &source[..source.len() - 600];
    let made = ask(cut, "", Format::Jpeg, Truncated::Show).unwrap();
    assert!(made.is_truncated && made.bytes.ends_with(&[0xff, 0xd9]));
}

#[test]
fn a_jpeg_that_is_damaged_in_the_middle() {
    let source = jpeg(false);
    let data = find(&source, 0xda) + 14;
    let ended = [&source[..data + (source.len() - data) * 8 / 10], &[0xff, 0xd9]].concat();
    assert_eq!(verdict(&ended, "short"), None);
    // Scans that only refine a progressive image may be damaged.
    let source = jpeg(true);
    let ended = [&source[..source.len() - 50], &[0xff, 0xd9]].concat();
    assert_eq!(verdict(&ended, "short scan of detail"), Some(false));
}

#[test]
fn unsupported_is_not_broken() {
    let source = jpeg(false);
    let frame = find(&source, 0xc0);
    let changed = |at: usize, value: u8| {
        let mut bytes = source.clone();
        bytes[frame + at] = value;
        bytes
    };
    let mut no_height = source.clone();
    no_height[frame + 5..frame + 7].fill(0);
    for (bytes, feature) in [
        (changed(4, 12), "12 bits per sample"),
        (no_height, "a height in a DNL segment"),
        (changed(1, 0xc5), "hierarchical coding"),
        (changed(1, 0xcb), "lossless arithmetic coding"),
        (changed(1, 0xf7), "JPEG-LS coding"),
        (with(&source, frame, &[0xff, 0xde, 0, 11, 8, 0, 160, 0, 200, 1, 1, 0x11, 0]), "hierarchical coding"),
    ] {
        for (words, format) in ASKED {
            let error = ask(&bytes, words, format, Truncated::Show).unwrap_err();
            let expected = Error::Unsupported { kind: "JPEG", feature: feature.into() };
            assert_eq!(error, expected, "{words} {format}");
        }
    }
}

#[test]
fn lossless_gray() {
    let pixels: Vec<u8> = (0..100 * 80).map(|index| (index % 100 + index / 100) as u8).collect();
    let mut compressor = Compressor::new().unwrap();
    compressor.set_lossless(true).unwrap();
    compressor.set_subsamp(Subsamp::Gray).unwrap();
    let image = Image { pixels: pixels.as_slice(), width: 100, pitch: 100, height: 80, format: PixelFormat::GRAY };
    let source = compressor.compress_to_vec(image).unwrap();
    assert_eq!(source[find(&source, 0xc3) + 9], 1);
    assert_eq!(verdict(&source, "lossless"), Some(false));
    let expected: Vec<u8> = pixels.iter().flat_map(|level| [*level, *level, *level, 255]).collect();
    assert_eq!(shown(&source).into_raw(), expected);
    // No browser supports it.
    let made = ask(&source, "", Format::Jpeg, Truncated::Show).unwrap();
    assert!(!made.bytes.windows(2).any(|pair| pair == [0xff, 0xc3]));
}

/// No browser supports it, so its bytes are not used, however few they are.
#[test]
fn arithmetic_coding_is_never_passed_on() {
    for is_progressive in [false, true] {
        let source = coded(
            |compressor| {
                compressor.set_quality(5).unwrap();
                compressor.set_arithmetic(true).unwrap();
                compressor.set_progressive(is_progressive).unwrap();
            },
            Subsamp::Sub2x2,
        );
        assert!(turbojpeg::read_header(&source).unwrap().is_arithmetic);
        let made = ask(&source, "", Format::Jpeg, Truncated::Show).unwrap();
        assert!(!turbojpeg::read_header(&made.bytes).unwrap().is_arithmetic);
        assert!(made.bytes.len() > source.len());
    }
}
