//! Animated PNGs.

use image::codecs::gif::GifDecoder;
use image::{AnimationDecoder as _, RgbaImage};
use png::{BitDepth, BlendOp, ColorType, DisposeOp, Encoder};
use ridge_contract::{Config, Format, VariantPath};
use ridge_pixels::{Error, render};
use serde_json::Value;

use crate::support::{decode, make};

const RED: [u8; 4] = [255, 0, 0, 255];
const GREEN: [u8; 4] = [0, 255, 0, 255];
const BLUE: [u8; 4] = [0, 0, 255, 255];
const HALF_BLUE: [u8; 4] = [0, 0, 255, 128];
const CLEAR: [u8; 4] = [0; 4];

/// A frame of one colour: position, size, colour, and disposal.
type Part = ((u32, u32), (u32, u32), [u8; 4], DisposeOp, BlendOp);

const KEEP: DisposeOp = DisposeOp::None;

/// An animated PNG of 8 by 6 pixels. The first part is the default image, and also the first frame unless
/// `has_own_default` is set.
fn apng(parts: &[Part], plays: u32, has_own_default: bool) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, 8, 6);
    encoder.set_color(ColorType::Rgba);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_animated(parts.len() as u32 - u32::from(has_own_default), plays).unwrap();
    encoder.set_sep_def_img(has_own_default).unwrap();
    let mut writer = encoder.write_header().unwrap();
    for (index, (place, size, color, dispose, blend)) in parts.iter().enumerate() {
        if !(index == 0 && has_own_default) {
            writer.set_frame_delay(index as u16 + 1, 50).unwrap();
            writer.set_dispose_op(*dispose).unwrap();
            writer.set_blend_op(*blend).unwrap();
        }
        if index > 0 {
            writer.reset_frame_position().unwrap();
            writer.set_frame_dimension(size.0, size.1).unwrap();
            writer.set_frame_position(place.0, place.1).unwrap();
        }
        writer.write_image_data(&color.repeat((size.0 * size.1) as usize)).unwrap();
    }
    writer.finish().unwrap();
    file
}

fn whole(color: [u8; 4]) -> Part {
    ((0, 0), (8, 6), color, KEEP, BlendOp::Source)
}

/// Returns the frames of the rendered GIF, as another decoder composes them, with their durations in milliseconds.
fn seen(source: &[u8]) -> Vec<(RgbaImage, u32)> {
    let made = make(source, "/w_auto/gif").unwrap();
    let frames = GifDecoder::new(std::io::Cursor::new(made.bytes)).unwrap().into_frames().collect_frames().unwrap();
    frames.into_iter().map(|frame| (frame.buffer().clone(), frame.delay().numer_denom_ms().0)).collect()
}

#[test]
fn every_disposal_and_blending() {
    use BlendOp::{Over, Source};
    let square = |color, dispose, blend| ((2, 1), (3, 3), color, dispose, blend);
    let mixed = [127, 0, 128, 255];
    for (parts, inside, outside) in [
        // Frames that stay, are cleared and are restored; then a pixel elsewhere.
        (vec![whole(RED), square(BLUE, KEEP, Source)], [RED, BLUE, BLUE], RED),
        (vec![whole(RED), square(BLUE, DisposeOp::Background, Source)], [RED, BLUE, CLEAR], RED),
        (vec![whole(RED), square(BLUE, DisposeOp::Previous, Source)], [RED, BLUE, RED], RED),
        (vec![whole(RED), square(HALF_BLUE, KEEP, Over)], [RED, mixed, mixed], RED),
        (vec![whole(RED), square(CLEAR, KEEP, Over)], [RED, RED, RED], RED),
        (vec![whole(RED), square(CLEAR, KEEP, Source)], [RED, CLEAR, CLEAR], RED),
        (vec![whole(CLEAR), square(BLUE, KEEP, Over)], [CLEAR, BLUE, BLUE], CLEAR),
    ] {
        let parts = [parts, vec![((7, 5), (1, 1), GREEN, KEEP, Over)]].concat();
        let shown = seen(&apng(&parts, 0, false));
        for ((frame, _), inside) in shown.iter().zip(inside) {
            for (x, y, want) in [(2, 1, inside), (4, 3, inside), (1, 1, outside), (5, 3, outside), (2, 4, outside)] {
                let got = frame.get_pixel(x, y).0;
                assert!(got == want || got[3] == 0 && want[3] == 0, "{parts:?} at {x},{y}: {got:?} for {want:?}");
            }
        }
        assert_eq!((shown.len(), shown[2].0.get_pixel(7, 5).0), (3, GREEN));
    }
    // Before the first frame the canvas is empty.
    let first = ((0, 0), (8, 6), RED, DisposeOp::Previous, Source);
    let shown = seen(&apng(&[first, square(BLUE, KEEP, Over)], 0, false));
    assert_eq!((shown[1].0.get_pixel(0, 0)[3], shown[1].0.get_pixel(2, 1).0), (0, BLUE));
}

