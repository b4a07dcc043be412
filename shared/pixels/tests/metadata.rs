//! A variant without changes is not larger than its original, and no metadata reaches a variant.

use std::io::Write as _;
use std::process::{Command, Stdio};

use turbojpeg::PixelFormat;

use crate::support::{decode, difference, disc, gradient, make, png, small_jpeg, with_exif};

#[test]
fn an_unchanged_variant_is_not_larger_and_has_no_metadata() {
    let small = small_jpeg();
    let source = with_exif(&small, 1);
    let made = make(&source, "/w_auto/jpeg").unwrap();
    assert_eq!(made.bytes, small, "the original without its EXIF");
    for path in ["/w_auto/jpeg", "/w_100/jpeg", "/w_100/webp", "/w_100/png"] {
        let bytes = make(&source, path).unwrap().bytes;
        assert!(!bytes.windows(6).any(|window| window == b"SECRET"), "{path}");
    }
    let turned = make(&with_exif(&small, 6), "/w_auto/jpeg").unwrap();
    assert_eq!(turned.size.to_string(), "200x300", "what must be turned is made anew");

    let webp = make(&png(gradient(300, 200)), "/w_auto/q_20/webp").unwrap().bytes;
    assert_eq!(make(&webp, "/w_auto/webp").unwrap().bytes, webp);
    let flat = png(disc(64));
    assert!(make(&flat, "/w_auto/png").unwrap().bytes.len() <= flat.len());
}

#[test]
fn an_unchanged_animation_is_not_larger_and_has_no_metadata() {
    let gif = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/photos/turning.gif")).unwrap();
    // After the screen descriptor and its colour table: a comment, and XMP as an application extension.
    let table = if gif[10] & 0x80 == 0 { 0 } else { 3 << ((gif[10] & 7) + 1) };
    let (head, tail) = gif.split_at(13 + table);
    let noted = [head, b"\x21\xfe\x06SECRET\0", b"\x21\xff\x0bXMP DataXMP\x06SECRET\0", tail, b"SECRET"].concat();
    let small = make(&gif, "/w_auto/q_1/webp").unwrap().bytes;
    let chunk = |name: &[u8]| [name, &6_u32.to_le_bytes(), b"SECRET"].concat();
    // Chunks within the last frame, so that only its length and that of the file change.
    let last = small.windows(4).rposition(|window| window == b"ANMF").unwrap();
    let frame = [&small[last + 8..], &chunk(b"NOTE")].concat();
    let frame = [b"ANMF", &u32::try_from(frame.len()).unwrap().to_le_bytes()[..], &frame].concat();
    let body = [&small[8..last], &frame, &chunk(b"EXIF")].concat();
    let webp = [b"RIFF", &u32::try_from(body.len()).unwrap().to_le_bytes()[..], &body].concat();
    for (format, plain, noted) in [("gif", &gif, noted), ("webp", &small, webp)] {
        let made = make(&noted, &format!("/w_auto/{format}")).unwrap();
        assert_eq!(made.frames, 12, "{format}");
        assert!(made.bytes.len() <= plain.len(), "{format}: {} of {}", made.bytes.len(), plain.len());
        assert!(!made.bytes.windows(6).any(|window| window == b"SECRET"), "{format}");
        assert_eq!(
            make(&made.bytes, "/w_90/webp").unwrap().bytes,
            make(plain, "/w_90/webp").unwrap().bytes,
            "{format}"
        );
    }
}

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&[0xff, marker], &length[..], content].concat()
}

#[test]
fn metadata_hidden_anywhere_in_a_jpeg_is_gone() {
    let small = small_jpeg();
    let secret = segment(0xe1, b"Exif\0\0SECRET");
    // A progressive file of libjpeg-turbo, for a place between two scans.
    let progressive = {
        let picture = gradient(300, 200);
        let mut compressor = turbojpeg::Compressor::new().unwrap();
        compressor.set_quality(20).unwrap();
        compressor.set_progressive(true).unwrap();
        let image = turbojpeg::Image {
            pixels: picture.as_raw().as_slice(),
            width: 300,
            pitch: 900,
            height: 200,
            format: PixelFormat::RGB,
        };
        compressor.compress_to_vec(image).unwrap()
    };
    let scans: Vec<_> = progressive.windows(2).enumerate().filter(|(_, pair)| pair == &[0xff, 0xda]).collect();
    let between = [&progressive[..scans[1].0], &secret, &progressive[scans[1].0..]].concat();
    for (name, source) in [
        ("behind the end", [&small[..], &with_exif(&small, 1)].concat()),
        ("between two scans", between),
        ("in a thumbnail", [&small[..2], &segment(0xe0, b"JFXX\0\x10SECRET"), &small[2..]].concat()),
        ("in a comment", [&small[..2], &segment(0xfe, b"SECRET"), &small[2..]].concat()),
        ("in APP13", [&small[..2], &segment(0xed, b"Photoshop 3.0\0SECRET"), &small[2..]].concat()),
    ] {
        let made = make(&source, "/w_auto/jpeg").unwrap();
        assert!(!made.bytes.windows(6).any(|window| window == b"SECRET"), "{name}");
        assert!(made.bytes.len() < 10_000, "{name}: the original's own pixels");
        let difference = difference(
            &decode(&make(&made.bytes, "/w_auto/png").unwrap()),
            &decode(&make(&source, "/w_auto/png").unwrap()),
        );
        assert_eq!(difference, 0, "{name}");
    }
}

#[test]
fn a_damaged_profile_is_removed() {
    let small = small_jpeg();
    for content in [&b"ICC_PROFILE\0"[..], b"ICC_PROFILE\0\x01\x01abc", b"ICC_PROFILE"] {
        let source = [&small[..2], &segment(0xe2, content), &small[2..]].concat();
        let made = make(&source, "/w_auto/jpeg").unwrap();
        assert!(!made.bytes.windows(11).any(|window| window == b"ICC_PROFILE"));
    }
}

/// The groups of metadata that exiftool finds.
fn groups(file: &[u8]) -> std::collections::BTreeSet<String> {
    let mut process = Command::new("exiftool")
        .args(["-json", "-G0", "-a", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("exiftool is installed by tools/setup.sh test");
    process.stdin.take().unwrap().write_all(file).unwrap();
    let output = process.wait_with_output().unwrap();
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let tags = found[0].as_object().unwrap().keys();
    tags.filter_map(|tag| tag.split_once(':')).map(|(group, _)| group.to_owned()).collect()
}

#[test]
#[ignore = "needs ExifTool"]
fn exiftool_finds_no_metadata() {
    const TECHNICAL: [&str; 8] = ["Composite", "ExifTool", "File", "GIF", "JFIF", "PNG", "QuickTime", "RIFF"];
    let photo = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/photos/drum.jpg")).unwrap();
    assert!(groups(&photo).contains("EXIF"), "there is something to find");
    let kept = with_exif(&small_jpeg(), 1);
    assert!(groups(&kept).contains("EXIF"));
    for (name, source) in [("drum", &photo), ("small", &kept)] {
        for format in ridge_contract::Format::pictures() {
            for size in ["w_auto", "w_90"] {
                let made = make(source, &format!("/{size}/{format}")).unwrap();
                let groups = groups(&made.bytes);
                assert!(groups.contains("File"), "exiftool reads it");
                let others: Vec<_> = groups.iter().filter(|group| !TECHNICAL.contains(&group.as_str())).collect();
                assert!(others.is_empty(), "{name} as {size}/{format} has {others:?}");
            }
        }
    }
}
