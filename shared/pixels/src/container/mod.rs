//! Parsers of containers: the parts of a file in order, up to the end of the image, without decoding.
//!
//! An iterator yields `None` in place of a malformed part, and ends there.
//!

pub(crate) mod apng;
pub(crate) mod avif;
mod bmff;
pub(crate) mod bmp;
pub(crate) mod gif;
pub(crate) mod jpeg;
pub(crate) mod png;
pub(crate) mod tiff;
pub(crate) mod webp;

/// Returns the file without zeros at its end. Interrupted downloads leave zeros in place of the rest, and no format
/// that calls this function ends with as many.
pub(crate) fn unpadded(source: &[u8]) -> &[u8] {
    const LEAST: usize = 16;
    let zeros = source.iter().rev().take_while(|byte| **byte == 0).count();
    if zeros < LEAST { source } else { &source[..source.len() - zeros] }
}

/// Splits off the first `length` bytes.
fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(length)?;
    *rest = left;
    Some(taken)
}

/// Iterates over parts until the last one, or a malformed one.
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
