//! The values of the parameters: each type reads the query's text and prints the path's.
//!
//! Reading may be wider than printing (`FF0000` prints as `ff0000`); what a path accepts is what prints back to itself.

mod gravity;

pub use gravity::{Gravity, Point};

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

/// The text is not a value of this type. The parameter's row in [`crate::params::PARAMS`] says what would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadValue;

/// A width or height in pixels, 1 to [`Side::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Side(NonZeroU32);

impl Side {
    /// The largest side that WebP can hold.
    pub const MAX: u32 = 16_383;

    /// `None` outside 1 to [`Side::MAX`].
    pub fn new(pixels: u32) -> Option<Side> {
        NonZeroU32::new(pixels).filter(|n| n.get() <= Side::MAX).map(Side)
    }

    /// In pixels.
    pub fn get(self) -> u32 {
        self.0.get()
    }
}

impl FromStr for Side {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        whole_number(text).and_then(Side::new).ok_or(BadValue)
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// `WIDTHxHEIGHT`, as the tutorials' `d` and `s` have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sides(pub Side, pub Side);

impl FromStr for Sides {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        let (width, height) = text.split_once('x').ok_or(BadValue)?;
        Ok(Sides(width.parse()?, height.parse()?))
    }
}

/// Device pixel ratio, 1.0 to 4.0 in tenths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dpr(u32);

impl Dpr {
    /// All but 1, in order.
    pub(crate) fn all() -> impl Iterator<Item = Dpr> {
        (11..=40).map(Dpr)
    }

    /// The ratio times ten.
    pub fn tenths(self) -> u32 {
        self.0
    }
}

impl Default for Dpr {
    fn default() -> Self {
        Dpr(10)
    }
}

impl fmt::Display for Dpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        tenths(self.0, f)
    }
}

impl FromStr for Dpr {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        let (whole, tenth) = text.split_once('.').unwrap_or((text, "0"));
        match (whole.as_bytes(), tenth.as_bytes()) {
            ([whole @ b'1'..=b'4'], [tenth @ b'0'..=b'9']) => {
                Some(Dpr(u32::from(whole - b'0') * 10 + u32::from(tenth - b'0')))
                    .filter(|dpr| dpr.0 <= 40)
                    .ok_or(BadValue)
            }
            _ => Err(BadValue),
        }
    }
}

/// How a picture fills a box of two given sides, in sharp's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Fit {
    /// Fills the box and crops what stands out.
    #[default]
    Cover,
    /// Fits into the box and pads the rest with `bg`.
    Contain,
    /// As large as fits into the box; no padding.
    Inside,
    /// As small as covers the box; no crop.
    Outside,
    /// Stretches to the box.
    Fill,
}

impl Fit {
    const NAMES: [(&'static str, Fit); 5] = [
        ("cover", Fit::Cover),
        ("contain", Fit::Contain),
        ("inside", Fit::Inside),
        ("outside", Fit::Outside),
        ("fill", Fit::Fill),
    ];

    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        Fit::NAMES.into_iter().map(|(name, _)| name)
    }

    /// Whether this gravity means something: a crop keeps a part; padding leaves room, which needs no look at the
    /// picture.
    pub fn uses(self, gravity: Gravity) -> bool {
        match self {
            Fit::Cover => true,
            Fit::Contain => gravity != Gravity::Smart,
            Fit::Inside | Fit::Outside | Fit::Fill => false,
        }
    }
}

impl FromStr for Fit {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        by_name(&Fit::NAMES, text)
    }
}

impl fmt::Display for Fit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        name_of(&Fit::NAMES, self, f)
    }
}

/// Quality of a lossy format, 1 to 100, one scale for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quality(u8);

impl Quality {
    /// `None` outside 1 to 100.
    pub fn new(quality: u8) -> Option<Quality> {
        (1..=100).contains(&quality).then_some(Quality(quality))
    }

    /// 1 to 100.
    pub fn get(self) -> u8 {
        self.0
    }
}

impl FromStr for Quality {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        whole_number(text).and_then(|n| n.try_into().ok()).and_then(Quality::new).ok_or(BadValue)
    }
}

impl fmt::Display for Quality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A colour: sRGB and alpha, 0 to 255 each, alpha not multiplied in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Color {
    /// Red, green, blue.
    pub rgb: [u8; 3],
    /// 255 is opaque.
    pub alpha: u8,
}

impl Color {
    /// How many there are.
    pub(crate) const COUNT: f64 = 4_294_967_296.0;

    /// What transparency is flattened on unless `bg` says otherwise.
    pub const WHITE: Color = Color { rgb: [255; 3], alpha: 255 };

    /// The same without transparency.
    pub fn opaque(self) -> Color {
        Color { alpha: 255, ..self }
    }

