//! Rows of pixels that the scans of a file have.

use crate::header::Header;
use crate::scan::Scan;

/// Rows of pixels of each component that has a scan.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RowCounts([Option<u32>; 4]);

impl RowCounts {
    /// Adds the complete rows of MCUs of a scan.
    pub(crate) fn count(&mut self, scan: &Scan, header: &Header, mcus: usize) {
        let (_, max_down) = header.sampling();
        for part in &scan.parts {
            // The MCU of a scan of one component is one block.
            let blocks = if scan.parts.len() == 1 { header.components[part.component].down } else { 1 };
            let rows = mcus * 8 * usize::from(max_down) / usize::from(blocks);
            let rows = u32::try_from(rows).unwrap_or(u32::MAX).min(header.height.into());
            let counted = &mut self.0[part.component];
            *counted = Some(counted.map_or(rows, |before| before.min(rows)));
        }
    }

    /// Returns the rows that all components have; `None` if one has no scan.
    pub(crate) fn of_all(self, components: usize) -> Option<u32> {
        self.0.into_iter().take(components).min().flatten()
    }
}
