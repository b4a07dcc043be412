//! GIFs that violate the specification and that browsers show. Chromium is the reference.

use image::codecs::gif::GifDecoder;
use image::{AnimationDecoder as _, RgbaImage};
use ridge_contract::{Config, Truncated, VariantPath};
use ridge_pixels::{Error, Rendered, render};
use serde_json::Value;

use crate::support::gifs::{FOUR, Gif, Part};
use crate::support::{decode, make};

/// Every kind of variant.
const PATHS: [&str; 9] = [
    "/w_auto/png",
    "/w_auto/webp",
    "/w_auto/gif",
    "/w_auto/json",
    "/w_auto/thumbhash",
    "/w_auto/anim_0/webp",
    "/w_4/webp",
    "/w_4/gif",
    "/w_4/jpeg",
];

fn with(source: &[u8], path: &str, truncated: Truncated) -> Result<Rendered, Error> {
    let path = VariantPath::parse(&format!("{path}/x")).unwrap();
    render(source, path.variant(), &Config { truncated, ..Config::default() }, &mut |_| {})
}

/// Returns all frames of the variant, as another decoder composes them.
fn seen(source: &[u8]) -> Vec<RgbaImage> {
    let made = make(source, "/w_auto/rot_180/gif").unwrap();
    let frames = GifDecoder::new(std::io::Cursor::new(made.bytes)).unwrap().into_frames().collect_frames().unwrap();
    frames.into_iter().map(|frame| image::imageops::rotate180(frame.buffer())).collect()
}

fn opaque([r, g, b]: [u8; 3]) -> [u8; 4] {
    [r, g, b, 255]
}

const BLACK: [u8; 4] = [0, 0, 0, 255];

#[test]
fn the_canvas_grows_to_the_first_frame() {
    let indices: Vec<u8> = (0..12 * 9).map(|at| at % 4).collect();
    for screen in [(0, 0), (6, 5), (12, 0), (3, 9)] {
        let source = Gif { screen, ..Gif::new(0, 0, vec![Part::new(12, 9, &indices)]) }.file();
        let shown = decode(&make(&source, "/w_auto/png").unwrap());
        assert_eq!(shown.dimensions(), (12, 9), "{screen:?}");
        for (pixel, index) in shown.pixels().zip(&indices) {
            assert_eq!(pixel.0, opaque(FOUR[usize::from(*index)]));
        }
        for path in PATHS {
            assert!(make(&source, path).is_ok(), "{path}");
        }
        // The original's own bytes, if they are used, have the size of the canvas that is shown.
        assert_eq!(decode(&make(&source, "/w_auto/gif").unwrap()), shown, "{screen:?}");
    }
}

#[test]
fn the_canvas_has_room_for_the_first_frames_place_and_cuts_later_frames() {
    let first = Part { place: (2, 1), ..Part::plain(4, 4, 0) };
    let later = Part { place: (3, 3), ..Part::plain(40, 40, 1) };
    let shown = seen(&Gif::new(3, 3, vec![first, later]).file());
    assert_eq!(shown.len(), 2);
    assert_eq!(shown[1].dimensions(), (6, 5));
    assert_eq!(shown[0].get_pixel(0, 0)[3], 0);
    assert_eq!((shown[1].get_pixel(2, 1).0, shown[1].get_pixel(5, 4).0), (opaque(FOUR[0]), opaque(FOUR[1])));
    // The canvas counts against the limit, not the screen.
    let source = Gif { screen: (1, 1), ..Gif::new(1, 1, vec![Part::plain(30, 30, 0)]) }.file();
    let path = VariantPath::parse("/w_auto/png/x").unwrap();
    let error = render(&source, path.variant(), &Config { max_source_pixels: 1000, ..Config::default() }, &mut |_| {});
    assert!(matches!(error, Err(Error::TooManyPixels { .. })));
}

#[test]
fn missing_colours_are_black() {
    let still = Gif { palette: Vec::new(), ..Gif::new(6, 6, vec![Part::plain(6, 6, 3)]) };
    assert!(decode(&make(&still.file(), "/w_auto/png").unwrap()).pixels().all(|pixel| pixel.0 == BLACK));
    // Also if the original's bytes could be used: viewers do not agree on them.
    let served = make(&still.file(), "/w_auto/gif").unwrap();
    assert!(decode(&served).pixels().all(|pixel| pixel.0 == BLACK));
    let own = |index| Part { palette: FOUR.to_vec(), ..Part::plain(6, 6, index) };
    let frames = vec![own(0), Part::plain(6, 6, 1), own(2)];
    let animation = Gif { palette: Vec::new(), ..Gif::new(6, 6, frames) };
    let colours = seen(&animation.file()).iter().map(|frame| frame.get_pixel(3, 3).0).collect::<Vec<_>>();
    assert_eq!(colours, [opaque(FOUR[0]), BLACK, opaque(FOUR[2])]);
    // A palette of two colours, and indices of four; one of them is transparent.
    let short = Gif { palette: FOUR[..2].to_vec(), ..Gif::new(4, 1, vec![Part::new(4, 1, &[0, 1, 2, 3])]) };
    let mut file = short.file();
    file[10] = 0x80;
    let shown = decode(&make(&file, "/w_auto/png").unwrap());
    assert_eq!([0, 1, 2, 3].map(|x| shown.get_pixel(x, 0).0), [opaque(FOUR[0]), opaque(FOUR[1]), BLACK, BLACK]);
    let clear = Gif { frames: vec![Part { transparent: Some(3), ..short.frames[0].clone() }], ..short };
    let mut file = clear.file();
    file[10] = 0x80;
    let shown = decode(&make(&file, "/w_auto/png").unwrap());
    assert_eq!([2, 3].map(|x| shown.get_pixel(x, 0)[3]), [255, 0]);
}

