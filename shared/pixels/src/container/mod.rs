//! Files taken apart without decoding: what they are made of, in order, up to the image's end.
//!
//! An iterator gives `None` in place of a part that is not built as it should be, and ends there.

pub(crate) mod apng;
pub(crate) mod avif;
mod bmff;
pub(crate) mod bmp;
pub(crate) mod gif;
pub(crate) mod jpeg;
pub(crate) mod png;
pub(crate) mod tiff;
pub(crate) mod webp;

/// The file without zeros at its end. Downloads that broke off leave them where the rest should have come; no format
/// that is asked here ends with as many.
pub(crate) fn unpadded(source: &[u8]) -> &[u8] {
    const LEAST: usize = 16;
    let zeros = source.iter().rev().take_while(|byte| **byte == 0).count();
    if zeros < LEAST { source } else { &source[..source.len() - zeros] }
}

/// Takes the first `length` bytes off.
fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(length)?;
    *rest = left;
    Some(taken)
}

/// Iterates over parts until the last one, or one that is broken.
fn parts<'a, T: 'a>(
    mut rest: &'a [u8],
    mut next: impl FnMut(&mut &'a [u8]) -> Option<Option<T>> + 'a,
) -> impl Iterator<Item = Option<T>> + 'a {
    let mut broken = false;
    std::iter::from_fn(move || {
        if broken {
            return None;
        }
        match next(&mut rest) {
            Some(Some(part)) => Some(Some(part)),
            Some(None) => None,
            None => {
                broken = true;
                Some(None)
            }
        }
    })
}
