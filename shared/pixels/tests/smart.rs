//! `g=smart`: the crop keeps what people look at.

use image::{Rgb, RgbImage, Rgba, RgbaImage, imageops};
use ridge_pixels::Orientation;

use crate::support::{decode, difference, jpeg, make, png, stored, with_exif};

/// Left, top, width, height.
type Rectangle = (u32, u32, u32, u32);

const CALM: Rgb<u8> = Rgb([120, 150, 180]);

/// Random numbers that are the same in every run.
fn noise(x: u32, y: u32) -> u32 {
    let mixed = (x.wrapping_mul(0x9e37_79b1) ^ y.wrapping_mul(0x85eb_ca77)).wrapping_mul(0xc2b2_ae3d);
    (mixed ^ (mixed >> 15)).wrapping_mul(0x27d4_eb2f) >> 24
}

fn grass(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let blade = noise(x / 2, y / 5) as u8;
        Rgb([20 + blade / 4, 60 + blade / 2, 10 + blade / 8])
    })
}

/// Draws a face that fills the rectangle, with hair, eyes and a mouth.
fn draw_head(image: &mut RgbImage, (left, top, width, height): Rectangle) {
    for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
        let (u, v) = (2.0 * f64::from(x) / f64::from(width) - 1.0, 2.0 * f64::from(y) / f64::from(height) - 1.0);
        let is_eye = (u.abs() - 0.4).hypot(v + 0.15) < 0.13;
        let is_mouth = u.abs() < 0.35 && (v - 0.5).abs() < 0.07;
        let colour = match () {
            () if u.hypot(v) > 1.0 => continue,
            () if is_eye || v < -0.6 => [50, 35, 30],
            () if is_mouth => [150, 60, 60],
            () => [215, 165, 135],
        };
        image.put_pixel(left + x, top + y, Rgb(colour));
    }
}

/// Draws lines of text-like strokes that fill the rectangle.
fn draw_text(image: &mut RgbImage, (left, top, width, height): Rectangle) {
    for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
        let is_ink = y % 16 < 10 && (x % 7 < 3 || y % 16 < 2) && noise(x / 7, y / 16) > 50;
        if is_ink {
            image.put_pixel(left + x, top + y, Rgb([30, 30, 40]));
        }
    }
}

fn draw_disc(image: &mut RgbImage, (left, top, width, height): Rectangle) {
    for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
        if (2.0 * f64::from(x) / f64::from(width) - 1.0).hypot(2.0 * f64::from(y) / f64::from(height) - 1.0) < 1.0 {
            image.put_pixel(left + x, top + y, Rgb([200, 40, 30]));
        }
    }
}

/// Returns the position of a crop without scaling; `g` is as in a path.
fn place(source: &RgbImage, width: u32, height: u32, g: &str) -> Rectangle {
    assert!(width == source.width() || height == source.height(), "one side must be whole, or the crop is scaled");
    let made = decode(&make(&png(source.clone()), &format!("/w_{width}/h_{height}{g}/png")).unwrap());
    let places = (0..=source.width() - width).flat_map(|x| (0..=source.height() - height).map(move |y| (x, y)));
    let is_there = |(left, top): &(u32, u32)| {
        made.enumerate_pixels().all(|(x, y, pixel)| pixel.0[..3] == source.get_pixel(left + x, top + y).0)
    };
    let (left, top) = places.into_iter().find(is_there).expect("cut out of the source, pixel for pixel");
    (left, top, width, height)
}

/// Returns the percentage of the subject that a crop keeps.
fn kept(subject: Rectangle, crop: Rectangle) -> u32 {
    let overlap = |start: u32, length: u32, from: u32, room: u32| {
        (start + length).min(from + room).saturating_sub(start.max(from))
    };
    let width = overlap(subject.0, subject.2, crop.0, crop.2);
    let height = overlap(subject.1, subject.3, crop.1, crop.3);
    width * height * 100 / (subject.2 * subject.3)
}

#[test]
fn heads_text_and_single_things_are_kept_wherever_they_are() {
    type Draw = fn(&mut RgbImage, Rectangle);
    let drawn: [(&str, Draw, Rectangle); 3] = [
        ("head", draw_head, (0, 0, 90, 120)),
        ("text", draw_text, (0, 0, 140, 74)),
        ("disc", draw_disc, (0, 0, 60, 60)),
    ];
    for (name, draw, (_, _, width, height)) in drawn {
        for is_busy in [false, true] {
            for (w, h, crop_w, crop_h) in [(640, 400, 200, 400), (400, 640, 400, 180), (640, 400, 400, 400)] {
                let (right, bottom) = (w - width, h - height);
                for (left, top) in [(8, 30), (right - 8, bottom / 2), (right / 2, 6), (right / 3, bottom - 6)] {
                    let mut source = if is_busy { grass(w, h) } else { RgbImage::from_pixel(w, h, CALM) };
                    let subject = (left, top, width, height);
                    // Text has a plain background: nobody could read it on grass.
                    if name == "text" && is_busy {
                        let sign = RgbImage::from_pixel(width, height, Rgb([225, 225, 215]));
                        imageops::replace(&mut source, &sign, left.into(), top.into());
                    }
                    draw(&mut source, subject);
                    let crop = place(&source, crop_w, crop_h, "/g_smart");
                    let what = format!("{name} at {subject:?} of {w}x{h}, busy {is_busy}, in {crop:?}");
                    assert_eq!(kept(subject, crop), 100, "{what}");
                }
            }
        }
    }
}

