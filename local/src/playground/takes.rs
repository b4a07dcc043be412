//! What a parameter takes, so that the page can offer it. The table of parameters says it in words and in the function
//! that reads it; both are asked here, and nothing is said again.

use ridge_contract::params::{Draft, Param};
use serde::Serialize;

/// What a parameter takes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub(super) enum Takes {
    /// One of these.
    Choice {
        choices: Vec<String>,
        /// The one that says nothing new.
        default: Option<String>,
    },
    /// A number.
    Range { min: f64, max: f64, step: f64 },
    /// A point in the picture in percent, `X.Y`, or one of these.
    Point { choices: Vec<String>, default: Option<String> },
    /// `RRGGBB` in hexadecimal digits.
    Color,
    /// Some other text.
    Text,
}

impl Takes {
    /// What `param` takes, whose values are these, in words.
    pub(super) fn of(param: &Param, values: &str) -> Takes {
        let takes = |text: &str| param.draft(text).is_some();
        if takes("c0ffee") {
            return if takes("any_word") { Takes::Text } else { Takes::Color };
        }
        let named = named(param, values);
        let numbers: Vec<f64> = named.iter().filter_map(|text| text.parse().ok()).collect();
        if let [min, max] = numbers[..]
            && takes(&((min + max) / 2.0).floor().to_string())
        {
            return Takes::Range { min, max, step: if takes("1.5") { 0.1 } else { 1.0 } };
        }
        let default = named.iter().find(|text| param.draft(text) == Some(Draft::default())).cloned();
        let is_point = |text: &String| text.contains('.');
        if takes("12.34") {
            Takes::Point { choices: named.into_iter().filter(|text| !is_point(text)).collect(), default }
        } else if named.is_empty() {
            Takes::Text
        } else {
            Takes::Choice { choices: named, default }
        }
    }
}

/// The values that the words name, each meaning once.
fn named(param: &Param, values: &str) -> Vec<String> {
    let mut named: Vec<(&str, Draft)> = Vec::new();
    for word in values.split(|c: char| !c.is_alphanumeric() && c != '.') {
        if let Some(draft) = param.draft(word)
            && named.iter().all(|(_, other)| *other != draft)
        {
            named.push((word, draft));
        }
    }
    named.into_iter().map(|(word, _)| word.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use ridge_contract::Config;
    use ridge_contract::params::PARAMS;

    use super::*;

    fn takes(name: &str) -> Takes {
        let param = PARAMS.iter().find(|param| param.name == name).unwrap();
        Takes::of(param, &Config::default().words(param.values))
    }

    fn choice(choices: &[&str], default: Option<&str>) -> Takes {
        let choices = choices.iter().map(ToString::to_string).collect();
        Takes::Choice { choices, default: default.map(str::to_owned) }
    }

    #[test]
    fn the_table_says_what_to_offer() {
        let side = Takes::Range { min: 1.0, max: 4096.0, step: 1.0 };
        let sigma = Takes::Range { min: 0.3, max: 100.0, step: 0.1 };
        let compass = ["center", "n", "ne", "e", "se", "s", "sw", "w", "nw", "smart"].map(str::to_owned).to_vec();
        for (name, expected) in [
            ("w", side.clone()),
            ("h", side),
            ("fit", choice(&["cover", "contain", "inside", "outside", "fill"], Some("cover"))),
            ("g", Takes::Point { choices: compass, default: Some("center".to_owned()) }),
            ("q", Takes::Range { min: 1.0, max: 100.0, step: 1.0 }),
            ("bg", Takes::Color),
            ("blur", sigma.clone()),
            ("sharpen", sigma),
            ("rot", choice(&["90", "180", "270"], None)),
            ("flip", choice(&["h", "v", "hv"], None)),
            ("gray", choice(&["1"], None)),
            ("anim", choice(&["0"], None)),
            ("v", Takes::Text),
            ("f", choice(&["auto", "webp", "avif", "jpeg", "png", "gif", "thumbhash", "json"], Some("auto"))),
            ("p", Takes::Text),
            ("raw", choice(&["1"], None)),
            ("dpr", Takes::Range { min: 1.0, max: 4.0, step: 0.1 }),
        ] {
            assert_eq!(takes(name), expected, "{name}");
        }
    }
}
