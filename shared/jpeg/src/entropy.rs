//! Restart intervals: ITU-T T.81, E.1.4 and E.2.5; after errors as libjpeg's `jpeg_resync_to_restart`.

use crate::bits::Cursor;
use crate::error::Damage;
use crate::marker::{RST0, RST7, SOF0, find};
use crate::window::Window;

/// The entropy-coded data of a scan, one restart interval after the other.
#[derive(Debug)]
pub(crate) struct Entropy<'a> {
    pub(crate) window: Window<'a>,
    pub(crate) damage: Option<Damage>,
    /// MCUs between restart markers; 0 if there are none.
    interval: u32,
    /// MCUs until the next one.
    left: u32,
    /// The number of the next one, 0 to 7.
    expected: u8,
}

impl<'a> Entropy<'a> {
    pub(crate) fn new(data: &'a [u8], interval: u32) -> (Entropy<'a>, Cursor) {
        let mut window = Window::default();
        let cursor = window.start(data);
        (Entropy { window, damage: None, interval, left: interval, expected: 0 }, cursor)
    }

    /// Keeps the first damage that was met.
    pub(crate) fn note(&mut self, damage: Damage) {
        self.damage.get_or_insert(damage);
    }

    /// To be asked before each MCU: whether a restart is due, after which predictions begin anew.
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

    /// Whether there are data for another MCU; without, it stays gray.
    #[inline(always)]
    pub(crate) fn has_more(&mut self, cursor: &mut Cursor) -> bool {
        let has_more = cursor.pos <= self.window.limit || self.advance(cursor);
        cursor.refill(&self.window);
        has_more
    }

    #[cold]
    #[inline(never)]
    fn advance(&mut self, cursor: &mut Cursor) -> bool {
        let advanced = self.window.advance(*cursor);
        match advanced {
            Some(advanced) => *cursor = advanced,
            None => self.note(Damage::ShortScan),
        }
        advanced.is_some()
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
                // Not what is left: each restart that is still due would look through it again.
                return self.window.start_exhausted(&[]);
            };
            if at == 0 && code == RST0 + expected {
                return self.window.start(&rest[2..]);
            }
            self.note(Damage::BadRestart);
            let ahead = code.wrapping_sub(RST0 + expected) & 7;
            match code {
                0..SOF0 => rest = &rest[at + 2..],
                RST0..=RST7 if matches!(ahead, 6 | 7) => rest = &rest[at + 2..],
                RST0..=RST7 if !matches!(ahead, 1 | 2) => return self.window.start(&rest[at + 2..]),
                _ => return self.window.start_exhausted(&rest[at..]),
            }
        }
    }

    fn end_interval(&mut self, cursor: Cursor) {
        if self.window.is_short(cursor) {
            self.note(Damage::ShortScan);
        } else if self.window.left(cursor) > 0 {
            self.note(Damage::Extraneous);
        }
    }

    /// What follows the scan's data.
    pub(crate) fn finish(mut self, cursor: Cursor) -> (&'a [u8], Option<Damage>) {
        self.end_interval(cursor);
        (self.window.behind(), self.damage)
    }
}
