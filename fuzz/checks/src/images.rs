//! Small images in every input format, built with the helpers of the pipeline's tests.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use image::{ImageBuffer, Luma, LumaA, Rgb};
use turbojpeg::{Compressor, Image, PixelFormat, Subsamp};

#[path = "../../../shared/pixels/tests/support/mod.rs"]
mod support;

use support::avif::{ALPHA, Avif, Coded, Item, Movie, Track, boxed, clap};
use support::bmp::Bmp;
use support::tiff::{BYTE, LONG, SHORT, Tiff};
use support::{disc, exif, gradient, make, with_exif};

const WIDTH: u32 = 24;
const HEIGHT: u32 = 17;

pub(crate) fn jpeg() -> Vec<Vec<u8>> {
    let picture = gradient(WIDTH, HEIGHT);
    let plain = support::jpeg(&picture);
    let with = |subsamp, is_progressive| {
        let mut compressor = Compressor::new().expect("memory");
        compressor.set_subsamp(subsamp).expect("a sampling");
        compressor.set_progressive(is_progressive).expect("a process");
        let (width, height) = (WIDTH as usize, HEIGHT as usize);
        let pixels = picture.as_raw().as_slice();
        let image = Image { pixels, width, pitch: width * 3, height, format: PixelFormat::RGB };
        compressor.compress_to_vec(image).expect("a picture")
    };
    let inks: Vec<u8> = (0..16 * 16 * 4).map(|at| (at * 7) as u8).collect();
    vec![
        with_exif(&plain, 6),
        with(Subsamp::Sub2x2, false),
        with(Subsamp::Sub2x1, true),
        with(Subsamp::Gray, true),
        support::compress(16, 16, &inks, PixelFormat::CMYK, Subsamp::None),
        plain,
    ]
}

pub(crate) fn png() -> Vec<Vec<u8>> {
    let deep = ImageBuffer::from_fn(9, 7, |x, y| Rgb([(x * 7000) as u16, (y * 9000) as u16, 77]));
    let gray = ImageBuffer::from_fn(9, 7, |x, y| LumaA([(x * 28) as u8, (y * 36) as u8]));
    let plain = support::png(gradient(WIDTH, HEIGHT));
    let orientation = exif(5);
    // After the header, which ends at byte 33.
    let gamma = [&plain[..33], &chunk(b"gAMA", &45_455u32.to_be_bytes()), &plain[33..]].concat();
    let turned = [&plain[..33], &chunk(b"eXIf", &orientation), &plain[33..]].concat();
    let profile = [&b"x\0\0"[..], &deflated(&[0; 200])].concat();
    let profiled = [&plain[..33], &chunk(b"iCCP", &profile), &plain[33..]].concat();
    vec![
        support::png(disc(16)),
        support::png(deep),
        support::png(gray),
        make(&support::png(disc(12)), "/w_auto/png").expect("a picture").bytes,
        palette(png::BitDepth::Eight, &[0, 1, 2, 1, 0, 2]),
        palette(png::BitDepth::Two, &[0b0001_1000, 0b0010_0100]),
        gamma,
        turned,
        profiled,
        plain,
    ]
}

/// An image of three columns and two rows in three colours, one of them transparent.
fn palette(depth: png::BitDepth, rows: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 3, 2);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(depth);
    encoder.set_palette(vec![255, 0, 0, 0, 255, 0, 0, 0, 255]);
    encoder.set_trns(vec![255, 0]);
    let mut writer = encoder.write_header().expect("memory");
    writer.write_image_data(rows).expect("memory");
    writer.finish().expect("memory");
    bytes
}

/// A chunk with its checksum.
fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let body = [name, content].concat();
    let length = u32::try_from(content.len()).expect("a small one").to_be_bytes();
    [&length[..], &body, &crc32fast::hash(&body).to_be_bytes()].concat()
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

pub(crate) fn gif() -> Vec<Vec<u8>> {
    vec![support::gif(gradient(9, 7)), support::gif(disc(12)), moving()]
}

/// Three frames: one of the whole canvas, one of a part of it with a transparent colour, and one that is then restored.
fn moving() -> Vec<u8> {
    let mut bytes = Vec::new();
    let palette = [0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0, 255];
    let mut encoder = gif::Encoder::new(&mut bytes, 12, 10, &palette).expect("memory");
    encoder.set_repeat(gif::Repeat::Finite(3)).expect("memory");
    for (index, (side, dispose)) in
        [(10, gif::DisposalMethod::Keep), (6, gif::DisposalMethod::Background), (5, gif::DisposalMethod::Previous)]
            .into_iter()
            .enumerate()
    {
        let index = index as u16;
        let buffer: Vec<u8> = (0..side * side).map(|at| (at % (3 + index)) as u8 % 4).collect();
        let frame = gif::Frame {
            left: index,
            top: index,
            width: side,
            height: side,
            buffer: buffer.into(),
            delay: 7 * index,
            dispose,
            transparent: (index == 1).then_some(2),
            ..gif::Frame::default()
        };
        encoder.write_frame(&frame).expect("memory");
    }
    drop(encoder);
    bytes
}

pub(crate) fn webp() -> Vec<Vec<u8>> {
    let of = |picture: &[u8], path: &str| make(picture, path).expect("a picture").bytes;
    let transparent = support::png(disc(16));
    vec![
        support::webp(gradient(WIDTH, HEIGHT)),
        support::webp(disc(16)),
        of(&transparent, "/w_auto/q_100/webp"),
        of(&moving(), "/w_auto/webp"),
        of(&moving(), "/w_auto/q_100/webp"),
    ]
}

