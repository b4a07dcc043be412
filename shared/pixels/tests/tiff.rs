//! TIFF: every layout and compression of the same small image, as far as its colours allow.

use std::io::Cursor;

use image::{RgbImage, RgbaImage};
use ridge_pixels::{Error, Orientation};
use tiff::encoder::colortype::RGB8;
use tiff::encoder::{Compression, DeflateLevel, Predictor, TiffEncoder};
use turbojpeg::{PixelFormat, Subsamp};

use crate::support;
use crate::support::tiff::{LONG, SHORT, Tiff, image, rgb};
use crate::support::{compress, decode, gradient, jpeg, make, stored};

const EXTRA_SAMPLES: u16 = 338;

fn seen(tiff: &Tiff) -> RgbaImage {
    decode(&make(&tiff.file(), "/w_auto/png").unwrap_or_else(|error| panic!("{error}")))
}

fn assert_is(made: &RgbaImage, image: &RgbImage, name: &str) {
    assert_eq!(made.dimensions(), image.dimensions(), "{name}");
    for (x, y, pixel) in made.enumerate_pixels() {
        let [r, g, b] = image.get_pixel(x, y).0;
        assert_eq!(pixel.0, [r, g, b, 255], "{name} at {x} {y}");
    }
}

#[test]
fn byte_orders_and_widths() {
    for (is_little, is_big) in [(true, false), (false, false), (true, true), (false, true)] {
        let name = format!("little {is_little}, big {is_big}");
        assert_is(&seen(&rgb().stored(is_little, is_big)), &image(), &name);
        // Samples of two bytes, in either byte order; the lower 8 bits are dropped.
        let deep: Vec<u8> = image()
            .as_raw()
            .iter()
            .flat_map(|level| {
                let word = u16::from(*level) << 8 | 0xff;
                if is_little { word.to_le_bytes() } else { word.to_be_bytes() }
            })
            .collect();
        let deep = Tiff::new(19, 11, 2, 16, 3, &deep).stored(is_little, is_big);
        assert_is(&seen(&deep), &image(), &name);
    }
}

#[test]
fn strips_tiles_and_planes() {
    let image = image();
    let strips = image.as_raw().chunks(19 * 3 * 4).map(<[u8]>::to_vec).collect();
    assert_is(&seen(&rgb().strips(4, strips)), &image, "strips");
    // Tiles reach beyond the right and bottom edges.
    let tile = |left: u32, top: u32, channels: &[usize]| -> Vec<u8> {
        let places = (0..16).flat_map(|y| (0..16).map(move |x| (left + x, top + y)));
        let pixels = places.map(|(x, y)| image.get_pixel_checked(x, y).map_or([9; 3], |pixel| pixel.0));
        pixels.flat_map(|pixel| channels.iter().map(move |channel| pixel[*channel])).collect()
    };
    let tiles = |channels: &[usize]| [tile(0, 0, channels), tile(16, 0, channels)];
    assert_is(&seen(&rgb().tiles(16, 16, tiles(&[0, 1, 2]).to_vec())), &image, "tiles");
    let planes: Vec<Vec<u8>> = (0..3).map(|channel| image.pixels().map(|pixel| pixel[channel]).collect()).collect();
    assert_is(&seen(&rgb().tag(284, SHORT, &[2]).strips(11, planes)), &image, "planes in strips");
    let planes = [tiles(&[0]), tiles(&[1]), tiles(&[2])].concat();
    assert_is(&seen(&rgb().tag(284, SHORT, &[2]).tiles(16, 16, planes)), &image, "planes in tiles");
}

