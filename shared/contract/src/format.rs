//! Formats, of pictures and of what is told of them: one descriptor each. Code asks the descriptor, never `== Png`.

mod descriptor;
mod kind;
mod output;

pub use kind::Kind;
pub use output::Output;

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

crate::every! {
    /// A format that Ridge writes.
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

/// What a format holds of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Holds {
    /// The image itself.
    Picture,
    /// How it looks from afar: its shape and colours, whatever its size.
    Look,
    /// Facts about it.
    Facts,
}

/// How a format stores transparency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Alpha {
    /// Not at all: the image is flattened.
    None,
    /// A pixel is there or not.
    OneBit,
    /// 256 levels.
    Full,
}

/// How the time to encode an image is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Cost {
    /// The limits of all variants bound it.
    Bounded,
    /// Encoding is so slow that the configuration has a limit of its own for it. Above the limit another format is used.
    Slow,
}

/// The numbers of a setting for one format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Scale {
    /// The smallest number.
    pub min: u8,
    /// The largest number.
    pub max: u8,
    /// The number where the configuration has none.
    pub default: u8,
    /// What the documentation says after the range.
    #[serde(skip)]
    pub note: &'static str,
}

impl Format {
    /// All formats, in their order.
    pub fn all() -> impl Iterator<Item = Format> {
        Format::ALL.iter().copied()
    }

    /// The formats that hold the image itself, in the same order.
    pub fn pictures() -> impl Iterator<Item = Format> {
        Format::all().filter(|format| format.holds() == Holds::Picture)
    }

    /// The name in URLs: `webp`, `jpeg`, …
    pub const fn name(self) -> &'static str {
        self.row().names[0]
    }

    /// The other names that `f` takes.
    pub fn aliases(self) -> &'static [&'static str] {
        &self.row().names[1..]
    }

    /// The name for people: `WebP`, `JPEG`, …
    pub fn label(self) -> &'static str {
        self.row().label
    }

    /// The media type, for `Content-Type` and `Accept`.
    pub fn mime(self) -> &'static str {
        self.row().mime
    }

    /// File name extensions, in lower case and without dot.
    pub fn extensions(self) -> &'static [&'static str] {
        self.row().extensions
    }

    /// What it holds of an image.
    pub fn holds(self) -> Holds {
        self.row().holds
    }

    /// Whether `q` means something for it.
    pub fn is_lossy(self) -> bool {
        self.quality().is_some()
    }

    /// The scale of its quality, where it has one.
    pub fn quality(self) -> Option<Scale> {
        self.row().quality
    }

    /// The scale of its encoder's effort, where it has one.
    pub fn effort(self) -> Option<Scale> {
        self.row().effort
    }

    /// Whether it can hold transparency.
    pub fn has_alpha(self) -> bool {
        self.alpha() != Alpha::None
    }

    /// How it stores transparency.
    pub fn alpha(self) -> Alpha {
        self.row().alpha
    }

    /// Whether it can hold several frames.
    pub fn has_animation(self) -> bool {
        self.row().animation
    }

    /// Whether a client gets it only by naming it in `Accept`.
    pub fn is_negotiated(self) -> bool {
        self.row().negotiated
    }

    /// The largest width or height that it can hold, in pixels.
    pub fn max_side(self) -> u32 {
        self.row().max_side
    }

    /// How the time to encode it is limited.
    pub fn cost(self) -> Cost {
        self.row().cost
    }

    /// Whether the configuration limits it, and a fallback format takes its place above the limit.
    pub fn is_slow(self) -> bool {
        self.cost() == Cost::Slow
    }

    /// The format that a file name's extension (without dot, any case) stands for.
    ///
    /// ```
    /// use ridge_contract::Format;
    /// assert_eq!(Format::from_extension("JPG"), Some(Format::Jpeg));
    /// assert_eq!(Format::from_extension("tiff"), None);
    /// ```
    pub fn from_extension(extension: &str) -> Option<Format> {
        Format::all().find(|format| format.extensions().iter().any(|known| known.eq_ignore_ascii_case(extension)))
    }

    /// The picture format of a media type such as `image/webp`, any case, without parameters.
    pub fn from_mime(mime: &str) -> Option<Format> {
        Format::pictures().find(|format| format.mime().eq_ignore_ascii_case(mime))
    }
}

impl FromStr for Format {
    type Err = ();

    /// Reads a name as it stands in a path; an alias such as `jpg` is not one.
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
