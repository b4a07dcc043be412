//! GIF.

use super::Must::{Either, RefuseFrames, Show};
use super::{BROKEN, Bomb, TOO_LARGE, bomb};

pub(super) fn bombs() -> Vec<Bomb> {
    let frames = |count: usize, width, height| {
        let body: Vec<u8> = (0..count).flat_map(|_| frame(width, height)).collect();
        [&screen(width, height)[..], &body, b"\x3b"].concat()
    };
    let comments: Vec<u8> = (0..40_000).flat_map(|_| [&b"\x21\xfe\xff"[..], &[b'x'; 255], &[0]].concat()).collect();
    vec![
        bomb("gif-of-four-gigapixels", frames(1, 65_535, 65_535), TOO_LARGE),
        bomb(
            "gif-with-a-frame-beyond-its-screen",
            [&screen(1, 1)[..], &frame(65_535, 65_535), b"\x3b"].concat(),
            TOO_LARGE,
        ),
        bomb("gif-of-100000-frames", frames(100_000, 1, 1), RefuseFrames),
        bomb("gif-of-200-large-frames", frames(200, 4000, 4000), RefuseFrames),
        bomb(
            "gif-with-ten-megabytes-of-comments",
            [&screen(1, 1)[..], &comments, &frame(1, 1), b"\x3b"].concat(),
            Show,
        ),
        bomb("gif-without-its-pixels", frames(1, 4000, 4000), Either),
        bomb("gif-with-codes-that-nobody-defined", wild_codes(), Either),
        bomb("gif-of-a-header", screen(10, 10), BROKEN),
        bomb("gif-of-nothing", frames(1, 0, 0), BROKEN),
    ]
}

/// Returns a header and a logical screen with two colours.
fn screen(width: u16, height: u16) -> Vec<u8> {
    [b"GIF89a", &width.to_le_bytes()[..], &height.to_le_bytes(), b"\x80\0\0\0\0\0\xff\xff\xff"].concat()
}

/// Returns a frame with one pixel, whatever its size.
fn frame(width: u16, height: u16) -> Vec<u8> {
    [b"\x2c\0\0\0\0", &width.to_le_bytes()[..], &height.to_le_bytes(), b"\0\x02\x02\x44\x01\0"].concat()
}

fn wild_codes() -> Vec<u8> {
    let head = [b"\x2c\0\0\0\0", &4000u16.to_le_bytes()[..], &4000u16.to_le_bytes(), b"\0\x08"].concat();
    let blocks: Vec<u8> = (0..4000u32)
        .flat_map(|block| {
            let data = (0..255u32).map(|at| (block.wrapping_mul(31) ^ at.wrapping_mul(113)) as u8);
            std::iter::once(255).chain(data).collect::<Vec<_>>()
        })
        .collect();
    [&screen(4000, 4000)[..], &head, &blocks, b"\0\x3b"].concat()
}
