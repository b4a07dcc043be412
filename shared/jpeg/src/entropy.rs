//! Restart intervals (ITU-T T.81, E.1.4 and E.2.5). After errors, as libjpeg's `jpeg_resync_to_restart`.

use crate::bits::Cursor;
use crate::error::Damage;
use crate::marker::{RST0, RST7, SOF0, find};
use crate::window::Window;

/// The result of a scan's data.
#[derive(Debug)]
pub(crate) struct End<'a> {
    /// The bytes after the data.
    pub(crate) behind: &'a [u8],
    /// The first damage. [`Damage::Truncated`] if the only fault is that all data end too early.
    pub(crate) damage: Option<Damage>,
    /// Number of rows of MCUs before the first missing MCU.
    pub(crate) rows: usize,
}

/// The entropy-coded data of a scan, one restart interval after the other.
#[derive(Debug)]
pub(crate) struct Entropy<'a> {
    pub(crate) window: Window<'a>,
    pub(crate) damage: Option<Damage>,
    /// Number of rows of MCUs before the first missing MCU.
    rows: usize,
    /// Whether the data is known to end before its last MCU.
    is_short: bool,
    /// Whether MCUs are missing between others.
    has_gap: bool,
    /// MCUs between restart markers; 0 without restart markers.
    interval: u32,
    /// MCUs until the next restart marker.
    left: u32,
    /// The number of the next restart marker, 0 to 7.
    expected: u8,
}

impl<'a> Entropy<'a> {
    pub(crate) fn new(data: &'a [u8], interval: u32) -> (Entropy<'a>, Cursor) {
        let mut window = Window::default();
        window.start(data);
        let (damage, rows, is_short, has_gap) = (None, 0, false, false);
        (Entropy { window, damage, rows, is_short, has_gap, interval, left: interval, expected: 0 }, Cursor::default())
    }

    /// Records the first damage.
    pub(crate) fn note(&mut self, damage: Damage) {
        self.is_short |= damage == Damage::ShortScan;
        self.damage.get_or_insert(damage);
    }

    /// Ends a row of MCUs.
    pub(crate) fn end_row(&mut self) {
        self.rows += usize::from(!self.is_short && !self.has_gap);
    }

    /// Called before each MCU. Returns whether an interval begins, for which predictions are reset.
    #[inline(always)]
    pub(crate) fn is_restart(&mut self, cursor: &mut Cursor) -> bool {
        if self.interval == 0 {
            return false;
        }
        if self.left > 0 {
            self.left -= 1;
            return false;
        }
        *cursor = self.restart(*cursor);
        true
    }

    /// Whether there is data for another MCU; without data it stays gray.
    #[inline(always)]
    pub(crate) fn has_more(&mut self, cursor: &mut Cursor) -> bool {
        let has_more = cursor.pos <= self.window.limit || self.advance(cursor);
        cursor.refill(&self.window);
        has_more
    }

    #[cold]
    #[inline(never)]
    fn advance(&mut self, cursor: &mut Cursor) -> bool {
        let mut advanced = *cursor;
        self.window.advance(&mut advanced.pos);
        let has_more = !self.window.is_exhausted(advanced.used());
        if has_more {
            *cursor = advanced;
        } else {
            self.note(Damage::ShortScan);
        }
        has_more
    }

    #[cold]
    #[inline(never)]
    fn restart(&mut self, cursor: Cursor) -> Cursor {
        self.end_interval(cursor);
        let (expected, mut rest) = (self.expected, self.window.behind());
        self.expected = (expected + 1) & 7;
        self.left = self.interval - 1;
        loop {
            let Some((at, code)) = find(rest, 0) else {
                self.note(Damage::ShortScan);
                // Not the rest: each restart that is still due would search it again.
                return self.go_on_without(&[]);
            };
            if at == 0 && code == RST0 + expected {
                return self.go_on(&rest[2..]);
            }
            self.note(Damage::BadRestart);
            let ahead = code.wrapping_sub(RST0 + expected) & 7;
            match code {
                0..SOF0 => rest = &rest[at + 2..],
                RST0..=RST7 if matches!(ahead, 6 | 7) => rest = &rest[at + 2..],
                RST0..=RST7 if !matches!(ahead, 1 | 2) => return self.go_on(&rest[at + 2..]),
                _ => return self.go_on_without(&rest[at..]),
            }
        }
    }

    /// Begins an interval that has data. What was missing before is a gap.
    fn go_on(&mut self, rest: &'a [u8]) -> Cursor {
        self.has_gap |= self.is_short;
        self.is_short = false;
        self.window.start(rest);
        Cursor::default()
    }

    /// Begins an interval without data; `rest` stays behind it.
    fn go_on_without(&mut self, rest: &'a [u8]) -> Cursor {
        self.window.start_exhausted(rest);
        Cursor::beyond()
    }

    fn end_interval(&mut self, cursor: Cursor) {
        if self.window.is_short(cursor.used()) {
            self.note(Damage::ShortScan);
        } else if self.window.left(cursor.used()) > 0 {
            self.note(Damage::LongInterval);
        }
    }

    /// Ends the scan.
    pub(crate) fn finish(mut self, cursor: Cursor) -> End<'a> {
        let was_short = self.is_short;
        if self.window.is_short(cursor.used()) {
            self.note(Damage::ShortScan);
        } else if self.window.left(cursor.used()) > 0 {
            self.note(Damage::Extraneous);
        }
        // The last MCU was invented.
        let made_up = usize::from(self.is_short && !was_short && !self.has_gap);
        let behind = self.window.behind();
        let is_only_short = self.is_short && !self.has_gap && self.damage == Some(Damage::ShortScan);
        let is_cut = is_only_short && find(behind, 0).is_none();
        let damage = if is_cut { Some(Damage::Truncated) } else { self.damage };
        End { behind, damage, rows: self.rows.saturating_sub(made_up) }
    }
}
