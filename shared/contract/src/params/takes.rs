//! The accepted values of a parameter. Texts, patterns and lists of values derive from this one type.

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::config::Config;
use crate::values::{Color, Gravity, alternatives, in_tenths};

/// The accepted values of a parameter: [`Takes::words`] describes them to people, `params.json` to programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// One word from a list.
    Choice {
        /// The words.
        choices: &'static [&'static str],
        /// Aliases, each with the choice that it means.
        aliases: &'static [(&'static str, &'static str)],
    },
    /// One word, which enables something.
    Flag(&'static str),
    /// A whole number, without sign or leading zero.
    Whole {
        /// The smallest number.
        min: u32,
        /// The largest number.
        max: u32,
        /// The setting that may lower `max`.
        setting: Option<Setting>,
    },
    /// A number with at most one decimal.
    Decimal {
        /// The quantity and its unit.
        what: &'static str,
        /// The smallest number, in tenths.
        min: u32,
        /// The largest number, in tenths.
        max: u32,
    },
    /// A point in the image, `X.Y` in whole percent from the top left corner, or one word from a list.
    Point {
        /// The words.
        choices: &'static [&'static str],
        /// The largest percentage.
        max: u8,
    },
    /// `RRGGBB` or `RRGGBBAA` in hexadecimal digits.
    Color,
    /// Text with a limited length and set of characters.
    Text {
        /// The minimum number of characters.
        min: u32,
        /// The maximum number of characters.
        max: u32,
        /// The accepted ranges of characters, each with its first and last character.
        characters: &'static [(char, char)],
    },
    /// Two whole numbers, such as a width and a height, with a separator between them.
    Pair {
        /// The character between the numbers.
        separator: char,
        /// The smallest number.
        min: u32,
        /// The largest number.
        max: u32,
        /// A well-known value, for the documentation.
        example: &'static str,
    },
    /// The name of a preset of the configuration.
    Preset,
}

/// A setting that limits the values of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// The setting `maxWidth`.
    MaxWidth,
    /// The setting `maxHeight`.
    MaxHeight,
    /// The setting `presets`.
    Presets,
}

/// All values of a parameter, in canonical form.
pub(crate) enum Every {
    /// The list of values.
    These(Vec<String>),
    /// The number of values, if there are too many to list.
    Many(f64),
}

impl Setting {
    /// Returns the setting's name in `ridge.json`.
    pub fn name(self) -> &'static str {
        match self {
            Setting::MaxWidth => "maxWidth",
            Setting::MaxHeight => "maxHeight",
            Setting::Presets => "presets",
        }
    }

    /// Returns the setting's value as text for people.
    pub fn value(self, config: &Config) -> String {
        match self {
            Setting::MaxWidth => config.max_width.to_string(),
            Setting::MaxHeight => config.max_height.to_string(),
            Setting::Presets => config.presets.names(),
        }
    }
}

impl Takes {
    /// Describes the accepted values for people. `setting` prints a setting: its name, or its value.
    pub fn words(&self, setting: impl Fn(Setting) -> String) -> String {
        match *self {
            Takes::Choice { choices, aliases } => alternatives(choices.iter().map(|choice| {
                let others = aliases.iter().filter(|(_, of)| of == choice).map(|(alias, _)| format!(" (or {alias})"));
                format!("{choice}{}", others.collect::<String>())
            })),
            Takes::Flag(word) => word.to_owned(),
            Takes::Whole { min, max, setting: of } => {
                let max = of.map_or_else(|| max.to_string(), setting);
                format!("a whole number from {min} to {max}, without sign or leading zero")
            }
            Takes::Decimal { what, min, max } => {
                format!("{what} from {} to {} with at most one decimal", in_tenths(min), in_tenths(max))
            }
            Takes::Point { choices, .. } => {
                format!("{}, or a focal point X.Y in whole percent such as {EXAMPLE_POINT}", choices.join(", "))
            }
            Takes::Color => "a colour as RRGGBB or RRGGBBAA in hexadecimal digits, without #".to_owned(),
            Takes::Text { min, max, characters } => {
                let ranges: Vec<_> = characters.iter().map(|range| span(*range)).collect();
                format!("{min} to {max} of the characters {}", ranges.join(" "))
            }
            Takes::Pair { separator, example, .. } => format!("WIDTH{separator}HEIGHT such as {example}"),
            Takes::Preset => format!("the name of a preset ({})", setting(Setting::Presets)),
        }
    }

    /// Returns the same with the limits of a configuration.
    #[must_use]
    pub fn within(self, config: &Config) -> Takes {
        match self {
            Takes::Whole { min, setting: Some(of @ (Setting::MaxWidth | Setting::MaxHeight)), .. } => {
                let max = if of == Setting::MaxWidth { config.max_width } else { config.max_height };
                Takes::Whole { min, max: max.get(), setting: None }
            }
            _ => self,
        }
    }

