//! Damaged AVIF containers, and those that cost time or memory.

use image::{Rgb, RgbImage};
use ridge_contract::{Config, Truncated, VariantPath};
use ridge_pixels::{Error, Kind, header, render};

use crate::support;
use crate::support::avif::{Avif, Coded, Item, boxed, full};
use crate::support::{gradient, make, within_memory};

const SIDE: u32 = 64;

fn tile() -> Coded {
    Coded::new(RgbImage::from_pixel(SIDE, SIDE, Rgb([90, 60, 30])))
}

/// Appends bytes to the content of the first box of this type, and adjusts all boxes around it.
fn grown(file: &[u8], path: &[&[u8; 4]], bytes: &[u8]) -> Vec<u8> {
    let mut file = file.to_vec();
    let mut end = 0;
    for kind in path {
        let at = file.windows(4).position(|window| window == *kind).unwrap() - 4;
        let size = u32::from_be_bytes(*file[at..].first_chunk().unwrap());
        file[at..at + 4].copy_from_slice(&(size + bytes.len() as u32).to_be_bytes());
        end = at + size as usize;
    }
    file.splice(end..end, bytes.iter().copied());
    file
}

fn feature(file: &[u8]) -> String {
    match make(file, "/w_9/png") {
        Err(Error::Unsupported { feature, .. }) => feature.into_owned(),
        other => panic!("{other:?}"),
    }
}

/// libavif 1.0.4 took a minute for half a megabyte of these.
#[test]
fn references_are_counted() {
    let file = Avif::new(&[Item::grid(1, (2, 1), (2 * SIDE, SIDE)), tile().item(2), tile().item(3)]);
    let to: Vec<u16> = (0..60_000).map(|id| id % 2 + 2).collect();
    assert_eq!(feature(&file.clone().refer(b"dimg", 1, &to).file()), "more than 4096 tiles");
    // References of other items are ignored.
    let mut harmless = file.refer(b"dimg", 1, &[2, 3]);
    for from in 100..107 {
        harmless = harmless.refer(b"dimg", from, &to).refer(b"cdsc", from, &to).refer(b"auxl", from, &to);
    }
    assert_eq!(make(&harmless.file(), "/w_9/png").unwrap().size.to_string(), "9x5");
}

#[test]
fn items_and_properties_are_counted() {
    let file = Avif::new(&[tile().item(1)]).file();
    let entry = |id: u32| full(b"infe", 3, 0, &[&id.to_be_bytes(), &[0, 0], b"Exif", &[0]]);
    let entries: Vec<u8> = (2..20_000).flat_map(entry).collect();
    assert_eq!(feature(&grown(&file, &[b"meta", b"iinf"], &entries)), "more than 16384 items");
    let properties = boxed(b"free", &[]).repeat(20_000);
    assert_eq!(feature(&grown(&file, &[b"meta", b"iprp", b"ipco"], &properties)), "more than 16384 properties");
}

/// Tiles that share the same bytes: a small file that takes hours to decode.
#[test]
fn tiles_share_little_data() {
    within_memory(400, || {
        let mut noise = 1u32;
        let image = RgbImage::from_fn(SIDE, SIDE, |_, _| {
            noise ^= noise << 13;
            noise ^= noise >> 17;
            noise ^= noise << 5;
            Rgb([noise as u8, (noise >> 8) as u8, (noise >> 16) as u8])
        });
        let coded = Coded::new(image);
        let (columns, rows) = (64, 8);
        assert!(coded.data.len() * usize::from(columns) * usize::from(rows) > 2 << 20, "{}", coded.data.len());
        let size = (u32::from(columns) * SIDE, u32::from(rows) * SIDE);
        let file = Avif::new(&[Item::grid(1, (columns, rows), size), coded.item(2)]);
        let to = vec![2; usize::from(columns) * usize::from(rows)];
        assert_eq!(feature(&file.refer(b"dimg", 1, &to).file()), "tiles that share too much data");
        // Pieces of one item may share bytes too.
        let mut item = tile().item(1);
        item.pieces.clear();
        let file = Avif::new(&[item]).file();
        let iloc = file.windows(4).position(|window| window == b"iloc").unwrap();
        let count = iloc + 4 + 4 + 2 + 2 + 6;
        let mut pieces = grown(&file, &[b"meta", b"iloc"], &[[0, 0, 0, 0, 0, 0, 1, 0]; 65_535].concat());
        pieces[count..count + 2].copy_from_slice(&[0xff; 2]);
        assert_eq!(feature(&pieces), "tiles that share too much data");
    });
}

/// A decoder decodes all frames before the one that is shown, also hidden ones, and a frame may take a few bytes.
#[test]
fn frames_of_a_still_image_are_counted() {
    let coded = tile();
    let with = |times: usize| Avif::new(&[Coded { data: coded.data.repeat(times), ..coded.clone() }.item(1)]).file();
    assert!(make(&with(4), "/w_9/png").is_ok());
    assert_eq!(feature(&with(5)), "more than 4 coded frames in its image");
    // A large image may have fewer frames.
    let path = VariantPath::parse("/w_9/png/x").unwrap();
    let config = Config { max_source_pixels: u64::from(SIDE * SIDE), ..Config::default() };
    assert!(render(&with(2), path.variant(), &config, &mut |_| {}).is_ok());
    let error = render(&with(3), path.variant(), &config, &mut |_| {}).unwrap_err();
    assert!(error.to_string().contains("more than 2 coded frames"), "{error}");
}

