//! The input formats, with one descriptor each.

use super::Format;

crate::every! {
    /// An input format.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Kind {
        /// JPEG.
        Jpeg,
        /// PNG.
        Png,
        /// GIF.
        Gif,
        /// WebP.
        WebP,
        /// AVIF.
        Avif,
        /// TIFF. Only its first page is decoded.
        Tiff,
        /// BMP.
        Bmp,
    }
}

/// The properties of an input format, except how to detect it.
enum Descriptor {
    /// An input format that is also an output format; the output format's descriptor applies.
    Written(Format),
    /// An input format that is not an output format.
    Read {
        /// The name shown to people.
        label: &'static str,
        /// File name extensions, in lower case.
        extensions: &'static [&'static str],
    },
}

impl Kind {
    fn row(self) -> Descriptor {
        match self {
            Kind::Jpeg => Descriptor::Written(Format::Jpeg),
            Kind::Png => Descriptor::Written(Format::Png),
            Kind::Gif => Descriptor::Written(Format::Gif),
            Kind::WebP => Descriptor::Written(Format::WebP),
            Kind::Avif => Descriptor::Written(Format::Avif),
            Kind::Tiff => Descriptor::Read { label: "TIFF", extensions: &["tif", "tiff"] },
            Kind::Bmp => Descriptor::Read { label: "BMP", extensions: &["bmp"] },
        }
    }

    /// Returns the name shown to people: `JPEG`, `WebP`, …
    pub fn name(self) -> &'static str {
        match self.row() {
            Descriptor::Written(format) => format.label(),
            Descriptor::Read { label, .. } => label,
        }
    }

    /// Returns the names of all input formats as a list in a sentence: `JPEG, PNG … or BMP`.
    pub fn names() -> String {
        crate::values::alternatives(Kind::ALL.iter().map(|kind| kind.name()))
    }

    /// Returns the file name extensions, in lower case and without the dot.
    pub fn extensions(self) -> &'static [&'static str] {
        match self.row() {
            Descriptor::Written(format) => format.extensions(),
            Descriptor::Read { extensions, .. } => extensions,
        }
    }

    /// Returns the output format of the same file format, if Ridge writes it.
    pub fn format(self) -> Option<Format> {
        match self.row() {
            Descriptor::Written(format) => Some(format),
            Descriptor::Read { .. } => None,
        }
    }

    /// Returns the input format for a file name's extension (without the dot, in any case).
    ///
    /// ```
    /// use ridge_contract::Kind;
    /// assert_eq!(Kind::from_extension("TIF"), Some(Kind::Tiff));
    /// assert_eq!(Kind::from_extension("svg"), None);
    /// ```
    pub fn from_extension(extension: &str) -> Option<Kind> {
        let has = |kind: &Kind| kind.extensions().iter().any(|known| known.eq_ignore_ascii_case(extension));
        Kind::ALL.iter().copied().find(has)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_make_a_sentence() {
        assert_eq!(Kind::names(), "JPEG, PNG, GIF, WebP, AVIF, TIFF or BMP");
    }

    #[test]
    fn every_picture_that_is_written_is_read() {
        for format in Format::pictures() {
            assert!(Kind::ALL.iter().any(|kind| kind.format() == Some(format)), "{format}");
        }
    }
}
