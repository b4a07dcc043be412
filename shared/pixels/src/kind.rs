//! What a file is, by its bytes and never by its name.

use crate::error::Error;

/// A format that is read.
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
    /// TIFF, of which the first page is read.
    Tiff,
    /// BMP.
    Bmp,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 6] = [Kind::Jpeg, Kind::Png, Kind::Gif, Kind::WebP, Kind::Tiff, Kind::Bmp];

    /// All names, as a sentence has them.
    pub(crate) fn names() -> String {
        let names = Kind::ALL.map(Kind::name).join(", ");
        names.rsplit_once(", ").map_or(names.clone(), |(most, last)| format!("{most} or {last}"))
    }

    /// For messages.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Jpeg => "JPEG",
            Kind::Png => "PNG",
            Kind::Gif => "GIF",
            Kind::WebP => "WebP",
            Kind::Tiff => "TIFF",
            Kind::Bmp => "BMP",
        }
    }
}

/// Tells the format, or says what the bytes are instead.
pub fn recognise(bytes: &[u8]) -> Result<Kind, Error> {
    let brand = bytes.get(4..12).filter(|part| part.starts_with(b"ftyp")).map(|part| &part[4..]);
    match (bytes, brand) {
        ([0xff, 0xd8, 0xff, ..], _) => Ok(Kind::Jpeg),
        ([0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..], _) => Ok(Kind::Png),
        ([b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..], _) => Ok(Kind::Gif),
        ([b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..], _) => Ok(Kind::WebP),
        ([b'I', b'I', b'*' | b'+', 0, ..] | [b'M', b'M', 0, b'*' | b'+', ..], _) => Ok(Kind::Tiff),
        _ if is_bmp(bytes) => Ok(Kind::Bmp),
        (_, Some(b"avif" | b"avis")) => Err(Error::NotRead("an AVIF")),
        (_, Some(b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1")) => {
            Err(Error::NotRead("a HEIC picture"))
        }
        ([], _) => Err(Error::NotAnImage("the original is an empty file")),
        _ if is_svg(bytes) => {
            Err(Error::NotAnImage("the original is an SVG, which scales by itself; link to it without parameters"))
        }
        _ => Err(Error::Unknown),
    }
}

/// Two letters begin many a text, so the size of the second header is held to those that there are, OS/2's included.
fn is_bmp(bytes: &[u8]) -> bool {
    let size = bytes.get(14..).and_then(|rest| rest.first_chunk()).map(|size| u32::from_le_bytes(*size));
    bytes.starts_with(b"BM") && matches!(size, Some(12 | 16 | 40 | 52 | 56 | 64 | 108 | 124))
}

/// Whether the first element is `<svg`, behind a byte-order mark, an XML declaration, comments and a DOCTYPE.
fn is_svg(bytes: &[u8]) -> bool {
    const LOOK: usize = 4096;
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(LOOK)]);
    let mut rest = head.trim_start_matches('\u{feff}').trim_start();
    loop {
        let has_subset = |text: &str| text.find('[').is_some_and(|at| text.find('>').is_none_or(|end| at < end));
        let end = match rest {
            _ if rest.starts_with("<!--") => "-->",
            _ if rest.starts_with("<!DOCTYPE") && has_subset(rest) => "]>",
            _ if rest.starts_with("<?") || rest.starts_with("<!") => ">",
            _ => {
                return rest
                    .strip_prefix("<svg")
                    .is_some_and(|next| next.starts_with([' ', '>', '\n', '\r', '\t', '/']));
            }
        };
        let Some((_, after)) = rest.split_once(end) else { return false };
        rest = after.trim_start();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recognised_by_bytes() {
        let table = [
            (&b"\xff\xd8\xff\xe0"[..], Kind::Jpeg),
            (b"\x89PNG\r\n\x1a\n", Kind::Png),
            (b"GIF87a", Kind::Gif),
            (b"GIF89a...", Kind::Gif),
            (b"RIFF\0\0\0\0WEBPVP8 ", Kind::WebP),
            (b"II*\0", Kind::Tiff),
            (b"MM\0*", Kind::Tiff),
            (b"II+\0", Kind::Tiff),
            (b"MM\0+", Kind::Tiff),
            (b"BM\x3e\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", Kind::Bmp),
        ];
        for (bytes, kind) in table {
            assert_eq!(recognise(bytes), Ok(kind));
        }
        for kind in Kind::ALL {
            assert!(table.iter().any(|(_, known)| *known == kind), "{kind:?}");
        }
        assert_eq!(Kind::names(), "JPEG, PNG, GIF, WebP, TIFF or BMP");
    }

    #[test]
    fn says_what_it_is_instead() {
        for (bytes, word) in [
            (&b""[..], "empty"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
            (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <svg -->\n<!DOCTYPE svg>\n<svg>", "SVG"),
            (b"<!DOCTYPE svg PUBLIC 'x' [\n<!ENTITY a 'b'>\n]>\n<svg>", "SVG"),
            (b"\0\0\0\x18ftypheic", "HEIC"),
            (b"\0\0\0\x18ftypavif", "AVIF"),
            (b"<!DOCTYPE html><html>", "not a picture"),
            (b"<!-- <svg> -->", "not a picture"),
            (b"<svgfoo>", "not a picture"),
            (b"RIFF\0\0\0\0WAVE", "not a picture"),
            (b"\xff\xd8", "not a picture"),
            (b"hello", "not a picture"),
            (b"II\0*", "not a picture"),
            (b"BMW builds cars and nothing that is read", "not a picture"),
        ] {
            let text = recognise(bytes).unwrap_err().to_string();
            assert!(text.contains(word), "{bytes:?} gave {text:?}");
        }
    }
}
