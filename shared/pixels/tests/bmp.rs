//! Every kind of BMP.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use image::{Rgba, RgbaImage};
use pixels::Error;
use support::bmp::Bmp;
use support::{bmp, decode, gradient, make};

fn seen(bmp: &Bmp) -> RgbaImage {
    decode(&make(&bmp.file(), "/w_auto/png").unwrap())
}

const COLOURS: [[u8; 3]; 4] = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [200, 100, 50]];

fn palette(colours: usize) -> Vec<u8> {
    COLOURS[..colours].iter().flat_map(|[r, g, b]| [*b, *g, *r, 0]).collect()
}

fn row_of(indices: &[usize]) -> Vec<Rgba<u8>> {
    indices.iter().map(|index| Rgba([COLOURS[*index][0], COLOURS[*index][1], COLOURS[*index][2], 255])).collect()
}

#[test]
fn whole_colours_from_bottom_and_from_top() {
    let picture = gradient(13, 7);
    let made = decode(&make(&bmp(&picture), "/w_auto/png").unwrap());
    assert!(made.enumerate_pixels().all(|(x, y, pixel)| pixel.0[..3] == picture.get_pixel(x, y).0));
    let rows = picture.rows().rev().map(|row| row.flat_map(|p| [p[2], p[1], p[0]]).collect()).collect();
    let top_down = Bmp { height: -7, ..Bmp::new(13, 7, 24, rows) };
    assert_eq!(seen(&top_down), made);
}

#[test]
fn palettes_of_1_4_and_8_bits() {
    let indices = [0, 1, 1, 0, 1];
    for (bits, colours, row) in [(1, 2, vec![0b0110_1000]), (4, 4, vec![0x01, 0x10, 0x10]), (8, 4, vec![0, 1, 1, 0, 1])]
    {
        let bmp = Bmp { palette: palette(colours), ..Bmp::new(5, 1, bits, vec![row]) };
        assert_eq!(seen(&bmp).pixels().copied().collect::<Vec<_>>(), row_of(&indices), "{bits} bits");
    }
}

#[test]
fn run_lengths() {
    // Three of 3, two of 1 and end of row; one of 2 and four as they come; end.
    let eights = vec![3, 3, 2, 1, 0, 0, 1, 2, 0, 4, 0, 1, 2, 3, 0, 1];
    // Four bits: three of 3 and 1 by turns, two of 1, and end of row; five of 2 and 0 by turns; end.
    let fours = vec![3, 0x31, 2, 0x11, 0, 0, 5, 0x20, 0, 1];
    for (compression, bits, data, rows) in
        [(1, 8, eights, [[2, 0, 1, 2, 3], [3, 3, 3, 1, 1]]), (2, 4, fours, [[2, 0, 2, 0, 2], [3, 1, 3, 1, 1]])]
    {
        let bmp = Bmp { compression, palette: palette(4), data, ..Bmp::new(5, 2, bits, Vec::new()) };
        let made = seen(&bmp);
        assert_eq!(made.pixels().copied().collect::<Vec<_>>(), row_of(&rows.concat()), "{bits} bits");
    }
}

#[test]
fn sixteen_and_thirty_two_bits() {
    // Five bits each, 31 of red; then 16 of green, which is 132 of 255.
    let words: Vec<u8> = [31u16 << 10, 16 << 5].iter().flat_map(|word| word.to_le_bytes()).collect();
    let made = seen(&Bmp::new(2, 1, 16, vec![words]));
    assert_eq!((made.get_pixel(0, 0).0, made.get_pixel(1, 0).0), ([255, 0, 0, 255], [0, 132, 0, 255]));
    // The fourth byte is no alpha where none is announced.
    let pixels = vec![30, 20, 10, 0, 60, 50, 40, 128];
    let plain = Bmp::new(2, 1, 32, vec![pixels.clone()]);
    assert_eq!(seen(&plain).get_pixel(1, 0).0, [40, 50, 60, 255]);
    let masks = Some([0xff_0000, 0xff00, 0xff, 0xff00_0000]);
    let with_alpha = |pixels| Bmp { compression: 3, masks, ..Bmp::new(2, 1, 32, vec![pixels]) };
    // Announced, it is used, unless all of it is 0.
    let made = seen(&with_alpha(pixels));
    assert_eq!((made.get_pixel(0, 0)[3], made.get_pixel(1, 0).0), (0, [40, 50, 60, 128]));
    let empty = seen(&with_alpha(vec![30, 20, 10, 0, 60, 50, 40, 0]));
    assert_eq!((empty.get_pixel(0, 0).0, empty.get_pixel(1, 0).0), ([10, 20, 30, 255], [40, 50, 60, 255]));
}

#[test]
fn what_is_not_read_is_said() {
    let jpeg_in_bmp = Bmp { compression: 4, ..Bmp::new(2, 1, 24, vec![vec![0; 6]]) };
    let error = make(&jpeg_in_bmp.file(), "/w_9/png").unwrap_err();
    assert!(matches!(error, Error::NotAnImage(_)), "{error}");
}
