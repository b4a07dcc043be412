//! One scan of a progressive image.

use crate::scan::Scan;
use crate::tables::Tables;

/// A scan with the tables and the data that it needs.
#[derive(Debug)]
pub(super) struct Job<'a> {
    pub(super) scan: Scan,
    pub(super) tables: Tables,
    pub(super) data: &'a [u8],
    /// Whether the file ends with this data.
    pub(super) is_last: bool,
}
