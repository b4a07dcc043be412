//! The parameters: one row each, in the order of the canonical path.
//!
//! Reading a query, printing a path and reading a path are each one loop over [`PARAMS`].

use std::fmt::Display;
use std::str::FromStr;

use crate::format::{Format, Output};
use crate::values::{BadValue, Color, Dpr, Fit, Flip, Gravity, Rotation, Sides, Sigma, Version};
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

/// One parameter.
pub struct Param {
    /// Its name in a query, and before the `_` in a path.
    pub name: &'static str,
    /// What it takes, for people: the error message and the README say it in these words. `{field}` stands for the
    /// configuration's value.
    pub values: &'static str,
    /// What it does, for people.
    pub meaning: &'static str,
    /// The names of the rows whose field it sets; two parameters that set one field contradict each other.
    pub sets: &'static [&'static str],
    /// Text to field.
    pub(crate) read: fn(&mut Draft, &str) -> Result<(), BadValue>,
    /// Field to canonical text; `None` for what never appears in a path.
    pub(crate) path: Option<InPath>,
    /// Its values, for the configuration's `options`; `None` for what `options` does not speak of.
    pub(crate) every: Option<Every>,
}

/// All values that a parameter has, its default aside.
pub(crate) enum Every {
    /// These.
    These(fn() -> Vec<String>),
    /// So many: more than could be listed.
    Many(fn() -> f64),
}

impl Param {
    /// What a query says that has this parameter alone; `None` where it does not take the value.
    ///
    /// ```
    /// use ridge_contract::params::{Draft, PARAMS};
    /// let fit = PARAMS.iter().find(|param| param.name == "fit").unwrap();
    /// assert_eq!(fit.draft("cover"), Some(Draft::default()));
    /// assert_eq!(fit.draft("squeeze"), None);
    /// ```
    pub fn draft(&self, text: &str) -> Option<Draft> {
        let mut draft = Draft::default();
        (self.read)(&mut draft, text).is_ok().then_some(draft)
    }
}

/// How a parameter stands in a path.
pub(crate) struct InPath {
    /// A regular expression that its text matches; [`Param::read`] and printing decide the rest.
    pub(crate) pattern: &'static str,
    /// `None` when the field is at its default.
    pub(crate) print: fn(&Options) -> Option<String>,
}

/// Stands in a path in place of a width that was not given; a query cannot say it.
pub const NO_WIDTH: &str = "auto";

const SIGMA: &str = r"[0-9]{1,3}(?:\.[0-9])?";

