//! Limits, truncation and damage: an error, never a panic.

use std::fs;
use std::io::Write as _;
use std::thread;

use ridge_contract::{Config, Truncated, VariantPath};
use ridge_pixels::{Error, Kind, header, render};

use crate::support::{avif, bmp, gif, gradient, jpeg, make, png, tiff, webp, within_memory};

#[test]
fn limits_hold_before_anything_is_decoded() {
    let config = Config { max_source_pixels: 1000, ..Config::default() };
    let path = VariantPath::parse("/w_9/webp/x").unwrap();
    let image = gradient(40, 26);
    for (name, mut source) in [
        ("jpeg", jpeg(&image)),
        ("png", png(image.clone())),
        ("gif", gif(image.clone())),
        ("tiff", tiff(&image)),
        ("bmp", bmp(&image)),
        ("webp", webp(image.clone())),
        ("avif", avif(image)),
    ] {
        // No decoder accepts a truncated file, so the size can only come from the header.
        let end = if name == "avif" { source.len() - 8 } else { source.len() * 2 / 3 };
        source.truncate(end);
        let refusing = Config { truncated: Truncated::Refuse, ..Config::default() };
        let broken = render(&source, path.variant(), &refusing, &mut |_| {});
        assert!(matches!(broken, Err(Error::Broken { .. })), "{name}: {broken:?}");
        let error = render(&source, path.variant(), &config, &mut |_| {});
        assert!(matches!(error, Err(Error::TooManyPixels { max: 1000, .. })), "{name}: {error:?}");
    }
}

/// 35 bytes that need 17 GB: the screen is small, but its frame is large.
#[test]
fn a_gif_frame_larger_than_the_screen_counts_against_the_limit() {
    let mut bomb = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff".to_vec();
    bomb.extend(b"\x2c\0\0\0\0\xff\xff\xff\xff\0\x02\x02\x44\x01\0\x3b");
    let error = make(&bomb, "/w_9/webp").unwrap_err();
    assert!(error.to_string().starts_with("the original has 65535x65535 pixels"), "{error}");
}

/// A profile of one megabyte that expands to a gigabyte of zeros.
#[test]
fn a_png_profile_is_not_expanded() {
    within_memory(400, || {
        let source = png(gradient(4, 4));
        let mut zeroes = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        for _ in 0..1024 {
            zeroes.write_all(&vec![0; 1 << 20]).unwrap();
        }
        let content = [b"iCCPx\0\0", &zeroes.finish().unwrap()[..]].concat();
        let chunk =
            [&u32::try_from(content.len() - 4).unwrap().to_be_bytes(), &content[..], &crc32(&content).to_be_bytes()];
        let bomb = [&source[..33], &chunk.concat(), &source[33..]].concat();
        assert_eq!(make(&bomb, "/w_auto/png").unwrap().size.to_string(), "4x4");
    });
}

/// Two frames, each as large as its canvas.
fn two_frames(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, width, height, &[0, 0, 0, 255, 255, 255]).unwrap();
    for colour in [0, 1] {
        let buffer = vec![colour; usize::from(width) * usize::from(height)].into();
        encoder.write_frame(&gif::Frame { width, height, buffer, delay: 5, ..Default::default() }).unwrap();
    }
    drop(encoder);
    bytes
}

/// A canvas of one pixel with large frames.
#[test]
fn frames_larger_than_the_canvas_count_with_their_own_size() {
    let mut bytes = Vec::new();
    {
        let mut encoder = gif::Encoder::new(&mut bytes, 1, 1, &[0, 0, 0]).unwrap();
        for _ in 0..3 {
            let buffer = vec![0; 100 * 100].into();
            encoder.write_frame(&gif::Frame { width: 100, height: 100, buffer, ..Default::default() }).unwrap();
        }
    }
    let path = VariantPath::parse("/w_1/webp/x").unwrap();
    let with = |max_source_pixels| Config { max_source_pixels, ..Config::default() };
    let error = render(&bytes, path.variant(), &with(29_999), &mut |_| {}).unwrap_err();
    assert!(matches!(error, Error::TooManyFrames { frames: 3, has_still: true, .. }), "{error}");
    assert!(render(&bytes, path.variant(), &with(30_000), &mut |_| {}).is_ok());
}