#[test]
fn compressions() {
    for (name, compression) in [
        ("none", Compression::Uncompressed),
        ("LZW", Compression::Lzw),
        ("deflate", Compression::Deflate(DeflateLevel::Fast)),
        ("PackBits", Compression::Packbits),
    ] {
        for predictor in [Predictor::None, Predictor::Horizontal] {
            let mut file = Cursor::new(Vec::new());
            let encoder = TiffEncoder::new(&mut file).unwrap().with_compression(compression);
            encoder.with_predictor(predictor).write_image::<RGB8>(19, 11, image().as_raw()).unwrap();
            let made = decode(&make(file.get_ref(), "/w_auto/png").unwrap());
            assert_is(&made, &image(), &format!("{name}, {predictor:?}"));
        }
    }
    // A row equal to the white row above it is a single 1 (ITU-T T.6); two of them, and the end of the block.
    let fax = Tiff::new(8, 2, 0, 1, 1, &[0b1100_0000, 0b0000_0100, 0b0000_0001]).tag(259, SHORT, &[4]);
    assert!(seen(&fax).pixels().all(|pixel| pixel.0 == [255; 4]));
}

/// Returns the levels of red with this number of bits, most significant first, rows at whole bytes.
fn packed(bits: u32) -> (Vec<u8>, RgbImage) {
    let max = (1u32 << bits) - 1;
    let mut kept = RgbImage::new(19, 11);
    let mut bytes = Vec::new();
    for (y, row) in image().rows().enumerate() {
        let mut row_bytes = vec![0u8; (19 * bits as usize).div_ceil(8)];
        for (x, pixel) in row.enumerate() {
            let value = u32::from(pixel[0]) >> (8 - bits);
            let at = x * bits as usize;
            row_bytes[at / 8] |= (value << (8 - bits as usize - at % 8)) as u8;
            kept.put_pixel(x as u32, y as u32, image::Rgb([(value * 255 / max) as u8; 3]));
        }
        bytes.extend(row_bytes);
    }
    (bytes, kept)
}

#[test]
fn gray_of_every_depth_and_either_sense() {
    for bits in [1, 2, 4, 8] {
        let (bytes, kept) = packed(bits);
        let gray = |photometric, bytes: &[u8]| seen(&Tiff::new(19, 11, photometric, bits.into(), 1, bytes));
        assert_is(&gray(1, &bytes), &kept, &format!("{bits} bits"));
        let inverted: Vec<u8> = bytes.iter().map(|byte| !byte).collect();
        assert_is(&gray(0, &inverted), &kept, &format!("{bits} bits, white is zero"));
    }
    let (bytes, kept) = packed(8);
    let light = |level: u8| support::color::srgb_light(f64::from(level) / 255.0) as f32;
    let floats: Vec<u8> = bytes.iter().flat_map(|level| light(*level).to_le_bytes()).collect();
    let float = Tiff::new(19, 11, 1, 32, 1, &floats).tag(339, SHORT, &[3]);
    assert_is(&seen(&float), &kept, "floats");
}

#[test]
fn palettes() {
    for bits in [1u32, 2, 4, 8] {
        let colours = 1u64 << bits;
        // Red falls with the index, green is three, blue is the index itself.
        let map: Vec<u64> = (0..colours)
            .map(|index| (255 - index) * 257)
            .chain((0..colours).map(|_| 3 * 257))
            .chain((0..colours).map(|index| index * 257))
            .collect();
        let (bytes, kept) = packed(bits);
        let made = seen(&Tiff::new(19, 11, 3, bits.into(), 1, &bytes).tag(320, SHORT, &map));
        for (pixel, level) in made.pixels().zip(kept.pixels()) {
            let index = (u32::from(level[0]) * ((1 << bits) - 1)).div_ceil(255) as u8;
            assert_eq!(pixel.0, [255 - index, 3, index, 255], "{bits} bits");
        }
        let short = Tiff::new(19, 11, 3, bits.into(), 1, &bytes).tag(320, SHORT, &map[1..]);
        assert!(matches!(make(&short.file(), "/w_auto/png"), Err(Error::Broken { .. })));
    }
}

