//! The rows of the parameter table.

use std::fmt::Display;
use std::str::FromStr;

use super::{Draft, Param, Place, Setting, Takes};
use crate::format::Output;
use crate::values::{BadValue, Dpr, Fit, Flip, Gravity, Point, Quality, Ratio, Rotation, Side, Sides, Sigma, Version};

/// All parameters. Segments appear in the path in this order, so a new order changes the cache keys of existing URLs.
pub const PARAMS: &[Param] = &[
    Param {
        name: "w",
        label: "Width",
        takes: Takes::Whole { min: Side::MIN, max: Side::MAX, setting: Some(Setting::MaxWidth) },
        meaning: "output width in CSS pixels",
        sets: &["w"],
        place: Place::Segment,
        is_listed: false,
        set: |draft, text| set(&mut draft.options.width, text),
        text: |draft| print(&draft.options.width),
    },
    Param {
        name: "h",
        label: "Height",
        takes: Takes::Whole { min: Side::MIN, max: Side::MAX, setting: Some(Setting::MaxHeight) },
        meaning: "output height in CSS pixels",
        sets: &["h"],
        place: Place::Segment,
        is_listed: false,
        set: |draft, text| set(&mut draft.options.height, text),
        text: |draft| print(&draft.options.height),
    },
    Param {
        name: "fit",
        label: "Fit",
        takes: Takes::Choice { choices: Fit::WORDS, aliases: &[] },
        meaning: "how the image fills the box of `w` and `h`, in sharp's words (default `cover`); `ratio` crops to the box's \
                  aspect ratio, whatever the size of the image",
        sets: &["fit"],
        place: Place::Segment,
        is_listed: true,
        set: |draft, text| assign(&mut draft.options.fit, text),
        text: |draft| word(draft.options.fit.word()),
    },
    Param {
        name: "g",
        label: "Gravity",
        takes: Takes::Point { choices: &Gravity::WORDS, max: Point::MAX },
        meaning: "what a crop keeps, and where `contain` puts the image (default `center`); `smart` looks for what \
                  stands out, such as heads and text, and means nothing to `contain`",
        sets: &["g"],
        place: Place::Segment,
        is_listed: true,
        set: |draft, text| assign(&mut draft.options.gravity, text),
        text: |draft| Some(draft.options.gravity.to_string()),
    },
    Param {
        name: "q",
        label: "Quality",
        takes: Takes::Whole { min: Quality::MIN as u32, max: Quality::MAX as u32, setting: None },
        meaning: "quality, one scale for all lossy formats (default: the configuration's)",
        sets: &["q"],
        place: Place::Segment,
        is_listed: true,
        set: |draft, text| set(&mut draft.options.quality, text),
        text: |draft| print(&draft.options.quality),
    },
    Param {
        name: "bg",
        label: "Background",
        takes: Takes::Color,
        meaning: "padding of `contain`, and what transparency is flattened on (default white)",
        sets: &["bg"],
        place: Place::Segment,
        is_listed: true,
        set: |draft, text| assign(&mut draft.options.background, text),
        text: |draft| Some(draft.options.background.to_string()),
    },
    Param {
        name: "blur",
        label: "Blur",
        takes: SIGMA,
        meaning: "blurs the resized image",
        sets: &["blur"],
        place: Place::Segment,
        is_listed: true,
        set: |draft, text| set(&mut draft.options.blur, text),
        text: |draft| print(&draft.options.blur),
    },
    Param {
        name: "sharpen",
        label: "Sharpen",
        takes: SIGMA,
        meaning: "sharpens the resized image, after `blur`",
        sets: &["sharpen"],
        place: Place::Segment,
        is_listed: true,
        set: |draft, text| set(&mut draft.options.sharpen, text),
        text: |draft| print(&draft.options.sharpen),
    },
    Param {
        name: "rot",
        label: "Turn clockwise",
        takes: Takes::Choice { choices: Rotation::WORDS, aliases: &[] },
        meaning: "rotates clockwise by this number of degrees, after EXIF orientation and before `w`, `h` and `g`",
        sets: &["rot"],
        place: Place::Segment,
        is_listed: true,
        set: |draft, text| assign(&mut draft.options.rotation, text),
        text: |draft| word(draft.options.rotation.word()),
    },
    Param {
        name: "flip",
        label: "Mirror",
        takes: Takes::Choice { choices: Flip::WORDS, aliases: &[] },
        meaning: "mirrors left to right, top to bottom, or both, after `rot`",
        sets: &["flip"],
        place: Place::Segment,
        is_listed: true,
        set: |draft, text| assign(&mut draft.options.flip, text),
        text: |draft| word(draft.options.flip.word()),
    },
    Param {
        name: "gray",
        label: "Grey",
        takes: Takes::Flag("1"),
        meaning: "removes the colour",
        sets: &["gray"],
        place: Place::Segment,
        is_listed: true,
        set: |draft, _| switch(&mut draft.options.gray),
        text: |draft| word(draft.options.gray.then_some("1")),
    },
    Param {
        name: "anim",
        label: "First frame only",
        takes: Takes::Flag("0"),
        meaning: "first frame only (default: animation is kept)",
        sets: &["anim"],
        place: Place::Segment,
        is_listed: true,
        set: |draft, _| switch(&mut draft.options.still),
        text: |draft| word(draft.options.still.then_some("0")),
    },
    Param {
        name: "v",
        label: "Version",
        takes: Takes::Text { min: Version::MIN, max: Version::MAX, characters: Version::CHARACTERS },
        meaning: "cache buster, kept in the path",
        sets: &["v"],
        place: Place::Segment,
        is_listed: true,
        set: |draft, text| set(&mut draft.options.version, text),
        text: |draft| print(&draft.options.version),
    },
    Param {
        name: "f",
        label: "Format",
        takes: Takes::Choice { choices: &Output::CHOICES, aliases: &Output::ALIASES },
        meaning: "output format (default `auto`: negotiated with the client); `thumbhash` is a placeholder for the page, `json` \
                  is data about the image",
        sets: &["f"],
        place: Place::Format,
        is_listed: true,
        set: |draft, text| {
            draft.format = match text.parse().map_err(|()| BadValue)? {
                Output::Auto => None,
                Output::Format(format) => Some(format),
            };
            Ok(())
        },
        text: |draft| word(Some(draft.format.map_or(Output::Auto, Output::Format).name())),
    },
    Param {
        name: "p",
        label: "Preset",
        takes: Takes::Preset,
        meaning: "stands for that preset's parameters; what is given beside it comes before them",
        sets: &["p"],
        place: Place::Shorthand,
        is_listed: false,
        // The query parser resolves the preset before it reads any other parameter.
        set: |_, _| Ok(()),
        text: |_| None,
    },
    Param {
        name: "raw",
        label: "Original as it is",
        takes: Takes::Flag("1"),
        meaning: "the original as it is, also where every image is negotiated; takes no other parameter beside it",
        sets: &["raw"],
        place: Place::Original,
        is_listed: false,
        set: |draft, _| switch(&mut draft.raw),
        text: |draft| word(draft.raw.then_some("1")),
    },
    Param {
        name: "dpr",
        label: "Device pixel ratio",
        takes: Takes::Decimal { what: "a number", min: Dpr::MIN, max: Dpr::MAX },
        meaning: "multiplies `w` and `h`; never appears in the path",
        sets: &["dpr"],
        place: Place::Shorthand,
        is_listed: true,
        set: |draft, text| assign(&mut draft.dpr, text),
        text: |draft| Some(draft.dpr.to_string()),
    },
    Param {
        name: "ar",
        label: "Aspect ratio",
        takes: Takes::Pair { separator: Ratio::SEPARATOR, min: Ratio::MIN, max: Ratio::MAX, example: "16:9" },
        meaning: "aspect ratio: gives the other side next to `w` or `h`; alone it crops the original to that ratio",
        sets: &["ar"],
        place: Place::Shorthand,
        is_listed: false,
        set: |draft, text| set(&mut draft.options.ratio, text),
        text: |draft| print(&draft.options.ratio),
    },
    Param {
        name: "d",
        label: "Width and height",
        takes: SIDES,
        meaning: "the tutorials' word for `w` and `h`",
        sets: &["w", "h"],
        place: Place::Shorthand,
        is_listed: false,
        set: set_sides,
        text: |_| None,
    },
    Param {
        name: "s",
        label: "Width and height",
        takes: SIDES,
        meaning: "the same, from another tutorial",
        sets: &["w", "h"],
        place: Place::Shorthand,
        is_listed: false,
        set: set_sides,
        text: |_| None,
    },
    Param {
        name: "t",
        label: "Fit",
        takes: Takes::Choice { choices: Fit::WORDS, aliases: &[("crop", "cover")] },
        meaning: "that tutorial's word for `fit`",
        sets: &["fit"],
        place: Place::Shorthand,
        is_listed: false,
        set: |draft, text| assign(&mut draft.options.fit, text),
        text: |draft| word(draft.options.fit.word()),
    },
];

const SIGMA: Takes =
    Takes::Decimal { what: "a standard deviation in pixels", min: Sigma::MIN as u32, max: Sigma::MAX as u32 };

const SIDES: Takes = Takes::Pair { separator: Sides::SEPARATOR, min: Side::MIN, max: Side::MAX, example: "200x100" };

fn set_sides(draft: &mut Draft, text: &str) -> Result<(), BadValue> {
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

#[allow(clippy::unnecessary_wraps, reason = "it is the end of a row's function")]
fn switch(slot: &mut bool) -> Result<(), BadValue> {
    *slot = true;
    Ok(())
}

fn print<T: Display>(value: &Option<T>) -> Option<String> {
    value.as_ref().map(T::to_string)
}

fn word(word: Option<&str>) -> Option<String> {
    word.map(str::to_owned)
}
