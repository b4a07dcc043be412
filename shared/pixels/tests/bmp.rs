//! BMP: all depths, headers and compressions.

use image::{Rgba, RgbaImage};
use ridge_pixels::Error;

use crate::support::bmp::Bmp;
use crate::support::{bmp, decode, gradient, make};

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
    let image = gradient(13, 7);
    let made = decode(&make(&bmp(&image), "/w_auto/png").unwrap());
    assert!(made.enumerate_pixels().all(|(x, y, pixel)| pixel.0[..3] == image.get_pixel(x, y).0));
    let rows = image.rows().rev().map(|row| row.flat_map(|p| [p[2], p[1], p[0]]).collect()).collect();
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
    // Three times 3, two times 1, end of row; a 2, four literals; end.
    let eights = vec![3, 3, 2, 1, 0, 0, 1, 2, 0, 4, 0, 1, 2, 3, 0, 1];
    // 4 bits: 3 and 1 alternating three times, two times 1, end of row; 2 and 0 alternating five times; end.
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
    // Five bits each: 31 of red; then 16 of green, which is 132 of 255.
    let words: Vec<u8> = [31u16 << 10, 16 << 5].iter().flat_map(|word| word.to_le_bytes()).collect();
    let made = seen(&Bmp::new(2, 1, 16, vec![words]));
    assert_eq!((made.get_pixel(0, 0).0, made.get_pixel(1, 0).0), ([255, 0, 0, 255], [0, 132, 0, 255]));
    // The fourth byte is not alpha unless the header announces it.
    let pixels = vec![30, 20, 10, 0, 60, 50, 40, 128];
    let plain = Bmp::new(2, 1, 32, vec![pixels.clone()]);
    assert_eq!(seen(&plain).get_pixel(1, 0).0, [40, 50, 60, 255]);
    let masks = Some([0xff_0000, 0xff00, 0xff, 0xff00_0000]);
    let with_alpha = |pixels| Bmp { compression: 3, masks, ..Bmp::new(2, 1, 32, vec![pixels]) };
    // Announced alpha is used, unless all of it is 0.
    let made = seen(&with_alpha(pixels));
    assert_eq!((made.get_pixel(0, 0)[3], made.get_pixel(1, 0).0), (0, [40, 50, 60, 128]));
    let empty = seen(&with_alpha(vec![30, 20, 10, 0, 60, 50, 40, 0]));
    assert_eq!((empty.get_pixel(0, 0).0, empty.get_pixel(1, 0).0), ([10, 20, 30, 255], [40, 50, 60, 255]));
}

#[test]
fn masks_of_any_width_behind_any_header() {
    let masks = Some([0xf00, 0xf0, 0xf, 0xf000]);
    let words: Vec<u8> = [0xff80u16, 0x8f08, 0x00ff].iter().flat_map(|word| word.to_le_bytes()).collect();
    // The first Windows header with alpha (compression 6), its third, and its fourth version.
    for (header, compression) in [(40, 6), (56, 3), (108, 3)] {
        let bmp = Bmp { header: Some(header), compression, masks, ..Bmp::new(3, 1, 16, vec![words.clone()]) };
        let made = seen(&bmp);
        let pixels = [0, 1, 2].map(|x| made.get_pixel(x, 0).0);
        assert_eq!(pixels, [[255, 136, 0, 255], [255, 0, 136, 136], [0, 255, 255, 0]], "header of {header}");
    }
    // Without alpha: three masks, and the palette's offset does not move.
    let three = Bmp { header: Some(52), compression: 3, masks, ..Bmp::new(3, 1, 16, vec![words]) };
    assert_eq!(seen(&three).get_pixel(1, 0).0, [255, 0, 136, 255]);
    // Of more than 8 bits, the upper 8 count.
    let masks = Some([0x3ff0_0000, 0xf_fc00, 0x3ff, 0]);
    let deep = Bmp { compression: 3, masks, ..Bmp::new(1, 1, 32, vec![0x3ff8_03ff_u32.to_le_bytes().to_vec()]) };
    assert_eq!(seen(&deep).get_pixel(0, 0).0, [255, 128, 255, 255]);
    // A mask with gaps is an error.
    let masks = Some([0xff_00f0, 0xff00, 0xf, 0]);
    let apart = Bmp { compression: 3, masks, ..Bmp::new(1, 1, 32, vec![vec![0; 4]]) };
    assert!(matches!(make(&apart.file(), "/w_9/png"), Err(Error::Broken { .. })));
}

#[test]
fn headers_of_os_2() {
    let indices = [0, 1, 1, 0, 1];
    for header in [16, 24, 42, 64] {
        let bmp = Bmp { header: Some(header), palette: palette(4), ..Bmp::new(5, 1, 8, vec![vec![0, 1, 1, 0, 1]]) };
        // The shorter headers lack the last fields.
        let full = Bmp { header: Some(64), ..bmp }.file();
        let mut file = [&full[..14 + header as usize], &full[78..]].concat();
        file[10..14].copy_from_slice(&(14 + header + 16).to_le_bytes());
        file[14..18].copy_from_slice(&header.to_le_bytes());
        let made = decode(&make(&file, "/w_auto/png").unwrap());
        assert_eq!(made.pixels().copied().collect::<Vec<_>>(), row_of(&indices), "header of {header}");
    }
    // Run lengths of 24-bit pixels: two of one colour, then two literals.
    let data = vec![2, 1, 2, 3, 0, 0, 2, 9, 8, 7, 0, 1];
    let bmp = Bmp { header: Some(64), compression: 4, data, ..Bmp::new(2, 2, 24, Vec::new()) };
    let made = seen(&bmp);
    assert_eq!((made.get_pixel(1, 1).0, made.get_pixel(1, 0).0), ([3, 2, 1, 255], [7, 8, 9, 255]));
}

