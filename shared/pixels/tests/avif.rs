//! AVIF originals and variants, and the fallback format.

use std::time::Duration;

use image::imageops;
use ridge_contract::{Config, Format, VariantPath};
use ridge_pixels::{Error, Kind, Observer, SlowEncoder, Stage, header, render};

use crate::support::{avif, decode, difference, disc, gradient, make, png};

#[test]
fn colour_and_transparency_survive() {
    let image = gradient(90, 60);
    let there = decode(&make(&avif(image.clone()), "/w_auto/png").unwrap());
    let plain = image::DynamicImage::from(image).into_rgba8();
    assert!(difference(&there, &plain) <= 12, "{}", difference(&there, &plain));
    let round = decode(&make(&avif(disc(100)), "/w_auto/png").unwrap());
    assert_eq!((round.get_pixel(0, 0)[3], round.get_pixel(50, 50)[3]), (0, 255));
    assert!(round.get_pixel(50, 50)[0] > 240);
}

/// The container rotates and then mirrors (ISO/IEC 23000-22, 7.3.6.7).
#[test]
fn turned_by_its_container() {
    let plain = avif(gradient(96, 64));
    let upright = decode(&make(&plain, "/w_auto/png").unwrap());
    let quarter = imageops::rotate270(&upright);
    for (properties, expected) in [
        (vec![*b"irot\x01"], quarter.clone()),
        (vec![*b"irot\x02"], imageops::rotate180(&upright)),
        (vec![*b"irot\x03"], imageops::rotate90(&upright)),
        (vec![*b"imir\x00"], imageops::flip_vertical(&upright)),
        (vec![*b"imir\x01"], imageops::flip_horizontal(&upright)),
        (vec![*b"irot\x01", *b"imir\x00"], imageops::flip_vertical(&quarter)),
        (vec![*b"irot\x01", *b"imir\x01"], imageops::flip_horizontal(&quarter)),
    ] {
        let source = with_properties(&plain, &properties);
        let made = decode(&make(&source, "/w_auto/png").unwrap());
        assert_eq!(difference(&made, &expected), 0, "{properties:?}");
    }
}

/// Adds boxes of one byte to the properties of the only item (ISO/IEC 23008-12, 9.3).
fn with_properties(file: &[u8], properties: &[[u8; 5]]) -> Vec<u8> {
    let mut file = file.to_vec();
    let position = |file: &[u8], name: &[u8]| file.windows(4).position(|window| window == name).unwrap() - 4;
    let size = |file: &[u8], at: usize| u32::from_be_bytes(*file[at..].first_chunk().unwrap());
    let grow = |file: &mut Vec<u8>, at: usize, by: usize| {
        let grown = size(file, at) + by as u32;
        file[at..at + 4].copy_from_slice(&grown.to_be_bytes());
    };
    for property in properties {
        let ipco = position(&file, b"ipco");
        let end = ipco + size(&file, ipco) as usize;
        let mut count = 0;
        let mut at = ipco + 8;
        while at < end {
            count += 1;
            at += size(&file, at) as usize;
        }
        file.splice(end..end, [&[0, 0, 0, 9], &property[..]].concat());
        grow(&mut file, ipco, 9);
        // Version and flags, one entry, the item's number, and how many properties it has.
        let ipma = position(&file, b"ipma");
        let associations = ipma + 8 + 4 + 4 + 2;
        file[associations] += 1;
        let last = associations + usize::from(file[associations]);
        file.insert(last, 0x80 | (count + 1));
        grow(&mut file, ipma, 1);
        for name in [b"iprp", b"meta"] {
            let at = position(&file, name);
            grow(&mut file, at, 10);
        }
        // The item's data has moved. Its offset has four bytes, and so has its length.
        let iloc = position(&file, b"iloc");
        let offset = iloc + size(&file, iloc) as usize - 8;
        grow(&mut file, offset, 10);
    }
    file
}

#[test]
fn over_the_limit_of_pixels_the_fallback_format_is_used() {
    let source = png(gradient(60, 40));
    let path = VariantPath::parse("/w_30/avif/x").unwrap();
    for (json, format) in [
        (r#"{"maxAvifPixels": 600}"#, Format::Avif),
        (r#"{"maxAvifPixels": 599}"#, Format::WebP),
        (r#"{"maxAvifPixels": 599, "formats": ["avif"]}"#, Format::WebP),
        (r#"{"maxAvifPixels": 0, "formats": ["avif", "webp"]}"#, Format::WebP),
    ] {
        let config = Config::parse(json).unwrap();
        let made = render(&source, path.variant(), &config, &mut |_| {}).unwrap();
        assert_eq!((made.format, made.size.to_string().as_str()), (format, "30x20"), "{json}");
        assert_eq!(ridge_pixels::recognise(&made.bytes).unwrap().name().to_lowercase(), format.name(), "{json}");
    }
}

/// A clock that stands still, and a caller that gives every slow encoder up once it has run.
struct Left(Duration, Vec<Result<Vec<u8>, Error>>);

impl Observer for Left {
    fn begin(&mut self, _: Stage) {}

    fn time_left(&self) -> Option<Duration> {
        Some(self.0)
    }

    fn encode(&mut self, encoder: SlowEncoder) -> Option<Result<Vec<u8>, Error>> {
        self.1.push(encoder.run());
        None
    }
}

#[test]
fn where_the_slow_encoder_is_given_up_the_fallback_format_is_used() {
    let source = png(gradient(600, 400));
    let path = VariantPath::parse("/w_60/avif/x").unwrap();
    let mut caller = Left(Duration::from_secs(1), Vec::new());
    let fallback = render(&source, path.variant(), &Config::default(), &mut caller).unwrap();
    assert_eq!((fallback.format, caller.1.len()), (Format::WebP, 1));
    assert_eq!(fallback.bytes, make(&source, "/w_60/webp").unwrap().bytes);
    assert_eq!(caller.1.remove(0).unwrap(), make(&source, "/w_60/avif").unwrap().bytes);
    for path in ["/w_60/webp/x", "/w_auto/png/x", "/w_60/avif/x"] {
        let path = VariantPath::parse(path).unwrap();
        let late = &mut Left(Duration::ZERO, Vec::new());
        assert_eq!(render(&source, path.variant(), &Config::default(), late), Err(Error::OutOfTime));
        assert_eq!(late.1, []);
    }
}

/// Header and data may differ: the size of the data is checked against the limit too.
#[test]
fn data_larger_than_its_header_says_is_refused() {
    let mut source = avif(gradient(96, 64));
    let ispe = source.windows(4).position(|window| window == b"ispe").unwrap();
    source[ispe + 8..ispe + 16].copy_from_slice(&[0, 0, 0, 9, 0, 0, 0, 6]);
    assert_eq!(header(Kind::Avif, &source).unwrap().size.to_string(), "9x6");
    let made = make(&source, "/w_auto/png");
    assert!(matches!(made, Err(Error::Broken { .. })), "{made:?}");
}
