//! Parts, sizes and alpha. These tests are not in the library, whose code would be compiled a second time for them.

use ridge_resample::{FilterType, Part, Samples, View, divide_alpha, multiply_alpha, resample};

#[test]
fn a_part_becomes_the_whole() {
    let source = [10, 20, 30, 40, 50, 60, 70, 80];
    let mut made = [0; 4];
    let part = Part { left: 1.0, top: 0.0, width: 2.0, height: 2.0 };
    let (from, to) =
        (View { width: 4, height: 2, pixels: &source[..] }, View { width: 2, height: 2, pixels: &mut made[..] });
    resample(Samples::One, from, part, to, FilterType::Lanczos3).expect("sizes that fit");
    assert_eq!(made, [20, 30, 60, 70]);
}

#[test]
fn what_does_not_fit_is_an_error() {
    let source = [0; 12];
    let mut made = [0; 3];
    let whole = Part { left: 0.0, top: 0.0, width: 2.0, height: 2.0 };
    for (width, part) in [(3, whole), (2, Part { left: 1.0, ..whole })] {
        let (from, to) =
            (View { width, height: 2, pixels: &source[..] }, View { width: 1, height: 1, pixels: &mut made[..] });
        assert!(resample(Samples::Three, from, part, to, FilterType::Box).is_err(), "{width} {part:?}");
    }
    assert!(multiply_alpha(View { width: 9, height: 9, pixels: &mut made[..] }).is_err());
}

#[test]
fn alpha_is_multiplied_in_and_divided_out() {
    let mut pixels = [200, 100, 0, 128];
    multiply_alpha(View { width: 1, height: 1, pixels: &mut pixels[..] }).expect("one pixel");
    assert_eq!(pixels, [100, 50, 0, 128]);
    divide_alpha(View { width: 1, height: 1, pixels: &mut pixels[..] }).expect("one pixel");
    assert_eq!(pixels, [199, 100, 0, 128]);
}
