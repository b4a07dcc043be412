//! Property tests of the grammar of queries and paths.

use proptest::prelude::*;
use ridge_contract::values::{Color, Fit, Flip, Gravity, Point, Quality, Ratio, Rotation, Side, Sigma, Version};
use ridge_contract::{Accept, Format, Key, Options, Output, Path, Variant, VariantPath, query};

fn side() -> impl Strategy<Value = Option<Side>> {
    prop_oneof![Just(None), (1..=Side::MAX).prop_map(Side::new)]
}

fn options() -> impl Strategy<Value = Options> {
    let fit = prop::sample::select(vec![Fit::Cover, Fit::Contain, Fit::Inside, Fit::Outside, Fit::Fill, Fit::Ratio]);
    let gravity = (0u8..=100, 0u8..=100).prop_map(|(x, y)| Gravity::Point(Point::new(x, y).unwrap()));
    let named = prop::sample::select(vec!["center", "n", "ne", "e", "se", "s", "sw", "w", "nw", "smart"]);
    let gravity = prop_oneof![gravity, named.prop_map(|name| name.parse().unwrap())];
    let quality = prop::option::of((1u8..=100).prop_map(|quality| Quality::new(quality).unwrap()));
    let color = any::<([u8; 3], u8)>().prop_map(|(rgb, alpha)| Color { rgb, alpha });
    let color = prop_oneof![color, any::<[u8; 3]>().prop_map(|rgb| Color { rgb, alpha: 255 })];
    let version = prop::option::of("[A-Za-z0-9_-]{1,64}".prop_map(|text| text.parse::<Version>().unwrap()));
    let rotation =
        prop::sample::select(vec![Rotation::None, Rotation::Quarter, Rotation::Half, Rotation::ThreeQuarters]);
    let flip = prop::sample::select(vec![Flip::None, Flip::Horizontal, Flip::Vertical, Flip::Both]);
    let turn = (rotation, flip, any::<bool>());
    let sigma = || prop::option::of((3u16..=1000).prop_map(|tenths| Sigma::from_tenths(tenths).unwrap()));
    let filters = (sigma(), sigma());
    let ratio = prop::option::of((1..=100, 1..=100).prop_map(|(w, h)| format!("{w}:{h}").parse::<Ratio>().unwrap()));
    (side(), (side(), ratio), fit, gravity, (quality, color), filters, turn, any::<bool>(), version).prop_map(
        |(
            width,
            (height, ratio),
            fit,
            gravity,
            (quality, background),
            filters,
            (rotation, flip, gray),
            still,
            version,
        )| {
            Options {
                width,
                height,
                ratio,
                fit,
                gravity,
                quality,
                background,
                blur: filters.0,
                sharpen: filters.1,
                rotation,
                flip,
                gray,
                still,
                version,
            }
        },
    )
}

fn output() -> impl Strategy<Value = Output> {
    let all: Vec<_> = Format::all().map(Output::Format).chain([Output::Auto]).collect();
    prop::sample::select(all)
}

/// Generates keys that resemble other parts of a path, and arbitrary keys.
fn key() -> impl Strategy<Value = Key> {
    let segment = prop_oneof![
        "[a-z%+ ()~.é猫_-]{1,12}",
        Just("webp".to_owned()),
        Just("h_200".to_owned()),
        Just("w_wide".to_owned()),
        "\\PC{1,8}".prop_map(|text| text.replace('/', "-")),
    ];
    prop::collection::vec(segment, 1..5)
        .prop_filter_map("a key", |segments| Key::new(segments.join("/")).ok().filter(|key| !key.is_reserved()))
}

fn variant_path() -> impl Strategy<Value = VariantPath> {
    (options(), output(), key()).prop_filter_map("short enough", |(options, output, key)| {
        VariantPath::new(Variant::new(options, output), key).ok()
    })
}

/// Generates texts that are almost valid paths.
fn near_path() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "/",
        "w_",
        "200",
        "auto",
        "h_",
        "webp",
        "jpeg",
        "fit_contain",
        "g_n",
        "g_smart",
        "g_50.0",
        "q_80",
        "q_",
        "bg_ffffff",
        "anim_0",
        "v_1",
        "cat.jpg",
        "%2F",
        "%77",
        "..",
        ".",
        "+",
        "%",
        "0",
        "é",
        "\\",
        "//",
    ]);
    prop::collection::vec(piece, 0..12).prop_map(|pieces| format!("/{}", pieces.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn parse_of_print_is_the_same(path in variant_path()) {
        prop_assert_eq!(VariantPath::parse(&path.to_string()), Ok(path));
    }

    #[test]
    fn an_accepted_path_prints_back_to_itself(text in prop_oneof![near_path(), "\\PC{0,40}", variant_path().prop_map(|path| path.to_string())]) {
        if let Ok(Path::Variant(path)) = Path::parse(&text) {
            prop_assert_eq!(path.to_string(), text);
        }
    }

    #[test]
    fn a_variant_lies_where_its_path_says(path in variant_path()) {
        let object = path.object();
        prop_assert!(object.is_reserved());
        prop_assert_eq!(object.to_path(), path.to_string());
        prop_assert_eq!(Key::from_path(&path.to_string()), Ok(object));
    }

    #[test]
    fn a_key_has_one_spelling(key in key()) {
        prop_assert_eq!(Key::from_path(&key.to_path()), Ok(key));
    }

    #[test]
    fn order_and_unknown_parameters_change_nothing(options in options(), output in output(), key in key(), seed in any::<u64>()) {
        let Ok(path) = VariantPath::new(Variant::new(options, output), key) else { return Ok(()) };
        let text = path.to_string();
        let mut pairs: Vec<String> = text.split('/').skip(1)
            .take_while(|segment| !Output::names().any(|name| name == *segment))
            .filter_map(|segment| segment.split_once('_'))
            .filter(|(_, value)| *value != "auto")
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let straight = query::parse(&pairs.join("&")).unwrap();
        let length = pairs.len().max(1);
        pairs.rotate_left(usize::try_from(seed % length as u64).unwrap());
        pairs.reverse();
        pairs.insert(0, "utm_source=w".into());
        pairs.push("x".into());
        let shuffled = query::parse(&pairs.join("&")).unwrap();
        prop_assert_eq!(&straight.options, &shuffled.options);
        prop_assert_eq!(shuffled.dropped, ["utm_source", "x"]);
        prop_assert_eq!(&Variant::new(straight.options, output), path.variant());
    }

    /// A ratio is replaced by both sides, and the derived side is the nearest whole number.
    #[test]
    fn a_ratio_gives_both_sides(options in options(), output in output()) {
        let variant = Variant::new(options.clone(), output);
        prop_assert_eq!(variant.options().ratio, None);
        if options.ratio.is_some() && output.holds() == ridge_contract::Holds::Picture {
            prop_assert!(variant.options().width.is_some() && variant.options().height.is_some());
        }
    }

    #[test]
    fn a_normal_variant_stays_normal(options in options(), output in output()) {
        let variant = Variant::new(options, output);
        prop_assert_eq!(Variant::new(variant.options().clone(), output), variant);
    }

    #[test]
    fn nothing_panics(text in any::<String>(), path in near_path()) {
        let _ = Path::parse(&text);
        let _ = Path::parse(&path);
        let _ = query::parse(&text);
        let _ = Accept::parse([text.as_str()]);
        let _ = ridge_contract::Config::parse(&text);
    }
}
