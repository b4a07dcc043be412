//! What a file is, by its bytes and never by its name.

pub use ridge_contract::Kind;

use crate::error::Error;

/// Whether a file begins as files of this format do.
fn begins(kind: Kind, bytes: &[u8]) -> bool {
    match kind {
        Kind::Jpeg => bytes.starts_with(b"\xff\xd8\xff"),
        Kind::Png => bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
        Kind::Gif => bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a"),
        Kind::WebP => bytes.starts_with(b"RIFF") && bytes.get(8..).is_some_and(|rest| rest.starts_with(b"WEBP")),
        Kind::Avif => has_brand(bytes, &[b"avif", b"avis"]),
        // The second number is BigTIFF's.
        Kind::Tiff => {
            matches!(bytes, [b'I', b'I', b'*' | b'+', 0, ..] | [b'M', b'M', 0, b'*' | b'+', ..])
        }
        Kind::Bmp => is_bmp(bytes),
    }
}

/// Recognises the format.
///
/// # Errors
///
/// Says what the bytes are instead, as far as that is known.
pub fn recognise(bytes: &[u8]) -> Result<Kind, Error> {
    if let Some(kind) = Kind::ALL.iter().find(|kind| begins(**kind, bytes)) {
        return Ok(*kind);
    }
    match bytes {
        _ if has_brand(bytes, &HEIF) => Err(Error::NotRead("a HEIC picture")),
        _ if has_brand(bytes, &[b"crx "]) => Err(Error::NotRead("a raw photograph")),
        [] => Err(Error::NotAnImage("the original is an empty file")),
        _ if is_svg(bytes) => {
            Err(Error::NotAnImage("the original is an SVG, which scales by itself; link to it without parameters"))
        }
        _ => Err(not_read(bytes).map_or(Error::Unknown, Error::NotRead)),
    }
}

fn not_read(bytes: &[u8]) -> Option<&'static str> {
    NOT_READ.iter().find(|(begin, _)| bytes.starts_with(begin)).map(|(_, name)| *name)
}

/// Pictures that are not read, by what they begin with.
const NOT_READ: [(&[u8], &str); 19] = [
    (b"\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000 picture"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "a JPEG XL picture"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"II\xbc\x01", "a JPEG XR picture"),
    (b"8BPS", "a Photoshop picture"),
    (b"%PDF-", "a PDF"),
    (b"\0\0\x01\0", "an icon"),
    (b"\0\0\x02\0", "a cursor"),
    (b"\x8aMNG\r\n\x1a\n", "an MNG animation"),
    (b"qoif", "a QOI picture"),
    (b"farbfeld", "a farbfeld picture"),
    (b"\x76\x2f\x31\x01", "an OpenEXR picture"),
    (b"#?RADIANCE\n", "a Radiance HDR picture"),
    (b"gimp xcf ", "a GIMP picture"),
    (b"FUJIFILMCCD-RAW ", "a raw photograph"),
    (b"IIRO", "a raw photograph"),
    (b"IIU\0", "a raw photograph"),
    (b"FOVb", "a raw photograph"),
];

/// Two letters begin many a text, so the size of the second header is held to those that there are, OS/2's included.
fn is_bmp(bytes: &[u8]) -> bool {
    let size = bytes.get(14..).and_then(|rest| rest.first_chunk()).map(|size| u32::from_le_bytes(*size));
    bytes.starts_with(b"BM") && matches!(size, Some(12 | 16..=64 | 108 | 124))
}

/// HEVC pictures, and the structure that they share with AVIF.
const HEIF: [&[u8; 4]; 8] = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"];

fn has_brand(bytes: &[u8], known: &[&[u8; 4]]) -> bool {
    brands(bytes).any(|brand| known.iter().any(|known| *known == brand))
}

/// The brands of an ISO base media file (ISO/IEC 14496-12, 4.3): the major one and those that it is compatible with.
fn brands(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let size = bytes.first_chunk().map_or(0, |size| u32::from_be_bytes(*size) as usize);
    let content = bytes.get(..size).unwrap_or(bytes);
    let content = content.get(4..).and_then(|content| content.strip_prefix(b"ftyp")).unwrap_or_default();
    // The second word is the major brand's version.
    content.chunks_exact(4).enumerate().filter(|(index, _)| *index != 1).map(|(_, brand)| brand)
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
            (b"\0\0\0\x18ftypavif", Kind::Avif),
            (b"\0\0\0\x14ftypmif1\0\0\0\0avif", Kind::Avif),
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
            assert!(table.iter().any(|(_, known)| known == kind), "{kind:?}");
        }
    }

    #[test]
    fn says_what_it_is_instead() {
        for (bytes, word) in [
            (&b""[..], "empty"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
            (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <svg -->\n<!DOCTYPE svg>\n<svg>", "SVG"),
            (b"<!DOCTYPE svg PUBLIC 'x' [\n<!ENTITY a 'b'>\n]>\n<svg>", "SVG"),
            (b"\0\0\0\x18ftypheic", "HEIC"),
            (b"\0\0\0\x18ftypcrx ", "a raw photograph"),
            (b"\0\0\0\x0cjP  \r\n\x87\n\0", "a JPEG 2000 picture"),
            (b"\0\0\0\x0cJXL \r\n\x87\n\0", "a JPEG XL picture"),
            (b"\xff\x0a\x7f", "a JPEG XL picture"),
            (b"8BPS\0\x01", "a Photoshop picture"),
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
