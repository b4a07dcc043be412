//! What bounds the time of both decoders.

use std::ops::ControlFlow;

use crate::observer::{Observer, check_deadline};

/// The largest number of scans. It is more than any encoder writes: each scan covers the whole image, so a file with a few
/// bytes in each of many scans is a decompression bomb.
pub(super) const MAX_SCANS: u32 = 100;

/// Stops our own decoder at the deadline.
pub(super) fn until_deadline(observer: &dyn Observer) -> impl FnMut() -> ControlFlow<()> {
    || if check_deadline(observer).is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
}