/// Directories that point to overlapping directories: a reader that follows all of them needs gigabytes.
#[test]
fn exif_that_points_in_circles_is_not_followed() {
    within_memory(400, || {
        let mut tiff = b"II*\0\x08\0\0\0\x40\x1f".to_vec();
        for entry in 0u32..8000 {
            tiff.extend([0x69, 0x87, 4, 0, 1, 0, 0, 0]);
            tiff.extend((100_000 + entry).to_le_bytes());
        }
        tiff.resize(200_000, 0x20);
        let source = png(gradient(16, 16));
        let content = [b"eXIf", &tiff[..]].concat();
        let chunk = [&u32::try_from(tiff.len()).unwrap().to_be_bytes(), &content[..], &crc32(&content).to_be_bytes()];
        let bomb = [&source[..33], &chunk.concat(), &source[33..]].concat();
        assert_eq!(make(&bomb, "/w_8/webp").unwrap().size.to_string(), "8x8");
    });
}

#[test]
fn an_animation_is_charged_for_its_canvases() {
    for (kind, source, held) in [
        (Kind::Jpeg, jpeg(&gradient(30, 20)), 600),
        (Kind::WebP, webp(gradient(30, 20)), 600),
        (Kind::Gif, gif(gradient(30, 20)), 1200),
        (Kind::WebP, make(&two_frames(30, 20), "/w_auto/webp").unwrap().bytes, 1800),
    ] {
        assert_eq!(header(kind, &source).unwrap().held_pixels(), held, "{kind:?}");
    }
}

#[test]
fn a_header_that_announces_gigapixels_is_refused_by_its_header() {
    let mut bomb = png(gradient(4, 4));
    // Width and height in IHDR, with a correct checksum.
    bomb[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
    let crc = crc32(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&crc.to_be_bytes());
    let error = make(&bomb, "/w_9/webp").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the original has 65535x65535 pixels, which is more than the 50000000 of maxSourcePixels"
    );
}

/// The checksum of a chunk (PNG specification, annex D).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & 0u32.wrapping_sub(crc & 1)))
    })
}

/// Each sample, truncated at about 400 places. Sometimes the variant is so large that all of the sample is decoded.
#[test]
fn truncated_samples_give_an_error_or_an_image() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/photos");
    let files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| fs::read(file.unwrap().path()).unwrap()).collect();
    assert!(files.len() > 5);
    let cut = |bytes: &[u8]| {
        let step = (bytes.len() / 400) | 1;
        for (number, end) in (0..bytes.len()).step_by(step).enumerate() {
            let side = if number % 64 == 0 { 200 } else { 20 };
            match make(&bytes[..end], &format!("/w_{side}/h_{side}/jpeg")) {
                Ok(image) => assert!(image.size.pixels() <= side * side),
                Err(Error::Broken { .. } | Error::NotAnImage(_) | Error::Unsupported { .. } | Error::Unknown) => {}
                Err(other) => panic!("cut at {end}: {other}"),
            }
        }
    };
    thread::scope(|scope| files.iter().for_each(|bytes| _ = scope.spawn(|| cut(bytes))));
}

#[test]
fn small_images_with_any_byte_wrong() {
    let image = gradient(24, 16);
    let all = [
        jpeg(&image),
        png(image.clone()),
        gif(image.clone()),
        bmp(&image),
        tiff(&image),
        webp(image.clone()),
        avif(image),
    ];
    for source in all {
        for at in (0..source.len()).step_by(3) {
            let mut damaged = source.clone();
            damaged[at] ^= 0x55;
            // Any result is allowed, but the process must not crash.
            let _ = make(&damaged, "/w_9/h_9/png");
        }
    }
}