/// Tiles reach beyond an image that is one pixel larger than three of them.
#[test]
fn decoded_tiles_count_against_the_limit() {
    let size = (SIDE + 1, SIDE + 1);
    let file = Avif::new(&[Item::grid(1, (2, 2), size), tile().item(2)]).refer(b"dimg", 1, &[2; 4]).file();
    let path = VariantPath::parse("/w_9/png/x").unwrap();
    let with = |max_source_pixels| {
        let config = Config { max_source_pixels, ..Config::default() };
        render(&file, path.variant(), &config, &mut |_| {})
    };
    // A quarter more than the limit.
    let limit = u64::from(4 * SIDE * SIDE) / 5 * 4;
    assert!(with(limit).is_ok());
    let error = with(limit - 1).unwrap_err();
    assert_eq!(error, Error::TooManyPixels { size: header_of(2 * SIDE), canvases: 1, max: limit - 1 });
}

fn header_of(side: u32) -> ridge_pixels::Size {
    ridge_pixels::Size { width: side, height: side }
}

/// A small clean aperture does not hide the number of decoded pixels.
#[test]
fn cropped_pixels_count_against_the_limit() {
    let item = tile().item(1).with(true, support::avif::clap(8, 8, 0, 0));
    let path = VariantPath::parse("/w_8/png/x").unwrap();
    let config = Config { max_source_pixels: u64::from(SIDE * SIDE) - 1, ..Config::default() };
    let error = render(&Avif::new(&[item]).file(), path.variant(), &config, &mut |_| {}).unwrap_err();
    assert!(matches!(error, Error::TooManyPixels { canvases: 1, .. }), "{error}");
}

/// libavif allocates a decoder for each tile that differs in layers.
#[test]
fn tiles_have_the_same_layers() {
    let layered = tile().item(3).with(true, boxed(b"a1op", &[&[1]]));
    let grid = Item::grid(1, (2, 1), (2 * SIDE, SIDE));
    let file = Avif::new(&[grid, tile().item(2), layered]).refer(b"dimg", 1, &[2, 3]).file();
    assert!(matches!(make(&file, "/w_9/png"), Err(Error::Broken { .. })));
}

#[test]
fn grids_are_covered_by_tiles_of_one_size() {
    let broken = |grid: Item, other: Coded| {
        let file = Avif::new(&[grid, tile().item(2), other.item(3)]).refer(b"dimg", 1, &[2, 3]).file();
        assert!(matches!(make(&file, "/w_9/png"), Err(Error::Broken { .. })));
    };
    broken(Item::grid(1, (2, 1), (2 * SIDE + 1, SIDE)), tile());
    broken(Item::grid(1, (2, 1), (SIDE, SIDE)), tile());
    broken(Item::grid(1, (1, 1), (SIDE, SIDE)), tile());
    broken(Item::grid(1, (2, 1), (2 * SIDE, SIDE)), Coded::new(gradient(SIDE, SIDE + 2)));
}

/// Nested boxes are read only as deep as an image needs.
#[test]
fn boxes_within_boxes() {
    let mut nested = Vec::new();
    for _ in 0..2000 {
        nested = boxed(b"meta", &[&nested]);
    }
    let file = [boxed(b"ftyp", &[b"avif\0\0\0\0avif"]), nested].concat();
    assert!(matches!(make(&file, "/w_9/png"), Err(Error::Broken { .. })));
}

/// AV1 codes an image as a whole, so a truncated file has no upper half to show. Its size is still known.
#[test]
fn a_truncated_file_is_broken_whatever_the_setting() {
    let file = Avif::new(&[tile().item(1)]).file();
    let cut = &file[..file.len() - 1];
    assert_eq!(header(Kind::Avif, cut).unwrap().size, header_of(SIDE));
    let path = VariantPath::parse("/w_9/png/x").unwrap();
    for truncated in [Truncated::Show, Truncated::Refuse] {
        let config = Config { truncated, ..Config::default() };
        let error = render(cut, path.variant(), &config, &mut |_| {}).unwrap_err();
        assert!(error.to_string().ends_with("it ends before its image data"), "{error}");
    }
}

/// Any result is allowed, but the process must not crash.
#[test]
fn any_byte_wrong_or_missing() {
    let grid = Item::grid(1, (2, 1), (2 * SIDE, SIDE));
    let items = [grid, tile().item(2), tile().item(3), tile().alpha(4), tile().alpha(5)];
    let file = Avif::new(&items).refer(b"dimg", 1, &[3, 2]).refer(b"auxl", 4, &[2]).refer(b"auxl", 5, &[3]).file();
    assert!(make(&file, "/w_9/png").is_ok());
    for at in 0..file.len() {
        let _ = make(&file[..at], "/w_9/png");
        for change in [0x01, 0x55, 0x80] {
            let mut damaged = file.clone();
            damaged[at] ^= change;
            let _ = make(&damaged, "/w_9/png");
        }
    }
}
