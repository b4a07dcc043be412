//! Files that are not in order: what is whole is shown, what ends early by the setting, and never by the parameters.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use image::{DynamicImage, RgbImage, Rgba, RgbaImage};
use pixels::{Error, Picture, render};
use shared::{Config, Format, Output, Truncated, Variant, query};
use support::{compress, decode, difference, gradient, png, with_exif};
use turbojpeg::{Compressor, Image, PixelFormat, Subsamp};

/// Each goes another way through decoders and pipeline.
const ASKED: [(&str, Format); 10] = [
    ("", Format::Png),
    ("w=20", Format::Png),
    ("w=20", Format::WebP),
    ("", Format::Jpeg),
    ("w=90", Format::Jpeg),
    ("w=90&h=10&g=n", Format::WebP),
    ("w=60&h=60&g=smart", Format::Png),
    ("w=40&rot=90&blur=1", Format::Gif),
    ("", Format::Json),
    ("w=50", Format::ThumbHash),
];

fn ask(source: &[u8], words: &str, format: Format, truncated: Truncated) -> Result<Picture, Error> {
    let variant = Variant::new(query::parse(words).unwrap().options, Output::Format(format));
    render(source, &variant, &Config { truncated, ..Config::default() }, &mut |_| {})
}

fn shown(source: &[u8]) -> RgbaImage {
    decode(&ask(source, "", Format::Png, Truncated::Show).unwrap())
}

/// Whether it is shown, and whether as a truncated picture: the same for all that can be asked. Refused are truncated files
/// by the setting.
fn verdict(source: &[u8], name: &str) -> Option<bool> {
    let answers = ASKED.map(|(words, format)| {
        let shown = ask(source, words, format, Truncated::Show);
        let refused = ask(source, words, format, Truncated::Refuse);
        let is_truncated = match shown {
            Ok(picture) => Some(picture.is_truncated),
            Err(Error::Broken { .. }) => None,
            Err(error) => panic!("{name} {words} {format}: {error}"),
        };
        match refused {
            Ok(_) => assert_eq!(is_truncated, Some(false), "{name} {words} {format}"),
            Err(Error::Broken { .. }) => assert_ne!(is_truncated, Some(false), "{name} {words} {format}"),
            Err(error) => panic!("{name} {words} {format}: {error}"),
        }
        is_truncated
    });
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{name}: {answers:?}");
    answers[0]
}

fn whole(source: &[u8], like: &[u8], most: u8, name: &str) {
    assert_eq!(verdict(source, name), Some(false), "{name}");
    let found = difference(&shown(source), &shown(like));
    assert!(found <= most, "{name}: {found}");
}

/// Something in each row and column.
fn photo(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let wave =
            |speed: f64| (120.0 + 60.0 * (f64::from(x) / 9.0 * speed).sin() + 50.0 * (f64::from(y) / 7.0).cos()) as u8;
        image::Rgb([wave(1.0), wave(1.3), 255 - wave(0.7)])
    })
}

fn jpeg(is_progressive: bool) -> Vec<u8> {
    coded(|compressor| compressor.set_progressive(is_progressive).unwrap(), Subsamp::Sub2x2)
}

fn coded(set: impl FnOnce(&mut Compressor), sampling: Subsamp) -> Vec<u8> {
    let picture = photo(200, 160);
    let mut compressor = Compressor::new().unwrap();
    compressor.set_quality(85).unwrap();
    compressor.set_subsamp(sampling).unwrap();
    set(&mut compressor);
    let image =
        Image { pixels: picture.as_raw().as_slice(), width: 200, pitch: 600, height: 160, format: PixelFormat::RGB };
    compressor.compress_to_vec(image).unwrap()
}

fn find(bytes: &[u8], code: u8) -> usize {
    bytes.windows(2).position(|pair| pair == [0xff, code]).unwrap()
}

