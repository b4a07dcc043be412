//! Scans of DC coefficients (ITU-T T.81, G.1.2.1).

use super::coefficients::Coefficients;
use super::job::Job;
use crate::bits::{BAD, Cursor};
use crate::entropy::Entropy;
use crate::error::{Damage, Error};
use crate::header::Header;
use crate::hooks::Hooks;
use crate::huffman::Huffman;
use crate::planes;
use crate::window::Window;

/// A component of the scan.
struct DcPart<'a> {
    coefficients: &'a mut Coefficients,
    /// `None` in a refinement scan.
    table: Option<&'a Huffman>,
    prediction: i32,
    across: usize,
    down: usize,
}

pub(super) fn decode(
    job: &Job<'_>,
    header: &Header,
    coefficients: &mut [Coefficients],
    entropy: &mut Entropy<'_>,
    mut cursor: Cursor,
    hooks: &mut Hooks<'_, '_>,
) -> Result<Cursor, Error> {
    let scan = &job.scan;
    let is_interleaved = scan.parts.len() > 1;
    let mut mcus = planes::mcus(header);
    let mut parts = Vec::new();
    for (index, coefficients) in coefficients.iter_mut().enumerate() {
        let Some(part) = scan.parts.iter().find(|part| part.component == index) else { continue };
        let table = if scan.high == 0 { Some(job.tables.dc(part.dc)?) } else { None };
        let (mut across, mut down) = (coefficients.across, coefficients.down);
        if !is_interleaved {
            mcus = (coefficients.layout.across, coefficients.layout.down);
            (across, down) = (1, 1);
        }
        parts.push(DcPart { coefficients, table, prediction: 0, across, down });
    }
    for y in 0..mcus.1 {
        hooks.check(entropy.damage)?;
        for x in 0..mcus.0 {
            if entropy.is_restart(&mut cursor) {
                parts.iter_mut().for_each(|part| part.prediction = 0);
            }
            if !entropy.has_more(&mut cursor) {
                continue;
            }
            for part in &mut parts {
                if !part.mcu((x, y), scan.low, &mut cursor, &entropy.window) {
                    entropy.note(Damage::BadCode);
                }
            }
        }
        entropy.end_row();
    }
    Ok(cursor)
}

impl DcPart<'_> {
    /// Decodes the blocks of this component in an MCU. Returns false for an invalid code.
    #[inline(always)]
    fn mcu(&mut self, (x, y): (usize, usize), low: u32, cursor: &mut Cursor, window: &Window<'_>) -> bool {
        let mut is_good = true;
        let Coefficients { layout, kept, values, .. } = &mut *self.coefficients;
        for down in 0..self.down {
            let row = (y * self.down + down) * layout.stride + x * self.across;
            for block in row..row + self.across {
                let value = &mut values[block * *kept];
                if let Some(table) = self.table {
                    let (symbol, difference) = cursor.symbol(window, table);
                    is_good &= symbol.advance != BAD;
                    self.prediction = self.prediction.wrapping_add(difference);
                    *value = (self.prediction << low) as i16;
                } else {
                    cursor.refill(window);
                    *value |= i16::from(cursor.bit()) << low;
                }
            }
        }
        is_good
    }
}
