//! The profile of a PNG.

use std::io::Read as _;

use flate2::read::ZlibDecoder;
use moxcms::ColorProfile;

use super::{MAX_BYTES, icc};
use crate::container::png;

pub(super) fn read(source: &[u8]) -> Option<ColorProfile> {
    let mut chunks = png::chunks(source).map_while(|chunk| chunk);
    unfolded(chunks.find(|chunk| chunk.name() == b"iCCP")?.content())
}

/// The profile, which is compressed.
fn unfolded(content: &[u8]) -> Option<ColorProfile> {
    let name = content.iter().position(|byte| *byte == 0)?;
    // Behind the name stands the method, of which there is one.
    let compressed = content.get(name + 2..)?;
    let mut bytes = Vec::new();
    ZlibDecoder::new(compressed).take(MAX_BYTES + 1).read_to_end(&mut bytes).ok()?;
    icc(&bytes)
}
