//! PNG.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::Must::{Either, Show};
use super::{BROKEN, Bomb, LARGE_OR_BROKEN, TOO_LARGE, bomb};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// More bytes than a test's process can use.
const HUGE: u64 = 1 << 30;

pub(super) fn bombs() -> Vec<Bomb> {
    let small = || zeroes(4 * (1 + 4 * 4));
    let with = |kind: &[u8; 4], content: &[u8]| {
        file(&[ihdr(4, 4, 8, 6, 0), chunk(kind, content), chunk(b"IDAT", &small())].concat())
    };
    let interlaced = adam7(7000, 7000, 8);
    let many: Vec<u8> = (0..200_000).flat_map(|_| chunk(b"tEXt", b"a\0b")).collect();
    let empty: Vec<u8> = (0..200_000).flat_map(|_| chunk(b"IDAT", b"")).collect();
    vec![
        bomb("png-of-four-gigapixels", picture(65_535, 65_535, 8, 6, 0, &small()), TOO_LARGE),
        bomb("png-of-a-line-too-long", picture(u32::MAX >> 1, 1, 16, 6, 0, &small()), LARGE_OR_BROKEN),
        bomb("png-without-its-pixels", picture(7000, 7000, 16, 6, 0, &small()), BROKEN),
        bomb("png-of-49-megapixels-of-nothing", picture(7000, 7000, 8, 6, 0, &zeroes(7000 * (1 + 7000 * 4))), Show),
        bomb("png-of-392-megabytes-of-nothing", picture(7000, 7000, 16, 6, 0, &zeroes(7000 * (1 + 7000 * 8))), Show),
        bomb("png-interlaced-of-392-megabytes", picture(7000, 7000, 16, 6, 1, &zeroes(interlaced)), Either),
        bomb("png-with-a-gigabyte-behind-its-pixels", picture(4, 4, 8, 6, 0, &zeroes(HUGE)), Either),
        bomb("png-with-a-gigabyte-of-profile", with(b"iCCP", &[b"x\0\0", &zeroes(HUGE)[..]].concat()), Show),
        bomb("png-with-a-gigabyte-of-text", with(b"zTXt", &[b"x\0\0", &zeroes(HUGE)[..]].concat()), Show),
        bomb(
            "png-with-a-gigabyte-of-xmp",
            with(b"iTXt", &[b"XML:com.adobe.xmp\0\x01\0\0\0", &zeroes(HUGE)[..]].concat()),
            Show,
        ),
        bomb("png-with-200000-comments", file(&[ihdr(4, 4, 8, 6, 0), many, chunk(b"IDAT", &small())].concat()), Show),
        bomb("png-in-200000-pieces", file(&[ihdr(4, 4, 8, 6, 0), empty, chunk(b"IDAT", &small())].concat()), Show),
        bomb("png-with-a-chunk-of-two-gigabytes", lying_chunk(), Show),
        bomb("png-animated-without-end", with(b"acTL", &[0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]), Either),
        bomb("png-without-a-palette", picture(4, 4, 8, 3, 0, &small()), Either),
        bomb("png-of-nothing", picture(0, 0, 8, 6, 0, &small()), BROKEN),
    ]
}

fn picture(width: u32, height: u32, depth: u8, colour: u8, interlace: u8, data: &[u8]) -> Vec<u8> {
    file(&[ihdr(width, height, depth, colour, interlace), chunk(b"IDAT", data)].concat())
}

fn file(chunks: &[u8]) -> Vec<u8> {
    [SIGNATURE, chunks, &chunk(b"IEND", b"")].concat()
}

fn ihdr(width: u32, height: u32, depth: u8, colour: u8, interlace: u8) -> Vec<u8> {
    let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
    chunk(b"IHDR", &[&sides[..], &[depth, colour, 0, 0, interlace]].concat())
}

fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    let checked = [kind, content].concat();
    [&length[..], &checked, &crc32fast::hash(&checked).to_be_bytes()].concat()
}

fn lying_chunk() -> Vec<u8> {
    let mut file = picture(4, 4, 8, 6, 0, &zeroes(68));
    let at = file.windows(4).position(|name| name == b"IDAT").unwrap();
    file[at - 4..at].copy_from_slice(&0x7fff_ffff_u32.to_be_bytes());
    file
}

/// Returns this number of zero bytes, compressed about a thousandfold.
fn zeroes(count: u64) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let piece = vec![0; 1 << 20];
    let mut left = count;
    while left > 0 {
        let part = left.min(1 << 20) as usize;
        encoder.write_all(&piece[..part]).unwrap();
        left -= part as u64;
    }
    encoder.finish().unwrap()
}

/// Returns the bytes of an interlaced image, with a filter byte for each row (PNG specification, section 8.2).
fn adam7(width: u64, height: u64, pixel: u64) -> u64 {
    let passes = [(0, 8, 0, 8), (4, 8, 0, 8), (0, 4, 4, 8), (2, 4, 0, 4), (0, 2, 2, 4), (1, 2, 0, 2), (0, 1, 1, 2)];
    passes.iter().map(|(x, dx, y, dy)| ((height - y).div_ceil(*dy)) * (1 + (width - x).div_ceil(*dx) * pixel)).sum()
}
