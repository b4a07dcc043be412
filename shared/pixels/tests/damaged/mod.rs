//! Damaged files: whole images are shown, truncated ones by the setting, and the parameters never matter.

mod jpeg;
mod png;
mod webp;

use image::{DynamicImage, RgbImage, Rgba, RgbaImage};
use ridge_contract::{Config, Format, Output, Truncated, Variant, query};
use ridge_pixels::{Error, Rendered, render};
use turbojpeg::{Compressor, Image, PixelFormat, Subsamp};

use crate::support::{compress, decode, difference, gradient};

/// Variants that take different paths through decoders and pipeline.
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

fn ask(source: &[u8], words: &str, format: Format, truncated: Truncated) -> Result<Rendered, Error> {
    let variant = Variant::new(query::parse(words).unwrap().options, Output::Format(format));
    render(source, &variant, &Config { truncated, ..Config::default() }, &mut |_| {})
}

fn shown(source: &[u8]) -> RgbaImage {
    decode(&ask(source, "", Format::Png, Truncated::Show).unwrap())
}

/// Whether a file is shown, and whether as a truncated image: the same for all variants. Truncated files are refused by
/// the setting.
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

/// An image with detail in each row and column.
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

/// Whether an animation is shown as truncated, if it is shown, and whether the setting `refuse` refuses it.
fn verdict_of_gif(source: &[u8]) -> (Option<bool>, bool) {
    let shown = ask(source, "w=30", Format::Gif, Truncated::Show);
    let refused = ask(source, "w=30", Format::Gif, Truncated::Refuse);
    (shown.ok().map(|picture| picture.is_truncated), refused.is_err())
}

/// Every file has one result, also if its bytes are changed.
#[test]
fn no_parameter_changes_the_answer() {
    let small = photo(64, 48);
    let sources = [
        jpeg(false),
        jpeg(true),
        compress(64, 48, small.as_raw(), PixelFormat::RGB, Subsamp::None),
        png::chunked(&small.clone().into(), 500),
        png::interlaced(&gradient(40, 30)),
        webp::webp(false, "w=60"),
        webp::webp(true, "w=60"),
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
