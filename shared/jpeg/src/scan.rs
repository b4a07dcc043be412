//! The scan header (ITU-T T.81, B.2.3).

use crate::error::Error;
use crate::header::{Header, Process};

/// The parameters of a scan.
#[derive(Debug, Clone)]
pub(crate) struct Scan {
    pub(crate) parts: Vec<Part>,
    /// The first and the last coefficient, in zigzag order.
    pub(crate) first: u32,
    pub(crate) last: u32,
    /// Successive approximation: the bit position of the previous scan, 0 for the first one.
    pub(crate) high: u32,
    /// The bit position of this scan.
    pub(crate) low: u32,
}

/// A component of a scan.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    /// Its index in the frame.
    pub(crate) component: usize,
    /// The numbers of its Huffman tables; a table that the scan does not use need not exist.
    pub(crate) dc: usize,
    pub(crate) ac: usize,
}

impl Scan {
    pub(crate) fn read(segment: &[u8], header: &Header) -> Result<Scan, Error> {
        let broken = Error::Broken("a scan header");
        let (count, rest) = segment.split_first().ok_or(broken)?;
        let (selectors, rest) = rest.split_at_checked(usize::from(*count) * 2).ok_or(broken)?;
        let [first, last, approximation] = *rest else { return Err(broken) };
        let mut parts: Vec<Part> = Vec::new();
        for selector in selectors.chunks_exact(2) {
            let component = header.components.iter().position(|component| component.id == selector[0]).ok_or(broken)?;
            let part = Part { component, dc: usize::from(selector[1] >> 4), ac: usize::from(selector[1] & 15) };
            // Components are in the order of the frame (B.2.3).
            if parts.last().is_some_and(|other| other.component >= component) {
                return Err(Error::Unsupported("components out of their order"));
            }
            parts.push(part);
        }
        let blocks: u32 = parts
            .iter()
            .map(|part| &header.components[part.component])
            .map(|component| u32::from(component.across) * u32::from(component.down))
            .sum();
        if parts.is_empty() || (parts.len() > 1 && blocks > 10) {
            return Err(broken);
        }
        let (first, last) = (u32::from(first), u32::from(last));
        let (high, low) = (u32::from(approximation >> 4), u32::from(approximation & 15));
        match header.process {
            // libjpeg, too, only warns about other numbers here.
            Process::Sequential => Ok(Scan { parts, first: 0, last: 63, high: 0, low: 0 }),
            Process::Progressive => {
                let is_band = if first == 0 { last == 0 } else { first <= last && last < 64 && parts.len() == 1 };
                if is_band && low <= 13 && (high == 0 || low + 1 == high) {
                    Ok(Scan { parts, first, last, high, low })
                } else {
                    Err(Error::Broken("a progressive scan's header"))
                }
            }
        }
    }
}
