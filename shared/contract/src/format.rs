//! Formats, of pictures and of what is told of them: one descriptor each. Code asks the descriptor, never `== Png`.

use std::fmt;
use std::str::FromStr;

/// A format that Ridge writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// Lossy WebP.
    WebP,
    /// AVIF.
    Avif,
    /// Baseline JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// GIF.
    Gif,
    /// A placeholder: the picture's ThumbHash (<https://evanw.github.io/thumbhash/>), shown as a tiny PNG in a `data:` URI.
    ThumbHash,
    /// What is to be known of the picture, as JSON.
    Json,
}

/// What a format holds of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// The picture itself.
    Picture,
    /// How it looks from afar: its shape and colours, whatever its size.
    Look,
    /// Facts about it.
    Facts,
}

/// What a format can say of transparency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alpha {
    /// Nothing: it is flattened.
    None,
    /// A pixel is there or not.
    OneBit,
    /// 256 levels.
    Full,
}

struct Descriptor {
    format: Format,
    name: &'static str,
    mime: &'static str,
    extensions: &'static [&'static str],
    holds: Holds,
    /// Has a quality setting.
    lossy: bool,
    alpha: Alpha,
    animation: bool,
    /// Sent only to clients that name it in `Accept`.
    negotiated: bool,
    /// Largest width or height, in pixels.
    max_side: u32,
    /// So slow to encode that it has a limit of its own.
    slow: bool,
}

/// In the order of [`Format`]'s cases; a test holds the two together.
const TABLE: [Descriptor; 7] = [
    Descriptor {
        format: Format::WebP,
        name: "webp",
        mime: "image/webp",
        extensions: &["webp"],
        holds: Holds::Picture,
        lossy: true,
        alpha: Alpha::Full,
        animation: true,
        negotiated: true,
        max_side: 16_383,
        slow: false,
    },
    Descriptor {
        format: Format::Avif,
        name: "avif",
        mime: "image/avif",
        extensions: &["avif"],
        holds: Holds::Picture,
        lossy: true,
        alpha: Alpha::Full,
        animation: false,
        negotiated: true,
        // What takes its place over the limits must hold the picture too.
        max_side: 16_383,
        slow: true,
    },
    Descriptor {
        format: Format::Jpeg,
        name: "jpeg",
        mime: "image/jpeg",
        extensions: &["jpg", "jpeg"],
        holds: Holds::Picture,
        lossy: true,
        alpha: Alpha::None,
        animation: false,
        negotiated: false,
        // The format has 65,535; libjpeg-turbo writes no more than this (its JPEG_MAX_DIMENSION).
        max_side: 65_500,
        slow: false,
    },
    Descriptor {
        format: Format::Png,
        name: "png",
        mime: "image/png",
        extensions: &["png"],
        holds: Holds::Picture,
        lossy: false,
        alpha: Alpha::Full,
        animation: false,
        negotiated: false,
        max_side: i32::MAX as u32,
        slow: false,
    },
    Descriptor {
        format: Format::Gif,
        name: "gif",
        mime: "image/gif",
        extensions: &["gif"],
        holds: Holds::Picture,
        lossy: false,
        alpha: Alpha::OneBit,
        animation: true,
        negotiated: false,
        max_side: 65_535,
        slow: false,
    },
    Descriptor {
        format: Format::ThumbHash,
        name: "thumbhash",
        mime: "text/plain",
        extensions: &[],
        holds: Holds::Look,
        lossy: false,
        alpha: Alpha::Full,
        animation: false,
        negotiated: false,
        max_side: i32::MAX as u32,
        slow: false,
    },
    Descriptor {
        format: Format::Json,
        name: "json",
        mime: "application/json",
        extensions: &[],
        holds: Holds::Facts,
        lossy: false,
        alpha: Alpha::Full,
        animation: false,
        negotiated: false,
        max_side: i32::MAX as u32,
        slow: false,
    },
];

impl Format {
    /// Every format, in the table's order.
    pub fn all() -> impl Iterator<Item = Format> {
        TABLE.iter().map(|row| row.format)
    }

    /// Those that hold the picture itself, in the same order.
    pub fn pictures() -> impl Iterator<Item = Format> {
        Format::all().filter(|format| format.holds() == Holds::Picture)
    }

