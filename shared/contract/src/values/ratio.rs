//! Aspect ratios.

use std::fmt;
use std::str::FromStr;

use super::{BadValue, Side, whole_number};

/// An aspect ratio, width to height, in lowest terms: `16:10` is `8:5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ratio {
    width: u32,
    height: u32,
}

impl Ratio {
    /// The smallest number.
    pub(crate) const MIN: u32 = 1;

    /// The largest number.
    pub(crate) const MAX: u32 = 100;

    /// The character between the numbers.
    pub(crate) const SEPARATOR: char = ':';

    /// Returns the largest box with this ratio within two sides. If one side is given, the box has that side, unless
    /// the other side would exceed its maximum.
    pub(crate) fn within(self, width: Option<Side>, height: Option<Side>, max: (Side, Side)) -> (Side, Side) {
        let (max_width, max_height) = max;
        match (width, height) {
            (Some(width), Some(height)) => (width, height),
            (None, Some(height)) => {
                let width = scaled(height, self.width, self.height);
                if width <= max_width.get() { (clamped(width), height) } else { (max_width, self.height_of(max_width)) }
            }
            (width, None) => {
                let width = width.unwrap_or(max_width);
                let height = scaled(width, self.height, self.width);
                if height <= max_height.get() {
                    (width, clamped(height))
                } else {
                    (self.width_of(max_height), max_height)
                }
            }
        }
    }

    /// Returns whether the width is the longer side, or as long as the height.
    pub(crate) fn is_wide(self) -> bool {
        self.width >= self.height
    }

    /// Returns the height for this width, rounded, 1 to [`Side::MAX`].
    pub(crate) fn height_of(self, width: Side) -> Side {
        clamped(scaled(width, self.height, self.width))
    }

    /// Returns the width for this height, rounded, 1 to [`Side::MAX`].
    pub(crate) fn width_of(self, height: Side) -> Side {
        clamped(scaled(height, self.width, self.height))
    }
}

/// Returns `side` × `to` / `from`, rounded. No overflow: the product is at most 16,383 × 100.
fn scaled(side: Side, to: u32, from: u32) -> u32 {
    (side.get() * to + from / 2) / from
}

/// Returns the nearest side.
fn clamped(pixels: u32) -> Side {
    Side::new(pixels.clamp(Side::MIN, Side::MAX)).unwrap_or(Side::LARGEST)
}

fn common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

impl FromStr for Ratio {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        let (width, height) = text.split_once(Ratio::SEPARATOR).ok_or(BadValue)?;
        let number = |text| whole_number(text).filter(|number| (Ratio::MIN..=Ratio::MAX).contains(number));
        let (width, height) = number(width).zip(number(height)).ok_or(BadValue)?;
        let divisor = common_divisor(width, height);
        Ok(Ratio { width: width / divisor, height: height / divisor })
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.width, Ratio::SEPARATOR, self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_side_is_rounded_and_within_its_maximum() {
        for (ratio, (width, height), expected) in [
            ("16:9", (200, 0), (200, 113)),
            ("16:9", (0, 200), (356, 200)),
            ("1:1", (7, 0), (7, 7)),
            // A side is at least 1.
            ("100:1", (9, 0), (9, 1)),
            ("1:100", (0, 9), (1, 9)),
            // The ratio is kept if the other side would exceed its maximum.
            ("1:2", (4000, 0), (1000, 2000)),
            ("2:1", (0, 2000), (4000, 2000)),
            ("3:1", (0, 2000), (4000, 1333)),
            // Without a side: the largest box.
            ("16:9", (0, 0), (3556, 2000)),
            ("4:1", (0, 0), (4000, 1000)),
            ("1:3", (0, 0), (667, 2000)),
        ] {
            let max = (Side::new(4000).unwrap(), Side::new(2000).unwrap());
            let (w, h) = ratio.parse::<Ratio>().unwrap().within(Side::new(width), Side::new(height), max);
            assert_eq!((w.get(), h.get()), expected, "{ratio} with {width}x{height}");
        }
    }

    #[test]
    fn the_ratio_is_kept_at_the_largest_side() {
        let largest = (Side::LARGEST, Side::LARGEST);
        for (ratio, width, expected) in
            [("1:100", 1000, (164, 16383)), ("1:100", 0, (164, 16383)), ("100:1", 0, (16383, 164))]
        {
            let (w, h) = ratio.parse::<Ratio>().unwrap().within(Side::new(width), None, largest);
            assert_eq!((w.get(), h.get()), expected, "{ratio} with {width}");
        }
    }

    #[test]
    fn one_ratio_has_one_spelling() {
        for (text, expected) in [("16:10", Some("8:5")), ("100:100", Some("1:1")), ("7:3", Some("7:3"))] {
            assert_eq!(text.parse().ok().map(|ratio: Ratio| ratio.to_string()).as_deref(), expected);
        }
        for text in ["16x9", "16", "0:9", "16:0", "101:1", "016:9", "16:9:1", "1.5:1", ":", "16: 9", "-16:9"] {
            assert_eq!(text.parse::<Ratio>(), Err(BadValue), "{text}");
        }
    }
}
