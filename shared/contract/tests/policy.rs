//! The variants that a policy allows, and their number.

use std::collections::HashSet;
use std::sync::LazyLock;

use proptest::prelude::*;
use ridge_contract::policy::Bound;
use ridge_contract::values::Side;
use ridge_contract::{Config, Key, Output, Path, Policy, Signing, VariantPath};

fn policy(json: &str) -> Policy {
    Policy::new(Config::parse(json).unwrap_or_else(|error| panic!("{json}: {error}")))
}

fn verdict(policy: &Policy, path: &str) -> String {
    let Ok(Path::Variant(path)) = Path::parse(path) else { panic!("{path} is no variant") };
    policy.check(&path).map_or_else(|problem| problem.text, |()| String::new())
}

const LISTS: &str = r#"{"widths": [320, 640], "heights": [200], "formats": ["webp"],
    "options": {"q": ["50", "80"], "fit": ["contain"], "bg": ["ff000080"], "g": [], "f": ["png"], "dpr": ["2.5"]},
    "presets": {"thumb": "w=100&h=100&g=smart", "grey": "gray=1&f=gif", "avatar": "w=64&h=64&dpr=2&f=avif"}}"#;

/// Configuration, path, and the error message; the message is empty if the path is allowed.
#[rustfmt::skip]
const CASES: &[(&str, &str, &str)] = &[
    ("{}", "/w_4096/h_4096/g_30.75/q_1/bg_123456/blur_9/v_x/jpeg/c.jpg", ""),
    ("{}", "/w_4097/webp/c.jpg", "w must be a whole number from 1 to 4096; got \"4097\""),
    (r#"{"maxHeight": 100}"#, "/w_auto/h_101/webp/c.jpg", "h must be a whole number from 1 to 100; got \"101\""),
    (LISTS, "/w_320/webp/c.jpg", ""),
    (LISTS, "/w_auto/webp/c.jpg", ""),
    (LISTS, "/w_320/h_200/webp/c.jpg", ""),
    (LISTS, "/w_auto/h_200/jpeg/c.jpg", ""),
    (LISTS, "/w_321/webp/c.jpg", "w must be one of 320, 640; got \"321\""),
    (LISTS, "/w_320/h_201/webp/c.jpg", "h must be 200; got \"201\""),
    (LISTS, "/w_320/png/c.jpg", ""),
    (LISTS, "/w_320/gif/c.jpg", "f must be png; got \"gif\""),
    (LISTS, "/w_320/gif/c.gif", ""),
    (LISTS, "/w_320/avif/c.jpg", "f must be png; got \"avif\""),
    (LISTS, "/w_auto/json/c.jpg", "f must be png; got \"json\""),
    (LISTS, "/w_auto/thumbhash/c", "f must be png; got \"thumbhash\""),
    (r#"{"widths": [9], "options": {"f": ["json", "thumbhash"]}}"#, "/w_9/json/c.jpg", ""),
    (r#"{"widths": [9], "options": {"f": ["json", "thumbhash"]}}"#, "/w_auto/thumbhash/c.jpg", ""),
    (r#"{"widths": [9], "heights": [3], "options": {"f": ["thumbhash"]}}"#, "/w_100/h_33/thumbhash/c.jpg", ""),
    (r#"{"widths": [9], "heights": [3], "options": {"f": ["thumbhash"]}}"#, "/w_100/h_34/thumbhash/c.jpg", "w must be 9; got \"100\""),
    (r#"{"maxWidth": 50, "options": {"f": ["thumbhash"]}}"#, "/w_100/h_34/thumbhash/c.jpg", ""),
    (r#"{"options": {"rot": ["270"], "flip": ["h"]}}"#, "/w_9/rot_90/flip_v/webp/c.jpg", ""),
    (r#"{"options": {"rot": ["270"], "flip": ["h"]}}"#, "/w_9/rot_90/flip_h/webp/c.jpg", "rot must be 270; got \"90\""),
    (r#"{"options": {"flip": ["hv"]}}"#, "/w_9/rot_180/webp/c.jpg", ""),
    (r#"{"options": {"flip": ["hv"]}}"#, "/w_9/flip_h/webp/c.jpg", "flip must be hv; got \"h\""),
    (r#"{"widths": [9], "options": {"f": ["json", "thumbhash"]}}"#, "/w_8/json/c.jpg", "w must be 9; got \"8\""),
    (r#"{"presets": {"a": "w=9&h=9&f=json"}, "presetsOnly": true}"#, "/w_9/h_9/json/c.jpg", ""),
    (LISTS, "/w_320/auto/c", ""),
    (LISTS, "/w_320/jpeg/c", "f must be png; got \"jpeg\""),
    (LISTS, "/w_320/q_50/webp/c.jpg", ""),
    (LISTS, "/w_320/q_51/webp/c.jpg", "q must be one of 50, 80; got \"51\""),
    (LISTS, "/w_320/h_200/fit_contain/webp/c.jpg", ""),
    (LISTS, "/w_320/h_200/fit_fill/webp/c.jpg", "fit must be contain; got \"fill\""),
    (LISTS, "/w_320/h_200/g_n/webp/c.jpg", "g is not allowed: leave it out; got \"n\""),
    (LISTS, "/w_320/blur_2/webp/c.jpg", "blur is not allowed: leave it out; got \"2\""),
    (LISTS, "/w_320/v_1/webp/c.jpg", "v is not allowed: leave it out; got \"1\""),
    // A listed value is compared in the normal form of each format.
    (LISTS, "/w_320/h_200/fit_contain/bg_ff000080/webp/c.jpg", ""),
    (LISTS, "/w_320/bg_ff0000/jpeg/c.jpg", ""),
    (LISTS, "/w_320/h_200/fit_contain/bg_ff0000/gif/c.gif", ""),
    (LISTS, "/w_320/h_200/fit_contain/bg_ff0000/webp/c.jpg", "bg must be ff000080; got \"ff0000\""),
    // Presets, at every device pixel ratio, in their formats.
    (LISTS, "/w_100/h_100/g_smart/webp/c.jpg", ""),
    (LISTS, "/w_250/h_250/g_smart/webp/c.jpg", ""),
    (LISTS, "/w_100/h_100/g_smart/png/c.jpg", ""),
    (LISTS, "/w_100/h_100/g_smart/gif/c.jpg", "w must be one of 320, 640; got \"100\""),
    (LISTS, "/w_100/h_100/webp/c.jpg", "w must be one of 320, 640; got \"100\""),
    (LISTS, "/w_401/h_401/g_smart/webp/c.jpg", "w must be one of 320, 640; got \"401\""),
    (LISTS, "/w_250/h_240/g_smart/webp/c.jpg", "w must be one of 320, 640; got \"250\""),
    (LISTS, "/w_auto/gray_1/gif/c.jpg", ""),
    (LISTS, "/w_auto/gray_1/webp/c.jpg", "gray is not allowed: leave it out; got \"1\""),
    (LISTS, "/w_128/h_128/avif/c.jpg", ""),
    // The fallback format of AVIF.
    (LISTS, "/w_128/h_128/webp/c.jpg", ""),
    (r#"{"presets": {"a": "w=9"}, "presetsOnly": true}"#, "/w_9/webp/c.jpg", ""),
    (r#"{"presets": {"a": "w=9"}, "presetsOnly": true}"#, "/w_18/jpeg/c.jpg", ""),
    (r#"{"presets": {"a": "w=9"}, "presetsOnly": true, "options": {"dpr": ["2"]}}"#, "/w_18/jpeg/c.jpg", ""),
    (r#"{"presets": {"a": "w=9"}, "presetsOnly": true, "options": {"dpr": ["2"]}}"#, "/w_27/jpeg/c.jpg", "only presets may be asked for: p takes a"),
    (r#"{"presets": {"a": "w=9"}, "presetsOnly": true}"#, "/w_9/gif/c.jpg", "only presets may be asked for: p takes a"),
    (r#"{"presets": {"a": "w=9"}, "presetsOnly": true}"#, "/w_9/q_80/webp/c.jpg", "only presets may be asked for: p takes a"),
    (r#"{"presets": {"a": "w=9"}, "presetsOnly": true}"#, "/w_auto/webp/c.jpg", "only presets may be asked for: p takes a"),
    (r#"{"presets": {"a": "w=9"}, "presetsOnly": true, "auto": true}"#, "/w_auto/webp/c.jpg", ""),
    (r#"{"presets": {"a": "w=9"}, "presetsOnly": true, "auto": true}"#, "/w_auto/gif/c.jpg", "only presets may be asked for: p takes a"),
    // A signature may have allowed it, so only the limits apply to the path.
    (r#"{"widths": [9], "signing": "outside"}"#, "/w_10/webp/c.jpg", ""),
    (r#"{"widths": [9], "signing": "outside"}"#, "/w_4097/webp/c.jpg", "w must be a whole number from 1 to 4096; got \"4097\""),
    (r#"{"widths": [9], "signing": "all"}"#, "/w_10/webp/c.jpg", "w must be 9; got \"10\""),
];

#[test]
fn the_table() {
    for (json, path, message) in CASES {
        assert_eq!(verdict(&policy(json), path), *message, "{path} under {json}");
    }
}

/// Configurations and the number of variants; comments show the calculation.
#[rustfmt::skip]
const COUNTS: &[(&str, f64)] = &[
    // Original size, as WebP and as the key's own format.
    (r#"{"widths": [], "heights": [], "options": {}}"#, 2.0),
    // Without negotiation, only the key's own format.
    (r#"{"widths": [], "heights": [], "options": {}, "formats": []}"#, 1.0),
    // Three widths (auto too) times two heights times two formats.
    (r#"{"widths": [320, 640], "heights": [200], "options": {}}"#, 12.0),
    // 12, and both sizes with width and height again with fit=fill, in two formats.
    (r#"{"widths": [320, 640], "heights": [200], "options": {"fit": ["fill"]}}"#, 16.0),
    // 12, and JSON for each of the six sizes; a placeholder without a size, and with both sides.
    (r#"{"widths": [320, 640], "heights": [200], "options": {"f": ["json"]}}"#, 18.0),
    (r#"{"widths": [320, 640], "heights": [200], "options": {"f": ["thumbhash"]}}"#, 15.0),
    // JSON has no quality: 6 as JSON, and 12 twice for q.
    (r#"{"widths": [320, 640], "heights": [200], "options": {"f": ["json"], "q": ["50"]}}"#, 30.0),
    // Twice as many with q, because both formats are lossy.
    (r#"{"widths": [320, 640], "heights": [200], "options": {"q": ["50"]}}"#, 24.0),
    // A listed default adds nothing.
    (r#"{"widths": [320, 640], "heights": [200], "options": {"fit": ["cover"], "g": ["center"]}}"#, 12.0),
    // A preset at 31 device pixel ratios, in two formats; maxWidth stops two of them.
    (r#"{"presets": {"a": "w=100"}, "presetsOnly": true}"#, 62.0),
    (r#"{"presets": {"a": "w=100&f=png"}, "presetsOnly": true}"#, 31.0),
    (r#"{"presets": {"a": "w=100"}, "presetsOnly": true, "options": {"dpr": ["2"]}}"#, 4.0),
    (r#"{"presets": {"a": "w=100"}, "presetsOnly": true, "options": {"dpr": ["2", "3"]}, "maxWidth": 150}"#, 4.0),
    (r#"{"presets": {"a": "w=100"}, "presetsOnly": true, "options": {}, "auto": true}"#, 4.0),
    // A preset that the allow-lists cover adds nothing.
    (r#"{"widths": [100], "heights": [], "options": {}, "presets": {"a": "w=100"}}"#, 4.0),
    // If sizes are listed, every device pixel ratio gives another listed size.
    (r#"{"widths": [100], "heights": [], "options": {"dpr": "any"}}"#, 4.0),
];

#[test]
fn variants_are_counted() {
    for (json, expected) in COUNTS {
        let Bound { variants, is_exact, .. } = policy(json).variants();
        assert_eq!((variants, is_exact), (*expected, true), "{json}");
    }
}

/// Configuration, key, widths, formats, and the expected paths without the key.
type PageVariants = (&'static str, &'static str, &'static [u32], &'static [&'static str], &'static [&'static str]);

#[rustfmt::skip]
const PAGE_VARIANTS: &[PageVariants] = &[
    ("{}", "c.jpg", &[320, 640], &[], &["w_320/webp", "w_320/jpeg", "w_640/webp", "w_640/jpeg"]),
    (r#"{"formats": ["avif", "webp"]}"#, "c", &[320], &[], &["w_320/avif", "w_320/webp", "w_320/auto"]),
    // Negotiation never chooses a fallback format.
    (r#"{"formats": ["avif"]}"#, "c.png", &[320], &[], &["w_320/avif", "w_320/png"]),
    ("{}", "c.jpg", &[320], &["png", "webp"], &["w_320/png", "w_320/webp"]),
    // Only variants that the policy allows.
    (r#"{"widths": [320], "options": {}}"#, "c.jpg", &[320, 640], &["png", "jpeg"], &["w_320/jpeg"]),
    (r#"{"widths": [320], "auto": true}"#, "c.gif", &[320], &[], &["w_320/webp", "w_320/gif", "w_auto/webp", "w_auto/gif"]),
    (r#"{"presets": {"a": "w=9&h=9", "b": "w=9&f=png"}, "presetsOnly": true}"#, "c.jpg", &[320], &[], &["w_9/h_9/webp", "w_9/h_9/jpeg", "w_9/png"]),
    (r#"{"presets": {"a": "w=9&h=9", "b": "w=9&f=png"}, "presetsOnly": true}"#, "c.jpg", &[320], &["jpeg"], &["w_9/h_9/jpeg"]),
    (r#"{"presets": {"a": "w=9&f=png"}, "options": {"dpr": ["2"]}}"#, "c.jpg", &[], &[], &["w_9/png", "w_18/png"]),
    // A preset that equals one of the widths.
    (r#"{"presets": {"a": "w=320"}}"#, "c.jpg", &[320], &[], &["w_320/webp", "w_320/jpeg"]),
    // Variants that a signature may allow.
    (r#"{"widths": [320], "signing": "outside"}"#, "c.jpg", &[640], &["webp"], &["w_640/webp"]),
];

#[test]
fn page_variants_are_what_pages_request() {
    for (json, key, widths, formats, expected) in PAGE_VARIANTS {
        let widths: Vec<_> = widths.iter().filter_map(|width| Side::new(*width)).collect();
        let formats: Vec<_> = formats.iter().map(|name| name.parse().unwrap()).collect();
        let policy = policy(json);
        let variants = policy.page_variants(&Key::new(*key).unwrap(), &widths, &formats);
        let paths: Vec<_> = variants.iter().map(VariantPath::to_string).collect();
        let expected: Vec<_> = expected.iter().map(|path| format!("/{path}/{key}")).collect();
        assert_eq!(paths, expected, "{json} {key}");
        assert!(variants.len() as f64 <= policy.variants().variants || policy.config().signing != Signing::Off);
    }
}

#[test]
fn what_is_not_listed_is_named() {
    let bound = Policy::default().variants();
    assert!(!bound.is_exact && bound.variants > 1e140 && bound.variants.is_finite(), "{bound:?}");
    let named: Vec<_> = bound.open.iter().map(|open| open.setting.as_str()).collect();
    assert_eq!(named[..4], ["options.v", "options.bg", "options.g", "widths"]);
    assert_eq!(named.len(), 15);
    let sizes = policy(r#"{"options": {}}"#).variants();
    assert_eq!((sizes.variants, sizes.is_exact), (4097.0 * 4097.0 * 2.0, false));
    assert_eq!(sizes.open.len(), 2);
}

/// Keys of originals that the policy distinguishes.
const KEYS: [&str; 4] = ["x", "x.jpg", "x.png", "x.gif"];

/// All paths close to those that a small policy allows, for each of [`KEYS`].
static NEAR: LazyLock<[Vec<VariantPath>; 4]> = LazyLock::new(|| KEYS.map(near));

fn near(key: &str) -> Vec<VariantPath> {
    let widths = ["w_auto", "w_4", "w_8", "w_9"];
    let sides = widths.iter().flat_map(|width| ["", "/h_4", "/h_5"].map(|height| format!("{width}{height}")));
    // Sides in the normal form of a ThumbHash.
    let boxes = ["w_100/h_100", "w_80/h_100", "w_100/h_50", "w_100/h_63", "w_100/h_56"].map(str::to_owned);
    let options = ["", "/fit_contain", "/fit_fill", "/g_n", "/fit_contain/g_n", "/g_smart"];
    let more = [
        "",
        "/q_50",
        "/bg_ff0000",
        "/q_50/bg_ff0000",
        "/bg_ff000080",
        "/q_50/bg_ff000080",
        "/q_60",
        "/q_60/bg_ff0000",
        "/q_60/bg_ff000080",
    ];
    let still = ["", "/anim_0", "/rot_90", "/rot_90/anim_0"];
    let mut paths = Vec::new();
    for sides in sides.chain(boxes) {
        for option in options {
            for more in more {
                for still in still {
                    for format in Output::names() {
                        let path = format!("/{sides}{option}{more}{still}/{format}/{key}");
                        paths.extend(VariantPath::parse(&path).ok());
                    }
                }
            }
        }
    }
    paths
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// The count equals the number of paths that the check allows.
    #[test]
    fn the_count_is_what_is_allowed(
        widths in prop::sample::subsequence(vec![4, 8], 0..=2),
        heights in prop::sample::subsequence(vec![4, 5], 0..=2),
        fits in prop::sample::subsequence(vec!["contain", "fill"], 0..=2),
        gravities in prop::sample::subsequence(vec!["n", "smart"], 0..=2),
        backgrounds in prop::sample::subsequence(vec!["ff0000", "ff000080"], 0..=2),
        qualities in prop::sample::subsequence(vec!["50", "60"], 0..=1),
        formats in prop::sample::subsequence(vec!["avif", "jpeg", "png", "gif", "thumbhash", "json"], 0..=6),
        (rot, anim, preset) in any::<(bool, bool, bool)>(),
    ) {
        let list = |is_on: bool, text: &str| if is_on { vec![text.to_owned()] } else { Vec::new() };
        let json = serde_json::json!({
            "widths": widths, "heights": heights, "options": {
                "fit": fits, "g": gravities, "bg": backgrounds, "q": qualities, "f": formats,
                "rot": list(rot, "90"), "anim": list(anim, "0"),
            },
            "presets": if preset { serde_json::json!({"a": "w=9&h=5&g=n"}) } else { serde_json::json!({}) },
        });
        let policy = policy(&json.to_string());
        let most = NEAR.each_ref().map(|near| {
            near.iter().filter(|path| policy.check(path).is_ok()).collect::<HashSet<_>>().len()
        });
        let Bound { variants, is_exact, .. } = policy.variants();
        prop_assert!(is_exact);
        prop_assert_eq!(Some(variants as usize), most.into_iter().max(), "{}", json);
    }
}
