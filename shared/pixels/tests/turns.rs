//! EXIF orientation, `rot` and `flip`.

use image::imageops;
use ridge_pixels::Orientation;

use crate::support::{decode, difference, gradient, jpeg, make, png, stored, with_exif};

#[test]
fn all_eight_orientations_stand_upright() {
    let upright = gradient(96, 64);
    let stored = |orientation: Orientation| with_exif(&jpeg(&stored(&upright, orientation)), orientation.number());
    // An off-centre crop reveals a wrong turn; the second variant is reduced while decoding.
    for path in ["/w_auto/png", "/w_20/h_20/g_20.90/png", "/w_9/h_12/g_80.10/png", "/w_40/h_40/fit_contain/g_se/png"] {
        let expected = decode(&make(&stored(Orientation::Upright), path).unwrap());
        for orientation in Orientation::ALL {
            let got = decode(&make(&stored(orientation), path).unwrap());
            let difference = difference(&got, &expected);
            assert!(difference <= 6, "{path} for {orientation:?} differs by {difference}");
        }
    }
}

#[test]
fn rot_and_flip_follow_exif_and_precede_geometry() {
    let upright = gradient(96, 64);
    let plain = decode(&make(&png(upright.clone()), "/w_auto/png").unwrap());
    let sideways = with_exif(&jpeg(&imageops::rotate270(&upright)), 6);
    for (options, expected) in [
        ("rot_90", imageops::rotate90(&plain)),
        ("rot_180", imageops::rotate180(&plain)),
        ("rot_270", imageops::rotate270(&plain)),
        ("flip_h", imageops::flip_horizontal(&plain)),
        ("flip_v", imageops::flip_vertical(&plain)),
        ("rot_90/flip_h", imageops::flip_horizontal(&imageops::rotate90(&plain))),
        ("rot_90/flip_v", imageops::flip_horizontal(&imageops::rotate270(&plain))),
    ] {
        let path = format!("/w_auto/{options}/png");
        assert_eq!(difference(&decode(&make(&png(upright.clone()), &path).unwrap()), &expected), 0, "{path}");
        let turned = decode(&make(&sideways, &path).unwrap());
        assert!(difference(&turned, &expected) <= 6, "{path} after EXIF differs");
        // Gravity is that of the upright variant: here its top left corner.
        let cropped = decode(&make(&png(upright.clone()), &format!("/w_40/h_40/g_nw/{options}/png")).unwrap());
        let corner = imageops::crop_imm(&expected, 0, 0, 64, 64).to_image();
        let same = decode(&make(&png(corner), "/w_40/png").unwrap());
        assert!(difference(&cropped, &same) <= 2, "{path} cropped differs");
    }
}

#[test]
fn damaged_exif_means_upright() {
    let image = jpeg(&gradient(30, 20));
    let mut far = with_exif(&image, 6);
    // The count of the directory's entries, and the offset of the directory itself.
    let tiff = far.windows(4).position(|window| window == b"II*\0").unwrap();
    far[tiff + 4..tiff + 8].copy_from_slice(&[0xff; 4]);
    for source in [with_exif(&image, 0), with_exif(&image, 9), far] {
        assert_eq!(make(&source, "/w_auto/png").unwrap().size.to_string(), "30x20");
    }
    assert_eq!(make(&with_exif(&image, 6), "/w_auto/png").unwrap().size.to_string(), "20x30");
}