/// All parameters. The order of those with a path is the order in the path: changing it is a cache-busting event.
pub const PARAMS: &[Param] = &[
    Param {
        name: "w",
        values: "a whole number from 1 to {maxWidth}, without sign or leading zero",
        meaning: "output width in CSS pixels",
        sets: &["w"],
        read: |draft, text| set(&mut draft.options.width, text),
        path: Some(InPath {
            pattern: "auto|[1-9][0-9]{0,4}",
            print: |options| print(&options.width).or(Some(NO_WIDTH.to_owned())),
        }),
        every: None,
    },
    Param {
        name: "h",
        values: "a whole number from 1 to {maxHeight}, without sign or leading zero",
        meaning: "output height in CSS pixels",
        sets: &["h"],
        read: |draft, text| set(&mut draft.options.height, text),
        path: Some(InPath { pattern: "[1-9][0-9]{0,4}", print: |options| print(&options.height) }),
        every: None,
    },
    Param {
        name: "fit",
        values: "cover, contain, inside, outside or fill",
        meaning: "how the picture fills the box of `w` and `h`, in sharp's words (default `cover`)",
        sets: &["fit"],
        read: |draft, text| assign(&mut draft.options.fit, text),
        path: Some(InPath { pattern: "[a-z]+", print: |options| unless_default(&options.fit) }),
        every: Some(Every::These(|| texts(Fit::names()))),
    },
    Param {
        name: "g",
        values: "center, n, ne, e, se, s, sw, w, nw, smart, or a focal point X.Y in whole percent such as 30.75",
        meaning: "what a crop keeps, and where `contain` puts the picture (default `center`); `smart` looks for what \
                  stands out, such as heads and text, and means nothing to `contain`",
        sets: &["g"],
        read: |draft, text| assign(&mut draft.options.gravity, text),
        path: Some(InPath { pattern: r"[a-z]+|[0-9]+\.[0-9]+", print: |options| unless_default(&options.gravity) }),
        every: Some(Every::These(|| texts(Gravity::all()))),
    },
    Param {
        name: "q",
        values: "a whole number from 1 to 100",
        meaning: "quality, one scale for all lossy formats (default: the configuration's)",
        sets: &["q"],
        read: |draft, text| set(&mut draft.options.quality, text),
        path: Some(InPath { pattern: "[1-9][0-9]{0,2}", print: |options| print(&options.quality) }),
        every: Some(Every::These(|| texts(1..=100))),
    },
    Param {
        name: "bg",
        values: "a colour as RRGGBB or RRGGBBAA in hexadecimal digits, without #",
        meaning: "padding of `contain`, and what transparency is flattened on (default white)",
        sets: &["bg"],
        read: |draft, text| assign(&mut draft.options.background, text),
        path: Some(InPath { pattern: "[0-9a-f]{6,8}", print: |options| unless_default(&options.background) }),
        every: Some(Every::Many(|| Color::COUNT)),
    },
    Param {
        name: "blur",
        values: "a standard deviation in pixels from 0.3 to 100 with at most one decimal",
        meaning: "blurs the resized picture",
        sets: &["blur"],
        read: |draft, text| set(&mut draft.options.blur, text),
        path: Some(InPath { pattern: SIGMA, print: |options| print(&options.blur) }),
        every: Some(Every::These(sigmas)),
    },
    Param {
        name: "sharpen",
        values: "a standard deviation in pixels from 0.3 to 100 with at most one decimal",
        meaning: "sharpens the resized picture, after `blur`",
        sets: &["sharpen"],
        read: |draft, text| set(&mut draft.options.sharpen, text),
        path: Some(InPath { pattern: SIGMA, print: |options| print(&options.sharpen) }),
        every: Some(Every::These(sigmas)),
    },
    Param {
        name: "rot",
        values: "90, 180 or 270",
        meaning: "rotates clockwise by this number of degrees, after EXIF orientation and before `w`, `h` and `g`",
        sets: &["rot"],
        read: |draft, text| assign(&mut draft.options.rotation, text),
        path: Some(InPath { pattern: "[0-9]+", print: |options| unless_default(&options.rotation) }),
        every: Some(Every::These(|| texts(Rotation::names()))),
    },
    Param {
        name: "flip",
        values: "h, v or hv",
        meaning: "mirrors left to right, top to bottom, or both, after `rot`",
        sets: &["flip"],
        read: |draft, text| assign(&mut draft.options.flip, text),
        path: Some(InPath { pattern: "[a-z]+", print: |options| unless_default(&options.flip) }),
        every: Some(Every::These(|| texts(Flip::names()))),
    },
    Param {
        name: "gray",
        values: "1",
        meaning: "takes the colour out",
        sets: &["gray"],
        read: |draft, text| {
            draft.options.gray = true;
            if text == "1" { Ok(()) } else { Err(BadValue) }
        },
        path: Some(InPath { pattern: "1", print: |options| options.gray.then(|| "1".to_owned()) }),
        every: Some(Every::These(|| texts(["1"]))),
    },
    Param {
        name: "anim",
        values: "0",
        meaning: "first frame only (default: animation is kept)",
        sets: &["anim"],
        read: |draft, text| {
            draft.options.still = true;
            if text == "0" { Ok(()) } else { Err(BadValue) }
        },
        path: Some(InPath { pattern: "0", print: |options| options.still.then(|| "0".to_owned()) }),
        every: Some(Every::These(|| texts(["0"]))),
    },
    Param {
        name: "v",
        values: "1 to 64 of the characters A-Z a-z 0-9 _ -",
        meaning: "cache buster, kept in the path",
        sets: &["v"],
        read: |draft, text| set(&mut draft.options.version, text),
        path: Some(InPath { pattern: "[A-Za-z0-9_-]{1,64}", print: |options| print(&options.version) }),
        every: Some(Every::Many(|| Version::COUNT)),
    },
    Param {
        name: "f",
        values: "auto, webp, avif, jpeg (or jpg), png, gif, thumbhash or json",
        meaning: "output format (default `auto`: negotiated with the client); `thumbhash` is a placeholder for the page, `json` \
                  what is to be known of the picture",
        sets: &["f"],
        read: |draft, text| {
            draft.format = match Output::asked(text).ok_or(BadValue)? {
                Output::Auto => None,
                Output::Format(format) => Some(format),
            };
            Ok(())
        },
        path: None,
        every: Some(Every::These(|| texts(Format::all()))),
    },
    Param {
        name: "p",
        values: "the name of a preset ({presets})",
        meaning: "stands for that preset's parameters; what is given beside it comes before them",
        sets: &["p"],
        // Looked up before all else is read.
        read: |_, _| Ok(()),
        path: None,
        every: None,
    },
    Param {
        name: "raw",
        values: "1, and no other parameter beside it",
        meaning: "the original as it is, also where every picture is negotiated",
        sets: &["raw"],
        read: |draft, text| {
            draft.raw = true;
            if text == "1" { Ok(()) } else { Err(BadValue) }
        },
        path: None,
        every: None,
    },
    Param {
        name: "dpr",
        values: "a number from 1 to 4 with at most one decimal",
        meaning: "multiplies `w` and `h`; never appears in the path",
        sets: &["dpr"],
        read: |draft, text| assign(&mut draft.dpr, text),
        path: None,
        every: Some(Every::These(|| texts(Dpr::all()))),
    },
    Param {
        name: "d",
        values: "WIDTHxHEIGHT such as 200x100",
        meaning: "the tutorials' word for `w` and `h`",
        sets: &["w", "h"],
        read: read_sides,
        path: None,
        every: None,
    },
    Param {
        name: "s",
        values: "WIDTHxHEIGHT such as 200x100",
        meaning: "the same, from another tutorial",
        sets: &["w", "h"],
        read: read_sides,
        path: None,
        every: None,
    },
    Param {
        name: "t",
        values: "crop, cover, contain, fill, inside or outside",
        meaning: "that tutorial's word for `fit`; `crop` is `cover`",
        sets: &["fit"],
        read: |draft, text| {
            if text == "crop" {
                draft.options.fit = Fit::Cover;
                Ok(())
            } else {
                assign(&mut draft.options.fit, text)
            }
        },
        path: None,
        every: None,
    },
];

fn read_sides(draft: &mut Draft, text: &str) -> Result<(), BadValue> {
    let Sides(width, height) = text.parse()?;
    draft.options.width = Some(width);
    draft.options.height = Some(height);
    Ok(())
}

fn set<T: FromStr<Err = BadValue>>(slot: &mut Option<T>, text: &str) -> Result<(), BadValue> {
    *slot = Some(text.parse()?);
    Ok(())
}

fn assign<T: FromStr<Err = BadValue>>(slot: &mut T, text: &str) -> Result<(), BadValue> {
    *slot = text.parse()?;
    Ok(())
}

fn print<T: Display>(value: &Option<T>) -> Option<String> {
    value.as_ref().map(T::to_string)
}

fn unless_default<T: Display + Default + PartialEq>(value: &T) -> Option<String> {
    (*value != T::default()).then(|| value.to_string())
}

fn texts<T: Display>(values: impl IntoIterator<Item = T>) -> Vec<String> {
    values.into_iter().map(|value| value.to_string()).collect()
}

fn sigmas() -> Vec<String> {
    texts(Sigma::all())
}
