//! The original's own bytes without its metadata, for where nothing is asked of its pixels.
//!
//! Only what is known to be needed is kept, up to the picture's end; what follows it is often a second picture with
//! metadata of its own.

mod jpeg;
mod png;
mod webp;

use crate::kind::Kind;

/// `None` where that cannot be had: a colour profile must be applied, not thrown away; a GIF is not taken apart; and
/// what is not built as it should be is better encoded anew.
pub(crate) fn without_metadata(kind: Kind, source: &[u8]) -> Option<Vec<u8>> {
    match kind {
        Kind::Jpeg => jpeg::strip(source),
        Kind::Png => png::strip(source),
        Kind::WebP => webp::strip(source),
        Kind::Gif => None,
    }
}

/// Takes the first `length` bytes off.
fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(length)?;
    *rest = left;
    Some(taken)
}
