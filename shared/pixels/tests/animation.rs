//! Animations: frames, durations, loops, disposal, limits.

use std::fs;

use gif::{DisposalMethod, Encoder, Frame, Repeat};
use image::codecs::gif::GifDecoder;
use image::{AnimationDecoder as _, Rgba, RgbaImage, imageops};
use ridge_contract::{Config, Format, VariantPath};
use ridge_pixels::{Error, render};

use crate::support::make;

/// Returns the frames as the `image` crate composes them, with their durations in milliseconds.
fn frames(gif: &[u8]) -> Vec<(RgbaImage, u32)> {
    let frames = GifDecoder::new(std::io::Cursor::new(gif)).unwrap().into_frames().collect_frames().unwrap();
    frames.into_iter().map(|frame| (frame.buffer().clone(), frame.delay().numer_denom_ms().0)).collect()
}

/// Returns a WebP's loop count and its frames' durations, by its bytes ("WebP Container Specification").
fn timing(webp: &[u8]) -> (u16, Vec<u32>) {
    let (mut loops, mut durations, mut at) = (0, Vec::new(), 12);
    while at < webp.len() {
        let length = u32::from_le_bytes(webp[at + 4..at + 8].try_into().unwrap()) as usize;
        let content = &webp[at + 8..at + 8 + length];
        match &webp[at..at + 4] {
            b"ANIM" => loops = u16::from_le_bytes([content[4], content[5]]),
            b"ANMF" => durations.push(u32::from_le_bytes([content[12], content[13], content[14], 0])),
            _ => {}
        }
        at += 8 + length + length % 2;
    }
    (loops, durations)
}

/// An animation in three colours and transparency. Each frame has its own position, disposal and duration.
fn composed(repeat: Option<Repeat>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 20, 16, &[0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255]).unwrap();
    if let Some(repeat) = repeat {
        encoder.set_repeat(repeat).unwrap();
    }
    for (left, top, width, height, colour, dispose, delay) in [
        (0, 0, 20, 16, 1, DisposalMethod::Keep, 10),
        (2, 2, 8, 8, 2, DisposalMethod::Background, 5),
        (6, 6, 8, 8, 3, DisposalMethod::Previous, 20),
        (10, 0, 6, 16, 2, DisposalMethod::Any, 7),
        (0, 10, 20, 2, 3, DisposalMethod::Keep, 50),
    ] {
        // A checkerboard of colour and transparency, so that the canvas below a frame is visible.
        let buffer =
            (0..width * height).map(|at| if (at + at / width) % 2 == 0 { colour } else { 0 }).collect::<Vec<u8>>();
        let frame = Frame {
            left,
            top,
            width,
            height,
            dispose,
            delay,
            transparent: Some(0),
            buffer: buffer.into(),
            ..Frame::default()
        };
        encoder.write_frame(&frame).unwrap();
    }
    drop(encoder);
    bytes
}

/// Compares two animations: durations, and each visible pixel.
fn assert_same(got: &[(RgbaImage, u32)], want: &[(RgbaImage, u32)], what: &str) {
    assert_eq!(got.len(), want.len(), "{what}");
    for (index, ((got, shown), (want, delay))) in got.iter().zip(want).enumerate() {
        assert_eq!(shown, delay, "{what}: frame {index}");
        for (x, y, pixel) in got.enumerate_pixels() {
            let want = want.get_pixel(x, y);
            let same = pixel == want || pixel[3] == 0 && want[3] == 0;
            assert!(same, "{what}: frame {index} at {x},{y}: {pixel:?} for {want:?}");
        }
    }
}

/// The same frames upside down, so that the original's bytes cannot be used.
fn turned(frames: Vec<(RgbaImage, u32)>) -> Vec<(RgbaImage, u32)> {
    frames.into_iter().map(|(frame, delay)| (imageops::rotate180(&frame), delay)).collect()
}

#[test]
fn every_disposal_is_composed_as_another_decoder_does() {
    let source = composed(Some(Repeat::Infinite));
    let made = make(&source, "/w_auto/rot_180/gif").unwrap();
    assert_eq!((made.frames, made.format), (5, Format::Gif));
    assert_same(&frames(&made.bytes), &turned(frames(&source)), "composed");
}