    /// Opaque from one half upwards, else nothing at all: what a format with one bit of alpha makes of it.
    pub fn with_one_bit_alpha(self) -> Color {
        if self.alpha >= 128 { self.opaque() } else { Color { rgb: [0; 3], alpha: 0 } }
    }
}

impl Default for Color {
    fn default() -> Self {
        Color::WHITE
    }
}

impl FromStr for Color {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let digits = match text.len() {
            6 if is_hex => format!("{text}ff"),
            8 if is_hex => text.to_owned(),
            _ => return Err(BadValue),
        };
        let [r, g, b, alpha] = u32::from_str_radix(&digits, 16).map_err(|_| BadValue)?.to_be_bytes();
        Ok(Color { rgb: [r, g, b], alpha })
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.rgb;
        write!(f, "{r:02x}{g:02x}{b:02x}")?;
        if self.alpha == 255 { Ok(()) } else { write!(f, "{:02x}", self.alpha) }
    }
}

/// Standard deviation of a Gaussian in pixels of the output, 0.3 to 100.0 in tenths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sigma(u16);

impl Sigma {
    /// All, in order.
    pub(crate) fn all() -> impl Iterator<Item = Sigma> {
        (3..=1000).map(Sigma)
    }

    /// `None` outside 3 to 1000.
    pub fn from_tenths(tenths: u16) -> Option<Sigma> {
        (3..=1000).contains(&tenths).then_some(Sigma(tenths))
    }

    /// In pixels.
    pub fn pixels(self) -> f32 {
        f32::from(self.0) / 10.0
    }
}

impl FromStr for Sigma {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        let (whole, tenth) = text.split_once('.').unwrap_or((text, "0"));
        let whole = if whole == "0" { Some(0) } else { whole_number(whole) };
        let (Some(whole), [tenth @ b'0'..=b'9']) = (whole, tenth.as_bytes()) else { return Err(BadValue) };
        let tenths = whole.checked_mul(10).and_then(|tenths| tenths.checked_add(u32::from(tenth - b'0')));
        tenths.and_then(|tenths| tenths.try_into().ok()).and_then(Sigma::from_tenths).ok_or(BadValue)
    }
}

impl fmt::Display for Sigma {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        tenths(self.0.into(), f)
    }
}

/// A turn, clockwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Rotation {
    /// Not turned.
    #[default]
    None,
    /// A quarter.
    Quarter,
    /// Half.
    Half,
    /// Three quarters.
    ThreeQuarters,
}

impl Rotation {
    const NAMES: [(&'static str, Rotation); 3] =
        [("90", Rotation::Quarter), ("180", Rotation::Half), ("270", Rotation::ThreeQuarters)];

    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        Rotation::NAMES.into_iter().map(|(name, _)| name)
    }
}

impl FromStr for Rotation {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        by_name(&Rotation::NAMES, text)
    }
}

impl fmt::Display for Rotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        name_of(&Rotation::NAMES, self, f)
    }
}

/// A mirroring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Flip {
    /// Not mirrored.
    #[default]
    None,
    /// Left to right.
    Horizontal,
    /// Top to bottom.
    Vertical,
    /// Both.
    Both,
}

impl Flip {
    const NAMES: [(&'static str, Flip); 3] = [("h", Flip::Horizontal), ("v", Flip::Vertical), ("hv", Flip::Both)];

    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        Flip::NAMES.into_iter().map(|(name, _)| name)
    }
}

impl FromStr for Flip {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        by_name(&Flip::NAMES, text)
    }
}

impl fmt::Display for Flip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        name_of(&Flip::NAMES, self, f)
    }
}

/// A cache buster: 1 to 64 of `A-Z a-z 0-9 _ -`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Version(String);

impl Version {
    /// How many there are: 64 + 64² + … + 64⁶⁴, roughly.
    pub(crate) const COUNT: f64 = 4.0e115;
}

impl FromStr for Version {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        let is_word = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
        if is_word && (1..=64).contains(&text.len()) { Ok(Version(text.to_owned())) } else { Err(BadValue) }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Digits only, no leading zero, so that every number has one spelling.
fn whole_number(text: &str) -> Option<u32> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if is_plain { text.parse().ok() } else { None }
}

fn tenths(tenths: u32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{}", tenths / 10)?;
    if tenths.is_multiple_of(10) { Ok(()) } else { write!(f, ".{}", tenths % 10) }
}

fn by_name<T: Copy>(names: &[(&str, T)], text: &str) -> Result<T, BadValue> {
    names.iter().find(|(name, _)| *name == text).map(|(_, value)| *value).ok_or(BadValue)
}

fn name_of<T: PartialEq>(names: &[(&str, T)], value: &T, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    names.iter().find(|(_, named)| named == value).map_or(Err(fmt::Error), |(name, _)| f.write_str(name))
}