#[test]
fn times_loops_and_frames_are_kept() {
    for plays in [0, 1, 3] {
        let source = apng(&[whole(RED), whole(GREEN), whole(BLUE)], plays, false);
        let times: Vec<u32> = seen(&source).iter().map(|(_, shown)| *shown).collect();
        assert_eq!(times, [20, 40, 60]);
        let webp = make(&source, "/w_4/webp").unwrap();
        assert_eq!((webp.frames, webp.format), (3, Format::WebP));
        let at = webp.bytes.windows(4).position(|name| name == b"ANIM").unwrap();
        assert_eq!(u32::from(u16::from_le_bytes([webp.bytes[at + 12], webp.bytes[at + 13]])), plays);
        let told: Value = serde_json::from_slice(&make(&source, "/w_auto/json").unwrap().bytes).unwrap();
        assert_eq!((&told["original"]["frames"], &told["original"]["format"]), (&3.into(), &"png".into()));
    }
}

#[test]
fn the_first_frame_with_anim_0_or_in_formats_without_animation() {
    let source = apng(&[whole(RED), whole(GREEN)], 0, false);
    for path in ["/w_auto/png", "/w_auto/auto"] {
        let made = make(&source, path).unwrap();
        assert_eq!(made.frames, 1, "{path}");
        assert_eq!(image::load_from_memory(&made.bytes).map_or(RED, |image| image.into_rgba8().get_pixel(0, 0).0), RED);
    }
    for path in ["/w_auto/anim_0/webp", "/w_auto/anim_0/gif", "/w_auto/jpeg"] {
        assert_eq!(make(&source, path).unwrap().frames, 1, "{path}");
    }
    // Only viewers without animation show a default image that is no frame.
    for frames in [1, 2] {
        let source = apng(&[whole(RED), whole(GREEN), whole(BLUE)][..=frames], 0, true);
        assert_eq!(decode(&make(&source, "/w_auto/png").unwrap()).get_pixel(3, 3).0, GREEN);
        let shown = seen(&source);
        assert_eq!((shown.len(), shown[0].0.get_pixel(3, 3).0), (frames, GREEN));
    }
}

#[test]
fn missing_frames_do_not_count() {
    let source = apng(&[whole(RED), whole(GREEN), whole(BLUE)], 0, false);
    let frames = |source: &[u8]| {
        let told: Value = serde_json::from_slice(&make(source, "/w_auto/json").unwrap().bytes).unwrap();
        (told["original"]["frames"].as_u64().unwrap(), make(source, "/w_auto/webp").unwrap().frames)
    };
    assert_eq!(frames(&source), (3, 3));
    // Cut within the last frame's data.
    let last = source.windows(4).rposition(|name| name == b"fdAT").unwrap();
    let cut = &source[..last + 8];
    assert_eq!(frames(cut), (2, 2));
    assert!(make(cut, "/w_auto/webp").unwrap().is_truncated);
    // Announced numbers below and above that of the frames.
    let number = source.windows(4).position(|name| name == b"acTL").unwrap() + 7;
    for (said, count) in [(2, 2), (9, 3)] {
        let mut other = source.clone();
        other[number] = said;
        let crc = crc32(&other[number - 7..number + 5]).to_be_bytes();
        other[number + 5..number + 9].copy_from_slice(&crc);
        assert_eq!(frames(&other), (count, count as u32), "{said} are said");
    }
    // A damaged frame ends the animation.
    let mut damaged = source.clone();
    damaged[last + 12] ^= 0xff;
    assert_eq!(make(&damaged, "/w_auto/webp").unwrap().frames, 2);
}

/// The checksum of a chunk (PNG specification, annex D).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

#[test]
fn limits_are_those_of_animations() {
    let source = apng(&[whole(RED), whole(GREEN), whole(BLUE)], 0, false);
    let ask = |path: &str, config: &Config| {
        let path = VariantPath::parse(&format!("{path}/x")).unwrap();
        render(&source, path.variant(), config, &mut |_| {})
    };
    for config in
        [Config { max_frames: 2, ..Config::default() }, Config { max_source_pixels: 100, ..Config::default() }]
    {
        let error = ask("/w_4/webp", &config).unwrap_err();
        assert!(matches!(error, Error::TooManyFrames { frames: 3, .. }), "{error}");
        assert_eq!(ask("/w_4/anim_0/webp", &config).unwrap().frames, 1);
        assert_eq!(ask("/w_4/png", &config).unwrap().frames, 1);
    }
}
