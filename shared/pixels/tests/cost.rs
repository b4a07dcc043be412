//! `maxVariantPixels`: larger variants are refused before they are decoded, and large variants are encoded with less
//! effort.

use image::{RgbImage, Rgba, RgbaImage};
use ridge_contract::{Config, VariantPath};
use ridge_pixels::{Error, Rendered, render};

use crate::support::{gradient, png};

fn with(config: &Config, source: &[u8], path: &str) -> Result<Rendered, Error> {
    let path = VariantPath::parse(&format!("{path}/x")).unwrap_or_else(|error| panic!("{path}: {error}"));
    render(source, path.variant(), config, &mut |_| {})
}

fn is_refused(result: &Result<Rendered, Error>) -> bool {
    matches!(result, Err(Error::TooManyVariantPixels { .. }))
}

/// 100 x 60 pixels, so that the setting allows two units per pixel.
#[test]
fn each_format_has_its_share_of_the_pixels() {
    let config = Config { max_variant_pixels: 12_000, ..Config::default() };
    let source = png(gradient(100, 60));
    for (path, is_over) in [
        ("/w_auto/jpeg", false),
        ("/w_auto/auto", false),
        ("/w_auto/png", false),
        ("/w_auto/webp", false),
        ("/w_auto/q_89/webp", false),
        ("/w_auto/q_90/webp", true),
        ("/w_81/q_90/webp", false),
        ("/w_auto/gif", true),
        ("/w_70/gif", false),
        ("/w_auto/blur_2/jpeg", false),
        ("/w_auto/sharpen_2/png", false),
        ("/w_auto/blur_2/sharpen_2/jpeg", true),
        ("/w_auto/blur_2/webp", true),
        // Padding counts.
        ("/w_120/h_100/fit_contain/png", false),
        ("/w_120/h_101/fit_contain/png", true),
        // AVIF has a limit of its own.
        ("/w_auto/avif", false),
        ("/w_100/h_100/fit_contain/thumbhash", false),
        ("/w_4000/h_4000/fit_contain/json", false),
    ] {
        let result = with(&config, &source, path);
        assert_eq!(is_refused(&result), is_over, "{path}: {:?}", result.err());
        assert!(is_over || result.is_ok(), "{path}");
    }
    // The fallback format of AVIF counts as itself.
    let config = Config { max_avif_pixels: 100, ..config };
    assert!(!is_refused(&with(&config, &source, "/w_auto/avif")));
    assert!(is_refused(&with(&config, &source, "/w_auto/q_95/avif")));
}

#[test]
fn the_text_says_the_limit_and_what_is_accepted() {
    let config = Config { max_variant_pixels: 12_000, ..Config::default() };
    let source = png(gradient(100, 60));
    let error = with(&config, &source, "/w_auto/gif").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the variant would have 100x60 pixels, which is more than the 3000 that gif may have here (maxVariantPixels is \
         12000); ask for 70x42 or less"
    );
    assert!(with(&config, &source, "/w_70/h_42/gif").is_ok());
    let moving = gif_of(3, 100, 60);
    let error = with(&Config { max_variant_pixels: 30_000, ..config }, &moving, "/w_auto/webp").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the variant would have 100x60 pixels in each of 3 frames, which is more than the 15000 that webp may have here \
         (maxVariantPixels is 30000); ask for 91x54 or less"
    );
}

#[test]
fn all_frames_count_together() {
    let moving = gif_of(3, 100, 60);
    for (max, path, is_over) in [
        (3 * 6000 * 2, "/w_auto/webp", false),
        (3 * 6000 * 2 - 1, "/w_auto/webp", true),
        (3 * 6000 * 4, "/w_auto/gif", false),
        (3 * 6000 * 4 - 1, "/w_auto/gif", true),
        // One frame.
        (6000 * 4, "/w_auto/anim_0/gif", false),
        (6000, "/w_auto/jpeg", false),
    ] {
        let config = Config { max_variant_pixels: max, ..Config::default() };
        assert_eq!(is_refused(&with(&config, &moving, path)), is_over, "{max} {path}");
    }
}

