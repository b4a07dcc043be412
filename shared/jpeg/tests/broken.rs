//! Truncated and changed files: no panic, and no endless loop.

use std::ops::ControlFlow;

use ridge_jpeg::{Damage, Error};
use turbojpeg::{PixelFormat, Subsamp};

use crate::common::coder::{Layout, random};
use crate::common::{Coding, Random, decode, drawn, encode, options, photos, plane, turbo};

fn small(is_progressive: bool, sampling: Subsamp) -> Vec<u8> {
    let coding = Coding { is_progressive, sampling, ..Coding::default() };
    encode(&drawn(75, 53, 3, &mut Random(9)), 75, 53, coding)
}

fn restarts() -> Vec<u8> {
    let sampling = vec![(2, 2), (1, 1), (1, 1)];
    random(&Layout { width: 90, height: 70, sampling, interval: 3 }, &mut Random(4))
}

/// Each prefix of a file gives an image of the whole size with damage, or an error; libjpeg-turbo refuses it too.
fn truncate(bytes: &[u8], step: usize, eighths: &[u8]) {
    let whole = decode(bytes, 8).expect("the whole file");
    for length in (0..bytes.len()).step_by(step) {
        for eighths in eighths {
            let side = |side: u16| (usize::from(side) * usize::from(*eighths)).div_ceil(8);
            if let Ok(image) = decode(&bytes[..length], *eighths) {
                let size = (side(whole.header.width), side(whole.header.height));
                assert_eq!((image.width, image.height), size);
                assert!(image.damage.is_some(), "{length} of {}", bytes.len());
                image.rgb().expect("RGB");
            }
        }
        assert!(turbo(&bytes[..length], 8, PixelFormat::RGB).is_err(), "{length} of {}", bytes.len());
    }
}

#[test]
fn each_beginning_of_small_files() {
    for bytes in [small(false, Subsamp::Sub2x2), small(true, Subsamp::Sub2x1), restarts()] {
        truncate(&bytes, 1, &[1, 2, 8]);
    }
}

#[test]
fn beginnings_of_samples() {
    for bytes in [small(false, Subsamp::None), small(true, Subsamp::Sub2x2), small(false, Subsamp::Gray)] {
        truncate(&bytes, 37, &[1, 2, 3, 4, 5, 6, 7, 8]);
    }
}

/// Decoded pixels stay; missing pixels are gray.
#[test]
fn the_rest_is_gray() {
    let coding = Coding { sampling: Subsamp::Gray, ..Coding::default() };
    let bytes = encode(&drawn(160, 160, 3, &mut Random(9)), 160, 160, coding);
    let whole = decode(&bytes, 8).expect("the whole file");
    let part = decode(&bytes[..bytes.len() / 2], 8).expect("a part");
    assert_eq!(part.damage, Some(Damage::Truncated));
    let (whole, part) = (plane(&whole, 0), plane(&part, 0));
    assert_eq!(whole[..160 * 8 * 7], part[..160 * 8 * 7]);
    assert!(part[160 * 8 * 15..].iter().all(|sample| *sample == 128));
}

/// A lost restart marker costs one interval or a few, and all other intervals are in their places.
#[test]
fn restart_markers_bring_order_back() {
    let sampling = vec![(1, 1)];
    let layout = Layout { width: 800, height: 160, sampling, interval: 100 };
    let bytes = random(&layout, &mut Random(6));
    let whole = plane(&decode(&bytes, 8).expect("the whole file"), 0);
    let at = bytes.windows(2).position(|pair| pair == [0xFF, 0xD4]).expect("the fifth marker");
    let mut changed = bytes.clone();
    changed.drain(at..at + 2);
    let image = decode(&changed, 8).expect("an image");
    assert!(image.damage.is_some());
    let part = plane(&image, 0);
    let row = 800 * 8;
    assert_eq!(whole[..5 * row], part[..5 * row]);
    assert_eq!(whole[8 * row..], part[8 * row..]);
}

