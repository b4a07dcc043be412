//! Rules of the file format, one by one.

use std::time::Instant;

use ridge_jpeg::{Color, Damage, Error};
use turbojpeg::{PixelFormat, Subsamp};

use crate::common;
use crate::common::coder::{Coefficients, Layout, Scan};
use crate::common::writer::Codes;
use crate::common::{Coding, Random, decode, difference, drawn, encode, options, plane, turbo};

const SOF0: [u8; 2] = [0xFF, 0xC0];
const SOS: [u8; 2] = [0xFF, 0xDA];

fn photo() -> Vec<u8> {
    encode(&drawn(75, 53, 3, &mut Random(9)), 75, 53, Coding::default())
}

fn find(bytes: &[u8], marker: [u8; 2]) -> usize {
    bytes.windows(2).position(|pair| pair == marker).expect("a marker")
}

fn with(bytes: &[u8], at: usize, more: &[u8]) -> Vec<u8> {
    [&bytes[..at], more, &bytes[at..]].concat()
}

fn gray(width: usize, height: usize, interval: usize) -> Coefficients {
    Coefficients::random(&Layout { width, height, sampling: vec![(1, 1)], interval }, &mut Random(5))
}

/// A scan without data, then stuffed bytes and a restart in every MCU: not each restart may search them all.
#[test]
fn missing_restarts_are_not_searched_for_again_and_again() {
    let whole = gray(65_528, 16, 1).file(&[Scan::whole(&[0])], &Codes::flat());
    let at = find(&whole, [0xFF, 0xD0]);
    let bytes = [&whole[..at], &[0xFF, 0xD7], &[0xFF, 0x00].repeat(1 << 19)].concat();
    let start = Instant::now();
    let image = decode(&bytes, 1).expect("an image");
    assert!(image.damage.is_some());
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
}

#[test]
fn a_second_frame_is_refused_before_it_takes_memory() {
    let bytes = photo();
    let scan = find(&bytes, SOS);
    let frame = find(&bytes, SOF0);
    let mut second = bytes[frame..frame + 19].to_vec();
    second[5..9].copy_from_slice(&[0xFF; 4]);
    let early = with(&bytes, scan, &second);
    assert!(matches!(decode(&early, 4), Err(Error::Broken(_))));
    assert!(turbo(&early, 4, PixelFormat::RGB).is_err());
    // After the last block it is not even read.
    let late = with(&bytes, bytes.len() - 2, &second);
    assert_eq!(decode(&late, 4).expect("an image").damage, Some(Damage::NoEnd));
    assert!(ridge_jpeg::read_header(&with(&bytes, scan, &second)).is_err());
}

#[test]
fn limits_come_first() {
    let limited = ridge_jpeg::Options { max_pixels: 75 * 53 - 1, ..options(8) };
    let go_on = &mut || std::ops::ControlFlow::Continue(());
    assert_eq!(ridge_jpeg::decode(&photo(), &limited, go_on).expect_err("a limit"), Error::TooManyPixels(3974));
    for eighths in [0, 9, 200] {
        assert_eq!(decode(&photo(), eighths).expect_err("no scale"), Error::Scale(eighths));
    }
}

/// Symbols whose sum exceeds a block are no end of block.
#[test]
fn runs_beyond_a_block() {
    // Long runs with short codes, so that several of them are skipped at once.
    let mut coefficients = gray(64, 64, 0);
    for (index, block) in coefficients.components[0].blocks.iter_mut().enumerate() {
        block[1..].fill(0);
        (1..64).skip(index % 16).step_by(16).for_each(|k| block[k] = 1);
    }
    for codes in [Codes::flat(), Codes::skewed(), Codes::of(&[0xF1, 0x00, 0x01, 0xF0])] {
        let mut bytes = coefficients.file(&[Scan::whole(&[0])], &codes);
        for round in 0..400 {
            let gray = turbo(&bytes, 1, PixelFormat::GRAY);
            match (decode(&bytes, 1), gray) {
                (Ok(image), Ok(gray)) => assert_eq!(difference(&plane(&image, 0), &gray.2).1, 0, "{round}"),
                (Ok(image), Err(_)) => drop(image),
                (Err(_), gray) => assert!(gray.is_err(), "{round}"),
            }
            // Other bits: sums that no encoder writes.
            let scan = find(&bytes, SOS) + 10;
            let at = scan + (round * 7) % (bytes.len() - 2 - scan);
            bytes[at] = (round * 37) as u8 & 0xFE;
        }
    }
}

#[test]
fn colours_are_decided_at_the_first_scan() {
    let bytes = encode(&drawn(50, 30, 3, &mut Random(2)), 50, 30, Coding::default());
    let adobe = [&[0xFF, 0xEE, 0, 14][..], b"Adobe", &[0, 100, 0, 0, 0, 0, 0]].concat();
    let without_jfif = [&bytes[..2], &bytes[20..]].concat();
    let early = with(&without_jfif, 2, &adobe);
    assert_eq!(decode(&early, 8).expect("an image").header.color, Color::Rgb);
    let late = with(&without_jfif, without_jfif.len() - 2, &adobe);
    assert_eq!(decode(&late, 8).expect("an image").header.color, Color::YCbCr);
}