/// A part of a sample photograph whose subject, marked by hand, is at the side.
fn photo(name: &str, width: u32, part: Rectangle) -> RgbImage {
    let path = format!("{}/../../testdata/photos/{name}.jpg", env!("CARGO_MANIFEST_DIR"));
    let made = make(&std::fs::read(path).unwrap(), &format!("/w_{width}/png")).unwrap();
    let image = image::DynamicImage::from(decode(&made)).into_rgb8();
    imageops::crop_imm(&image, part.0, part.1, part.2, part.3).to_image()
}

#[test]
fn the_subjects_of_the_sample_photographs_are_kept_better_than_by_the_centre() {
    for (name, width, part, subject, crop) in [
        // The large head of the dandelion.
        ("dandelion", 600, (0, 0, 600, 337), (90, 30, 170, 158), (337, 337)),
        ("dandelion", 600, (70, 0, 500, 337), (20, 30, 170, 158), (190, 337)),
        ("dandelion", 600, (0, 0, 320, 337), (90, 30, 170, 158), (320, 180)),
        // The drum, and the bottle with its glass.
        ("drum", 400, (0, 270, 400, 329), (10, 22, 240, 155), (400, 200)),
        ("drum", 400, (0, 0, 400, 599), (150, 70, 62, 132), (400, 200)),
    ] {
        let source = photo(name, width, part);
        let smart = kept(subject, place(&source, crop.0, crop.1, "/g_smart"));
        let centre = kept(subject, place(&source, crop.0, crop.1, ""));
        assert!(smart >= 66 && smart > centre + 15, "{name} {part:?}: smart keeps {smart} %, the centre {centre} %");
    }
}

#[test]
fn without_salient_parts_the_centre_is_kept() {
    let dots = |x: u32, y: u32| Rgb(if (x + y).is_multiple_of(2) { [90; 3] } else { [110; 3] });
    let faint = |x: u32, y: u32| Rgb([118 + (noise(x, y) % 5) as u8, 150, 180]);
    for (name, source) in [
        ("plain", png(RgbImage::from_pixel(301, 200, CALM))),
        ("transparent", png(RgbaImage::from_fn(301, 200, |x, y| Rgba([noise(x, y) as u8, 0, 0, 0])))),
        ("even pattern", png(RgbImage::from_fn(301, 200, dots))),
        ("noise of a sensor", jpeg(&RgbImage::from_fn(301, 200, faint))),
        ("one pixel high", png(RgbImage::from_pixel(5000, 1, CALM))),
    ] {
        for (width, height) in [(100, 200), (301, 100), (50, 50), (1, 1)] {
            let smart = make(&source, &format!("/w_{width}/h_{height}/g_smart/png")).unwrap();
            let centre = make(&source, &format!("/w_{width}/h_{height}/png")).unwrap();
            assert!(smart == centre, "{name} to {width}x{height}");
        }
    }
}

#[test]
fn transparent_pixels_do_not_stand_out() {
    // A transparent head at the left, a dull shape at the right.
    let mut hidden = RgbImage::from_pixel(600, 200, CALM);
    draw_head(&mut hidden, (20, 40, 90, 120));
    let source = RgbaImage::from_fn(600, 200, |x, y| {
        let is_shape = (480..560).contains(&x) && (60..140).contains(&y);
        let [r, g, b] = hidden.get_pixel(x, y).0;
        if is_shape { Rgba([60, 70, 80, 255]) } else { Rgba([r, g, b, 0]) }
    });
    let made = decode(&make(&png(source), "/w_200/h_200/g_smart/png").unwrap());
    assert_eq!(made.pixels().filter(|pixel| pixel[3] == 255).count(), 80 * 80);
    // A hole does not stand out, however large it is.
    let mut thing = RgbImage::from_pixel(600, 200, Rgb([240; 3]));
    draw_disc(&mut thing, (480, 60, 60, 60));
    let source = RgbaImage::from_fn(600, 200, |x, y| {
        let [r, g, b] = thing.get_pixel(x, y).0;
        Rgba([r, g, b, if (20..180).contains(&x) && (10..190).contains(&y) { 0 } else { 255 }])
    });
    let made = decode(&make(&png(source), "/w_200/h_200/g_smart/png").unwrap());
    assert!(made.pixels().any(|pixel| pixel[0] > 150 && pixel[1] < 80), "the disc is kept");
}

