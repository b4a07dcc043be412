//! One scan of a progressive image.

use crate::scan::Scan;
use crate::tables::Tables;

/// A scan, and what it is decoded with.
#[derive(Debug)]
pub(super) struct Job<'a> {
    pub(super) scan: Scan,
    pub(super) tables: Tables,
    pub(super) data: &'a [u8],
    /// Whether the file ends with these data.
    pub(super) is_last: bool,
}
