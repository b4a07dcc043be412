//! Parameters whose value is one word from a list.

use std::fmt;
use std::str::FromStr;

use super::{BadValue, Gravity};

/// Declares an enum with the URL word of each case. A case without a word is the default if the parameter is left out.
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

            /// Returns the word in URLs, if it has one.
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
    /// How an image fills a box with a given width and height, with sharp's names.
    pub enum Fit {
        /// Covers the box and crops the rest.
        #[default]
        Cover = "cover",
        /// Fits into the box and pads the rest with `bg`.
        Contain = "contain",
        /// As large as possible within the box; no padding.
        Inside = "inside",
        /// As small as possible to cover the box; no crop.
        Outside = "outside",
        /// Stretches the image to the box.
        Fill = "fill",
        /// Crops to the aspect ratio of the box, at most as large as the box. Unlike [`Fit::Cover`] it keeps the ratio
        /// if the image is smaller.
        Ratio = "ratio",
    }
}

impl Fit {
    /// Returns whether this gravity has an effect. A crop keeps a part of the image; padding has a position, but
    /// [`Gravity::Smart`] has no effect on it.
    pub fn uses(self, gravity: Gravity) -> bool {
        match self {
            Fit::Cover | Fit::Ratio => true,
            Fit::Contain => gravity != Gravity::Smart,
            Fit::Inside | Fit::Outside | Fit::Fill => false,
        }
    }
}

words! {
    /// A clockwise rotation.
    pub enum Rotation {
        /// No rotation.
        #[default]
        None,
        /// 90 degrees.
        Quarter = "90",
        /// 180 degrees.
        Half = "180",
        /// 270 degrees.
        ThreeQuarters = "270",
    }
}

words! {
    /// A reflection.
    pub enum Flip {
        /// No reflection.
        #[default]
        None,
        /// Mirrored left to right.
        Horizontal = "h",
        /// Mirrored top to bottom.
        Vertical = "v",
        /// Mirrored both ways.
        Both = "hv",
    }
}

/// Joins alternatives as a list in a sentence: `h, v or hv`.
pub(crate) fn alternatives(words: impl IntoIterator<Item = impl ToString>) -> String {
    let words: Vec<_> = words.into_iter().map(|word| word.to_string()).collect();
    match words.split_last() {
        Some((last, most)) if !most.is_empty() => format!("{} or {last}", most.join(", ")),
        _ => words.concat(),
    }
}
