//! Originals: all kinds of JPEG and PNG, GIF frames, and reduced decoding.

use image::{DynamicImage, GrayAlphaImage, GrayImage, ImageBuffer, Luma, LumaA, Rgb, Rgba};
use ridge_pixels::{Kind, recognise};
use turbojpeg::{PixelFormat, Subsamp};

use crate::support::{compress, decode, difference, disc, gif, gradient, jpeg, make, png, webp};

#[test]
fn every_kind_of_png() {
    let gray: GrayImage = ImageBuffer::from_fn(40, 20, |x, _| Luma([(x * 6) as u8]));
    let gray_alpha: GrayAlphaImage = ImageBuffer::from_fn(40, 20, |x, _| LumaA([(x * 6) as u8, 128]));
    let deep: ImageBuffer<Rgb<u16>, _> = ImageBuffer::from_fn(40, 20, |x, _| Rgb([x as u16 * 1542; 3]));
    for (name, source, alpha) in [
        ("gray", png(gray.clone()), 255),
        ("gray and alpha", png(gray_alpha), 128),
        ("16 bits", png(DynamicImage::from(deep)), 255),
        ("palette", palette(), 255),
    ] {
        let seen = decode(&make(&source, "/w_auto/png").unwrap());
        let expected = DynamicImage::from(gray.clone()).into_rgba8();
        for (got, want) in seen.pixels().zip(expected.pixels()) {
            assert!((0..3).all(|channel| got[channel].abs_diff(want[channel]) <= 1), "{name}: {got:?} for {want:?}");
            assert_eq!(got[3], alpha, "{name}");
        }
    }
    let transparent = decode(&make(&palette_with_hole(), "/w_auto/png").unwrap());
    assert_eq!((transparent.get_pixel(0, 0)[3], transparent.get_pixel(1, 0)[3]), (0, 255));
}

fn palette() -> Vec<u8> {
    let levels: Vec<u8> = (0..40u8).flat_map(|level| [level * 6; 3]).collect();
    let rows: Vec<u8> = (0..20).flat_map(|_| 0..40u8).collect();
    indexed(40, 20, &levels, None, &rows)
}

fn palette_with_hole() -> Vec<u8> {
    indexed(2, 1, &[10, 20, 30, 40, 50, 60], Some(&[0, 255]), &[0, 1])
}

fn indexed(width: u32, height: u32, colours: &[u8], alpha: Option<&[u8]>, rows: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(colours.to_vec());
    if let Some(alpha) = alpha {
        encoder.set_trns(alpha.to_vec());
    }
    encoder.write_header().unwrap().write_image_data(rows).unwrap();
    bytes
}

#[test]
fn every_kind_of_jpeg() {
    let image = gradient(64, 48);
    let expected = DynamicImage::from(image.clone()).into_rgba8();
    for subsamp in [Subsamp::None, Subsamp::Sub2x1, Subsamp::Sub1x2, Subsamp::Sub2x2, Subsamp::Sub4x1] {
        let source = compress(64, 48, image.as_raw(), PixelFormat::RGB, subsamp);
        let difference = difference(&decode(&make(&source, "/w_auto/png").unwrap()), &expected);
        assert!(difference < 16, "{subsamp:?} differs by {difference}");
    }
    let inks: Vec<u8> = image.pixels().flat_map(|pixel| [pixel[0], pixel[1], pixel[2], 255]).collect();
    let cmyk = compress(64, 48, &inks, PixelFormat::CMYK, Subsamp::None);
    assert!(difference(&decode(&make(&cmyk, "/w_auto/png").unwrap()), &expected) < 16, "CMYK without black");
    let levels: Vec<u8> = image.pixels().map(|pixel| pixel[0]).collect();
    let gray = decode(&make(&compress(64, 48, &levels, PixelFormat::GRAY, Subsamp::Gray), "/w_auto/png").unwrap());
    assert!(gray.pixels().all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2]));
}

#[test]
fn strips_give_what_the_whole_gives() {
    // A GIF is decoded whole, a PNG in several strips.
    let whole = gif(disc(500));
    let strips = png(image::load_from_memory(&whole).unwrap());
    for path in
        ["/w_60", "/w_499/h_20/g_n", "/w_20/h_499/g_30.75", "/w_500/h_100", "/w_100/h_500/g_e", "/w_7/h_100/fit_fill"]
    {
        let path = format!("{path}/png");
        let (strips, whole) = (make(&strips, &path).unwrap(), make(&whole, &path).unwrap());
        let difference = difference(&decode(&strips), &decode(&whole));
        assert!(difference <= 1, "{path} differs by {difference}");
    }
}

/// Many crops at the right edge, where rounding may end beyond the last column.
#[test]
fn strips_end_where_the_image_ends() {
    let wide = png(image::RgbImage::new(1920, 108));
    for height in 1..108 {
        for (width, gravity) in [(5, "e"), (7, "70.50"), (50, "90.50"), (3, "se")] {
            let path = format!("/w_{width}/h_{height}/g_{gravity}/png");
            let made = make(&wide, &path).unwrap_or_else(|error| panic!("{path}: {error}"));
            assert_eq!(made.size.to_string(), format!("{width}x{height}"));
        }
    }
}

#[test]
fn reduced_decoding_is_as_good_as_whole_decoding() {
    let image = gradient(1600, 1200);
    let (reduced, whole) = (jpeg(&image), png(image));
    for path in ["/w_100/png", "/w_100/h_100/png", "/w_33/h_77/g_10.90/png", "/w_900/png", "/w_640/h_480/png"] {
        let difference = difference(&decode(&make(&reduced, path).unwrap()), &decode(&make(&whole, path).unwrap()));
        assert!(difference <= 4, "{path} differs by {difference}");
    }
}

#[test]
fn a_gif_frame_lies_where_it_says() {
    let mut bytes = Vec::new();
    {
        let mut encoder = gif::Encoder::new(&mut bytes, 6, 5, &[255, 0, 0, 0, 0, 255]).unwrap();
        let frame =
            gif::Frame { left: 4, top: 3, width: 4, height: 1, buffer: vec![1; 4].into(), ..Default::default() };
        encoder.write_frame(&frame).unwrap();
    }
    let seen = decode(&make(&bytes, "/w_auto/png").unwrap());
    // The canvas grows to the frame, as in browsers.
    assert_eq!(seen.dimensions(), (8, 5));
    for (x, y, pixel) in seen.enumerate_pixels() {
        let expected = if x >= 4 && y == 3 { Rgba([0, 0, 255, 255]) } else { Rgba([0; 4]) };
        assert_eq!(pixel, &expected, "{x} {y}");
    }
}

#[test]
fn recognised_by_bytes_not_by_name() {
    assert_eq!(recognise(&webp(gradient(9, 9))), Ok(Kind::WebP));
    assert_eq!(
        make(b"<html>", "/w_9/webp").unwrap_err().to_string(),
        "the original is not a picture in a format that is read: JPEG, PNG, GIF, WebP, AVIF, TIFF or BMP"
    );
}
