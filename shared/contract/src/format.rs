//! The output formats, with one descriptor each. Code asks the descriptor and never compares with a format.

mod descriptor;
mod kind;
mod output;

pub use kind::Kind;
pub use output::Output;

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

crate::every! {
    /// An output format.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Format {
        /// WebP.
        WebP,
        /// AVIF.
        Avif,
        /// JPEG.
        Jpeg,
        /// PNG.
        Png,
        /// GIF.
        Gif,
        /// A placeholder: the ThumbHash of the image (<https://evanw.github.io/thumbhash/>), shown as a tiny PNG in a
        /// `data:` URI.
        ThumbHash,
        /// Data about the image, as JSON.
        Json,
    }
}

/// What a format holds about an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Holds {
    /// The image itself.
    Picture,
    /// Its look at low resolution: shape and colours, whatever its size.
    Look,
    /// Facts about it.
    Facts,
}

/// How a format stores transparency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Alpha {
    /// No transparency: the image is flattened.
    None,
    /// Each pixel is either opaque or fully transparent.
    OneBit,
    /// 256 levels of opacity.
    Full,
}

/// How the time to encode an image is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Cost {
    /// The limits that apply to all variants are enough.
    Bounded,
    /// Encoding is slow, so the configuration has a separate limit for it. Above the limit the fallback format is used.
    Slow,
}

/// The range of a setting for one format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Scale {
    /// The smallest number.
    pub min: u8,
    /// The largest number.
    pub max: u8,
    /// The number that applies if the configuration has none.
    pub default: u8,
    /// The text that the documentation adds after the range.
    #[serde(skip)]
    pub note: &'static str,
}

impl Format {
    /// Returns all formats, in their order.
    pub fn all() -> impl Iterator<Item = Format> {
        Format::ALL.iter().copied()
    }

    /// Returns the formats that hold the image itself, in the same order.
    pub fn pictures() -> impl Iterator<Item = Format> {
        Format::all().filter(|format| format.holds() == Holds::Picture)
    }

    /// Returns the name in URLs: `webp`, `jpeg`, …
    pub const fn name(self) -> &'static str {
        self.row().names[0]
    }

    /// Returns the aliases that `f` accepts.
    pub fn aliases(self) -> &'static [&'static str] {
        &self.row().names[1..]
    }

    /// Returns the name shown to people: `WebP`, `JPEG`, …
    pub fn label(self) -> &'static str {
        self.row().label
    }

    /// Returns the media type, for `Content-Type` and `Accept`.
    pub fn mime(self) -> &'static str {
        self.row().mime
    }

    /// Returns the file name extensions, in lower case and without the dot.
    pub fn extensions(self) -> &'static [&'static str] {
        self.row().extensions
    }

    /// Returns what the format holds about an image.
    pub fn holds(self) -> Holds {
        self.row().holds
    }

    /// Returns whether `q` has an effect.
    pub fn is_lossy(self) -> bool {
        self.quality().is_some()
    }

    /// Returns the range of its quality, if it has one.
    pub fn quality(self) -> Option<Scale> {
        self.row().quality
    }

    /// Returns the range of its encoder's effort, if it has one.
    pub fn effort(self) -> Option<Scale> {
        self.row().effort
    }

    /// Returns whether the format can hold transparency.
    pub fn has_alpha(self) -> bool {
        self.alpha() != Alpha::None
    }

    /// Returns how the format stores transparency.
    pub fn alpha(self) -> Alpha {
        self.row().alpha
    }

    /// Returns whether the format can hold several frames.
    pub fn has_animation(self) -> bool {
        self.row().animation
    }

    /// Returns whether only clients that name the format in `Accept` get it.
    pub fn is_negotiated(self) -> bool {
        self.row().negotiated
    }

    /// Returns the largest width or height that the format can hold, in pixels.
    pub fn max_side(self) -> u32 {
        self.row().max_side
    }

    /// Returns how the time to encode an image is limited.
    pub fn cost(self) -> Cost {
        self.row().cost
    }

    /// Returns whether the configuration limits the format's size, with a fallback format above the limit.
    pub fn is_slow(self) -> bool {
        self.cost() == Cost::Slow
    }

    /// Returns the format for a file name's extension (without the dot, in any case).
    ///
    /// ```
    /// use ridge_contract::Format;
    /// assert_eq!(Format::from_extension("JPG"), Some(Format::Jpeg));
    /// assert_eq!(Format::from_extension("tiff"), None);
    /// ```
    pub fn from_extension(extension: &str) -> Option<Format> {
        Format::all().find(|format| format.extensions().iter().any(|known| known.eq_ignore_ascii_case(extension)))
    }

    /// Returns the image format for a media type such as `image/webp`, in any case and without parameters.
    pub fn from_mime(mime: &str) -> Option<Format> {
        Format::pictures().find(|format| format.mime().eq_ignore_ascii_case(mime))
    }
}

impl FromStr for Format {
    type Err = ();

    /// Parses a name as it appears in a path; aliases such as `jpg` are errors.
    fn from_str(text: &str) -> Result<Self, ()> {
        Format::all().find(|format| format.name() == text).ok_or(())
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_extensions_lead_back() {
        for format in Format::all() {
            assert_eq!(format.name().parse(), Ok(format));
            let by_mime = (format.holds() == Holds::Picture).then_some(format);
            assert_eq!(Format::from_mime(&format.mime().to_uppercase()), by_mime);
            for extension in format.extensions() {
                assert_eq!(Format::from_extension(extension), Some(format));
            }
        }
        assert_eq!("jpg".parse::<Format>(), Err(()));
    }
}
