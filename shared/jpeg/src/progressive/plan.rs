//! The choice of the needed scans.

use super::coefficients::Coefficients;
use crate::error::Damage;
use crate::scan::Scan;

/// Returns the coefficients of a scan, as bits of the zigzag order.
pub(super) fn band(scan: &Scan) -> u64 {
    (u64::MAX << scan.first) & (u64::MAX >> (63 - scan.last))
}

/// Returns for each scan whether its coefficients are needed, or a later one that is needed refines some of them: the
/// bits of a refinement depend on all coefficients of its band that are not 0 by then.
pub(super) fn needed(scans: &[&Scan], coefficients: &[Coefficients]) -> Vec<bool> {
    let mut wanted: Vec<u64> = coefficients.iter().map(|coefficients| coefficients.mask).collect();
    let mut needed: Vec<bool> = scans
        .iter()
        .rev()
        .map(|scan| {
            let is_needed = scan.parts.iter().any(|part| wanted[part.component] & band(scan) != 0);
            if is_needed && scan.high > 0 && scan.first > 0 {
                scan.parts.iter().for_each(|part| wanted[part.component] |= band(scan));
            }
            is_needed
        })
        .collect();
    needed.reverse();
    needed
}

/// For each coefficient of a component, the lowest bit that was sent.
type Bits = [Option<u32>; 64];

/// Checks that the scans are in the order of G.1.1.1, and that they have all bits.
pub(super) fn order(scans: &[&Scan], components: usize) -> Option<Damage> {
    let mut bits: Vec<Bits> = vec![[None; 64]; components];
    let mut damage = None;
    for scan in scans {
        for part in &scan.parts {
            let bits = &mut bits[part.component];
            let is_early = scan.first > 0 && bits[0].is_none();
            for bit in &mut bits[scan.first as usize..=scan.last as usize] {
                if is_early || bit.unwrap_or(0) != scan.high {
                    damage = Some(Damage::BadProgression);
                } else if bit.is_some() && scan.high == 0 {
                    damage = damage.or(Some(Damage::Repeated));
                }
                *bit = Some(scan.low);
            }
        }
    }
    damage.or((!is_whole(scans, components)).then_some(Damage::Incomplete))
}

/// Whether all bits of all coefficients are sent.
pub(super) fn is_whole(scans: &[&Scan], components: usize) -> bool {
    let mut bits: Vec<Bits> = vec![[None; 64]; components];
    for scan in scans {
        for part in &scan.parts {
            bits[part.component][scan.first as usize..=scan.last as usize].fill(Some(scan.low));
        }
    }
    bits.iter().flatten().all(|bit| *bit == Some(0))
}
