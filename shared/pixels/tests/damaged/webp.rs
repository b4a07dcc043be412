//! WebP files with faults around their pixels, truncated files, and truncated animations.

use super::png::noise;
use super::*;
use crate::support::png;

pub(crate) fn webp(has_alpha: bool, format: &str) -> Vec<u8> {
    let image = noise(has_alpha);
    ask(&png(image), format, Format::WebP, Truncated::Show).unwrap().bytes
}

/// Adds a chunk of metadata after the image.
pub(crate) fn with_metadata(webp: &[u8]) -> Vec<u8> {
    let extended = [&[0x04, 0, 0, 0][..], &149u32.to_le_bytes()[..3], &119u32.to_le_bytes()[..3]].concat();
    let chunk = |name: &[u8; 4], content: &[u8]| {
        [name, &u32::try_from(content.len()).unwrap().to_le_bytes()[..], content].concat()
    };
    let chunks = [chunk(b"VP8X", &extended), webp[12..].to_vec(), chunk(b"XMP ", &[b' '; 40])].concat();
    riff(&chunks)
}

pub(crate) fn riff(chunks: &[u8]) -> Vec<u8> {
    let size = u32::try_from(chunks.len() + 4).unwrap().to_le_bytes();
    [b"RIFF", &size[..], b"WEBP", chunks].concat()
}

pub(crate) fn announce(webp: &[u8], more: i64) -> Vec<u8> {
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

/// Lossless: few colours in bars that do not repeat.
pub(crate) fn graphic() -> Vec<u8> {
    let mut state = 1u32;
    let mut bar = [0; 3];
    let image = RgbImage::from_fn(160, 160, |x, _| {
        if x % 8 == 0 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            bar = [(state >> 30) as u8 * 80, 40, 90];
        }
        image::Rgb(bar)
    });
    let source = ask(&png(image), "", Format::WebP, Truncated::Show).unwrap().bytes;
    assert_eq!(&source[12..16], b"VP8L");
    source
}

/// The whole frames are played.
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
