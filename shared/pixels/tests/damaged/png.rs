//! PNG files with faults around their pixels, and truncated files.

use super::*;
use crate::support::png;

/// As `coded`, with a chunk size, so that files end within pixels and after them.
pub(crate) fn chunked(image: &DynamicImage, chunk: usize) -> Vec<u8> {
    let whole = png(image.clone());
    let mut made = whole[..33].to_vec();
    let mut data = Vec::new();
    let mut rest = &whole[33..];
    while rest.len() > 12 {
        let length = u32::from_be_bytes(*rest.first_chunk().unwrap()) as usize;
        if &rest[4..8] == b"IDAT" {
            data.extend(&rest[8..8 + length]);
        }
        rest = &rest[12 + length..];
    }
    data.chunks(chunk).for_each(|part| made.extend(chunk_of(b"IDAT", part)));
    made.extend(chunk_of(b"IEND", &[]));
    made
}

pub(crate) fn chunk_of(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let named = [name.as_slice(), content].concat();
    let mut crc = flate2::Crc::new();
    crc.update(&named);
    [&u32::try_from(content.len()).unwrap().to_be_bytes(), named.as_slice(), &crc.sum().to_be_bytes()].concat()
}

pub(crate) fn noise(has_alpha: bool) -> DynamicImage {
    let picture = photo(150, 120);
    if !has_alpha {
        return picture.into();
    }
    RgbaImage::from_fn(150, 120, |x, y| {
        let image::Rgb([red, green, blue]) = *picture.get_pixel(x, y);
        Rgba([red, green, blue, 100 + (x % 100) as u8])
    })
    .into()
}

#[test]
fn a_png_with_all_its_pixels() {
    for (has_alpha, chunk) in [(false, 1 << 20), (true, 2000)] {
        let source = chunked(&noise(has_alpha), chunk);
        let end = source.len() - 12;
        let like = |bytes: &[u8], name: &str| whole(bytes, &source, 0, name);
        like(&source[..end], "no IEND");
        like(&source[..end - 2], "no IEND and half a checksum");
        like(&source[..end - 7], "no IEND and half of zlib's checksum");
        like(&[&source[..end], &[0; 100]].concat(), "zeros for IEND");
        like(&[&source[..], b"more"].concat(), "more behind IEND");
        let flipped = |at: usize| {
            let mut bytes = source.clone();
            bytes[at] ^= 0x55;
            bytes
        };
        like(&flipped(source.len() - 1), "checksum of IEND");
        like(&flipped(end - 1), "checksum of the last IDAT");
        like(&flipped(33 + 8 + chunk.min(end - 33 - 12)), "checksum of the first IDAT");
        let text = with(&source, 33, &chunk_of(b"tEXt", b"Title\0x"));
        let mut text_checksum = text.clone();
        text_checksum[33 + 8 + 7] ^= 1;
        like(&text_checksum, "checksum of a text");
    }
    // Only zlib's checksum is wrong.
    let source = chunked(&noise(false), 1 << 20);
    let mut data = source[41..source.len() - 16].to_vec();
    *data.last_mut().unwrap() ^= 1;
    let adler = [&source[..33], &chunk_of(b"IDAT", &data), &chunk_of(b"IEND", &[])].concat();
    whole(&adler, &source, 0, "zlib's checksum");
}

/// A bit of the pixels is changed, and no checksum matches.
#[test]
fn a_damaged_png_is_refused_whatever_is_asked() {
    let source = chunked(&noise(false), 1 << 20);
    for at in (60..source.len() - 24).step_by(997) {
        let mut bytes = source.clone();
        bytes[at] ^= 0x10;
        assert_eq!(verdict(&bytes, &format!("bit at {at}")), None);
    }
}

#[test]
fn a_png_that_ends_early() {
    for has_alpha in [false, true] {
        let picture = noise(has_alpha);
        let source = chunked(&picture, 3000);
        let cut = &source[..source.len() * 8 / 10];
        assert_eq!(verdict(cut, "most"), Some(true));
        assert_eq!(verdict(&source[..source.len() / 5], "less"), None);
        let seen = shown(cut);
        let missing = Rgba(if has_alpha { [0; 4] } else { [128, 128, 128, 255] });
        assert_eq!(*seen.get_pixel(70, 119), missing);
        let expected = picture.into_rgba8();
        assert!((0..60).all(|y| seen.get_pixel(70, y) == expected.get_pixel(70, y)));
        for percent in (5..100).step_by(6) {
            verdict(&source[..source.len() * percent / 100], &format!("{percent} %"));
        }
    }
}

/// Adam7: the passes after the first one only refine the image.
#[test]
fn an_interlaced_png_that_ends_early() {
    let picture = photo(150, 120);
    let source = interlaced(&picture);
    assert_eq!(shown(&source), DynamicImage::from(picture.clone()).into_rgba8());
    let end = source.len() - 12;
    whole(&source[..end], &source, 0, "no IEND");
    let cut = &source[..source.len() / 2];
    assert_eq!(verdict(cut, "half"), Some(true));
    let seen = shown(cut);
    let expected = DynamicImage::from(picture).into_rgba8();
    // Each place shows a pixel of its block.
    for (x, y) in [(0, 0), (75, 60), (149, 119)] {
        let near = expected.get_pixel(x / 4 * 4, y / 4 * 4);
        assert!(seen.get_pixel(x, y).0.iter().zip(near.0).all(|(a, b)| a.abs_diff(b) < 60), "{x} {y}");
    }
    assert_eq!(verdict(&source[..60], "little"), None);
    for percent in (1..100).step_by(6) {
        verdict(&source[..source.len() * percent / 100], &format!("{percent} %"));
    }
}

pub(crate) fn interlaced(picture: &RgbImage) -> Vec<u8> {
    use std::io::Write as _;
    let passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
    let mut rows = Vec::new();
    for (left, top, across, down) in passes {
        for y in (top..picture.height()).step_by(down) {
            rows.push(0);
            (left..picture.width()).step_by(across).for_each(|x| rows.extend(picture.get_pixel(x, y).0));
        }
    }
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    zlib.write_all(&rows).unwrap();
    let (width, height) = (picture.width().to_be_bytes(), picture.height().to_be_bytes());
    let head = [&width[..], &height, &[8, 2, 0, 0, 1]].concat();
    let data = zlib.finish().unwrap();
    [b"\x89PNG\r\n\x1a\n", &chunk_of(b"IHDR", &head)[..], &chunk_of(b"IDAT", &data), &chunk_of(b"IEND", &[])].concat()
}
