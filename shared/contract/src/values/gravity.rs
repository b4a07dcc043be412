//! The part of the image that a crop keeps.

use std::fmt;
use std::str::FromStr;

use super::{BadValue, whole_number};

/// The part of the image that a crop keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gravity {
    /// The area around a point.
    Point(Point),
    /// The area that stands out, such as heads and text.
    Smart,
}

/// The point that a crop centres on where the image's edges allow it, in percent of width and height from the top left
/// corner.
///
/// The nine compass names are points: `n` is 50, 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Point {
    x: u8,
    y: u8,
}

impl Point {
    /// The largest percentage.
    pub const MAX: u8 = 100;

    /// The middle of the image.
    pub const CENTER: Point = Point { x: 50, y: 50 };

    /// Returns a point, or `None` if a percentage is over [`Point::MAX`].
    pub fn new(x: u8, y: u8) -> Option<Point> {
        (x <= Point::MAX && y <= Point::MAX).then_some(Point { x, y })
    }

    /// Returns the percentage from the left.
    pub fn x(self) -> u8 {
        self.x
    }

    /// Returns the percentage from the top.
    pub fn y(self) -> u8 {
        self.y
    }
}

impl Gravity {
    const NAMES: [(&'static str, Gravity); 10] = [
        ("center", Gravity::Point(Point::CENTER)),
        ("n", Gravity::Point(Point { x: 50, y: 0 })),
        ("ne", Gravity::Point(Point { x: 100, y: 0 })),
        ("e", Gravity::Point(Point { x: 100, y: 50 })),
        ("se", Gravity::Point(Point { x: 100, y: 100 })),
        ("s", Gravity::Point(Point { x: 50, y: 100 })),
        ("sw", Gravity::Point(Point { x: 0, y: 100 })),
        ("w", Gravity::Point(Point { x: 0, y: 50 })),
        ("nw", Gravity::Point(Point { x: 0, y: 0 })),
        ("smart", Gravity::Smart),
    ];

    /// The names: the compass points, and `smart`.
    pub(crate) const WORDS: [&'static str; Gravity::NAMES.len()] = {
        let mut words = [""; Gravity::NAMES.len()];
        let mut index = 0;
        while index < words.len() {
            words[index] = Gravity::NAMES[index].0;
            index += 1;
        }
        words
    };

    /// Returns every gravity, including the compass points.
    pub(crate) fn all() -> impl Iterator<Item = Gravity> {
        let points = (0..=Point::MAX).flat_map(|y| (0..=Point::MAX).map(move |x| Gravity::Point(Point { x, y })));
        points.chain([Gravity::Smart])
    }

    /// Returns the point; the middle of the image for [`Gravity::Smart`], which depends on the pixels.
    pub fn point(self) -> Point {
        match self {
            Gravity::Point(point) => point,
            Gravity::Smart => Point::CENTER,
        }
    }
}

impl Default for Gravity {
    fn default() -> Self {
        Gravity::Point(Point::CENTER)
    }
}

impl FromStr for Gravity {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        let Some((x, y)) = text.split_once('.') else {
            return Gravity::NAMES.iter().find(|(name, _)| *name == text).map(|(_, named)| *named).ok_or(BadValue);
        };
        let percent = |text| if text == "0" { Some(0) } else { whole_number(text)?.try_into().ok() };
        let point = percent(x).zip(percent(y)).and_then(|(x, y)| Point::new(x, y));
        point.map(Gravity::Point).ok_or(BadValue)
    }
}

impl fmt::Display for Gravity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (Gravity::NAMES.iter().find(|(_, named)| named == self), self.point()) {
            (Some((name, _)), _) => f.write_str(name),
            (None, Point { x, y }) => write!(f, "{x}.{y}"),
        }
    }
}
