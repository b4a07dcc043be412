//! The original's own bytes without its metadata, for where nothing is asked of its pixels.
//!
//! Only what is known to be needed is kept, up to the picture's end; what follows it is often a second picture with
//! metadata of its own.

use crate::container::jpeg::{APP0, APP2, APP14, APP15, COM, EOI};
use crate::container::png::SIGNATURE;
use crate::container::{jpeg, png, webp};
use crate::kind::Kind;

/// `None` where that cannot be had: a colour profile must be applied, not thrown away; a GIF or AVIF is not taken apart;
/// no TIFF or BMP is ever asked for; and what is not built as it should be is better encoded anew.
pub(crate) fn without_metadata(kind: Kind, source: &[u8]) -> Option<Vec<u8>> {
    match kind {
        Kind::Jpeg => strip_jpeg(source),
        Kind::Png => strip_png(source),
        Kind::WebP => strip_webp(source),
        Kind::Gif | Kind::Avif | Kind::Tiff | Kind::Bmp => None,
    }
}

fn strip_jpeg(source: &[u8]) -> Option<Vec<u8>> {
    if jpeg::components(source)? > 3 {
        // Ink must become light.
        return None;
    }
    let mut kept = vec![0xff, 0xd8];
    for segment in jpeg::segments(source) {
        let segment = segment?;
        let content = segment.content();
        match segment.marker {
            // The plain header, without its thumbnail; and what says how the colours are to be read.
            APP0 if content.starts_with(b"JFIF\0") => {
                kept.extend([0xff, APP0, 0, 16]);
                kept.extend(content.get(..12)?);
                kept.extend([0, 0]);
                continue;
            }
            APP14 if content.starts_with(b"Adobe") => {
                kept.extend([0xff, APP14, 0, 14]);
                kept.extend(content.get(..12)?);
                continue;
            }
            APP2 if content.starts_with(b"ICC_PROFILE") => return None,
            APP0..=APP15 | COM => continue,
            _ => {}
        }
        kept.extend([0xff, segment.marker]);
        kept.extend(segment.whole);
        kept.extend(segment.scan);
    }
    kept.extend([0xff, EOI]);
    Some(kept)
}

/// What shows a PNG's pixels: critical chunks, transparency, and colour that is not a profile.
const PNG_KEPT: [&[u8]; 8] = [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB"];

fn strip_png(source: &[u8]) -> Option<Vec<u8>> {
    let mut kept = SIGNATURE.to_vec();
    for chunk in png::chunks(source) {
        let chunk = chunk?;
        match chunk.name() {
            b"iCCP" | b"cICP" => return None,
            name if PNG_KEPT.contains(&name) => kept.extend(chunk.whole),
            _ => {}
        }
    }
    Some(kept)
}

fn strip_webp(source: &[u8]) -> Option<Vec<u8>> {
    /// Flags in the first byte of `VP8X`.
    const EXIF: u8 = 0b0000_1000;
    const XMP: u8 = 0b0000_0100;
    let mut chunks = Vec::new();
    for chunk in webp::chunks(source) {
        let chunk = chunk?;
        match chunk.name() {
            b"ICCP" | b"ANIM" | b"ANMF" => return None,
            b"VP8X" => {
                let start = chunks.len();
                chunks.extend(chunk.whole);
                *chunks.get_mut(start + 8)? &= !(EXIF | XMP);
            }
            b"VP8 " | b"VP8L" | b"ALPH" => chunks.extend(chunk.whole),
            _ => {}
        }
    }
    let size = u32::try_from(chunks.len() + 4).ok()?.to_le_bytes();
    Some([b"RIFF", &size[..], b"WEBP", &chunks].concat())
}
