//! The colours of an AVIF.

use moxcms::DataColorSpace;

use super::cicp;
use super::icc::icc;
use super::meaning::Meaning;
use crate::codec::libavif::{AvifDecoder, MAX_PIXELS};
use crate::container::avif::{self, MAX_FRAMES};

/// Reads the ICC profile, or else the code points. A profile has priority (ISO/IEC 23000-22, 7.3.6.4).
pub(super) fn read(source: &[u8]) -> Option<Meaning> {
    let still = avif::read(source).ok()?;
    let (primaries, transfer) = match still.code_points() {
        Some(code_points) => code_points,
        // AV1's own header has them too.
        None => AvifDecoder::new(&still.file(MAX_FRAMES).ok()?, MAX_PIXELS).ok()?.code_points(),
    };
    let pixels = if still.is_gray() { DataColorSpace::Gray } else { DataColorSpace::Rgb };
    let profile = still.profile().and_then(|bytes| icc(bytes, pixels));
    profile.or_else(|| cicp::meaning(primaries, transfer))
}