fn with(bytes: &[u8], at: usize, more: &[u8]) -> Vec<u8> {
    [&bytes[..at], more, &bytes[at..]].concat()
}

#[test]
fn a_jpeg_with_all_its_pixels() {
    const EOI: [u8; 2] = [0xff, 0xd9];
    for is_progressive in [false, true] {
        let source = jpeg(is_progressive);
        let body = &source[..source.len() - 2];
        for (name, end) in [
            ("no end", &[][..]),
            ("zeros", &[0; 100]),
            ("zeros before the end", &[&[0; 100][..], &EOI].concat()),
            ("junk before the end", &[b"junk".as_slice(), &EOI].concat()),
            ("another picture before the end", &[source.as_slice(), &EOI].concat()),
            ("text behind the end", &[EOI.as_slice(), b"text"].concat()),
        ] {
            whole(&[body, end].concat(), &source, 8, name);
        }
        let between = with(&source, find(&source, 0xdb), &[1, 2, 3]);
        whole(&between, &source, 8, "bytes between segments");
        let mut version = source.clone();
        version[11] = 2;
        whole(&version, &source, 8, "version of JFIF");
        let adobe = [&[0xff, 0xee, 0, 14][..], b"Adobe", &[0, 100, 0, 0, 0, 0, 2]].concat();
        let transform = with(&[&source[..2], &source[20..]].concat(), 2, &adobe);
        whole(&transform, &source, 8, "transform");
    }
    let source = jpeg(false);
    let mut selection = source.clone();
    let scan = find(&source, 0xda);
    selection[scan + 2 + usize::from(source[scan + 3]) - 2] = 0;
    whole(&selection, &source, 8, "spectral selection");
}

/// Bytes between segments do not hide what comes behind them.
#[test]
fn exif_behind_extraneous_bytes() {
    let source = with_exif(&jpeg(false), 6);
    let comment = [0xff, 0xfe, 0, 2];
    let between = with(&source, 2, &[&comment[..], &[0, 1, 2]].concat());
    let made = ask(&between, "w=90", Format::Png, Truncated::Show).unwrap();
    assert_eq!(made.size.to_string(), "90x113");
}

#[test]
fn a_jpeg_that_ends_early() {
    for (name, source) in [("baseline", jpeg(false)), ("progressive", jpeg(true))] {
        let data = find(&source, 0xda) + 14;
        let at = |percent: usize| data + (source.len() - data) * percent / 100;
        assert_eq!(verdict(&source[..at(80)], name), Some(true), "{name}");
        assert_eq!(verdict(&source[..at(3)], name), None, "{name}");
        // As a download leaves it that had room set aside.
        let padded = [&source[..at(80)], &[0; 5000]].concat();
        assert_eq!(verdict(&padded, name), Some(true), "{name}");
        let (before, after) = (shown(&source), shown(&source[..at(80)]));
        let rows =
            |picture: &RgbaImage, from, height| image::imageops::crop_imm(picture, 0, from, 200, height).to_image();
        if name == "baseline" {
            assert!(difference(&rows(&before, 0, 90), &rows(&after, 0, 90)) <= 8);
            assert!(rows(&after, 158, 2).pixels().all(|pixel| *pixel == Rgba([128, 128, 128, 255])));
        }
    }
    // By the percent, so that each row and scan is cut.
    for is_progressive in [false, true] {
        let source = jpeg(is_progressive);
        for percent in (2..100).step_by(7) {
            verdict(&source[..source.len() * percent / 100], &format!("{percent} % of progressive {is_progressive}"));
        }
    }
}

/// The bytes of a truncated file are no whole picture, so they are not passed on.
#[test]
fn a_truncated_file_is_encoded_anew() {
    let source = jpeg(false);
    let cut = &source[..source.len() - 600];
    let made = ask(cut, "", Format::Jpeg, Truncated::Show).unwrap();
    assert!(made.is_truncated && made.bytes.ends_with(&[0xff, 0xd9]));
}

