//! Removes metadata from an original whose pixels a variant does not change.
//!
//! Only the parts that are known to be needed are kept, up to the end of the image. What follows is often a second
//! image with metadata of its own.
//!
//! Only what is known to be needed is kept, up to the image's end; what follows it is often a second image with
//! metadata of its own.

use std::borrow::Cow;

use crate::container::jpeg::{APP0, APP14, APP15, COM, EOI, SOF0, SOF2};
use crate::container::png::SIGNATURE;
use crate::container::{apng, gif, jpeg, png, webp};
use crate::kind::Kind;

/// Returns the original without metadata. Colour profiles are removed too, so the caller must have made sure that the
/// image is sRGB. `frames` is the number of frames that are decoded.
///
/// `None` for formats that are not taken apart (AVIF, TIFF, BMP), and for files with errors, which are better encoded
/// again.
///
///
pub(crate) fn without_metadata(kind: Kind, source: &[u8], frames: u32) -> Option<Vec<u8>> {
    match kind {
        Kind::Jpeg => strip_jpeg(source),
        Kind::Png => strip_png(source),
        Kind::WebP => strip_webp(source),
        Kind::Gif => strip_gif(source, frames),
        Kind::Avif | Kind::Tiff | Kind::Bmp => None,
    }
}

fn strip_jpeg(source: &[u8]) -> Option<Vec<u8>> {
    let frame = jpeg::frame(source)?;
    let [bits, _, _, _, _, components, ..] = *frame.content() else { return None };
    // Browsers support neither arithmetic nor lossless coding, and CMYK must be converted to RGB.
    if !matches!(frame.marker, SOF0..=SOF2) || bits != 8 || components > 3 {
        return None;
    }
    let mut kept = vec![0xff, 0xd8];
    for segment in jpeg::segments(source) {
        let segment = segment?;
        let content = segment.content();
        match segment.marker {
            // The JFIF header without its thumbnail, and the Adobe segment, which says how colours are coded.
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

/// Chunks that are needed to show the pixels. A PNG without colour chunks is sRGB.
const PNG_KEPT: [&[u8]; 5] = [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS"];

fn strip_png(source: &[u8]) -> Option<Vec<u8>> {
    if apng::animation(source).is_some_and(|animation| animation.has_own_default) {
        // The first frame is shown; what would be left is the default image.
        return None;
    }
    if matches!(png::with_low_transparency(source), Cow::Owned(_)) {
        // Browsers would show the image without transparency.
        return None;
    }
    let mut kept = SIGNATURE.to_vec();
    for chunk in png::chunks(source) {
        let chunk = chunk?;
        if PNG_KEPT.contains(&chunk.name()) {
            // Not every reader accepts a chunk with a wrong checksum.
            if !chunk.is_sound() {
                return None;
            }
            kept.extend(chunk.whole);
        }
    }
    Some(kept)
}

fn strip_webp(source: &[u8]) -> Option<Vec<u8>> {
    /// Flags in the first byte of `VP8X`.
    const ICC: u8 = 0b0010_0000;
    const EXIF: u8 = 0b0000_1000;
    const XMP: u8 = 0b0000_0100;
    let mut kept = Vec::new();
    if !webp::is_in_order(source) {
        return None;
    }
    for chunk in webp::chunks(source) {
        let chunk = chunk?;
        match chunk.name() {
            b"VP8X" => {
                let start = kept.len();
                kept.extend(chunk.whole);
                *kept.get_mut(start + 8)? &= !(ICC | EXIF | XMP);
            }
            b"ANMF" => strip_frame(&chunk, &mut kept)?,
            b"ANIM" => kept.extend(chunk.whole),
            _ => keep_image(&chunk, &mut kept),
        }
    }
    let size = u32::try_from(kept.len() + 4).ok()?.to_le_bytes();
    Some([b"RIFF", &size[..], b"WEBP", &kept].concat())
}

fn keep_image(chunk: &webp::Chunk<'_>, kept: &mut Vec<u8>) {
    if [b"VP8 ", b"VP8L", b"ALPH"].iter().any(|name| chunk.name() == *name) {
        kept.extend(chunk.whole);
    }
}

/// A frame holds chunks of its own, after its position, duration and flags.
fn strip_frame(frame: &webp::Chunk<'_>, kept: &mut Vec<u8>) -> Option<()> {
    const HEAD: usize = 16;
    let start = kept.len();
    kept.extend([0; 8]);
    kept.extend(frame.content.get(..HEAD)?);
    for chunk in webp::chunks_in(&frame.content[HEAD..]) {
        keep_image(&chunk?, kept);
    }
    let length = u32::try_from(kept.len() - start - 8).ok()?.to_le_bytes();
    kept[start..start + 4].copy_from_slice(b"ANMF");
    kept[start + 4..start + 8].copy_from_slice(&length);
    Some(())
}

fn strip_gif(source: &[u8], frames: u32) -> Option<Vec<u8>> {
    let (mut kept, mut images) = (gif::screen(source)?.to_vec(), 0);
    // Some viewers crop the first image to a screen that is too small.
    let (width, height) = gif::canvas(source)?;
    kept[6..8].copy_from_slice(&width.to_le_bytes());
    kept[8..10].copy_from_slice(&height.to_le_bytes());
    for block in gif::blocks(source) {
        let block = block?;
        if let Some(image) = block.image() {
            // Without a palette, each viewer takes another one.
            if block.missing > 0 || image.palette.or(gif::palette(source)).is_none() {
                return None;
            }
            images += 1;
            kept.extend(block.whole);
        } else if block.is_control() || block.repeats().is_some() {
            kept.extend(block.whole);
        }
    }
    kept.push(gif::TRAILER);
    // There are more images if one cannot be decoded, which ends the animation.
    (images == frames).then_some(kept)
}