/// A GIF of whole frames. Each is shown 10 ms longer than the one before, and then cleared.
fn whole_frames(images: &[RgbaImage]) -> Vec<u8> {
    let (width, height) = (images[0].width() as u16, images[0].height() as u16);
    let mut encoder = Encoder::new(Vec::new(), width, height, &[]).unwrap();
    encoder.set_repeat(Repeat::Infinite).unwrap();
    for (index, image) in images.iter().enumerate() {
        let mut frame = Frame::from_rgba(width, height, &mut image.as_raw().clone());
        (frame.delay, frame.dispose) = (index as u16 + 1, DisposalMethod::Background);
        encoder.write_frame(&frame).unwrap();
    }
    encoder.into_inner().unwrap()
}

#[test]
fn frames_may_change_any_area() {
    // A linear congruential generator, so that every run has the same images.
    let mut state = 1_u32;
    let mut any = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % below
    };
    for round in 0..60 {
        let (width, height) = (any(12) + 1, any(12) + 1);
        let mut canvas =
            RgbaImage::from_fn(width, height, |_, _| Rgba([any(4) as u8 * 80, 9, 9, any(3).min(1) as u8 * 255]));
        let images: Vec<_> = (0..any(6) + 2)
            .map(|_| {
                // Some frames change nothing, some a little, some all.
                for _ in 0..any(3) * any(40) {
                    let color = Rgba([any(4) as u8 * 80, 9, 9, any(3).min(1) as u8 * 255]);
                    canvas.put_pixel(any(width), any(height), color);
                }
                canvas.clone()
            })
            .collect();
        let source = whole_frames(&images);
        let made = make(&source, "/w_auto/rot_180/gif").unwrap();
        assert_same(&frames(&made.bytes), &turned(frames(&source)), &format!("round {round}"));
    }
}

/// A square that moves over constant grain.
fn moving(width: u32, height: u32) -> Vec<RgbaImage> {
    (0..10)
        .map(|step| {
            RgbaImage::from_fn(width, height, |x, y| {
                let inside = (x / 10 == step + 2) && (y / 10 == 3);
                let noise = ((x + y * 200).wrapping_mul(2_654_435_761) >> 24) as u8 % 14;
                if inside { Rgba([250, 20, 20, 255]) } else { Rgba([noise * 16, noise * 9, 100 + noise, 255]) }
            })
        })
        .collect()
}

#[test]
fn only_changed_pixels_are_written() {
    let images = moving(200, 150);
    let first = make(&whole_frames(&images[..1]), "/w_100/gif").unwrap().bytes.len();
    let source = whole_frames(&images);
    let all = make(&source, "/w_100/gif").unwrap();
    assert_eq!(all.frames, 10);
    assert!(all.bytes.len() < 2 * first, "{} for ten frames, {first} for one", all.bytes.len());
    let whole = make(&source, "/w_auto/gif").unwrap();
    assert!(whole.bytes.len() <= source.len());
}

#[test]
fn delays_and_loops_are_kept() {
    for (repeat, loops) in [(Some(Repeat::Infinite), 0), (None, 1), (Some(Repeat::Finite(2)), 3)] {
        let source = composed(repeat);
        let webp = make(&source, "/w_10/webp").unwrap();
        assert_eq!(timing(&webp.bytes), (loops, vec![100, 50, 200, 70, 500]), "{repeat:?}");
        assert_eq!((webp.frames, webp.size.to_string().as_str()), (5, "10x8"));
        let back = make(&webp.bytes, "/w_8/gif").unwrap();
        let delays: Vec<_> = frames(&back.bytes).iter().map(|(_, delay)| *delay).collect();
        assert_eq!(delays, [100, 50, 200, 70, 500], "{repeat:?}");
        let again = make(&back.bytes, "/w_auto/webp").unwrap();
        assert_eq!(timing(&again.bytes).0, loops, "there and back");
    }
}

/// Adds a block before one of the frames.
fn spliced(gif: &[u8], frame: usize, block: &[u8]) -> Vec<u8> {
    let control = [0x21, 0xf9, 4];
    let (at, _) = gif.windows(3).enumerate().filter(|(_, bytes)| **bytes == control).nth(frame).unwrap();
    [&gif[..at], block, &gif[at..]].concat()
}

#[test]
fn loop_extensions_have_two_names_and_any_position() {
    let netscape = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x02\x00\x00";
    let animexts = b"\x21\xff\x0bANIMEXTS1.0\x03\x01\x00\x00\x00";
    for (block, loops) in [(netscape, 3), (animexts, 0)] {
        for frame in [0, 1, 4] {
            let source = spliced(&composed(None), frame, block);
            let webp = make(&source, "/w_9/webp").unwrap();
            assert_eq!((timing(&webp.bytes).0, webp.frames), (loops, 5), "before frame {frame}");
            // Encoded again, or the original's bytes.
            for path in ["/w_9/gif", "/w_auto/gif"] {
                let gif = make(&source, path).unwrap();
                assert_eq!(timing(&make(&gif.bytes, "/w_auto/webp").unwrap().bytes).0, loops, "{path}");
            }
        }
    }
}