#[test]
fn run_lengths_from_the_top_and_what_they_skip() {
    // A 0, end of row; one to the right and one down, a 1; end.
    let data = vec![1, 0, 0, 0, 0, 2, 1, 1, 1, 1, 0, 1];
    for height in [3, -3] {
        let bmp =
            Bmp { height, compression: 1, palette: palette(4), data: data.clone(), ..Bmp::new(2, 3, 8, Vec::new()) };
        let made = seen(&bmp);
        let row = |y: u32| if height < 0 { y } else { 2 - y };
        assert_eq!((made.get_pixel(0, row(0)).0, made.get_pixel(1, row(2)).0), ([255, 0, 0, 255], [0, 255, 0, 255]));
        assert!([(1, 0), (0, 1), (1, 1), (0, 2)].iter().all(|(x, y)| made.get_pixel(*x, row(*y)).0 == [0, 0, 0, 255]));
    }
    // A run that is longer than its row does not continue in the next one.
    let data = vec![9, 3, 0, 0, 2, 1, 0, 1];
    let long = Bmp { compression: 1, palette: palette(4), data, ..Bmp::new(2, 2, 8, Vec::new()) };
    assert_eq!(seen(&long).pixels().copied().collect::<Vec<_>>(), row_of(&[1, 1, 3, 3]));
}

#[test]
fn palettes_with_too_many_and_too_few_colours() {
    let mut large = palette(4);
    large.resize(300 * 4, 77);
    let bmp = Bmp { palette: large, ..Bmp::new(3, 1, 8, vec![vec![0, 1, 3]]) };
    assert_eq!(seen(&bmp).pixels().copied().collect::<Vec<_>>(), row_of(&[0, 1, 3]));
    let bmp = Bmp { palette: palette(2), ..Bmp::new(3, 1, 8, vec![vec![0, 1, 3]]) };
    assert_eq!(seen(&bmp).get_pixel(2, 0).0, [0, 0, 0, 255]);
    // A header in which the pixels begin at the palette's offset.
    let mut file = Bmp { palette: palette(4), ..Bmp::new(3, 1, 8, vec![vec![0, 1, 3]]) }.file();
    file[10..14].copy_from_slice(&54u32.to_le_bytes());
    let made = decode(&make(&file, "/w_auto/png").unwrap());
    assert_eq!(made.pixels().copied().collect::<Vec<_>>(), row_of(&[0, 1, 3]));
}

#[test]
fn up_to_half_of_the_rows_may_be_missing() {
    let image = gradient(8, 8);
    let rows = || image.rows().map(|row| row.flat_map(|p| [p[2], p[1], p[0]]).collect()).collect::<Vec<Vec<u8>>>();
    let runs: Vec<u8> = (0..8).flat_map(|_| [8, 2, 0, 0]).collect();
    let run_lengths = Bmp { compression: 1, palette: palette(4), data: runs, ..Bmp::new(8, 8, 8, Vec::new()) };
    for (file, row) in [(Bmp::new(8, 8, 24, rows()).file(), 24), (run_lengths.file(), 4)] {
        // The last bytes are the padding of the last row, or the end code.
        for (missing, is_shown) in [(0, true), (row, true), (4 * row, true), (4 * row + 3, false)] {
            for path in ["/w_auto/png", "/w_3/webp", "/w_auto/json"] {
                let made = make(&file[..file.len() - missing], path);
                assert_eq!(made.is_ok(), is_shown, "{path} without {missing}");
                assert!(made.is_err() || made.unwrap().is_truncated == (missing > 0), "{path} without {missing}");
            }
        }
    }
    // Rows are stored bottom-up, so the upper rows are missing.
    let file = Bmp::new(8, 8, 24, rows()).file();
    let shown = decode(&make(&file[..file.len() - 24], "/w_auto/png").unwrap());
    assert_eq!(shown.get_pixel(5, 7).0[..3], image.get_pixel(5, 7).0);
}

#[test]
fn an_embedded_profile_is_applied() {
    let profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let bmp = Bmp { profile: profile.clone(), ..Bmp::new(1, 1, 24, vec![vec![40, 90, 200]]) };
    let mut png = Vec::new();
    let mut info = png::Info::with_size(1, 1);
    info.icc_profile = Some(profile.into());
    let mut encoder = png::Encoder::with_info(&mut png, info).unwrap();
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header().unwrap().write_image_data(&[200, 90, 40]).unwrap();
    let same = decode(&make(&png, "/w_auto/png").unwrap());
    assert_eq!(seen(&bmp), same);
    assert_ne!(same.get_pixel(0, 0).0, [200, 90, 40, 255]);
}

#[test]
fn unsupported_features_are_named() {
    for (feature, compression, bits, header) in [
        ("JPEG compression", 4, 24, 40),
        ("PNG compression", 5, 24, 40),
        ("Huffman compression", 3, 1, 64),
        ("CMYK colours", 11, 32, 40),
        ("compression 9 of 8 bits per pixel", 9, 8, 40),
        ("64 bits per pixel", 0, 64, 40),
    ] {
        let bmp = Bmp { compression, header: Some(header), ..Bmp::new(2, 1, bits, vec![vec![0; 16]]) };
        for path in ["/w_9/png", "/w_auto/webp", "/w_auto/json"] {
            let error = make(&bmp.file(), path).unwrap_err();
            assert!(matches!(error, Error::Unsupported { kind: "BMP", .. }), "{error}");
            assert!(error.to_string().contains(feature), "{error} does not say {feature}");
        }
    }
}