pub(crate) fn avif() -> Vec<Vec<u8>> {
    let gray = ImageBuffer::from_fn(9, 7, |x, y| Luma([(x * 28 + y) as u8]));
    let coded = Coded::new(gradient(WIDTH, HEIGHT));
    let shown = coded.item(1).with(true, clap(10, 9, 1, -1)).with(true, boxed(b"irot", &[&[1]]));
    let tile = Coded::new(gradient(64, 64));
    let grid = Avif::new(&[Item::grid(1, (2, 1), (128, 64)), tile.item(2), tile.item(3), tile.alpha(4), tile.alpha(5)]);
    let grid = grid.refer(b"dimg", 1, &[3, 2]).refer(b"auxl", 4, &[2]).refer(b"auxl", 5, &[3]);
    let alpha = Track { auxiliary: Some((1, Some(ALPHA))), ..Track::new(std::slice::from_ref(&coded)) };
    let tracks = vec![Track::new(&[coded.clone(), coded.clone()]), alpha];
    vec![
        support::avif(gradient(WIDTH, HEIGHT)),
        support::avif(disc(16)),
        support::avif(gray),
        Avif::new(&[shown]).file(),
        grid.file(),
        Avif { movie: Some(Movie { tracks }), ..Avif::new(&[coded.item(1)]) }.file(),
    ]
}

pub(crate) fn tiff() -> Vec<Vec<u8>> {
    let picture = gradient(WIDTH, HEIGHT);
    let (width, height) = (u64::from(WIDTH), u64::from(HEIGHT));
    let plain = || Tiff::new(width, height, 2, 8, 3, picture.as_raw());
    let row = picture.as_raw().len() / HEIGHT as usize;
    let strips = |pack: &dyn Fn(&[u8]) -> Vec<u8>| picture.as_raw().chunks(row * 5).map(pack).collect::<Vec<_>>();
    let deep: Vec<u8> = (0..8 * 6u16).flat_map(|at| (at * 1300).to_be_bytes()).collect();
    let jpeg = support::compress(WIDTH, HEIGHT, picture.as_raw(), PixelFormat::RGB, Subsamp::None);
    let tile: Vec<u8> = (0..16 * 16 * 3).map(|at| (at % 251) as u8).collect();
    vec![
        plain().tag(274, SHORT, &[8]).file(),
        plain().stored(false, true).file(),
        plain().tag(259, SHORT, &[8]).tag(317, SHORT, &[2]).strips(5, strips(&deflated)).file(),
        plain().tag(259, SHORT, &[32_773]).strips(5, strips(&runs)).file(),
        plain().tag(259, SHORT, &[7]).tag(262, SHORT, &[6]).strips(height, vec![jpeg]).file(),
        plain().tiles(16, 16, vec![tile; 4]).file(),
        Tiff::new(8, 6, 1, 16, 1, &deep).stored(false, false).file(),
        Tiff::new(8, 6, 5, 8, 4, &[90; 8 * 6 * 4]).bytes_tag(34_675, &[0; 140]).file(),
        Tiff::new(8, 6, 3, 8, 1, &[1; 8 * 6]).tag(320, SHORT, &[300; 768]).file(),
        Tiff::new(16, 2, 0, 1, 1, &[0xaa; 4]).tag(338, BYTE, &[1]).tag(279, LONG, &[4]).file(),
    ]
}

/// PackBits without compression.
fn runs(bytes: &[u8]) -> Vec<u8> {
    bytes.chunks(100).flat_map(|run| [&[run.len() as u8 - 1], run].concat()).collect()
}

pub(crate) fn bmp() -> Vec<Vec<u8>> {
    let palette: Vec<u8> = (0..=255).flat_map(|level: u8| [level, 255 - level, 40, 0]).collect();
    let short = palette[..16 * 4].to_vec();
    let indexed = Bmp { palette: short.clone(), ..Bmp::new(7, 3, 8, vec![vec![0, 1, 2, 3, 4, 5, 15]; 3]) };
    let nibbles = Bmp { palette: short.clone(), ..Bmp::new(7, 3, 4, vec![vec![0x01, 0x23, 0x45, 0xf0]; 3]) };
    // Two rows of a run and a literal part, and the end.
    let runs = vec![4, 7, 0, 3, 1, 2, 3, 0, 0, 0, 7, 9, 0, 0, 0, 1];
    let packed = Bmp { palette: short.clone(), compression: 1, data: runs, ..Bmp::new(7, 2, 8, Vec::new()) };
    let runs = vec![7, 0x12, 0, 0, 3, 0x45, 0, 2, 2, 0, 0, 1];
    let packed_nibbles = Bmp { palette: short, compression: 2, data: runs, ..Bmp::new(7, 2, 4, Vec::new()) };
    let masks = Some([0xff00_0000, 0x00ff_0000, 0x0000_ff00, 0x0000_00ff]);
    let fields = Bmp { compression: 3, masks, ..Bmp::new(4, 2, 32, vec![(0..16).collect(); 2]) };
    let masks = Some([0xf800, 0x07e0, 0x001f, 0]);
    let small_fields = Bmp { compression: 3, masks, ..Bmp::new(4, 2, 16, vec![(40..48).collect(); 2]) };
    let downwards = Bmp { height: -2, ..Bmp::new(4, 2, 24, vec![(0..12).collect(); 2]) };
    let by_hand = [indexed, nibbles, packed, packed_nibbles, fields, small_fields, downwards];
    by_hand.iter().map(Bmp::file).chain([support::bmp(&gradient(WIDTH, HEIGHT))]).collect()
}