fn scene() -> RgbImage {
    let mut scene = grass(480, 320);
    draw_head(&mut scene, (280, 40, 90, 120));
    draw_disc(&mut scene, (40, 240, 24, 24));
    scene
}

#[test]
fn all_eight_orientations_keep_the_same() {
    let upright = scene();
    let stored = |orientation: Orientation| with_exif(&jpeg(&stored(&upright, orientation)), orientation.number());
    // Not reduced while decoding, and reduced.
    for path in ["/w_160/h_320/g_smart/png", "/w_30/h_60/g_smart/png", "/w_90/h_30/g_smart/png"] {
        let expected = decode(&make(&stored(Orientation::Upright), path).unwrap());
        for orientation in Orientation::ALL {
            let got = decode(&make(&stored(orientation), path).unwrap());
            let difference = difference(&got, &expected);
            assert!(difference <= 12, "{path} for {orientation:?} differs by {difference}");
        }
    }
}

#[test]
fn other_parameters_do_not_move_the_crop() {
    besides(&scene());
    // Two equal subjects: a turn must not prefer the other one.
    let mut twins = RgbImage::from_pixel(480, 320, CALM);
    draw_disc(&mut twins, (20, 130, 60, 60));
    draw_disc(&mut twins, (400, 130, 60, 60));
    besides(&twins);
}

fn besides(scene: &RgbImage) {
    let source = png(scene.clone());
    let plain = decode(&make(&source, "/w_160/h_320/g_smart/png").unwrap());
    for (path, expected) in [
        ("/w_160/h_320/g_smart/flip_h/png", imageops::flip_horizontal(&plain)),
        ("/w_160/h_320/g_smart/rot_180/png", imageops::rotate180(&plain)),
        ("/w_320/h_160/g_smart/rot_90/png", imageops::rotate90(&plain)),
        ("/w_320/h_160/g_smart/rot_90/flip_h/png", imageops::flip_vertical(&imageops::rotate270(&plain))),
        ("/w_160/h_320/g_smart/gray_1/png", decode(&make(&png(plain.clone()), "/w_auto/gray_1/png").unwrap())),
        ("/w_160/h_320/g_smart/v_2/png", plain.clone()),
    ] {
        assert_eq!(difference(&decode(&make(&source, path).unwrap()), &expected), 0, "{path}");
    }
}

#[test]
fn the_first_frame_decides_for_all() {
    let mut first = RgbImage::from_pixel(300, 100, CALM);
    draw_disc(&mut first, (230, 30, 40, 40));
    let mut second = RgbImage::from_pixel(300, 100, CALM);
    draw_disc(&mut second, (10, 30, 40, 40));
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, 300, 100, &[]).unwrap();
    for frame in [&first, &second, &first] {
        encoder.write_frame(&gif::Frame::from_rgb(300, 100, frame.as_raw())).unwrap();
    }
    drop(encoder);
    let made = make(&bytes, "/w_100/h_100/g_smart/gif").unwrap();
    assert_eq!(made.frames, 3);
    let still = make(&bytes, "/w_100/h_100/g_smart/anim_0/gif").unwrap();
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    let mut decoder = options.read_info(&*made.bytes).unwrap();
    let mut red = Vec::new();
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        red.push(frame.buffer.chunks(4).filter(|pixel| pixel[3] == 255 && pixel[0] > 160).count());
    }
    let disc = decode(&still).pixels().filter(|pixel| pixel[0] > 160).count();
    // In the second frame the disc lies outside of the crop.
    assert_eq!((red[0], red[1], red[2]), (disc, 0, disc));
    assert!(disc > 1000, "{disc}");
}

#[test]
fn the_same_bytes_give_the_same_crop_at_every_scale() {
    let source = jpeg(&imageops::resize(&scene(), 1920, 1280, imageops::FilterType::Nearest));
    let small = |path: &str| decode(&make(&make(&source, path).unwrap().bytes, "/w_40/h_80/png").unwrap());
    assert_eq!(make(&source, "/w_40/h_80/g_smart/png"), make(&source, "/w_40/h_80/g_smart/png"));
    // The crop is the same on every machine and with every compiler: another crop would be another image under the same
    // key.
    assert_eq!(place(&scene(), 160, 320, "/g_smart"), (246, 0, 160, 320));
    // Decoded at an eighth, a quarter, and in full.
    let full = small("/w_640/h_1280/g_smart/png");
    for path in ["/w_40/h_80/g_smart/png", "/w_120/h_240/g_smart/png"] {
        let difference = difference(&small(path), &full);
        assert!(difference < 60, "{path} differs by {difference}");
    }
}