#[test]
fn an_animation_that_ends_within_a_frame_plays_those_before_it() {
    let indices: Vec<u8> = (0..400).map(|at: u32| (at * at % 7 % 4) as u8).collect();
    let frames = vec![Part::plain(20, 20, 0), Part::plain(20, 20, 1), Part::new(20, 20, &indices)];
    let source = Gif::new(20, 20, frames).file();
    let length = Part::new(20, 20, &indices).data.len();
    for missing in [4, length / 2, length] {
        let cut = &source[..source.len() - missing];
        for path in PATHS {
            let made = with(cut, path, Truncated::Show).unwrap();
            assert!(made.is_truncated, "{path}");
            let error = with(cut, path, Truncated::Refuse).unwrap_err();
            assert!(error.to_string().contains("it ends within frame 3"), "{path}: {error}");
        }
        let shown = seen(cut);
        assert_eq!(shown.len(), 2);
        assert_eq!(shown[1].get_pixel(9, 9).0, opaque(FOUR[1]));
        let told: Value = serde_json::from_slice(&make(cut, "/w_auto/json").unwrap().bytes).unwrap();
        assert_eq!(told["original"]["frames"], 2);
    }
    // The end of the file, and of the last frame's data, may be missing.
    for missing in [0, 1, 2] {
        let cut = &source[..source.len() - missing];
        for path in PATHS {
            assert!(!with(cut, path, Truncated::Refuse).unwrap().is_truncated, "{path} without {missing}");
        }
        assert_eq!(seen(cut).len(), 3);
    }
}

#[test]
fn a_damaged_frame_ends_the_animation() {
    // LZW codes of 3 bits: clear, 0, and 7, which does not exist yet.
    let damaged = Part { data: vec![0xc4, 0x01], ..Part::plain(20, 20, 1) };
    let frames = vec![Part::plain(20, 20, 0), damaged.clone(), Part::plain(20, 20, 2)];
    let source = Gif::new(20, 20, frames).file();
    assert_eq!(seen(&source).len(), 1);
    for path in PATHS {
        assert!(make(&source, path).is_ok(), "{path}");
    }
    // Only the first frame is left.
    let source = Gif::new(20, 20, vec![damaged, Part::plain(20, 20, 2)]).file();
    for path in PATHS {
        assert!(matches!(make(&source, path), Err(Error::Broken { .. })), "{path}");
    }
}

#[test]
fn half_of_the_rows_of_a_truncated_first_frame_are_enough() {
    let indices: Vec<u8> = (0..1600).map(|at: u32| (at * at % 7 % 4) as u8).collect();
    for is_interlaced in [false, true] {
        let source = Gif::new(40, 40, vec![Part { is_interlaced, ..Part::new(40, 40, &indices) }]).file();
        let whole = decode(&make(&source, "/w_auto/png").unwrap());
        let cut = &source[..source.len() * 3 / 4];
        for path in PATHS {
            assert!(with(cut, path, Truncated::Show).unwrap().is_truncated, "{path}");
            assert!(matches!(with(cut, path, Truncated::Refuse), Err(Error::Broken { .. })), "{path}");
            assert!(matches!(make(&source[..source.len() / 3], path), Err(Error::Broken { .. })), "{path}");
        }
        let shown = decode(&make(cut, "/w_auto/png").unwrap());
        let row = |image: &RgbaImage, y: u32| (0..40).map(|x| image.get_pixel(x, y).0).collect::<Vec<_>>();
        // Three of four passes are there: every second row, which is repeated for the next one.
        for y in if is_interlaced { [0, 2, 20, 38] } else { [0, 1, 10, 20] } {
            assert_eq!(row(&shown, y), row(&whole, y), "{y}");
        }
        if is_interlaced {
            assert_eq!(row(&shown, 39), row(&whole, 38));
        } else {
            assert!(row(&shown, 39).iter().all(|pixel| pixel[3] == 0));
        }
    }
}

#[test]
fn missing_pixels_and_frames_are_transparent() {
    // LZW's end code after two of four pixels: the file is complete.
    let short = Part { size: (2, 2), ..Part::new(2, 1, &[0, 1]) };
    let source = Gif::new(2, 2, vec![short]).file();
    for path in PATHS {
        assert!(!with(&source, path, Truncated::Refuse).unwrap().is_truncated, "{path}");
    }
    let shown = decode(&make(&source, "/w_auto/png").unwrap());
    assert_eq!((shown.get_pixel(1, 0).0, shown.get_pixel(0, 1)[3]), (opaque(FOUR[1]), 0));
    // A frame without pixels draws nothing.
    let empty = Part { size: (0, 3), ..Part::new(1, 1, &[2]) };
    let shown = seen(&Gif::new(2, 2, vec![Part::plain(2, 2, 0), empty.clone(), Part::plain(1, 1, 1)]).file());
    assert_eq!(shown.len(), 3);
    assert_eq!(shown[1].get_pixel(1, 1).0, opaque(FOUR[0]));
    assert!(matches!(make(&Gif::new(0, 2, vec![empty]).file(), "/w_4/png"), Err(Error::Broken { .. })));
}