#[test]
fn unknown_extensions_are_skipped() {
    let want = frames(&composed(None));
    for frame in 0..5 {
        let source = spliced(&composed(None), frame, b"\x21\x99\x03abc\x00");
        for path in ["/w_auto/gif", "/w_auto/anim_0/gif", "/w_9/webp"] {
            assert_eq!(make(&source, path).unwrap().frames, if path.contains("anim") { 1 } else { 5 }, "{frame}");
        }
        assert_same(&frames(&make(&source, "/w_auto/gif").unwrap().bytes), &want, "before a frame");
    }
    // Bytes that are no block end the animation, which has the frames before them.
    let source = spliced(&composed(None), 3, b"\x99\x03abc\x00");
    assert_eq!(make(&source, "/w_9/webp").unwrap().frames, 3);
    assert_same(&frames(&make(&source, "/w_auto/gif").unwrap().bytes), &want[..3], "broken off");
}

#[test]
fn the_sample_turns_in_every_fit() {
    let source = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/photos/turning.gif")).unwrap();
    for (path, size) in
        [("/w_80/webp", "80x80"), ("/w_80/h_40/webp", "80x40"), ("/w_90/h_60/fit_contain/bg_1b4965/gif", "90x60")]
    {
        let made = make(&source, path).unwrap();
        assert_eq!((made.frames, made.size.to_string().as_str()), (12, size), "{path}");
    }
    let turned = frames(&make(&source, "/w_80/gif").unwrap().bytes);
    assert_eq!(turned.len(), 12);
    assert!(turned.iter().all(|(_, delay)| *delay == 80));
    assert_eq!(turned[0].0.get_pixel(0, 0)[3], 0, "transparent corners");
    assert_ne!(turned[0].0, turned[6].0);
}

#[test]
fn one_frame_with_anim_0_or_in_formats_without_animation() {
    let source = composed(None);
    for (path, format) in [
        ("/w_auto/anim_0/webp", Format::WebP),
        ("/w_auto/anim_0/gif", Format::Gif),
        ("/w_auto/jpeg", Format::Jpeg),
        ("/w_auto/auto", Format::Png),
    ] {
        let made = make(&source, path).unwrap();
        assert_eq!((made.frames, made.format), (1, format), "{path}");
    }
}

#[test]
fn frames_and_their_pixels_have_limits() {
    let source = composed(None);
    let ask = |path: &str, config: &Config| {
        let path = VariantPath::parse(&format!("{path}/x")).unwrap();
        render(&source, path.variant(), config, &mut |_| {})
    };
    for config in
        [Config { max_frames: 4, ..Config::default() }, Config { max_source_pixels: 1000, ..Config::default() }]
    {
        let error = ask("/w_9/webp", &config).unwrap_err();
        assert!(matches!(error, Error::TooManyFrames { frames: 5, .. }), "{error}");
        assert!(error.to_string().ends_with("ask for its first frame with anim=0"));
        assert_eq!(ask("/w_9/anim_0/webp", &config).unwrap().frames, 1);
    }
    // 5 frames of 16 million pixels in 10 kilobytes.
    let padded = ask("/w_4000/h_4000/fit_contain/webp", &Config::default()).unwrap_err();
    assert!(matches!(padded, Error::TooManyFrames { frames: 5, .. }), "{padded}");
    assert!(ask("/w_9/webp", &Config { max_frames: 5, max_source_pixels: 1600, ..Config::default() }).is_ok());
}

#[test]
fn a_truncated_gif_plays_its_whole_frames() {
    let source = composed(None);
    let whole = make(&source, "/w_auto/gif").unwrap();
    let without_trailer = make(&source[..source.len() - 1], "/w_auto/gif").unwrap();
    assert_eq!(without_trailer.bytes, whole.bytes);
    let with_junk = make(&[&source[..source.len() - 1], b"junk"].concat(), "/w_auto/webp").unwrap();
    assert_eq!(with_junk.frames, 5);
}

#[test]
fn a_broken_frame_is_an_error_or_the_frames_before_it() {
    let gif = composed(None);
    let webp = make(&gif, "/w_auto/webp").unwrap().bytes;
    for source in [gif, webp] {
        for end in 0..source.len() {
            if let Ok(made) = make(&source[..end], "/w_9/webp") {
                assert!(made.frames <= 5);
            }
        }
    }
}
