//! WebP: chunks in a RIFF (RFC 9649).

use super::Must::{Either, RefuseFrames, Show};
use super::{BROKEN, Bomb, LARGE_OR_BROKEN, TOO_LARGE, bomb};
use crate::support::pictures;

pub(super) fn bombs() -> Vec<Bomb> {
    let good = pictures::sample("mark.webp");
    let still = &good[12..];
    let animated = |side: u32, frames: usize, data: &[u8]| {
        let frame = [&[0; 6][..], &uint24(side - 1), &uint24(side - 1), &[100, 0, 0, 0], data].concat();
        let frames = chunk(b"ANMF", &frame).repeat(frames);
        riff(&[canvas(0x02, side, side), chunk(b"ANIM", &[0; 6]), frames].concat())
    };
    let tiny = lossless(1, 1);
    vec![
        bomb("webp-of-268-megapixels", riff(&lossless(16_384, 16_384)), TOO_LARGE),
        bomb(
            "webp-with-a-canvas-of-gigapixels",
            riff(&[canvas(0, 1 << 24, 1 << 24), still.to_vec()].concat()),
            LARGE_OR_BROKEN,
        ),
        bomb("webp-without-its-pixels", riff(&lossless(6000, 6000)), Either),
        bomb("webp-of-20000-frames", animated(1, 20_000, &tiny), RefuseFrames),
        bomb("webp-of-200-large-frames", animated(4000, 200, &lossless(4000, 4000)), RefuseFrames),
        bomb("webp-whose-frames-are-frames", animated(8, 3, &chunk(b"ANMF", &tiny)), LARGE_OR_BROKEN),
        bomb("webp-with-a-chunk-of-four-gigabytes", riff(&[&b"VP8L\xff\xff\xff\xff"[..], still].concat()), BROKEN),
        bomb("webp-with-thirty-megabytes-of-exif", extended(&good, b"EXIF", 0x08, &vec![0x55; 30 << 20]), Either),
        bomb("webp-with-a-profile-of-noise", extended(&good, b"ICCP", 0x20, &pictures::noise(300, 300)), Show),
        bomb("webp-of-a-riff-only", riff(&[]), Either),
    ]
}

fn riff(chunks: &[u8]) -> Vec<u8> {
    let length = u32::try_from(chunks.len() + 4).unwrap().to_le_bytes();
    [b"RIFF", &length[..], b"WEBP", chunks].concat()
}

fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_le_bytes();
    let padding = vec![0; content.len() % 2];
    [kind, &length[..], content, &padding].concat()
}

fn uint24(number: u32) -> [u8; 3] {
    let [a, b, c, _] = number.to_le_bytes();
    [a, b, c]
}

fn canvas(flags: u8, width: u32, height: u32) -> Vec<u8> {
    chunk(b"VP8X", &[&[flags, 0, 0, 0][..], &uint24(width - 1), &uint24(height - 1)].concat())
}

/// Returns a header with these sides, and almost no data.
fn lossless(width: u32, height: u32) -> Vec<u8> {
    let bits = (width - 1) | ((height - 1) << 14);
    chunk(b"VP8L", &[&[0x2f][..], &bits.to_le_bytes(), &[0x88, 0x88, 0x08]].concat())
}

/// Returns the image of a file with another chunk before it.
fn extended(good: &[u8], kind: &[u8; 4], flag: u8, content: &[u8]) -> Vec<u8> {
    let size = ridge_pixels::header(ridge_pixels::Kind::WebP, good).unwrap().size;
    // Setting the flag for transparency is correct for opaque images too.
    let chunks = if &good[12..16] == b"VP8X" { good[30..].to_vec() } else { good[12..].to_vec() };
    riff(&[canvas(flag | 0x10, size.width, size.height), chunk(kind, content), chunks].concat())
}
