//! TIFFs that violate the specification, or follow an old one, and that libtiff reads.

use image::{RgbImage, RgbaImage};
use ridge_pixels::Error;
use weezl::BitOrder;
use weezl::encode::Encoder;

use crate::support::tiff::{SHORT, Tiff, image, rgb};
use crate::support::{decode, gradient, jpeg, make};

fn seen(file: &[u8]) -> RgbaImage {
    decode(&make(file, "/w_auto/png").unwrap_or_else(|error| panic!("{error}")))
}

fn assert_is(made: &RgbaImage, image: &RgbImage, name: &str) {
    assert_eq!(made.dimensions(), image.dimensions(), "{name}");
    for (x, y, pixel) in made.enumerate_pixels() {
        assert_eq!(pixel.0[..3], image.get_pixel(x, y).0, "{name} at {x} {y}");
    }
}

/// Tiles of 16 by 16 pixels.
fn tiles(image: &RgbImage) -> Vec<Vec<u8>> {
    let tile = |left: u32, top: u32| {
        let places = (0..16).flat_map(|y| (0..16).map(move |x| (left + x, top + y)));
        places.flat_map(|(x, y)| image.get_pixel_checked(x, y).map_or([9; 3], |pixel| pixel.0)).collect()
    };
    let lefts = || (0..image.width()).step_by(16);
    (0..image.height()).step_by(16).flat_map(|top| lefts().map(move |left| tile(left, top))).collect()
}

fn lzw(bytes: &[u8]) -> Vec<u8> {
    Encoder::with_tiff_size_switch(BitOrder::Msb, 8).encode(bytes).unwrap()
}

#[test]
fn lzw_tiles_that_stand_out_of_the_image() {
    // One colour: few codes, each for many rows.
    for image in [RgbImage::from_pixel(100, 100, image::Rgb([200, 30, 40])), gradient(100, 37)] {
        let parts = tiles(&image).iter().map(|tile| lzw(tile)).collect();
        let (width, height) = (image.width().into(), image.height().into());
        let tiff = Tiff::new(width, height, 2, 8, 3, &[]).tag(259, SHORT, &[5]).tiles(16, 16, parts);
        assert_is(&seen(&tiff.file()), &image, "LZW tiles");
    }
}

#[test]
fn lzw_of_old_writers() {
    let old = Encoder::new(BitOrder::Lsb, 8).encode(image().as_raw()).unwrap();
    assert_eq!((old[0], old[1] & 1), (0, 1));
    let tiff = rgb().tag(259, SHORT, &[5]).strips(11, vec![old]);
    assert_is(&seen(&tiff.file()), &image(), "old LZW");
    // Without the code that ends it.
    let mut short = lzw(image().as_raw());
    short.truncate(short.len() - 1);
    assert_is(&seen(&rgb().tag(259, SHORT, &[5]).strips(11, vec![short]).file()), &image(), "no end");
}

/// Changes an entry's tag, or one of its bytes.
fn patched(file: &[u8], tag: u16, change: impl Fn(&mut [u8])) -> Vec<u8> {
    let mut file = file.to_vec();
    let at = (10..).step_by(12).find(|at| file[*at..at + 2] == tag.to_le_bytes()).unwrap();
    change(&mut file[at..at + 12]);
    file
}

#[test]
fn places_of_tiles_in_the_tags_of_strips() {
    let file = rgb().tiles(16, 16, tiles(&image())).file();
    let file = patched(&file, 324, |entry| entry[..2].copy_from_slice(&273u16.to_le_bytes()));
    let file = patched(&file, 325, |entry| entry[..2].copy_from_slice(&279u16.to_le_bytes()));
    assert_is(&seen(&file), &image(), "tiles");
}

#[test]
fn strips_without_their_lengths() {
    for compression in [1, 5] {
        let data = if compression == 5 { lzw(image().as_raw()) } else { image().into_raw() };
        let file = rgb().tag(259, SHORT, &[compression]).strips(11, vec![data]).file();
        let unknown = patched(&file, 279, |entry| entry[..2].copy_from_slice(&60000u16.to_le_bytes()));
        assert_is(&seen(&unknown), &image(), "no lengths");
        let zero = patched(&file, 279, |entry| entry[8..].fill(0));
        assert_is(&seen(&zero), &image(), "a length of 0");
    }
}

#[test]
fn a_second_page_that_is_the_first_does_not_matter() {
    let mut file = rgb().file();
    let end = 10 + usize::from(file[8]) * 12;
    file[end..end + 4].copy_from_slice(&8u32.to_le_bytes());
    assert_is(&seen(&file), &image(), "a circle of pages");
    file[end..end + 4].fill(0xff);
    assert_is(&seen(&file), &image(), "a page beyond the file");
}

#[test]
fn bits_in_reverse_order() {
    let reversed = |bytes: &[u8]| bytes.iter().map(|byte| byte.reverse_bits()).collect::<Vec<u8>>();
    let plain = Tiff::new(8, 1, 1, 1, 1, &reversed(&[0b1101_0010])).tag(266, SHORT, &[2]);
    let levels: Vec<u8> = seen(&plain.file()).pixels().map(|pixel| pixel[0] / 255).collect();
    assert_eq!(levels, [1, 1, 0, 1, 0, 0, 1, 0]);
    // Two white rows, and the end of the block (ITU-T T.6).
    let fax = Tiff::new(8, 2, 0, 1, 1, &reversed(&[0b1100_0000, 0b0000_0100, 0b0000_0001]));
    let fax = fax.tag(259, SHORT, &[4]).tag(266, SHORT, &[2]);
    assert!(seen(&fax.file()).pixels().all(|pixel| pixel.0 == [255; 4]));
}

