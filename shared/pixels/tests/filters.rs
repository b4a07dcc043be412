//! Blur and sharpen.

use image::{Rgb, RgbImage, Rgba, RgbaImage};

use crate::support::{decode, difference, disc, gradient, make, png};

/// A step from black to white, whose blur is known.
#[test]
fn blur_is_gaussian_of_the_sigma_that_is_asked() {
    let step = png(RgbImage::from_fn(200, 20, |x, _| Rgb(if x < 100 { [40; 3] } else { [220; 3] })));
    for sigma in [0.5, 1.0, 2.0, 3.9, 4.0, 5.9, 12.0, 20.0] {
        let path = format!("/w_auto/blur_{sigma}/png").replace(".0/", "/");
        let made = decode(&make(&step, &path).unwrap());
        for x in 0..200 {
            let near = |at: i32| (f64::from(-at * at) / (2.0 * sigma * sigma)).exp();
            let light = |at: i32| if x + at < 100 { 40.0 } else { 220.0 };
            let (sum, all) = (-90..=90).fold((0.0, 0.0), |(sum, all), at| (sum + near(at) * light(at), all + near(at)));
            let got = f64::from(made.get_pixel(x as u32, 10)[0]);
            assert!((got - sum / all).abs() < 3.0, "{path} at {x}: {got} for {}", sum / all);
        }
    }
}

/// Bands of rows must not be visible: an image that is higher than a band is blurred like the same image rotated.
#[test]
fn blur_knows_no_bands() {
    let high = gradient(20, 700);
    let wide = image::imageops::rotate90(&high);
    for filter in ["blur_1.5", "blur_3.9", "blur_9", "sharpen_3"] {
        let [high, wide] =
            [&high, &wide].map(|image| decode(&make(&png(image.clone()), &format!("/w_auto/{filter}/png")).unwrap()));
        assert!(difference(&image::imageops::rotate90(&high), &wide) <= 1, "{filter}");
    }
}

#[test]
fn blur_does_not_drag_in_what_transparency_hides() {
    // Opaque red on transparent black: the edge becomes soft and stays red.
    let made = decode(&make(&png(disc(100)), "/w_auto/blur_5/png").unwrap());
    let soft: Vec<_> = made.pixels().filter(|pixel| (40..=215).contains(&pixel[3])).collect();
    assert!(soft.len() > 300, "{}", soft.len());
    assert!(soft.iter().all(|pixel| pixel[0] > 245 && pixel[1] < 10), "{:?}", soft.iter().map(|p| p[0]).min());
}

#[test]
fn blur_leaves_the_edge_of_padding_crisp() {
    let plain = png(RgbImage::from_pixel(40, 20, Rgb([200, 0, 0])));
    let made = decode(&make(&plain, "/w_40/h_40/fit_contain/bg_0000ff/blur_9/png").unwrap());
    assert_eq!((made.get_pixel(20, 9), made.get_pixel(20, 10)), (&Rgba([0, 0, 255, 255]), &Rgba([200, 0, 0, 255])));
}

#[test]
fn sharpen_steepens_a_step_and_leaves_the_plain_alone() {
    let step = png(RgbImage::from_fn(60, 10, |x, _| Rgb(if x < 30 { [90, 100, 110] } else { [140, 150, 160] })));
    let made = decode(&make(&step, "/w_auto/sharpen_1.5/png").unwrap());
    let row: Vec<i32> = (0..60).map(|x| i32::from(made.get_pixel(x, 5)[1])).collect();
    assert_eq!((row[5], row[54]), (100, 150), "far from the step");
    assert!(row[29] < 90 && row[30] > 160, "{row:?}");
    // Hue stays: all channels change equally.
    let [r, g, b, _] = made.get_pixel(30, 5).0;
    assert_eq!((g - r, b - g), (10, 10));
}

#[test]
fn sharpen_at_the_edge_of_transparency_sees_only_what_is_visible() {
    let plain = RgbaImage::from_fn(40, 40, |x, _| if x < 20 { Rgba([100, 100, 100, 255]) } else { Rgba([0, 0, 0, 0]) });
    let made = decode(&make(&png(plain), "/w_auto/sharpen_2/png").unwrap());
    assert!((0..20).all(|x| made.get_pixel(x, 20)[0].abs_diff(100) <= 1), "{:?}", made.get_pixel(19, 20));
}

#[test]
fn no_image_is_too_small_for_a_filter() {
    for size in [(1, 1), (1, 30), (30, 1), (2, 2)] {
        let source = png(gradient(size.0, size.1));
        let plain = decode(&make(&source, "/w_auto/png").unwrap());
        for filter in ["blur_0.3", "blur_100", "sharpen_0.3", "sharpen_100", "blur_2/sharpen_2"] {
            let made = decode(&make(&source, &format!("/w_auto/{filter}/png")).unwrap());
            assert_eq!(made.dimensions(), plain.dimensions());
        }
    }
    // A blur this small changes almost nothing.
    let source = png(gradient(30, 30));
    let made = decode(&make(&source, "/w_auto/blur_0.3/png").unwrap());
    assert!(difference(&made, &decode(&make(&source, "/w_auto/png").unwrap())) <= 3);
}

/// Below 4 pixels a blur gives the bytes of `image::imageops::blur`, which earlier versions called.
#[test]
fn a_fine_blur_has_the_bytes_of_image() {
    for (width, height) in [(1, 1), (3, 40), (40, 3), (70, 33), (1030, 9)] {
        let mut state = 1u32;
        let noisy = RgbImage::from_fn(width, height, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [r, g, b, _] = state.to_be_bytes();
            Rgb([r, g, b])
        });
        for sigma in [0.3, 0.8, 1.0, 2.1, 3.9] {
            let path = format!("/w_auto/blur_{sigma}/png");
            let made = decode(&make(&png(noisy.clone()), &path).unwrap());
            let expected = image::imageops::blur(&noisy, sigma);
            assert!(image::DynamicImage::from(made).into_rgb8() == expected, "{width}x{height} {sigma}");
        }
    }
}