#[test]
fn alpha_apart_multiplied_in_and_none() {
    // 200, 100 and 50 with half of alpha, then with none.
    let apart = [200, 100, 50, 128, 0, 0, 0, 0];
    let multiplied = [100, 50, 25, 128, 0, 0, 0, 0];
    let tiff = |pixels: &[u8]| Tiff::new(2, 1, 2, 8, 4, pixels);
    for (name, tiff, first) in [
        ("unassociated", tiff(&apart).tag(EXTRA_SAMPLES, SHORT, &[2]), [200, 100, 50, 128]),
        ("unnamed", tiff(&apart), [200, 100, 50, 128]),
        ("associated", tiff(&multiplied).tag(EXTRA_SAMPLES, SHORT, &[1]), [199, 100, 50, 128]),
        ("something else", tiff(&apart).tag(EXTRA_SAMPLES, SHORT, &[0]), [200, 100, 50, 255]),
    ] {
        assert_eq!(seen(&tiff).get_pixel(0, 0).0, first, "{name}");
    }
    // 16-bit samples are divided by alpha before the lower half is dropped.
    let deep: Vec<u8> = [0x80u16, 0x40, 0xff, 0x100].iter().flat_map(|word| word.to_le_bytes()).collect();
    let deep = Tiff::new(1, 1, 2, 16, 4, &deep).tag(EXTRA_SAMPLES, SHORT, &[1]);
    assert_eq!(seen(&deep).get_pixel(0, 0).0, [128, 64, 254, 1]);
    let gray = Tiff::new(2, 1, 1, 8, 2, &[90, 40, 7, 255]).tag(EXTRA_SAMPLES, SHORT, &[2]);
    assert_eq!((seen(&gray).get_pixel(0, 0).0, seen(&gray).get_pixel(1, 0)[0]), ([90, 90, 90, 40], 7));
    // A spot colour before alpha.
    let spot = Tiff::new(1, 1, 2, 8, 5, &[200, 100, 50, 77, 128]).tag(EXTRA_SAMPLES, SHORT, &[0, 2]);
    assert_eq!(seen(&spot).get_pixel(0, 0).0, [200, 100, 50, 128]);
}

#[test]
fn inks() {
    let tiff = Tiff::new(3, 1, 5, 8, 4, &[0, 0, 0, 0, 255, 0, 0, 0, 0, 55, 155, 51]);
    let made = seen(&tiff);
    assert_eq!([0, 1, 2].map(|x| made.get_pixel(x, 0).0), [[255; 4], [0, 255, 255, 255], [204, 160, 80, 255]]);
    let with_alpha = Tiff::new(1, 1, 5, 8, 5, &[0, 0, 0, 0, 9]).tag(EXTRA_SAMPLES, SHORT, &[2]);
    assert_eq!(seen(&with_alpha).get_pixel(0, 0).0, [255, 255, 255, 9]);
}

#[test]
fn jpeg_strips_with_and_without_shared_tables() {
    let image = gradient(48, 32);
    let whole = jpeg(&image);
    let expected = decode(&make(&whole, "/w_auto/png").unwrap());
    let base = || Tiff::new(48, 32, 6, 8, 3, &whole).tag(259, SHORT, &[7]);
    assert_eq!(seen(&base()), expected);
    // Tables in the directory: all up to the frame, without the EOI marker.
    let frame = whole.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    let scan = whole.windows(2).position(|pair| pair == [0xff, 0xda]).unwrap();
    let huffman = whole.windows(2).position(|pair| pair == [0xff, 0xc4]).unwrap();
    assert!(frame < huffman && huffman < scan);
    let tables = [&whole[..frame], &whole[huffman..scan], &[0xff, 0xd9]].concat();
    let part = [&[0xff, 0xd8], &whole[frame..huffman], &whole[scan..]].concat();
    let split = base().bytes_tag(347, &tables);
    assert_eq!(seen(&split.clone().strips(32, vec![part.clone()])), expected);
    assert!(make(&base().strips(32, vec![part]).file(), "/w_auto/png").is_err(), "the tables are needed");
    // With RGB in the directory, samples are not converted.
    let levels: Vec<u8> = image.pixels().map(|pixel| pixel[0]).collect();
    let gray = compress(48, 32, &levels, PixelFormat::GRAY, Subsamp::Gray);
    let gray = Tiff::new(48, 32, 1, 8, 1, &gray).tag(259, SHORT, &[7]);
    let raw = seen(&base().tag(262, SHORT, &[2]));
    assert!(seen(&gray).get_pixel(47, 0)[0] > 250);
    assert_ne!(raw, expected);
    // Luma of the first pixel, 0 0 60, is 7, its blue difference 158.
    assert!(raw.get_pixel(0, 0)[0].abs_diff(7) <= 3 && raw.get_pixel(0, 0)[1].abs_diff(158) <= 3);
}