    fn row(self) -> &'static Descriptor {
        &TABLE[self as usize]
    }

    /// The name that stands in URLs: `webp`, `jpeg`, …
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The media type, for `Content-Type` and `Accept`.
    pub fn mime(self) -> &'static str {
        self.row().mime
    }

    /// What it holds of a picture.
    pub fn holds(self) -> Holds {
        self.row().holds
    }

    /// Whether `q` means something for it.
    pub fn is_lossy(self) -> bool {
        self.row().lossy
    }

    /// Whether it can hold transparency.
    pub fn has_alpha(self) -> bool {
        self.alpha() != Alpha::None
    }

    /// What it can say of transparency.
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

    /// Whether it takes so long to encode that the configuration limits it, and another takes its place above.
    pub fn is_slow(self) -> bool {
        self.row().slow
    }

    /// The format that a file name's extension (without dot, any case) stands for.
    ///
    /// ```
    /// use ridge_contract::Format;
    /// assert_eq!(Format::from_extension("JPG"), Some(Format::Jpeg));
    /// assert_eq!(Format::from_extension("tiff"), None);
    /// ```
    pub fn from_extension(extension: &str) -> Option<Format> {
        let row = TABLE.iter().find(|row| row.extensions.iter().any(|e| e.eq_ignore_ascii_case(extension)));
        row.map(|row| row.format)
    }

    /// Whether an extension stands for pictures that are read: also for formats that are never written.
    ///
    /// ```
    /// assert!(ridge_contract::Format::is_read_from("TIFF"));
    /// ```
    pub fn is_read_from(extension: &str) -> bool {
        const NEVER_WRITTEN: [&str; 3] = ["tif", "tiff", "bmp"];
        let is_read = |known: &&str| known.eq_ignore_ascii_case(extension);
        NEVER_WRITTEN.iter().any(is_read) || TABLE.iter().flat_map(|row| row.extensions).any(is_read)
    }

    /// The picture format of a media type such as `image/webp`, any case, without parameters.
    pub fn from_mime(mime: &str) -> Option<Format> {
        Format::pictures().find(|format| format.mime().eq_ignore_ascii_case(mime))
    }
}

impl FromStr for Format {
    type Err = ();

    /// Reads a name as it stands in a path; `jpg` is not one.
    fn from_str(text: &str) -> Result<Self, ()> {
        TABLE.iter().find(|row| row.name == text).map(|row| row.format).ok_or(())
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a variant is encoded as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Output {
    /// This format.
    Format(Format),
    /// JPEG, or PNG when transparency is really used: the pixels decide.
    Auto,
}

impl Output {
    /// The name of [`Output::Auto`] in a path.
    pub const AUTO: &'static str = "auto";

    /// What [`Output::Auto`] is encoded as: one of these.
    const CHOSEN_BY_PIXELS: [Format; 2] = [Format::Jpeg, Format::Png];

    /// Reads a name as people may write it in `f`: `jpg` is one too.
    pub fn asked(text: &str) -> Option<Output> {
        if text == "jpg" { Some(Output::Format(Format::Jpeg)) } else { text.parse().ok() }
    }

    /// What it holds of a picture.
    pub fn holds(self) -> Holds {
        match self {
            Output::Format(format) => format.holds(),
            Output::Auto => Holds::Picture,
        }
    }

    /// What can be said of transparency. Where the pixels decide, they decide for a format that keeps it.
    pub fn alpha(self) -> Alpha {
        match self {
            Output::Format(format) => format.alpha(),
            Output::Auto => Format::Png.alpha(),
        }
    }

    /// The media type of what is stored at a path with this output. `said` is the type that the store gives. It counts
    /// only where the pixels chose the format, and only if it is one of those that they choose from; else `None`.
    pub fn mime(self, said: Option<&str>) -> Option<&'static str> {
        match self {
            Output::Format(format) => Some(format.mime()),
            Output::Auto => {
                let format = Format::from_mime(said?)?;
                Output::CHOSEN_BY_PIXELS.contains(&format).then(|| format.mime())
            }
        }
    }

    /// Whether a quality means something.
    pub fn may_be_lossy(self) -> bool {
        match self {
            Output::Format(format) => format.is_lossy(),
            Output::Auto => Format::Jpeg.is_lossy(),
        }
    }

    /// Whether several frames may survive.
    pub fn may_be_animated(self) -> bool {
        match self {
            Output::Format(format) => format.has_animation(),
            Output::Auto => false,
        }
    }

    /// All, in order.
    pub fn all() -> impl Iterator<Item = Output> {
        Format::all().map(Output::Format).chain([Output::Auto])
    }

    /// The names that may stand in a path, in order.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Format::all().map(Format::name).chain([Output::AUTO])
    }
}

impl FromStr for Output {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if text == Output::AUTO { Ok(Output::Auto) } else { text.parse().map(Output::Format) }
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Output::Format(format) => format.fmt(f),
            Output::Auto => f.write_str(Output::AUTO),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_in_the_order_of_the_enum() {
        for (index, row) in TABLE.iter().enumerate() {
            assert_eq!(row.format as usize, index, "{}", row.name);
        }
    }

    #[test]
    fn a_stored_type_counts_only_where_the_pixels_chose() {
        for said in [None, Some("text/html"), Some("image/svg+xml"), Some("image/gif"), Some("image/png")] {
            assert_eq!(Output::Format(Format::WebP).mime(said), Some("image/webp"));
            let chosen = said.filter(|mime| *mime == "image/png");
            assert_eq!(Output::Auto.mime(said), chosen);
        }
        assert_eq!(Output::Auto.mime(Some("IMAGE/JPEG")), Some("image/jpeg"));
    }

    #[test]
    fn names_and_extensions_lead_back() {
        for format in Format::all() {
            assert_eq!(format.name().parse(), Ok(format));
            let by_mime = (format.holds() == Holds::Picture).then_some(format);
            assert_eq!(Format::from_mime(&format.mime().to_uppercase()), by_mime);
            for extension in format.row().extensions {
                assert_eq!(Format::from_extension(extension), Some(format));
            }
        }
        assert_eq!("jpg".parse::<Format>(), Err(()));
    }
}
