//! The parameters: one row each, in the order of the canonical path.
//!
//! Reading a query, printing a path and reading a path are each one loop over [`PARAMS`].

mod table;
mod takes;

pub use table::PARAMS;
pub(crate) use takes::Every;
pub use takes::{Setting, Takes};

use serde::Serialize;
use serde_json::{Value, json};

use crate::format::{Format, Kind};
use crate::values::{BadValue, Dpr};
use crate::variant::Options;

/// What a query, a preset or a path has said so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Draft {
    /// Everything but format and density.
    pub options: Options,
    /// `f`; `None` is `auto`.
    pub format: Option<Format>,
    /// `dpr`.
    pub dpr: Dpr,
    /// `raw`.
    pub raw: bool,
}

impl From<Options> for Draft {
    fn from(options: Options) -> Draft {
        Draft { options, ..Draft::default() }
    }
}

/// One parameter.
pub struct Param {
    /// The name in a query, and before the `_` in a path.
    pub name: &'static str,
    /// The name for people.
    pub label: &'static str,
    /// The values.
    pub takes: Takes,
    /// What it does, for people.
    pub meaning: &'static str,
    /// The names of the rows whose field it sets; two parameters that set one field contradict each other.
    pub sets: &'static [&'static str],
    /// Where its value goes.
    pub place: Place,
    /// Whether the configuration's `options` may restrict it.
    pub is_listed: bool,
    /// Sets the field from text that [`Param::read`] has checked.
    set: fn(&mut Draft, &str) -> Result<(), BadValue>,
    /// Prints the field in its canonical spelling; `None` where nothing was given, and for what has no field of its own.
    text: fn(&Draft) -> Option<String>,
}

/// Where the value of a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Place {
    /// Into a segment of the canonical path, `name_value`, in the order of the rows.
    Segment,
    /// Into the segment that names the format.
    Format,
    /// Into other parameters, for which it stands.
    Shorthand,
    /// Nowhere: it asks for the original, which has no other parameter.
    Original,
}

/// Stands in a path in place of a width that was not given; a query cannot say it.
pub const NO_WIDTH: &str = "auto";

impl Param {
    /// The parameter of this name.
    pub fn named(name: &str) -> Option<&'static Param> {
        PARAMS.iter().find(|param| param.name == name)
    }

    /// The parameters with a segment of the path, in its order.
    pub fn in_path() -> impl Iterator<Item = &'static Param> {
        PARAMS.iter().filter(|param| param.place == Place::Segment)
    }

    /// Reads a value into its field.
    ///
    /// # Errors
    ///
    /// [`BadValue`] where the parameter does not take the text.
    pub(crate) fn read(&self, draft: &mut Draft, text: &str) -> Result<(), BadValue> {
        let text = match self.takes {
            Takes::Choice { aliases, .. } => {
                aliases.iter().find(|(alias, _)| *alias == text).map_or(text, |(_, of)| of)
            }
            Takes::Flag(word) if word != text => return Err(BadValue),
            _ => text,
        };
        (self.set)(draft, text)
    }

    /// What a query says that has this parameter alone; `None` where it does not take the value.
    ///
    /// ```
    /// use ridge_contract::params::{Draft, Param};
    /// let fit = Param::named("fit").unwrap();
    /// assert_eq!(fit.draft("cover"), Some(Draft::default()));
    /// assert_eq!(fit.draft("squeeze"), None);
    /// ```
    pub fn draft(&self, text: &str) -> Option<Draft> {
        let mut draft = Draft::default();
        self.read(&mut draft, text).is_ok().then_some(draft)
    }

    /// The value that holds where the parameter is left out, where there is one.
    pub fn default(&self) -> Option<String> {
        (self.text)(&Draft::default())
    }

    /// A value in its canonical spelling; `None` where the parameter does not take it.
    pub(crate) fn canonical(&self, text: &str) -> Option<String> {
        let draft = self.draft(text)?;
        Some((self.text)(&draft).unwrap_or_else(|| text.to_owned()))
    }

    /// The value in the path; `None` where it is at its default and the path does not have it.
    pub(crate) fn segment(&self, draft: &Draft) -> Option<String> {
        let text = (self.text)(draft).filter(|_| self.place == Place::Segment)?;
        (self.default().as_ref() != Some(&text)).then_some(text)
    }

    /// What it takes, in words that name settings.
    pub fn words(&self) -> String {
        self.takes.words(|setting| setting.name().to_owned())
    }

    fn json(&self) -> Value {
        json!({
            "name": self.name,
            "label": self.label,
            "takes": self.takes,
            "meaning": self.meaning,
            "sets": self.sets,
            "default": self.default(),
            "place": self.place,
            "pattern": (self.place == Place::Segment).then(|| self.takes.pattern()),
            "isListed": self.is_listed,
        })
    }
}

