//! The original's own bytes without its metadata, for where nothing is asked of its pixels.

use img_parts::jpeg::{Jpeg, markers};
use img_parts::png::Png;
use img_parts::riff::{RiffChunk, RiffContent};
use img_parts::webp::{CHUNK_ALPH, CHUNK_VP8, CHUNK_VP8L, CHUNK_VP8X, WebP};
use img_parts::{Bytes, ImageICC};

use crate::kind::Kind;

/// What a PNG needs to show its pixels: critical chunks, transparency, and colour that is not a profile.
const PNG_KEPT: [&[u8; 4]; 8] = [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB"];

/// What a still WebP needs to show its pixels.
const WEBP_KEPT: [[u8; 4]; 4] = [CHUNK_VP8, CHUNK_VP8L, CHUNK_VP8X, CHUNK_ALPH];

/// `None` where that cannot be had: a colour profile must be applied, not thrown away, and a GIF is not taken apart.
pub(crate) fn without_metadata(kind: Kind, source: &[u8]) -> Option<Vec<u8>> {
    let bytes = Bytes::copy_from_slice(source);
    match kind {
        Kind::Jpeg => {
            let mut jpeg = Jpeg::from_bytes(bytes).ok()?;
            if jpeg.icc_profile().is_some() {
                return None;
            }
            let is_kept = |marker| match marker {
                // JFIF; and Adobe's, which says how the colours are to be read.
                markers::APP0 | markers::APP14 => true,
                markers::APP1..=markers::APP15 | markers::COM => false,
                _ => true,
            };
            jpeg.segments_mut().retain(|segment| is_kept(segment.marker()));
            Some(jpeg.encoder().bytes().to_vec())
        }
        Kind::Png => {
            let mut png = Png::from_bytes(bytes).ok()?;
            if png.icc_profile().is_some() {
                return None;
            }
            png.chunks_mut().retain(|chunk| PNG_KEPT.contains(&&chunk.kind()));
            Some(png.encoder().bytes().to_vec())
        }
        Kind::WebP => {
            let mut webp = WebP::from_bytes(bytes).ok()?;
            if webp.icc_profile().is_some() {
                return None;
            }
            webp.chunks_mut().retain(|chunk| WEBP_KEPT.contains(&chunk.id()));
            for chunk in webp.chunks_mut().iter_mut().filter(|chunk| chunk.id() == CHUNK_VP8X) {
                *chunk = without_flags(chunk)?;
            }
            Some(webp.encoder().bytes().to_vec())
        }
        Kind::Gif => None,
    }
}

/// A `VP8X` chunk that announces no EXIF and no XMP any more. The flags are in its first byte:
/// "WebP Container Specification", section "Extended File Format".
fn without_flags(chunk: &RiffChunk) -> Option<RiffChunk> {
    const EXIF: u8 = 0b0000_1000;
    const XMP: u8 = 0b0000_0100;
    let mut content = chunk.content().data()?.to_vec();
    *content.first_mut()? &= !(EXIF | XMP);
    Some(RiffChunk::new(CHUNK_VP8X, RiffContent::Data(content.into())))
}
