//! ICC profiles built by hand, and embedded in images.

use std::io::Write as _;

use image::{DynamicImage, RgbImage};

use super::tiff::Tiff;
use super::{jpeg, png, webp};

pub(crate) type Tag<'a> = (&'a [u8; 4], &'a [u8]);

/// A profile of version 2.4 for a display. Tags with the same bytes in memory share them. `space` and `connection` are
/// signatures such as `RGB ` and `XYZ `.
pub(crate) fn profile(space: &[u8; 4], connection: &[u8; 4], tags: &[Tag]) -> Vec<u8> {
    let (mut table, mut content, mut places) = (Vec::new(), Vec::new(), Vec::<(&[u8], usize)>::new());
    for (name, bytes) in tags {
        let known = places.iter().find(|(known, _)| std::ptr::eq(*known, *bytes)).map(|(_, place)| *place);
        let place = known.unwrap_or(132 + 12 * tags.len() + content.len());
        if known.is_none() {
            places.push((bytes, place));
            content.extend(*bytes);
            content.resize(content.len().next_multiple_of(4), 0);
        }
        table.extend(*name);
        table.extend(u32::try_from(place).unwrap().to_be_bytes());
        table.extend(u32::try_from(bytes.len()).unwrap().to_be_bytes());
    }
    let mut header = [0; 128];
    header[8] = 2;
    header[9] = 0x40;
    header[12..16].copy_from_slice(b"mntr");
    header[16..20].copy_from_slice(space);
    header[20..24].copy_from_slice(connection);
    header[36..40].copy_from_slice(b"acsp");
    let count = u32::try_from(tags.len()).unwrap().to_be_bytes();
    let mut profile = [&header[..], &count, &table, &content].concat();
    let size = u32::try_from(profile.len()).unwrap().to_be_bytes();
    profile[..4].copy_from_slice(&size);
    profile
}

/// A table (`lut8Type`) from `inputs` channels to XYZ with `side` points each, all zero but the last one: everything
/// but white is black.
pub(crate) fn table(inputs: usize, side: usize) -> Vec<u8> {
    let mut points = vec![0; side.pow(inputs as u32) * 3];
    let last = points.len() - 3;
    // D50 in the encoding of XYZ, in which 1.0 is 128.
    points[last..].copy_from_slice(&[123, 128, 106]);
    lut8(inputs, side, &points)
}

/// A `lut8Type` with these points and straight curves.
pub(crate) fn lut8(inputs: usize, side: usize, points: &[u8]) -> Vec<u8> {
    let mut tag = b"mft1\0\0\0\0".to_vec();
    tag.extend([inputs as u8, 3, side as u8, 0]);
    for at in 0..9 {
        tag.extend(if at % 4 == 0 { 65536u32 } else { 0 }.to_be_bytes());
    }
    (0..inputs).for_each(|_| tag.extend(0..=255));
    tag.extend(points);
    (0..3).for_each(|_| tag.extend(0..=255));
    tag
}

/// A text (`multiLocalizedUnicodeType`) whose `records` are all the same `bytes` bytes.
pub(crate) fn text(records: u32, bytes: u32) -> Vec<u8> {
    let mut tag = b"mluc\0\0\0\0".to_vec();
    tag.extend(records.to_be_bytes());
    tag.extend(12u32.to_be_bytes());
    for _ in 0..records {
        tag.extend(b"enUS");
        tag.extend(bytes.to_be_bytes());
        tag.extend((16 + 12 * records).to_be_bytes());
    }
    tag.extend(vec![b'N'; bytes as usize]);
    tag
}

/// A JPEG with these parts of a profile: number, count, content.
pub(crate) fn with_parts(jpeg: &[u8], parts: &[(u8, u8, &[u8])]) -> Vec<u8> {
    let part = |(number, count, bytes): &(u8, u8, &[u8])| {
        let content = [b"ICC_PROFILE\0", &[*number, *count][..], bytes].concat();
        let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
        [&[0xff, 0xe2], &length[..], &content].concat()
    };
    let parts: Vec<u8> = parts.iter().flat_map(part).collect();
    [&jpeg[..2], &parts, &jpeg[2..]].concat()
}

/// A JPEG with a profile in parts of at most 65,519 bytes.
pub(crate) fn in_jpeg(jpeg: &[u8], profile: &[u8]) -> Vec<u8> {
    let count = profile.len().div_ceil(65519) as u8;
    let parts: Vec<_> = (1..).zip(profile.chunks(65519)).map(|(number, part)| (number, count, part)).collect();
    with_parts(jpeg, &parts)
}

pub(crate) fn jpeg_with(profile: &[u8], image: &RgbImage) -> Vec<u8> {
    in_jpeg(&jpeg(image), profile)
}

pub(crate) fn png_with(profile: &[u8], image: impl Into<DynamicImage>) -> Vec<u8> {
    let mut deflated = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    deflated.write_all(profile).unwrap();
    with_chunk(&png(image), b"iCCP", &[b"name\0\0", &deflated.finish().unwrap()[..]].concat())
}

/// Adds a chunk to a PNG, after its header.
pub(crate) fn with_chunk(png: &[u8], name: &[u8], content: &[u8]) -> Vec<u8> {
    let named = [name, content].concat();
    let mut crc = flate2::Crc::new();
    crc.update(&named);
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&png[..33], &length, &named, &crc.sum().to_be_bytes(), &png[33..]].concat()
}

pub(crate) fn tiff_with(profile: &[u8], image: &RgbImage) -> Vec<u8> {
    let (width, height) = (image.width().into(), image.height().into());
    Tiff::new(width, height, 2, 8, 3, image.as_raw()).bytes_tag(34675, profile).file()
}

pub(crate) fn webp_with(profile: &[u8], image: &RgbImage) -> Vec<u8> {
    let plain = webp(image.clone());
    let chunk = |name: &[u8], content: &[u8]| {
        let length = u32::try_from(content.len()).unwrap().to_le_bytes();
        [name, &length, content, &vec![0; content.len() % 2]].concat()
    };
    let size = |side: u32| (side - 1).to_le_bytes()[..3].to_vec();
    let header = [&[0x20, 0, 0, 0], &size(image.width())[..], &size(image.height())].concat();
    let body = [b"WEBP", &chunk(b"VP8X", &header)[..], &chunk(b"ICCP", profile), &plain[12..]].concat();
    [b"RIFF", &u32::try_from(body.len()).unwrap().to_le_bytes()[..], &body].concat()
}
