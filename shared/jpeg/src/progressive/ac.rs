//! Scans of AC coefficients, which have one component each (ITU-T T.81, G.1.2.2 and G.1.2.3).

use super::coefficients::{Coefficients, NOWHERE};
use super::job::Job;
use super::plan;
use crate::bits::{BAD, Cursor};
use crate::entropy::Entropy;
use crate::error::{Damage, Error};
use crate::hooks::Hooks;
use crate::huffman::{Class, Huffman};
use crate::window::Window;

use fearless_simd::{Level, Simd, dispatch};

pub(super) fn decode(
    job: &Job<'_>,
    coefficients: &mut [Coefficients],
    entropy: &mut Entropy<'_>,
    cursor: Cursor,
    hooks: &mut Hooks<'_, '_>,
) -> Result<Cursor, Error> {
    let Some(part) = job.scan.parts.first() else { return Ok(cursor) };
    let table = job.tables.ac(part.ac)?.huffman(Class::Band)?;
    let coefficients = &mut coefficients[part.component];
    let layout = coefficients.layout;
    coefficients.nonzero.resize(layout.stride * layout.rows, 0);
    let (low, last) = (job.scan.low, job.scan.last);
    let band = Band { table, first: job.scan.first, last, mask: plan::band(&job.scan), low };
    let level = Level::new();
    #[cfg(target_arch = "x86_64")]
    if let Some(simd) = level.as_avx2() {
        return simd.vectorize(
            #[inline(always)]
            || blocks(&band, job.scan.high > 0, coefficients, entropy, cursor, hooks),
        );
    }
    dispatch!(level, _ => blocks(&band, job.scan.high > 0, coefficients, entropy, cursor, hooks))
}

/// The coefficient to which libjpeg moves one beyond the block. A later scan has a bit for it, so it must not be
/// dropped.
const LAST: u32 = 63;

/// The parameters of a scan.
struct Band<'a> {
    table: &'a Huffman,
    first: u32,
    last: u32,
    /// The scan's coefficients as bits.
    mask: u64,
    low: u32,
}

/// A block while it is decoded.
struct BandBlock<'a> {
    values: &'a mut [i16],
    nonzero: &'a mut u64,
    places: &'a [u8; 64],
    kept: u64,
}

#[inline(always)]
fn blocks(
    band: &Band<'_>,
    is_refinement: bool,
    coefficients: &mut Coefficients,
    entropy: &mut Entropy<'_>,
    mut cursor: Cursor,
    hooks: &mut Hooks<'_, '_>,
) -> Result<Cursor, Error> {
    let Coefficients { layout, kept, places, mask, values, nonzero, .. } = coefficients;
    // Number of blocks without other coefficients in this band.
    let mut ended = 0;
    for y in 0..layout.down {
        hooks.check(entropy.damage)?;
        let from = y * layout.stride;
        let values = values[from * *kept..].chunks_exact_mut(*kept);
        for (nonzero, values) in nonzero[from..from + layout.across].iter_mut().zip(values) {
            if entropy.is_restart(&mut cursor) {
                ended = 0;
            }
            if !entropy.has_more(&mut cursor) {
                continue;
            }
            let mut block = BandBlock { values, nonzero, places, kept: *mask };
            let is_good = if is_refinement {
                band.refine(&mut block, &mut ended, &mut cursor, &entropy.window)
            } else {
                band.read(&mut block, &mut ended, &mut cursor, &entropy.window)
            };
            if !is_good {
                entropy.note(Damage::BadCode);
            }
        }
    }
    Ok(cursor)
}

impl BandBlock<'_> {
    #[inline(always)]
    fn set(&mut self, k: u32, value: i32) {
        *self.nonzero |= 1 << (k & 63);
        let place = self.places[(k & 63) as usize];
        if place != NOWHERE {
            self.values[usize::from(place)] = value as i16;
        }
    }
}

impl Band<'_> {
    /// Decodes a block of the first scan of a band (G.1.2.2). Returns false for an invalid code.
    #[inline(always)]
    fn read(&self, block: &mut BandBlock<'_>, ended: &mut u32, cursor: &mut Cursor, window: &Window<'_>) -> bool {
        if *ended > 0 {
            *ended -= 1;
            return true;
        }
        let mut k = self.first;
        while k <= self.last {
            let (symbol, value, number) = cursor.band_symbol(window, self.table);
            if symbol.advance >= 64 {
                if symbol.advance == BAD {
                    return false;
                }
                *ended = (1 << (symbol.advance - 64)) - 1 + number;
                return true;
            }
            k += u32::from(symbol.advance);
            if value != 0 {
                block.set((k - 1).min(LAST), value << self.low);
            }
        }
        true
    }

    /// Decodes a block of a refinement scan: another bit for coefficients that are not 0, and those that become so
    /// (G.1.2.3).
    #[inline(always)]
    fn refine(&self, block: &mut BandBlock<'_>, ended: &mut u32, cursor: &mut Cursor, window: &Window<'_>) -> bool {
        let before = *block.nonzero;
        let mut left = self.mask;
        let mut is_good = true;
        while *ended == 0 && left != 0 {
            let (symbol, value, number) = cursor.band_symbol(window, self.table);
            if symbol.advance >= 64 {
                if symbol.advance == BAD {
                    return false;
                }
                *ended = (1 << (symbol.advance - 64)) + number;
                break;
            }
            let mut zeros = left & !before;
            for _ in 1..symbol.advance {
                zeros &= zeros.wrapping_sub(1);
            }
            // The lowest of the remaining ones is the coefficient itself.
            let at = zeros & zeros.wrapping_neg();
            let passed = if at == 0 { left } else { left & (at - 1) };
            self.correct(block, passed & before, cursor, window);
            is_good &= value.abs() <= 1;
            if at == 0 {
                if value != 0 {
                    block.set((self.last + 1).min(LAST), value.signum() << self.low);
                }
                return is_good;
            }
            if value != 0 {
                block.set(at.trailing_zeros(), value.signum() << self.low);
            }
            left &= !(at | (at - 1));
        }
        if *ended > 0 {
            self.correct(block, left & before, cursor, window);
            *ended -= 1;
        }
        is_good
    }

    /// Reads a correction bit for each of `passed`.
    #[inline(always)]
    fn correct(&self, block: &mut BandBlock<'_>, passed: u64, cursor: &mut Cursor, window: &Window<'_>) {
        let mut kept = passed & block.kept;
        let mut count = passed.count_ones();
        let mut others = passed & !block.kept;
        while kept != 0 {
            // Coefficients in between that are not kept.
            let at = kept & kept.wrapping_neg();
            let between = (others & (at - 1)).count_ones();
            others &= !(at - 1);
            skip(between, cursor, window);
            cursor.refill(window);
            let value = &mut block.values[usize::from(block.places[at.trailing_zeros() as usize])];
            let bit = 1 << self.low;
            if cursor.bit() && *value & bit == 0 {
                *value = value.wrapping_add(if *value >= 0 { bit } else { -bit });
            }
            kept &= kept - 1;
            count -= between + 1;
        }
        skip(count, cursor, window);
    }
}

/// Skips up to 63 bits, and reads ahead for a table lookup.
#[inline(always)]
fn skip(count: u32, cursor: &mut Cursor, window: &Window<'_>) {
    cursor.refill(window);
    if count > 32 {
        cursor.consume(32);
        cursor.refill(window);
        cursor.consume(count - 32);
    } else {
        cursor.consume(count);
    }
    cursor.refill(window);
}