/// The parameters and formats for programs in other languages: what `params.json` has.
///
/// `params` are in the order of the path. `formats` are those that Ridge writes, `inputs` those that it reads.
pub fn json() -> Value {
    let formats = Format::all().map(|format| {
        json!({
            "name": format.name(),
            "aliases": format.aliases(),
            "label": format.label(),
            "mime": format.mime(),
            "extensions": format.extensions(),
            "holds": format.holds(),
            "alpha": format.alpha(),
            "animation": format.has_animation(),
            "negotiated": format.is_negotiated(),
            "maxSide": format.max_side(),
            "cost": format.cost(),
            "quality": format.quality(),
            "effort": format.effort(),
        })
    });
    let inputs = Kind::ALL.iter().map(|kind| json!({ "label": kind.name(), "extensions": kind.extensions() }));
    json!({
        "params": PARAMS.iter().map(Param::json).collect::<Vec<_>>(),
        "noWidth": NO_WIDTH,
        "formats": formats.collect::<Vec<_>>(),
        "inputs": inputs.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_takes_its_examples_and_prints_them_so_that_they_read_back() {
        for param in PARAMS {
            for text in param.takes.examples() {
                let draft = param.draft(&text).unwrap_or_else(|| panic!("{}={text}", param.name));
                let canonical = param.canonical(&text).unwrap();
                assert_eq!(param.draft(&canonical), Some(draft), "{}={text}", param.name);
            }
            assert_eq!(param.draft("?"), (param.takes == Takes::Preset).then(Draft::default), "{}", param.name);
        }
    }

    #[test]
    fn each_row_takes_all_of_its_values_and_no_number_beside_them() {
        for param in PARAMS {
            if let Every::These(every) = param.takes.every() {
                assert!(every.iter().all(|text| param.draft(text).is_some()), "{}", param.name);
            }
            let beside = match param.takes {
                Takes::Whole { min, max, .. } => [min - 1, max + 1].map(|number| number.to_string()),
                Takes::Decimal { min, max, .. } => [min - 1, max + 1].map(crate::values::in_tenths),
                Takes::Text { max, .. } => [String::new(), "a".repeat(max as usize + 1)],
                _ => continue,
            };
            assert!(beside.iter().all(|text| param.draft(text).is_none()), "{}: {beside:?}", param.name);
        }
    }

    #[test]
    fn what_stands_in_a_path_matches_its_pattern() {
        for param in Param::in_path() {
            let pattern = regex::Regex::new(&format!("^(?:{})$", param.takes.pattern())).unwrap();
            for text in param.takes.examples() {
                let canonical = param.canonical(&text).unwrap();
                assert!(pattern.is_match(&canonical), "{}: {canonical}", param.name);
            }
        }
    }

    #[test]
    fn defaults_are_the_rows_own() {
        let default = |name| Param::named(name).unwrap().default();
        for (name, expected) in [("fit", "cover"), ("g", "center"), ("bg", "ffffff"), ("f", "auto"), ("dpr", "1")] {
            assert_eq!(default(name).as_deref(), Some(expected), "{name}");
        }
        for name in ["w", "h", "q", "blur", "rot", "flip", "gray", "anim", "v", "p", "raw", "d"] {
            assert_eq!(default(name), None, "{name}");
        }
    }
}
