//! AVIF boxes as encoders write them, in ways that libavif 1.0.4 does not support.

use image::{Rgb, RgbImage, RgbaImage, imageops};
use ridge_pixels::{Error, Kind, header};
use serde_json::Value;

use crate::support;
use crate::support::avif::{ALPHA, Avif, Coded, DEPTH, Item, Movie, Track, boxed, clap};
use crate::support::{decode, difference, gradient, make};

const SIDE: u32 = 64;
const RED: [u8; 3] = [220, 20, 20];
const GREEN: [u8; 3] = [20, 180, 20];
const BLUE: [u8; 3] = [20, 20, 220];
const WHITE: [u8; 3] = [255, 255, 255];
const BLACK: [u8; 3] = [0, 0, 0];

fn plain(color: [u8; 3]) -> Coded {
    Coded::new(RgbImage::from_pixel(SIDE, SIDE, Rgb(color)))
}

fn shown(file: &[u8]) -> RgbaImage {
    decode(&make(file, "/w_auto/png").unwrap_or_else(|error| panic!("{error}")))
}

/// Whether a pixel has about this colour and this alpha.
fn is(image: &RgbaImage, (x, y): (u32, u32), [r, g, b]: [u8; 3], alpha: u8) {
    let found = image.get_pixel(x, y).0;
    assert!(found.iter().zip([r, g, b, alpha]).all(|(found, wanted)| found.abs_diff(wanted) <= 6), "{found:?}");
}

/// Two tiles side by side, each an item.
fn grid(tiles: &[Item]) -> Avif {
    let grid = Item::grid(1, (2, 1), (2 * SIDE, SIDE));
    Avif::new(&[&[grid], tiles].concat())
}

/// Tiles are row by row "in the order of the references" (ISO/IEC 23008-12, 6.6.2.3.1).
#[test]
fn tiles_are_in_the_order_of_references() {
    let [red, blue] = [RED, BLUE].map(plain);
    for (to, left, right) in [([2, 3], RED, BLUE), ([3, 2], BLUE, RED), ([3, 3], BLUE, BLUE)] {
        let image = shown(&grid(&[red.item(2), blue.item(3)]).refer(b"dimg", 1, &to).file());
        assert_eq!(image.dimensions(), (2 * SIDE, SIDE));
        is(&image, (9, 9), left, 255);
        is(&image, (SIDE + 9, 9), right, 255);
    }
    let missing = grid(&[red.item(2), blue.item(3)]).refer(b"dimg", 1, &[2]).file();
    assert!(matches!(make(&missing, "/w_auto/png"), Err(Error::Broken { .. })));
}

/// The clean aperture (ISO/IEC 14496-12, 12.1.4) is applied before rotation (ISO/IEC 23000-22, 7.3.6.7).
#[test]
fn the_clean_aperture_is_shown() {
    let coded = Coded::new(gradient(96, 64));
    let whole = shown(&Avif::new(&[coded.item(1)]).file());
    let cut = |(left, top), (width, height)| imageops::crop_imm(&whole, left, top, width, height).to_image();
    for (aperture, expected) in [
        (clap(96, 48, 0, 0), cut((0, 8), (96, 48))),
        (clap(40, 64, -10, 0), cut((18, 0), (40, 64))),
        (clap(33, 21, 0, 0), cut((31, 21), (33, 21))),
        (clap(96, 48, 0, 9), whole.clone()),
    ] {
        let item = coded.item(1).with(true, aperture.clone());
        let file = Avif::new(std::slice::from_ref(&item)).file();
        assert_eq!(difference(&shown(&file), &expected), 0, "{aperture:?}");
        let size = header(Kind::Avif, &file).unwrap().size;
        assert_eq!((size.width, size.height), expected.dimensions());
        let turned = shown(&Avif::new(&[item.with(true, boxed(b"irot", &[&[1]]))]).file());
        assert_eq!(difference(&turned, &imageops::rotate270(&expected)), 0, "{aperture:?}");
    }
}

#[test]
fn properties_may_be_in_several_lists() {
    let items = [plain(RED).item(1), plain(BLACK).alpha(2)];
    let file = Avif { has_many_lists: true, ..Avif::new(&items).refer(b"auxl", 2, &[1]) };
    is(&shown(&file.file()), (9, 9), RED, 0);
}

#[test]
fn the_last_box_may_have_no_length() {
    let coded = Coded::new(gradient(96, 64));
    let [plain, open] = [false, true].map(|is_open| Avif { is_open, ..Avif::new(&[coded.item(1)]) }.file());
    assert_eq!(difference(&shown(&open), &shown(&plain)), 0);
}

#[test]
fn data_may_be_in_pieces() {
    let coded = Coded::new(gradient(96, 64));
    let whole = shown(&Avif::new(&[coded.item(1)]).file());
    let mut item = coded.item(1);
    item.pieces = coded.data.chunks(100).map(<[u8]>::to_vec).collect();
    assert!(item.pieces.len() > 2);
    assert_eq!(difference(&shown(&Avif::new(&[item]).file()), &whole), 0);
}