/// Data that is many windows long. At full size, the decoder reports every damage that libjpeg-turbo warns
/// about.
#[test]
fn changed_photographs() {
    let mut seed = Random(21);
    let mut refused = 0;
    for (name, photo) in photos() {
        for _ in 0..8 {
            let mut bytes = photo.clone();
            let at = bytes.len() / 20 + seed.below(bytes.len() as u64 * 9 / 10) as usize;
            bytes[at] = seed.next() as u8;
            let is_refused = turbo(&bytes, 8, PixelFormat::RGB).is_err();
            let (is_noticed, is_undisputed) = match decode(&bytes, 8) {
                Ok(image) => (image.damage.is_some(), image.damage.is_some_and(Damage::is_undisputed)),
                Err(error) => (true, error.is_undisputed()),
            };
            assert!(is_noticed || !is_refused, "{name}, {at}: only libjpeg-turbo sees damage");
            assert!(is_refused || !is_undisputed, "{name}, {at}: libjpeg-turbo sees no damage");
            refused += usize::from(is_refused);
        }
    }
    assert!(refused > 5, "{refused}");
}

/// Changed bytes give an image or an error. What libjpeg-turbo refuses is refused or reported, except for codes that
/// are skipped.
#[test]
fn changed_bytes() {
    let mut seed = Random(13);
    let samples = [small(false, Subsamp::Sub2x2), small(true, Subsamp::Sub2x2), small(true, Subsamp::None), restarts()];
    let (mut refused, mut missed) = (0, 0);
    for round in 0..3000 {
        let mut bytes = samples[round % samples.len()].clone();
        for _ in 0..1 + seed.below(4) {
            let at = 2 + seed.below(bytes.len() as u64 - 2) as usize;
            bytes[at] = seed.next() as u8;
        }
        // A changed size may need gigabytes of gray.
        let is_small = ridge_jpeg::read_header(&bytes)
            .is_ok_and(|header| u32::from(header.width) * u32::from(header.height) < 1 << 22);
        if !is_small {
            continue;
        }
        let eighths = 1 + (round % 8) as u8;
        let ours = decode(&bytes, eighths);
        if let Ok(image) = &ours {
            let _ = image.rgb();
            let _ = image.cmyk();
        }
        let is_clean = ours.is_ok_and(|image| image.damage.is_none());
        if turbo(&bytes, eighths, PixelFormat::RGB).is_err() {
            refused += 1;
            missed += usize::from(is_clean);
        }
    }
    println!("{refused} refused, of which {missed} were not noticed");
    assert!(refused > 300 && missed * 20 < refused, "{missed} of {refused}");
}

#[test]
fn scans_are_limited_and_work_is_stopped() {
    let bytes = small(true, Subsamp::Sub2x2);
    let limited = ridge_jpeg::Options { max_scans: 3, ..options(1) };
    let never = &mut || ControlFlow::Continue(());
    assert_eq!(ridge_jpeg::decode(&bytes, &limited, never).expect_err("a limit"), Error::TooManyScans(3));
    for (_, bytes) in photos() {
        let mut calls = 0;
        let stop = &mut || {
            calls += 1;
            if calls > 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        assert_eq!(ridge_jpeg::decode(&bytes, &options(2), stop).expect_err("stopped"), Error::Stopped);
        assert_eq!(calls, 4);
    }
}

#[test]
fn what_is_not_read_says_so() {
    let mut bytes = small(false, Subsamp::Sub2x2);
    let at = bytes.windows(2).position(|pair| pair == [0xFF, 0xC0]).expect("SOF0");
    for (code, name) in [(0xC3, "lossless"), (0xC9, "arithmetic"), (0xCA, "progressive arithmetic")] {
        bytes[at + 1] = code;
        assert!(matches!(decode(&bytes, 8), Err(Error::Unsupported(_))), "{name}");
    }
    bytes[at + 1] = 0xC1;
    bytes[at + 4] = 12;
    assert!(matches!(decode(&bytes, 8), Err(Error::Unsupported(_))), "12 bits");
    assert!(matches!(decode(b"", 8), Err(Error::Broken(_))));
    assert!(matches!(decode(b"\xFF\xD8\xFF\xD9", 8), Err(Error::Broken(_))));
}
