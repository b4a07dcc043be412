//! JPEG.

use super::Must::{Either, Show};
use super::{Bomb, LARGE_OR_BROKEN, NOT_READ, TOO_LARGE, bomb};
use crate::support::pictures;

const EXIF: &[u8] = b"Exif\0\0";

pub(super) fn bombs() -> Vec<Bomb> {
    let good = || pictures::sample("dandelion.jpg");
    let exif = |tiff: &[u8]| inserted(&good(), &segment(0xe1, &[EXIF, tiff].concat()));
    let fat: Vec<u8> = (0..200).flat_map(|_| segment(0xe1, &[EXIF, &[0x55; 65_000]].concat())).collect();
    let icc: Vec<u8> = (1..=255)
        .flat_map(|part| segment(0xe2, &[b"ICC_PROFILE\0", &[part, 255][..], &[7; 60_000]].concat()))
        .collect();
    let scans = |count: usize| {
        let file = pictures::progressive(1200, 800);
        let last = file.windows(2).rposition(|pair| pair == [0xff, 0xda]).unwrap();
        let scan = file[last..file.len() - 2].repeat(count);
        [&file[..file.len() - 2], &scan, &[0xff, 0xd9]].concat()
    };
    vec![
        bomb("jpeg-of-four-gigapixels", sized(&good(), 65_500, 65_500), TOO_LARGE),
        bomb("jpeg-of-49-megapixels-of-nothing", sized(&good(), 7000, 7000), Either),
        bomb("jpeg-without-a-height", sized(&good(), 600, 0), Either),
        bomb("jpeg-without-a-width", sized(&good(), 0, 400), Either),
        bomb("jpeg-of-2000-scans", scans(2000), Either),
        bomb("jpeg-of-2000-scans-of-49-megapixels", sized(&scans(2000), 7000, 7000), LARGE_OR_BROKEN),
        bomb("jpeg-with-thirteen-megabytes-of-exif", inserted(&good(), &fat), Show),
        bomb("jpeg-with-fifteen-megabytes-of-profile", inserted(&good(), &icc), Show),
        bomb("jpeg-with-exif-in-circles", exif(&circles()), Show),
        bomb(
            "jpeg-with-exif-of-four-billion-entries",
            exif(b"II*\0\x08\0\0\0\xff\xff\x12\x01\x04\0\xff\xff\xff\xff"),
            Show,
        ),
        bomb("jpeg-with-a-profile-that-points-to-itself", inserted(&good(), &profile()), Show),
        bomb("jpeg-of-arithmetic-code", remarked(&good(), 0xc9), Either),
        bomb("jpeg-without-loss", remarked(&good(), 0xc3), Either),
        bomb("jpeg-of-two-frames", [&good()[..good().len() - 2], &good()[2..]].concat(), Either),
        bomb("jpeg-of-markers-only", [&[0xff, 0xd8][..], &[0xff; 1 << 20]].concat(), Either),
        bomb("jpeg-of-four-bytes", vec![0xff, 0xd8, 0xff, 0xd9], Either),
        bomb("jpeg-of-two-bytes", vec![0xff, 0xd8], NOT_READ),
    ]
}

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&[0xff, marker][..], &length, content].concat()
}

fn inserted(file: &[u8], segments: &[u8]) -> Vec<u8> {
    [&file[..2], segments, &file[2..]].concat()
}

fn frame(file: &[u8]) -> usize {
    file.windows(2).position(|pair| matches!(pair, [0xff, 0xc0 | 0xc2])).unwrap()
}

/// Changes the size in the frame header, and leaves the pixels.
fn sized(file: &[u8], width: u16, height: u16) -> Vec<u8> {
    let mut file = file.to_vec();
    let at = frame(&file);
    file[at + 5..at + 7].copy_from_slice(&height.to_be_bytes());
    file[at + 7..at + 9].copy_from_slice(&width.to_be_bytes());
    file
}

fn remarked(file: &[u8], marker: u8) -> Vec<u8> {
    let mut file = file.to_vec();
    let at = frame(&file);
    file[at + 1] = marker;
    file
}

/// Returns a directory whose entries all point to the directory.
fn circles() -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    tiff.extend(4000u16.to_le_bytes());
    for _ in 0..4000 {
        tiff.extend([0x69, 0x87, 4, 0, 1, 0, 0, 0, 8, 0, 0, 0]);
    }
    tiff.extend(8u32.to_le_bytes());
    tiff
}

/// Returns a profile with four billion overlapping tags.
fn profile() -> Vec<u8> {
    let mut icc = vec![0; 2000];
    icc[..4].copy_from_slice(&2000u32.to_be_bytes());
    icc[8] = 4;
    icc[12..24].copy_from_slice(b"mntrRGB XYZ ");
    icc[36..40].copy_from_slice(b"acsp");
    icc[128..132].copy_from_slice(&u32::MAX.to_be_bytes());
    for tag in 0..150 {
        let at = 132 + tag * 12;
        icc[at..at + 4].copy_from_slice(b"A2B0");
        icc[at + 4..at + 8].copy_from_slice(&128u32.to_be_bytes());
        icc[at + 8..at + 12].copy_from_slice(&u32::MAX.to_be_bytes());
    }
    segment(0xe2, &[b"ICC_PROFILE\0\x01\x01", &icc[..]].concat())
}
