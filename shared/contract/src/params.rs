//! The table of parameters, in the order of the canonical path.
//!
//! Parsing a query, printing a path and parsing a path each loop over [`PARAMS`].

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

/// The values read so far from a query, a preset or a path.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Draft {
    /// All options except format and device pixel ratio.
    pub options: Options,
    /// The value of `f`; `None` means `auto`.
    pub format: Option<Format>,
    /// The value of `dpr`.
    pub dpr: Dpr,
    /// Whether `raw` was given.
    pub raw: bool,
}

impl From<Options> for Draft {
    fn from(options: Options) -> Draft {
        Draft { options, ..Draft::default() }
    }
}

/// One parameter: a row of [`PARAMS`].
pub struct Param {
    /// The name in a query, and before the `_` in a path.
    pub name: &'static str,
    /// The name shown to people.
    pub label: &'static str,
    /// The accepted values.
    pub takes: Takes,
    /// The description for the documentation.
    pub meaning: &'static str,
    /// The names of the rows whose fields it sets. Two parameters that set the same field contradict each other.
    pub sets: &'static [&'static str],
    /// Where the value appears in the canonical path.
    pub place: Place,
    /// Whether the configuration's `options` may restrict it.
    pub is_listed: bool,
    /// Sets the field from text that [`Param::read`] has checked.
    set: fn(&mut Draft, &str) -> Result<(), BadValue>,
    /// Prints the field in its canonical form; `None` if it has no value, or if the parameter has no field of its own.
    text: fn(&Draft) -> Option<String>,
}

/// Where the value of a parameter appears in the canonical path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Place {
    /// In its own segment, `name_value`, in the order of the rows.
    Segment,
    /// In the segment that names the format.
    Format,
    /// In the segments of the parameters that it sets.
    Shorthand,
    /// Nowhere: it requests the original, and the original takes no other parameter.
    Original,
}

/// The value of the `w` segment if no width was given. A query does not accept it.
pub const NO_WIDTH: &str = "auto";

impl Param {
    /// Returns the parameter with this name.
    pub fn named(name: &str) -> Option<&'static Param> {
        PARAMS.iter().find(|param| param.name == name)
    }

    /// Returns the parameters that have a segment in the path, in path order.
    pub fn in_path() -> impl Iterator<Item = &'static Param> {
        PARAMS.iter().filter(|param| param.place == Place::Segment)
    }

    /// Parses a value and sets its field.
    ///
    /// # Errors
    ///
    /// [`BadValue`] if the parameter does not accept the text.
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

    /// Returns the draft of a query with only this parameter; `None` if the parameter does not accept the value.
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

    /// Returns the value that applies if the parameter is left out, if it has one.
    pub fn default(&self) -> Option<String> {
        (self.text)(&Draft::default())
    }

    /// Returns the canonical form of a value; `None` if the parameter does not accept it.
    pub(crate) fn canonical(&self, text: &str) -> Option<String> {
        let draft = self.draft(text)?;
        Some((self.text)(&draft).unwrap_or_else(|| text.to_owned()))
    }

    /// Returns the value for the path; `None` if it is the default, which the path leaves out.
    pub(crate) fn segment(&self, draft: &Draft) -> Option<String> {
        let text = (self.text)(draft).filter(|_| self.place == Place::Segment)?;
        (self.default().as_ref() != Some(&text)).then_some(text)
    }

    /// Describes the accepted values; limits from the configuration appear as names of settings.
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

/// Returns the parameters and formats for programs in other languages: the content of `params.json`.
///
/// `params` are in path order, `formats` are the output formats, `inputs` the input formats.
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
