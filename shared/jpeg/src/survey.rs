//! The number of rows that a file has.

use std::ops::ControlFlow;

use crate::decoder::{Decoder, Frame};
use crate::error::{Damage, Error};
use crate::header::Process;
use crate::hooks::Hooks;
use crate::marker::Markers;
use crate::options::{Chroma, Options, Range};

/// How much of an image a file has. This depends on the file alone, and is the same for each scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Survey {
    /// Rows of pixels of the whole image, 1 to 65535.
    pub height: u32,
    /// Rows of pixels, from the top, that all components have; in a progressive image, at least their DC coefficients.
    pub rows: u32,
    /// Whether the file ends before its last block.
    pub is_truncated: bool,
    /// Damage other than the early end, unless it is [harmless](Damage::is_harmless). Damaged AC coefficients of a
    /// progressive image are ignored: each pixel is there without them.
    pub damage: Option<Damage>,
}

/// Reads a whole file, which takes about as long as decoding it at 1/8 with all scans of a progressive image.
///
/// `check` is called for each row of MCUs, and can stop the work.
///
/// # Errors
///
/// As [`decode`](crate::decode).
pub fn survey(
    bytes: &[u8],
    max_scans: u32,
    max_pixels: u64,
    check: &mut dyn FnMut() -> ControlFlow<()>,
) -> Result<Survey, Error> {
    let (chroma, range) = (Chroma::Subsampled, Range::Full);
    let options = Options { eighths: 1, chroma, range, max_scans, max_pixels, is_strict: false };
    let mut decoder = Decoder::new(&options);
    decoder.read(&mut Markers::new(bytes)?, check, &mut |_| ControlFlow::Continue(()))?;
    let Frame { image, targets, .. } = decoder.frame.take().ok_or(Error::Broken("no frame"))?;
    if decoder.scans == 0 {
        return Err(Error::Broken("no scan"));
    }
    let header = image.header;
    let mut found = Found { is_cut: false, damage: None };
    found.note(decoder.damage);
    let mut rows = decoder.rows;
    if header.process == Process::Progressive {
        let progressive = decoder.progressive;
        // The early end of the file is no loss if the last scan is complete.
        let (is_cut, mut is_last_whole) = (found.is_cut, true);
        let order = progressive.order(targets.len());
        found.note(order.filter(|damage| *damage == Damage::BadProgression));
        let hooks = &mut Hooks { check, sink: None, is_strict: false };
        progressive.survey(&header, &targets, hooks, &mut |scan, end| {
            if scan.first == 0 && scan.high == 0 {
                found.note(end.damage);
                rows.count(scan, &header, end.rows);
            }
            is_last_whole = end.damage.is_none_or(Damage::is_harmless);
        })?;
        found.is_cut = is_cut && !(decoder.is_complete && is_last_whole);
    }
    let height = u32::from(header.height);
    let there = rows.of_all(header.components.len());
    if there.is_none() && !found.is_cut {
        found.note(Some(Damage::MissingComponent));
    }
    let rows = if found.is_cut { there.unwrap_or(0) } else { height };
    Ok(Survey { height, rows, is_truncated: found.is_cut, damage: found.damage })
}

/// The faults that were found.
struct Found {
    is_cut: bool,
    damage: Option<Damage>,
}

impl Found {
    fn note(&mut self, damage: Option<Damage>) {
        match damage {
            Some(Damage::Truncated) => self.is_cut = true,
            Some(damage) if !damage.is_harmless() => self.damage = self.damage.or(Some(damage)),
            _ => {}
        }
    }
}