#[test]
fn codes_of_ones_are_refused() {
    let mut bytes = photo();
    let table = find(&bytes, [0xFF, 0xC4]);
    // Two codes of one bit.
    bytes[table + 5..table + 21].fill(0);
    bytes[table + 5] = 2;
    let length = bytes[table + 3];
    assert!(length > 19);
    assert!(decode(&bytes, 8).is_err());
    assert!(turbo(&bytes, 8, PixelFormat::RGB).is_err());
}

#[test]
fn a_scan_after_the_last() {
    let coefficients = gray(40, 40, 0);
    let bytes = coefficients.file(&[Scan::whole(&[0]), Scan::whole(&[0])], &Codes::flat());
    assert_eq!(decode(&bytes, 8).expect("an image").damage, Some(Damage::NoEnd));
    assert!(turbo(&bytes, 8, PixelFormat::GRAY).is_err());
}

#[test]
fn samples_of_parts_of_pixels() {
    let sampling = vec![(3, 1), (2, 1), (1, 1)];
    let layout = Layout { width: 40, height: 20, sampling, interval: 0 };
    let bytes = common::coder::random(&layout, &mut Random(5));
    assert!(matches!(decode(&bytes, 8), Err(Error::Unsupported(_))));
    assert!(turbo(&bytes, 8, PixelFormat::RGB).is_err());
}

#[test]
fn fill_bytes_are_no_damage() {
    let bytes = photo();
    for marker in [SOF0, SOS, [0xFF, 0xD9]] {
        let filled = with(&bytes, find(&bytes, marker), &[0xFF; 3]);
        assert_eq!(decode(&filled, 8).expect("an image").damage, None, "{marker:?}");
        let other = with(&bytes, find(&bytes, marker), &[0x12]);
        assert!(decode(&other, 8).is_ok_and(|image| image.damage == Some(Damage::Extraneous)), "{marker:?}");
    }
}

/// A sample far below black is black.
#[test]
fn extreme_samples() {
    let mut coefficients = gray(64, 8, 0);
    for (index, block) in coefficients.components[0].blocks.iter_mut().enumerate() {
        block.fill(0);
        (block[0], block[1]) = if index % 2 == 0 { (-1020, -1000) } else { (1020, 1000) };
    }
    let mut bytes = coefficients.file(&[Scan::whole(&[0])], &Codes::flat());
    let table = find(&bytes, [0xFF, 0xDB]) + 5;
    bytes[table..table + 64].fill(255);
    for eighths in [2, 3, 4, 6, 8] {
        let image = decode(&bytes, eighths).expect("an image");
        for row in plane(&image, 0).chunks_exact(image.width) {
            for (index, block) in row.chunks_exact(eighths.into()).enumerate() {
                let first = if index % 2 == 0 { 0 } else { 255 };
                assert_eq!(block[0], first, "{eighths}/8 {block:?}");
            }
        }
    }
}

/// Two bytes for each quantiser, which T.81, B.2.4.1, allows.
#[test]
fn quantisers_of_two_bytes() {
    let coding = Coding { sampling: Subsamp::Gray, ..Coding::default() };
    let bytes = encode(&drawn(30, 30, 3, &mut Random(2)), 30, 30, coding);
    let at = find(&bytes, [0xFF, 0xDB]);
    let mut wide = bytes[..at].to_vec();
    wide.extend([0xFF, 0xDB, 0, 131, 0x10]);
    bytes[at + 5..at + 69].iter().for_each(|value| wide.extend([0, *value]));
    wide.extend(&bytes[at + 69..]);
    assert_eq!(decode(&wide, 8).expect("an image").planes, decode(&bytes, 8).expect("an image").planes);
}

/// A strict decoder stops at the first damage.
#[test]
fn strict() {
    let bytes = photo();
    let strict = ridge_jpeg::Options { is_strict: true, ..options(2) };
    let go_on = &mut || std::ops::ControlFlow::Continue(());
    assert!(ridge_jpeg::decode(&bytes, &strict, go_on).is_ok());
    let cut = &bytes[..bytes.len() / 2];
    assert!(matches!(ridge_jpeg::decode(cut, &strict, go_on), Err(Error::Damaged(_))));
}

/// libjpeg-turbo accepts these files, so trying it is useful.
#[test]
fn what_only_breaks_the_letter_is_not_called_broken() {
    let whole = photo();
    let (frame, scan) = (find(&whole, SOF0), find(&whole, SOS));
    let mut same_names = whole.clone();
    for at in [10, 13, 16].map(|at| frame + at).into_iter().chain([5, 7, 9].map(|at| scan + at)) {
        same_names[at] = 1;
    }
    let empty_comment = with(&whole, 2, &[0xFF, 0xFE, 0, 0]);
    let layout = Layout { width: 40, height: 30, sampling: vec![(1, 1); 3], interval: 0 };
    let scans = [Scan::whole(&[0]), Scan::whole(&[2, 1])];
    let reversed = Coefficients::random(&layout, &mut Random(5)).file(&scans, &Codes::flat());
    for (bytes, name) in [(same_names, "names"), (empty_comment, "comment"), (reversed, "order")] {
        assert!(turbo(&bytes, 8, PixelFormat::RGB).is_ok(), "{name}");
        assert!(matches!(decode(&bytes, 2), Err(Error::Unsupported(_))), "{name}: {:?}", decode(&bytes, 2).err());
    }
}