#[test]
fn only_an_auxiliary_that_says_so_is_transparency() {
    let (color, half) = (plain(RED), plain([128; 3]));
    let depth = half.item(2).with(false, support::avif::full(b"auxC", 0, 0, &[DEPTH, b"\0"]));
    is(&shown(&Avif::new(&[color.item(1), depth.clone()]).refer(b"auxl", 2, &[1]).file()), (9, 9), RED, 255);
    // The first one is depth, the second is not.
    let items = [color.item(1), depth, half.alpha(3)];
    let file = Avif::new(&items).refer(b"auxl", 2, &[1]).refer(b"auxl", 3, &[1]).file();
    is(&shown(&file), (9, 9), RED, 128);
    // Colours that are multiplied by alpha.
    let dark = plain([110, 10, 10]);
    let file = Avif::new(&[dark.item(1), half.alpha(2)]).refer(b"auxl", 2, &[1]).refer(b"prem", 1, &[2]).file();
    is(&shown(&file), (9, 9), RED, 128);
}

#[test]
fn a_grid_has_its_transparency_whole_or_in_tiles() {
    let [red, blue, clear, opaque] = [RED, BLUE, BLACK, WHITE].map(plain);
    let colors = [red.item(2), blue.item(3)];
    let sides = |file: Avif| {
        let image = shown(&file.refer(b"dimg", 1, &[3, 2]).file());
        is(&image, (9, 9), BLUE, 255);
        is(&image, (SIDE + 9, 9), RED, 0);
    };
    let in_tiles = [&colors[..], &[clear.alpha(4), opaque.alpha(5)]].concat();
    sides(grid(&in_tiles).refer(b"auxl", 4, &[2]).refer(b"auxl", 5, &[3]));
    let alpha =
        Item::grid(6, (2, 1), (2 * SIDE, SIDE)).with(false, support::avif::full(b"auxC", 0, 0, &[ALPHA, b"\0"]));
    let whole = [&colors[..], &[clear.item(4), opaque.item(5), alpha]].concat();
    sides(grid(&whole).refer(b"dimg", 6, &[5, 4]).refer(b"auxl", 6, &[1]));
    // Transparency of one of two tiles is ignored.
    let file = grid(&in_tiles).refer(b"auxl", 4, &[2]).refer(b"dimg", 1, &[3, 2]).file();
    is(&shown(&file), (SIDE + 9, 9), RED, 255);
}

/// Returns the first frame of a sequence, and the number of frames.
fn sequence(tracks: &[Track]) -> (RgbaImage, u64) {
    let still = plain(GREEN).item(1);
    let file = Avif { movie: Some(Movie { tracks: tracks.to_vec() }), ..Avif::new(&[still]) }.file();
    let told: Value = serde_json::from_slice(&make(&file, "/w_auto/json").unwrap().bytes).unwrap();
    let header = header(Kind::Avif, &file).unwrap();
    assert_eq!((header.frames, u64::from(header.frames_in_file)), (1, told["original"]["frames"].as_u64().unwrap()));
    let moving = make(&file, "/w_auto/webp").unwrap();
    assert_eq!(moving.frames, 1);
    (shown(&file), header.frames_in_file.into())
}

#[test]
fn a_sequence_is_shown_by_its_first_frame() {
    let frames = [RED, BLUE, BLUE].map(plain);
    let half = Track::new(&[RED, BLUE, BLUE].map(|_| plain([128; 3])));
    let (image, count) = sequence(&[Track::new(&frames)]);
    is(&image, (9, 9), RED, 255);
    assert_eq!(count, 3);
    // Older encoders do not write the type of an auxiliary track.
    for (urn, alpha) in [(Some(ALPHA), 128), (None, 128), (Some(DEPTH), 255)] {
        let auxiliary = Track { auxiliary: Some((1, urn)), ..half.clone() };
        is(&sequence(&[Track::new(&frames), auxiliary]).0, (9, 9), RED, alpha);
    }
    // One of several auxiliary tracks is transparency.
    let [depth, alpha] = [DEPTH, ALPHA].map(|urn| Track { auxiliary: Some((1, Some(urn))), ..half.clone() });
    is(&sequence(&[Track::new(&frames), depth, alpha]).0, (9, 9), RED, 128);
}

#[test]
fn tracks_of_sound_are_left_out() {
    let sound = Track { codec: *b"mp4a", ..Track::new(&[plain(BLUE)]) };
    let (image, count) = sequence(&[sound.clone(), Track::new(&[plain(RED), plain(BLUE)])]);
    is(&image, (9, 9), RED, 255);
    assert_eq!(count, 2);
    // Without a track of images, the item is shown.
    let (image, count) = sequence(&[sound]);
    is(&image, (9, 9), GREEN, 255);
    assert_eq!(count, 1);
}

#[test]
fn unsupported_features_are_named() {
    let coded = plain(RED);
    let derived = Item { kind: *b"iovl", ..coded.item(1) };
    let foreign = Item { kind: *b"hvc1", ..coded.item(1) };
    let scaled = coded.item(1).with(true, boxed(b"iscl", &[&[0; 12]]));
    let small = Coded::new(RgbImage::from_pixel(32, 32, Rgb(WHITE))).alpha(2);
    for (file, feature) in [
        (Avif::new(&[derived]), "an image of the type \"iovl\""),
        (Avif::new(&[foreign]), "an image of the type \"hvc1\""),
        (Avif::new(&[scaled]), "the property \"iscl\""),
        (Avif::new(&[coded.item(1), small]).refer(b"auxl", 2, &[1]), "transparency of another size than its colours"),
    ] {
        let error = make(&file.file(), "/w_auto/png").unwrap_err();
        assert!(matches!(&error, Error::Unsupported { feature: found, .. } if found == feature), "{error}");
    }
    // An unknown property that is not essential is ignored.
    let optional = coded.item(1).with(false, boxed(b"abcd", &[&[0; 12]]));
    is(&shown(&Avif::new(&[optional]).file()), (9, 9), RED, 255);
}
