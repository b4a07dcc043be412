//! Values that are one of some words.

use std::fmt;
use std::str::FromStr;

use super::{BadValue, Gravity};

/// Declares an enum with the word that a URL has for each case. A case without a word is what holds where the parameter
/// is left out.
macro_rules! words {
    (@word) => { None };
    (@word $word:literal) => { Some($word) };
    ($(#[$of_enum:meta])* pub enum $name:ident { $($(#[$of_case:meta])* $case:ident $(= $word:literal)?),+ $(,)? }) => {
        $(#[$of_enum])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
        pub enum $name { $($(#[$of_case])* $case),+ }

        impl $name {
            /// All words, in the order of their declaration.
            pub(crate) const WORDS: &'static [&'static str] = &[$($($word,)?)+];

            /// The word in URLs, where it has one.
            pub(crate) fn word(self) -> Option<&'static str> {
                match self { $($name::$case => words!(@word $($word)?)),+ }
            }
        }

        impl FromStr for $name {
            type Err = BadValue;

            fn from_str(text: &str) -> Result<Self, BadValue> {
                match text {
                    $($($word => Ok($name::$case),)?)+
                    _ => Err(BadValue),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word().unwrap_or_default())
            }
        }
    };
}

words! {
    /// How an image fills a box of two given sides, in sharp's words.
    pub enum Fit {
        /// Fills the box and crops what stands out.
        #[default]
        Cover = "cover",
        /// Fits into the box and pads the rest with `bg`.
        Contain = "contain",
        /// As large as fits into the box; no padding.
        Inside = "inside",
        /// As small as covers the box; no crop.
        Outside = "outside",
        /// Stretches to the box.
        Fill = "fill",
        /// Crops to the aspect ratio of the box, at most as large as the box. Unlike [`Fit::Cover`] it keeps the ratio
        /// where the image is smaller.
        Ratio = "ratio",
    }
}

impl Fit {
    /// Whether this gravity means something: a crop keeps a part; padding leaves room, which needs no look at the
    /// image.
    pub fn uses(self, gravity: Gravity) -> bool {
        match self {
            Fit::Cover | Fit::Ratio => true,
            Fit::Contain => gravity != Gravity::Smart,
            Fit::Inside | Fit::Outside | Fit::Fill => false,
        }
    }
}

words! {
    /// A turn, clockwise.
    pub enum Rotation {
        /// Not turned.
        #[default]
        None,
        /// A quarter.
        Quarter = "90",
        /// Half.
        Half = "180",
        /// Three quarters.
        ThreeQuarters = "270",
    }
}

words! {
    /// A mirroring.
    pub enum Flip {
        /// Not mirrored.
        #[default]
        None,
        /// Left to right.
        Horizontal = "h",
        /// Top to bottom.
        Vertical = "v",
        /// Both.
        Both = "hv",
    }
}

/// Joins alternatives as a sentence has them: `h, v or hv`.
pub(crate) fn alternatives(words: impl IntoIterator<Item = impl ToString>) -> String {
    let words: Vec<_> = words.into_iter().map(|word| word.to_string()).collect();
    match words.split_last() {
        Some((last, most)) if !most.is_empty() => format!("{} or {last}", most.join(", ")),
        _ => words.concat(),
    }
}