#[test]
fn a_jpeg_that_is_damaged_in_the_middle() {
    let source = jpeg(false);
    let data = find(&source, 0xda) + 14;
    let ended = [&source[..data + (source.len() - data) * 8 / 10], &[0xff, 0xd9]].concat();
    assert_eq!(verdict(&ended, "short"), None);
    // What only makes a progressive picture finer may be wrong.
    let source = jpeg(true);
    let ended = [&source[..source.len() - 50], &[0xff, 0xd9]].concat();
    assert_eq!(verdict(&ended, "short scan of detail"), Some(false));
}

#[test]
fn unsupported_is_not_broken() {
    let source = jpeg(false);
    let frame = find(&source, 0xc0);
    let changed = |at: usize, value: u8| {
        let mut bytes = source.clone();
        bytes[frame + at] = value;
        bytes
    };
    let mut no_height = source.clone();
    no_height[frame + 5..frame + 7].fill(0);
    for (bytes, feature) in [
        (changed(4, 12), "12 bits per sample"),
        (no_height, "its height behind its pixels (DNL)"),
        (changed(1, 0xc5), "hierarchical coding"),
        (changed(1, 0xcb), "lossless arithmetic coding"),
        (changed(1, 0xf7), "JPEG-LS coding"),
        (with(&source, frame, &[0xff, 0xde, 0, 11, 8, 0, 160, 0, 200, 1, 1, 0x11, 0]), "hierarchical coding"),
    ] {
        for (words, format) in ASKED {
            let error = ask(&bytes, words, format, Truncated::Show).unwrap_err();
            let expected = Error::Unsupported { kind: "JPEG", feature: feature.into() };
            assert_eq!(error, expected, "{words} {format}");
        }
    }
}

#[test]
fn lossless_gray() {
    let pixels: Vec<u8> = (0..100 * 80).map(|index| (index % 100 + index / 100) as u8).collect();
    let mut compressor = Compressor::new().unwrap();
    compressor.set_lossless(true).unwrap();
    compressor.set_subsamp(Subsamp::Gray).unwrap();
    let image = Image { pixels: pixels.as_slice(), width: 100, pitch: 100, height: 80, format: PixelFormat::GRAY };
    let source = compressor.compress_to_vec(image).unwrap();
    assert_eq!(source[find(&source, 0xc3) + 9], 1);
    assert_eq!(verdict(&source, "lossless"), Some(false));
    let expected: Vec<u8> = pixels.iter().flat_map(|level| [*level, *level, *level, 255]).collect();
    assert_eq!(shown(&source).into_raw(), expected);
    // No browser reads it.
    let made = ask(&source, "", Format::Jpeg, Truncated::Show).unwrap();
    assert!(!made.bytes.windows(2).any(|pair| pair == [0xff, 0xc3]));
}

/// No browser reads it, so its bytes are not passed on, however few they are.
#[test]
fn arithmetic_coding_is_never_passed_on() {
    for is_progressive in [false, true] {
        let source = coded(
            |compressor| {
                compressor.set_quality(5).unwrap();
                compressor.set_arithmetic(true).unwrap();
                compressor.set_progressive(is_progressive).unwrap();
            },
            Subsamp::Sub2x2,
        );
        assert!(turbojpeg::read_header(&source).unwrap().is_arithmetic);
        let made = ask(&source, "", Format::Jpeg, Truncated::Show).unwrap();
        assert!(!turbojpeg::read_header(&made.bytes).unwrap().is_arithmetic);
        assert!(made.bytes.len() > source.len());
    }
}