    /// Returns a regular expression that every valid value in a path matches. It may match more: the parser rejects the
    /// rest with an error that names the parameter.
    pub(crate) fn pattern(&self) -> String {
        match *self {
            Takes::Choice { .. } => "[a-z0-9]+".to_owned(),
            Takes::Flag(word) => word.to_owned(),
            Takes::Whole { max, .. } => format!("[1-9][0-9]{{0,{}}}", max.ilog10()),
            Takes::Decimal { max, .. } => format!(r"[0-9]{{1,{}}}(?:\.[0-9])?", max.ilog10()),
            Takes::Point { .. } => r"[a-z]+|[0-9]+\.[0-9]+".to_owned(),
            Takes::Color => "[0-9a-f]{6,8}".to_owned(),
            Takes::Text { min, max, characters } => {
                let class: String = characters.iter().map(|range| span(*range)).collect();
                format!("[{class}]{{{min},{max}}}")
            }
            Takes::Pair { separator, .. } => format!("[1-9][0-9]*{separator}[1-9][0-9]*"),
            Takes::Preset => ".+".to_owned(),
        }
    }

    /// Returns a regular expression for a complete value in the configuration, which may be in any accepted form.
    #[cfg(test)]
    pub(crate) fn pattern_of_input(&self) -> String {
        let pattern = self.pattern();
        format!("^(?:{})$", if *self == Takes::Color { pattern.replace("a-f", "A-Fa-f") } else { pattern })
    }

    /// Returns all values, or their number.
    pub(crate) fn every(&self) -> Every {
        let texts = |choices: &[&str]| choices.iter().map(|choice| (*choice).to_owned()).collect();
        match *self {
            Takes::Choice { choices, .. } => Every::These(texts(choices)),
            Takes::Flag(word) => Every::These(texts(&[word])),
            Takes::Whole { min, max, .. } => Every::These((min..=max).map(|number| number.to_string()).collect()),
            Takes::Decimal { min, max, .. } => Every::These((min..=max).map(in_tenths).collect()),
            Takes::Point { .. } => Every::These(Gravity::all().map(|gravity| gravity.to_string()).collect()),
            Takes::Color => Every::Many(Color::COUNT),
            Takes::Text { min, max, characters } => {
                let one: u32 = characters.iter().map(|(first, last)| u32::from(*last) - u32::from(*first) + 1).sum();
                Every::Many((min..=max).map(|length| f64::from(one).powf(length.into())).sum())
            }
            Takes::Pair { min, max, .. } => Every::Many(f64::from(max - min + 1).powi(2)),
            // The policy counts presets one by one.
            Takes::Preset => Every::These(Vec::new()),
        }
    }

    /// Returns sample values for fuzzers and tests: all words, and the bounds of every range.
    pub fn examples(&self) -> Vec<String> {
        let words = |choices: &[&str]| choices.iter().map(|choice| (*choice).to_owned()).collect::<Vec<_>>();
        match *self {
            Takes::Choice { choices, aliases } => {
                [words(choices), aliases.iter().map(|(alias, _)| (*alias).to_owned()).collect()].concat()
            }
            Takes::Flag(word) => words(&[word]),
            Takes::Whole { min, max, .. } => vec![min.to_string(), max.to_string()],
            Takes::Decimal { min, max, .. } => [min, min + 1, max - 1, max].map(in_tenths).to_vec(),
            Takes::Point { choices, max } => {
                let points = [EXAMPLE_POINT.to_owned(), format!("1.{max}")];
                words(choices).into_iter().chain(points).collect()
            }
            Takes::Color => ["ff000080", "FF0000"].map(str::to_owned).to_vec(),
            Takes::Text { min, max, characters } => {
                let first = characters.first().map_or(' ', |(first, _)| *first);
                [min, max].map(|length| (0..length).map(|_| first).collect()).to_vec()
            }
            Takes::Pair { separator, min, max, example } => {
                vec![example.to_owned(), format!("{min}{separator}{max}"), format!("{max}{separator}{min}")]
            }
            Takes::Preset => Vec::new(),
        }
    }

    fn json(&self) -> Value {
        match *self {
            Takes::Choice { choices, aliases } => {
                let aliases: serde_json::Map<_, _> =
                    aliases.iter().map(|(alias, of)| ((*alias).to_owned(), (*of).into())).collect();
                json!({ "kind": "choice", "choices": choices, "aliases": aliases })
            }
            Takes::Flag(word) => json!({ "kind": "flag", "value": word }),
            Takes::Whole { min, max, setting } => {
                json!({ "kind": "whole", "min": min, "max": max, "setting": setting.map(Setting::name) })
            }
            Takes::Decimal { min, max, .. } => {
                let number = |tenths| f64::from(tenths) / 10.0;
                json!({ "kind": "decimal", "min": number(min), "max": number(max), "decimals": 1 })
            }
            Takes::Point { choices, max } => json!({ "kind": "point", "choices": choices, "max": max }),
            Takes::Color => json!({ "kind": "color" }),
            Takes::Text { min, max, .. } => json!({ "kind": "text", "minLength": min, "maxLength": max }),
            Takes::Pair { separator, min, max, example } => {
                json!({ "kind": "pair", "separator": separator, "min": min, "max": max, "example": example })
            }
            Takes::Preset => json!({ "kind": "preset" }),
        }
    }
}

const EXAMPLE_POINT: &str = "30.75";

/// Formats a range of characters as documentation and regular expressions write it.
fn span((first, last): (char, char)) -> String {
    if first == last { first.to_string() } else { format!("{first}-{last}") }
}

impl Serialize for Takes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.json().serialize(serializer)
    }
}
