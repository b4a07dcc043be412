//! TIFF, BMP, AVIF, files in two formats at once, and files in no format.

use super::Must::{Either, Refuse, Show};
use super::{BROKEN, Bomb, LARGE_OR_BROKEN, NOT_READ, PAYLOAD, TOO_LARGE, bomb};
use crate::support::pictures;

const ANY_ERROR: super::Must = Refuse(&[413, 415, 422]);

pub(super) fn bombs() -> Vec<Bomb> {
    let jpeg = pictures::sample("dandelion.jpg");
    let png = pictures::sample("mark.png");
    let behind = |picture: &[u8], text: &str| [picture, text.as_bytes()].concat();
    let comment = u16::try_from(PAYLOAD.len() + 2).unwrap().to_be_bytes();
    let inside = [&jpeg[..2], &[0xff, 0xfe], &comment[..], PAYLOAD.as_bytes(), &jpeg[2..]].concat();
    vec![
        bomb("tiff-whose-directory-is-its-next", tiff(&[(256, 8), (257, 8)], 8), ANY_ERROR),
        bomb("tiff-of-gigapixels", tiff(&[(256, u32::MAX), (257, u32::MAX), (262, 2), (277, 3)], 0), ANY_ERROR),
        bomb("tiff-of-a-directory-only", b"II*\0\x08\0\0\0".to_vec(), ANY_ERROR),
        bomb(
            "tiff-big-with-an-offset-beyond-all",
            b"II+\0\x08\0\0\0\xff\xff\xff\xff\xff\xff\xff\x7f".to_vec(),
            ANY_ERROR,
        ),
        bomb("bmp-of-gigapixels", bmp(65_535, 65_535, 24, 0), TOO_LARGE),
        bomb("bmp-upside-down-without-end", bmp(4, i32::MIN, 24, 0), LARGE_OR_BROKEN),
        bomb("bmp-run-length-without-pixels", bmp(7000, 7000, 8, 1), Either),
        bomb("bmp-of-a-header", b"BM".to_vec(), ANY_ERROR),
        bomb(
            "avif-of-a-box-of-all-bytes",
            b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf\xff\xff\xff\xffmeta".to_vec(),
            BROKEN,
        ),
        bomb(
            "avif-of-boxes-without-end",
            [&b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf"[..], &b"\0\0\0\x08free".repeat(200_000)].concat(),
            BROKEN,
        ),
        bomb("heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(), NOT_READ),
        bomb(
            "svg-named-jpg",
            format!("<svg xmlns='http://www.w3.org/2000/svg'>{PAYLOAD}</svg>").into_bytes(),
            NOT_READ,
        ),
        bomb("svg-of-a-billion-laughs", laughs(), NOT_READ),
        bomb("html-named-jpg", format!("<!doctype html>{PAYLOAD}").into_bytes(), NOT_READ),
        bomb("pdf-named-jpg", b"%PDF-1.7\n1 0 obj\n".to_vec(), NOT_READ),
        bomb("zip-named-jpg", b"PK\x03\x04\x14\0\0\0\x08\0".to_vec(), NOT_READ),
        bomb("program-named-jpg", b"\x7fELF\x02\x01\x01\0\0\0\0\0".to_vec(), NOT_READ),
        bomb("empty-file", Vec::new(), NOT_READ),
        bomb("one-byte", vec![0xff], NOT_READ),
        bomb("a-megabyte-of-nothing", vec![0; 1 << 20], NOT_READ),
        bomb("jpeg-with-a-page-behind-it", behind(&jpeg, PAYLOAD), Show),
        bomb("jpeg-with-a-page-in-its-comment", inside, Show),
        bomb("jpeg-with-an-archive-behind-it", behind(&jpeg, "PK\x03\x04\x14\0\0\0\x08\0"), Show),
        bomb("png-with-a-page-behind-it", behind(&png, PAYLOAD), Show),
        bomb("png-named-jpg", png.clone(), Show),
        bomb("gif-that-is-a-script", format!("GIF89a/*\0\0\0\0*/=1;alert(1)//{PAYLOAD}").into_bytes(), ANY_ERROR),
        bomb("webp-that-is-text", b"RIFF\x24\0\0\0WEBPVP8 this is no picture".to_vec(), BROKEN),
    ]
}

/// Returns one directory of these LONG values, and the offset of the next directory.
fn tiff(tags: &[(u16, u32)], next: u32) -> Vec<u8> {
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    bytes.extend(u16::try_from(tags.len()).unwrap().to_le_bytes());
    for (tag, value) in tags {
        bytes.extend([&tag.to_le_bytes()[..], &[4, 0, 1, 0, 0, 0], &value.to_le_bytes()].concat());
    }
    bytes.extend(next.to_le_bytes());
    bytes
}

fn bmp(width: i32, height: i32, depth: u16, compression: u32) -> Vec<u8> {
    let colours = if depth == 8 { 1024 } else { 0 };
    let start = 54 + colours as u32;
    let mut bytes = b"BM".to_vec();
    bytes.extend([100_u32, 0, start, 40].map(u32::to_le_bytes).concat());
    bytes.extend([width, height].map(i32::to_le_bytes).concat());
    bytes.extend([1, depth].map(u16::to_le_bytes).concat());
    bytes.extend([compression, 0, 0, 0, 0, 0].map(u32::to_le_bytes).concat());
    bytes.extend(vec![0; colours]);
    // The end of the bitmap, in run-length code.
    bytes.extend([0, 1]);
    bytes
}

fn laughs() -> Vec<u8> {
    let entities: String =
        (1..10).map(|level| format!("<!ENTITY l{level} \"{}\">", format!("&l{};", level - 1).repeat(10))).collect();
    format!("<?xml version=\"1.0\"?><!DOCTYPE svg [<!ENTITY l0 \"ha\">{entities}]><svg>&l9;</svg>").into_bytes()
}