/// As `coded`, with its own size of chunks, so that some are cut in pixels and some behind them.
fn chunked(image: &DynamicImage, chunk: usize) -> Vec<u8> {
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

fn chunk_of(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let named = [name.as_slice(), content].concat();
    let mut crc = flate2::Crc::new();
    crc.update(&named);
    [&u32::try_from(content.len()).unwrap().to_be_bytes(), named.as_slice(), &crc.sum().to_be_bytes()].concat()
}

fn noise(has_alpha: bool) -> DynamicImage {
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
    // zlib's checksum alone.
    let source = chunked(&noise(false), 1 << 20);
    let mut data = source[41..source.len() - 16].to_vec();
    *data.last_mut().unwrap() ^= 1;
    let adler = [&source[..33], &chunk_of(b"IDAT", &data), &chunk_of(b"IEND", &[])].concat();
    whole(&adler, &source, 0, "zlib's checksum");
}

/// A bit of the pixels is another, and no checksum is right.
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

/// Adam7: the passes behind the first one only make it finer.
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

fn interlaced(picture: &RgbImage) -> Vec<u8> {
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

fn webp(has_alpha: bool, format: &str) -> Vec<u8> {
    let picture = noise(has_alpha);
    ask(&png(picture), format, Format::WebP, Truncated::Show).unwrap().bytes
}

/// The same with a chunk of metadata behind the picture.
fn with_metadata(webp: &[u8]) -> Vec<u8> {
    let extended = [&[0x04, 0, 0, 0][..], &149u32.to_le_bytes()[..3], &119u32.to_le_bytes()[..3]].concat();
    let chunk = |name: &[u8; 4], content: &[u8]| {
        [name, &u32::try_from(content.len()).unwrap().to_le_bytes()[..], content].concat()
    };
    let chunks = [chunk(b"VP8X", &extended), webp[12..].to_vec(), chunk(b"XMP ", &[b' '; 40])].concat();
    riff(&chunks)
}

fn riff(chunks: &[u8]) -> Vec<u8> {
    let size = u32::try_from(chunks.len() + 4).unwrap().to_le_bytes();
    [b"RIFF", &size[..], b"WEBP", chunks].concat()
}

fn announce(webp: &[u8], more: i64) -> Vec<u8> {
    let size = (i64::from(u32::from_le_bytes(*webp[4..].first_chunk().unwrap())) + more).max(0);
    [b"RIFF", &u32::try_from(size).unwrap().to_le_bytes()[..], &webp[8..]].concat()
}

#[test]
fn a_webp_with_all_its_pixels() {
    let plain = webp(false, "");
    for source in [plain.clone(), webp(true, ""), with_metadata(&plain)] {
        let like = |bytes: &[u8], name: &str| whole(bytes, &source, 0, name);
        for more in [-1000, -20, -2, -1, 1, 2, 20, 100_000] {
            like(&announce(&source, more), &format!("{more} bytes announced"));
        }
        like(&[&source[..], b"more bytes"].concat(), "more bytes");
        like(&[&source[..], &[0; 100]].concat(), "zeros");
    }
    let source = with_metadata(&plain);
    whole(&source[..source.len() - 10], &source, 0, "half of the metadata");
    whole(&source[..source.len() - 48], &source, 0, "no metadata");
    whole(&source[..source.len() - 44], &source, 0, "the name of the metadata");
}

#[test]
fn a_webp_that_ends_early() {
    for (name, source) in [("lossy", webp(false, "")), ("alpha", webp(true, "")), ("graphic", graphic())] {
        assert_eq!(verdict(&source[..source.len() * 9 / 10], name), Some(true), "{name}");
        assert_eq!(verdict(&source[..source.len() / 10], name), None, "{name}");
        for percent in (5..100).step_by(6) {
            verdict(&source[..source.len() * percent / 100], &format!("{percent} % of {name}"));
        }
    }
    let source = webp(false, "");
    let seen = shown(&source[..source.len() * 9 / 10]);
    assert_eq!(*seen.get_pixel(70, 119), Rgba([128, 128, 128, 255]));
    assert!(
        difference(
            &image::imageops::crop_imm(&seen, 0, 0, 150, 60).to_image(),
            &image::imageops::crop_imm(&shown(&source), 0, 0, 150, 60).to_image()
        ) == 0
    );
}

/// Without loss: few colours in bars that do not repeat.
fn graphic() -> Vec<u8> {
    let mut state = 1u32;
    let mut bar = [0; 3];
    let picture = RgbImage::from_fn(160, 160, |x, _| {
        if x % 8 == 0 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            bar = [(state >> 30) as u8 * 80, 40, 90];
        }
        image::Rgb(bar)
    });
    let source = ask(&png(picture), "", Format::WebP, Truncated::Show).unwrap().bytes;
    assert_eq!(&source[12..16], b"VP8L");
    source
}

/// The frames that are whole play.
#[test]
fn an_animated_webp_that_ends_early() {
    let mut bytes = Vec::new();
    let mut encoder =
        gif::Encoder::new(&mut bytes, 60, 40, &[0, 0, 0, 255, 255, 255, 200, 30, 60, 10, 90, 220]).unwrap();
    for frame in 0..6u16 {
        let buffer = (0..2400u16).map(|index| ((index * 7 + frame * 13) % (4 + frame) % 4) as u8).collect::<Vec<_>>();
        let frame = gif::Frame { width: 60, height: 40, buffer: buffer.into(), delay: 5, ..Default::default() };
        encoder.write_frame(&frame).unwrap();
    }
    drop(encoder);
    let source = ask(&bytes, "", Format::WebP, Truncated::Show).unwrap().bytes;
    assert_eq!(ask(&source, "w=30", Format::WebP, Truncated::Show).unwrap().frames, 6);
    for (name, length, frames) in [("in a frame", source.len() - 30, 5), ("early", source.len() / 2, 2)] {
        let cut = &source[..length];
        let made = ask(cut, "w=30", Format::WebP, Truncated::Show).unwrap();
        assert!(made.is_truncated && made.frames >= frames && made.frames < 6, "{name}: {}", made.frames);
        assert_eq!(verdict(cut, name), Some(true), "{name}");
        assert_eq!(verdict_of_gif(cut), (Some(true), true), "{name}");
    }
    assert_eq!(verdict(&source[..100], "before the end of the first frame"), None);
    whole(&announce(&source, -2), &source, 0, "fewer bytes announced");
}

/// Of what plays.
fn verdict_of_gif(source: &[u8]) -> (Option<bool>, bool) {
    let shown = ask(source, "w=30", Format::Gif, Truncated::Show);
    let refused = ask(source, "w=30", Format::Gif, Truncated::Refuse);
    (shown.ok().map(|picture| picture.is_truncated), refused.is_err())
}

/// Every file is one answer, also where bytes in it are others.
#[test]
fn no_parameter_changes_the_answer() {
    let small = photo(64, 48);
    let sources = [
        jpeg(false),
        jpeg(true),
        compress(64, 48, small.as_raw(), PixelFormat::RGB, Subsamp::None),
        chunked(&small.clone().into(), 500),
        interlaced(&gradient(40, 30)),
        webp(false, "w=60"),
        webp(true, "w=60"),
    ];
    let mut state = 7u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for round in 0..120 {
        let mut bytes = sources[round % sources.len()].clone();
        let at = 40 + next(bytes.len() - 40);
        match next(3) {
            0 => bytes.truncate(at),
            1 => bytes[at] = next(256) as u8,
            _ => drop(bytes.drain(at..(at + 1 + next(9)).min(sources[round % sources.len()].len()))),
        }
        let kinds = ASKED.map(|(words, format)| match ask(&bytes, words, format, Truncated::Show) {
            Ok(picture) => format!("{} {}", picture.is_truncated, picture.source.size),
            Err(Error::Broken { .. }) => "broken".into(),
            Err(other) => other.to_string(),
        });
        assert!(kinds.iter().all(|kind| *kind == kinds[0]), "{round}: {kinds:?}");
    }
}