/// The defaults allow a photograph of 24 million pixels in every format but GIF, and every size up to 4096 x 4096.
/// Headers are enough for this test: the files have no pixels.
#[test]
fn the_defaults() {
    for (width, height, path, is_over) in [
        (6000, 4000, "/w_auto/webp", false),
        (7071, 7071, "/w_auto/webp", true),
        (7071, 7071, "/w_auto/jpeg", false),
        (7071, 7071, "/w_auto/png", false),
        (7071, 7071, "/w_auto/blur_1/jpeg", true),
        (3547, 3547, "/w_auto/gif", false),
        (4096, 4096, "/w_auto/q_100/webp", false),
        (4096, 4096, "/w_auto/blur_1/sharpen_1/png", false),
        (6000, 4000, "/w_auto/gif", true),
        (7071, 7071, "/w_4096/h_4096/fit_contain/gif", true),
    ] {
        let result = with(&Config::default(), &header_of(width, height), path);
        assert_eq!(is_refused(&result), is_over, "{width}x{height} {path}: {:?}", result.err());
        assert!(result.is_err());
    }
}

/// Up to 4 million pixels the configured effort is used, and the bytes are those of earlier versions.
#[test]
fn a_large_webp_is_made_with_less_effort() {
    let efforts = |effort: u8| Config::parse(&format!(r#"{{"effort": {{"webp": {effort}}}}}"#)).unwrap();
    let photo = include_bytes!("../../../testdata/photos/drum.jpg");
    let bytes = |effort, path| with(&efforts(effort), photo, path).unwrap().bytes;
    assert_ne!(bytes(4, "/w_900/webp"), bytes(2, "/w_900/webp"));
    // Padded variants are large, but quickly encoded.
    assert_ne!(bytes(4, "/w_2000/h_2000/fit_contain/webp"), bytes(2, "/w_2000/h_2000/fit_contain/webp"));
    assert_eq!(bytes(4, "/w_2001/h_2000/fit_contain/webp"), bytes(2, "/w_2001/h_2000/fit_contain/webp"));
    assert_ne!(bytes(1, "/w_2001/h_2000/fit_contain/webp"), bytes(2, "/w_2001/h_2000/fit_contain/webp"));
}

/// In large variants only, where its compression takes seconds.
#[test]
fn noisy_alpha_is_stored_as_it_is() {
    let mut state = 1u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let noisy = png(RgbaImage::from_fn(1000, 30, |_, _| Rgba([40, 90, 20, noise() & 0xf0])));
    let cut_out = png(RgbaImage::from_fn(1000, 30, |x, y| Rgba([40, 90, 20, if x / 100 > y { 255 } else { 0 }])));
    for (source, path, is_raw) in [
        (&noisy, "/w_auto/webp", false),
        (&noisy, "/w_1000/h_4001/fit_contain/bg_00000000/webp", false),
        (&cut_out, "/w_1000/h_4001/fit_contain/bg_00000000/webp", false),
    ] {
        assert_eq!(alpha_is_raw(&with(&Config::default(), source, path).unwrap().bytes), is_raw, "{path}");
    }
    let large = png(RgbaImage::from_fn(2001, 2000, |_, _| Rgba([40, 90, 20, noise() & 0xf0])));
    assert!(alpha_is_raw(&with(&Config::default(), &large, "/w_auto/webp").unwrap().bytes));
}

/// Returns the compression method in the first byte of the `ALPH` chunk; 0 for none.
fn alpha_is_raw(webp: &[u8]) -> bool {
    let at = webp.windows(4).position(|name| name == b"ALPH").unwrap();
    webp[at + 8] & 3 == 0
}

fn gif_of(frames: u16, width: u16, height: u16) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, width, height, &[0, 0, 0, 255, 255, 255]).unwrap();
    for frame in 0..frames {
        let buffer = vec![(frame % 2) as u8; usize::from(width) * usize::from(height)].into();
        encoder.write_frame(&gif::Frame { width, height, buffer, delay: 5, ..Default::default() }).unwrap();
    }
    drop(encoder);
    bytes
}

/// A PNG of this size without pixels.
fn header_of(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = png(RgbImage::new(1, 1));
    bytes.truncate(33);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let crc = crc32(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&crc.to_be_bytes());
    // The first bytes of a zlib stream, so that decoding can begin.
    let data = [b"IDAT", &[0x78, 0x01][..]].concat();
    bytes.extend(2u32.to_be_bytes());
    bytes.extend(&data);
    bytes.extend(crc32(&data).to_be_bytes());
    bytes
}

/// The checksum of a chunk (PNG specification, annex D).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & 0u32.wrapping_sub(crc & 1)))
    })
}