#[test]
fn fax_of_group_3() {
    // End of line; 2 white, 3 black, 3 white; end of line; 8 white (ITU-T T.4).
    for end in ["000000000001", ""] {
        let bits = "000000000001 0111 10 1000 000000000001 10011".replace(' ', "") + end;
        let byte = |bits: &[u8]| bits.iter().enumerate().fold(0, |byte, (at, bit)| byte | (bit - b'0') << (7 - at));
        let bytes: Vec<u8> = bits.as_bytes().chunks(8).map(byte).collect();
        let fax = Tiff::new(8, 2, 0, 1, 1, &bytes).tag(259, SHORT, &[3]);
        let levels: Vec<u8> = seen(&fax.file()).pixels().map(|pixel| pixel[0] / 255).collect();
        assert_eq!(levels, [1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], "ends with {end:?}");
    }
}

#[test]
fn predictors_of_either_byte_order() {
    let levels = [0x1234u16, 0x8000, 0x7fff, 0xff00];
    let differences = [levels[0], levels[1].wrapping_sub(levels[0]), levels[2].wrapping_sub(levels[1]), 0x7f01];
    for is_little in [true, false] {
        let bytes: Vec<u8> =
            differences.iter().flat_map(|n| if is_little { n.to_le_bytes() } else { n.to_be_bytes() }).collect();
        let tiff = Tiff::new(4, 1, 1, 16, 1, &[]).tag(259, SHORT, &[5]).tag(317, SHORT, &[2]);
        let made = seen(&tiff.strips(1, vec![lzw(&bytes)]).stored(is_little, false).file());
        assert_eq!(made.pixels().map(|pixel| pixel[0]).collect::<Vec<_>>(), [0x12, 0x80, 0x7f, 0xff]);
    }
    // Floats 0, 1 and 0: the highest bytes of all first, each as the difference from the previous one.
    let planes = [0, 0x3f, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0u8];
    let differences: Vec<u8> =
        (0..12).map(|at| planes[at].wrapping_sub(if at > 0 { planes[at - 1] } else { 0 })).collect();
    for is_little in [true, false] {
        let tiff = Tiff::new(3, 1, 1, 32, 1, &[]).tag(259, SHORT, &[5]).tag(317, SHORT, &[3]).tag(339, SHORT, &[3]);
        let made = seen(&tiff.strips(1, vec![lzw(&differences)]).stored(is_little, false).file());
        assert_eq!(made.pixels().map(|pixel| pixel[0]).collect::<Vec<_>>(), [0, 255, 0]);
    }
}

#[test]
fn up_to_half_of_the_rows_may_be_missing() {
    let image = gradient(32, 32);
    let base = || Tiff::new(32, 32, 2, 8, 3, image.as_raw());
    let rows: Vec<Vec<u8>> = image.as_raw().chunks(32 * 3 * 4).map(<[u8]>::to_vec).collect();
    let packed = rows.iter().map(|rows| lzw(rows)).collect::<Vec<_>>();
    let ends: usize = packed[6..].iter().map(Vec::len).sum();
    let strips = base().strips(4, rows);
    let lzw = base().tag(259, SHORT, &[5]).strips(4, packed.clone());
    let jpegs = image.as_raw().chunks(32 * 3 * 8);
    let jpegs: Vec<_> = jpegs.map(|rows| jpeg(&RgbImage::from_raw(32, 8, rows.to_vec()).unwrap())).collect();
    let last = jpegs[3].len();
    let jpegs = Tiff::new(32, 32, 6, 8, 3, &[]).tag(259, SHORT, &[7]).strips(8, jpegs);
    let one = 32 * 3;
    for (name, file, missing, row) in [
        ("one strip", base().file(), 8 * one, 24),
        ("strips", strips.file(), 8 * one, 24),
        ("LZW", lzw.file(), ends, 24),
        ("JPEG", jpegs.file(), last, 24),
        ("tiles", base().tiles(16, 16, tiles(&image)).file(), 16 * 16 * 3, 16),
    ] {
        let whole = seen(&file);
        for path in ["/w_auto/png", "/w_7/webp", "/w_auto/json"] {
            assert!(!make(&file, path).unwrap().is_truncated, "{name}: {path}");
            assert!(make(&file[..file.len() - missing], path).unwrap().is_truncated, "{name}: {path}");
            let error = make(&file[..file.len() * 2 / 5], path).unwrap_err();
            assert!(matches!(error, Error::Broken { .. }), "{name}: {path}: {error}");
        }
        let shown = seen(&file[..file.len() - missing]);
        for (x, y) in [(0, 0), (31, row - 1), (5, row / 2)] {
            assert_eq!(shown.get_pixel(x, y), whole.get_pixel(x, y), "{name}");
        }
        assert_eq!(shown.get_pixel(31, 31).0, [0, 0, 0, 255], "{name}");
    }
    // The last plane is missing, so no row is complete.
    let planes: Vec<Vec<u8>> = (0..3).map(|channel| image.pixels().map(|pixel| pixel[channel]).collect()).collect();
    let file = base().tag(284, SHORT, &[2]).strips(32, planes).file();
    assert!(make(&file[..file.len() - 32 * 32], "/w_9/png").is_err());
}
