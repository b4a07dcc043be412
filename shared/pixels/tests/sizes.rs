//! The output's size is what the plan says, whatever is asked of whatever size.

use proptest::prelude::*;
use ridge_contract::values::{Fit, Flip, Gravity, Rotation, Side};
use ridge_contract::{Config, Format, Options, Output, Variant};
use ridge_pixels::{Size, plan};

use crate::support::{gradient, png};

fn options() -> impl Strategy<Value = Options> {
    let side = || prop::option::of((1u32..300).prop_map(|side| Side::new(side).unwrap()));
    let fit = prop::sample::select(vec![Fit::Cover, Fit::Contain, Fit::Inside, Fit::Outside, Fit::Fill, Fit::Ratio]);
    let gravity = prop::sample::select(vec!["center", "n", "se", "0.0", "99.1", "smart"]);
    let gravity = gravity.prop_map(|text| text.parse::<Gravity>().unwrap());
    let rotation = prop::sample::select(vec![Rotation::None, Rotation::Quarter, Rotation::Half]);
    let flip = prop::sample::select(vec![Flip::None, Flip::Horizontal]);
    (side(), side(), fit, gravity, rotation, flip).prop_map(|(width, height, fit, gravity, rotation, flip)| Options {
        width,
        height,
        fit,
        gravity,
        rotation,
        flip,
        ..Options::default()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn as_planned(width in 1u32..200, height in 1u32..200, options in options()) {
        let source = png(gradient(width, height));
        let variant = Variant::new(options, Output::Format(Format::Png));
        let options = variant.options();
        let turned = if options.rotation == Rotation::Quarter { (height, width) } else { (width, height) };
        let turned = Size::new(turned.0, turned.1).unwrap();
        let plan = plan(turned, options, Format::Png.max_side());
        let made = ridge_pixels::render(&source, &variant, &Config::default(), &mut |_| {}).unwrap();
        prop_assert_eq!(made.size, plan.canvas);
        let kind = ridge_pixels::recognise(&made.bytes).unwrap();
        prop_assert_eq!(ridge_pixels::header(kind, &made.bytes).unwrap().size, plan.canvas);
        prop_assert!(plan.picture.width <= turned.width && plan.picture.height <= turned.height, "enlarged");
        prop_assert!(made.size.width > 0 && made.size.height > 0);
        let asked = |side: Option<Side>| side.map_or(u32::MAX, Side::get);
        if options.fit != Fit::Outside {
            prop_assert!(made.size.width <= asked(options.width) && made.size.height <= asked(options.height));
        }
    }
}