#[test]
fn a_jpeg_of_another_size_than_its_strip_is_not_decoded() {
    for (width, height) in [(49, 32), (47, 32), (48, 33), (48, 31)] {
        let part = jpeg(&gradient(width, height));
        let tiff = Tiff::new(48, 32, 6, 8, 3, &part).tag(259, SHORT, &[7]);
        let error = make(&tiff.file(), "/w_auto/png").unwrap_err();
        assert!(matches!(error, Error::Broken { .. }), "{width}x{height}: {error}");
    }
}

#[test]
fn all_eight_orientations_stand_upright() {
    let upright = image();
    for orientation in Orientation::ALL {
        let stored = stored(&upright, orientation);
        let (width, height) = (stored.width().into(), stored.height().into());
        let tiff = Tiff::new(width, height, 2, 8, 3, stored.as_raw());
        let tiff = tiff.tag(274, SHORT, &[orientation.number().into()]);
        for (is_little, is_big) in [(true, false), (false, false), (true, true), (false, true)] {
            let made = seen(&tiff.clone().stored(is_little, is_big));
            assert_is(&made, &upright, &format!("{orientation:?}, little {is_little}, big {is_big}"));
        }
    }
}

#[test]
fn unsupported_features_are_named() {
    let with = |tag, number| rgb().tag(tag, SHORT, &[number]);
    for (word, tiff) in [
        ("group 3 without end-of-line codes", with(259, 2)),
        ("two-dimensional", with(259, 3).tag(292, LONG, &[1])),
        ("1 bit", with(259, 4)),
        ("old style", with(259, 6)),
        ("JPEG 2000", with(259, 34712)),
        ("LZMA", with(259, 34925)),
        ("Zstandard", with(259, 50000)),
        ("WebP", with(259, 50001)),
        ("compression 999", with(259, 999)),
        ("Lab", with(262, 8)),
        ("raw data", with(262, 32803)),
        ("logarithmic", with(262, 32845)),
        ("colour space 77", with(262, 77)),
        ("not JPEG", with(262, 6)),
        ("12-bit channels", Tiff::new(4, 1, 1, 12, 1, &[0; 6])),
        ("different depths", rgb().tag(258, SHORT, &[8, 8, 16])),
        ("signed", with(339, 2)),
        ("64-bit floats", Tiff::new(1, 1, 1, 64, 1, &[0; 8]).tag(339, SHORT, &[3])),
        ("predictor 3", with(259, 5).tag(317, SHORT, &[3])),
        ("palette of more", Tiff::new(1, 1, 3, 16, 1, &[0; 2])),
        ("inks other", Tiff::new(1, 1, 5, 8, 4, &[0; 4]).tag(332, SHORT, &[2])),
        ("more than 16 channels", Tiff::new(1, 1, 2, 8, 17, &[0; 17])),
    ] {
        for path in ["/w_9/png", "/w_auto/webp", "/w_auto/json"] {
            let error = make(&tiff.file(), path).unwrap_err();
            assert!(matches!(error, Error::Unsupported { kind: "TIFF", .. }), "{word}: {error}");
            assert!(error.to_string().contains(word), "{error} does not say {word}");
        }
    }
}
