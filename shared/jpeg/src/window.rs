//! Entropy-coded data without stuffed bytes, a window at a time.

use memchr::memchr;

use crate::marker::find;

/// The window's size in bytes: a power of two, so that an index can be masked instead of checked.
const SIZE: usize = 1 << 14;

/// Longest MCU in bytes: ten blocks of 64 symbols of 31 bits.
const RESERVE: usize = 10 * 64 * 31 / 8 + 16;

/// The data of one restart interval, up to the next marker (ITU-T T.81, B.1.1.5 and F.1.2.3).
#[derive(Debug)]
pub(crate) struct Window<'a> {
    bytes: Box<[u8; SIZE + 8]>,
    /// The end of the data, after which zeros follow.
    end: usize,
    /// Data that is not in the window yet.
    rest: &'a [u8],
    /// Whether `rest` begins with a marker, or is empty.
    is_last: bool,
    /// The position beyond which [`Window::advance`] must be called before the next MCU.
    pub(crate) limit: usize,
}

impl Default for Window<'_> {
    fn default() -> Self {
        Window { bytes: Box::new([0; SIZE + 8]), end: 0, rest: &[], is_last: true, limit: 0 }
    }
}

impl<'a> Window<'a> {
    /// Returns eight bytes as a big-endian number.
    #[inline(always)]
    pub(crate) fn load(&self, pos: usize) -> u64 {
        let pos = pos & (SIZE - 1);
        let mut eight = [0; 8];
        eight.copy_from_slice(&self.bytes[pos..pos + 8]);
        u64::from_be_bytes(eight)
    }

    /// Begins an interval in `rest`.
    pub(crate) fn start(&mut self, rest: &'a [u8]) {
        (self.rest, self.is_last, self.end) = (rest, false, 0);
        self.fill(&mut 0);
    }

    /// Begins an interval without data; `rest` follows it.
    pub(crate) fn start_exhausted(&mut self, rest: &'a [u8]) {
        (self.rest, self.is_last, self.end, self.limit) = (rest, true, 0, 0);
        self.bytes.fill(0);
    }

    /// Loads data for another MCU. `pos` is the first byte that is not used, and moves with the data.
    pub(crate) fn advance(&mut self, pos: &mut usize) {
        if !self.is_last {
            self.fill(pos);
        }
    }

    /// Whether all data are in the window, and more than these `used` bits.
    pub(crate) fn is_exhausted(&self, used: usize) -> bool {
        self.is_last && self.is_short(used)
    }

    /// Whether the window has fewer than these `used` bits.
    pub(crate) fn is_short(&self, used: usize) -> bool {
        used > self.end * 8
    }

    /// Returns the number of whole bytes before the marker that are left after `used` bits.
    pub(crate) fn left(&self, used: usize) -> usize {
        (self.end * 8).saturating_sub(used) / 8 + self.rest.len() - self.behind().len()
    }

    /// Returns what follows the data: a marker, or nothing.
    pub(crate) fn behind(&self) -> &'a [u8] {
        let at = if self.is_last { 0 } else { find(self.rest, 0).map_or(self.rest.len(), |(at, _)| at) };
        &self.rest[at..]
    }

    /// Moves unused data, and the eight bytes that a cursor may still hold, to the start of the window, and fills it
    /// up.
    fn fill(&mut self, pos: &mut usize) {
        let from = pos.saturating_sub(8);
        self.bytes.copy_within(from..self.end, 0);
        *pos -= from;
        self.end -= from;
        while !self.is_last && self.end < SIZE - RESERVE {
            self.unstuff();
        }
        self.limit = self.end - RESERVE.min(self.end);
        if self.is_last {
            // An MCU may begin at the end of the data.
            let reach = (self.end + RESERVE + 8).min(self.bytes.len());
            self.bytes[self.end..reach].fill(0);
            self.limit = self.end;
        }
    }

    /// Copies data up to the next 0xFF, and that byte if it is data.
    fn unstuff(&mut self) {
        let some = &self.rest[..self.rest.len().min(SIZE - RESERVE - self.end)];
        let found = memchr(0xFF, some);
        let (data, rest) = self.rest.split_at(found.unwrap_or(some.len()));
        self.bytes[self.end..self.end + data.len()].copy_from_slice(data);
        self.end += data.len();
        self.rest = rest;
        match rest {
            [0xFF, 0x00, rest @ ..] if found.is_some() => {
                self.bytes[self.end] = 0xFF;
                self.end += 1;
                self.rest = rest;
            }
            [0xFF, 0xFF, ..] => self.rest = &rest[1..],
            [] | [0xFF, ..] if found.is_some() || rest.is_empty() => self.is_last = true,
            _ => {}
        }
    }
}
