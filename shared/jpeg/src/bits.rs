//! Bits of entropy-coded data, 64 at a time: ITU-T T.81, F.2.2.5.

use crate::huffman::{END, Huffman, SKIP_BITS, SYMBOL_BITS, Skips, Symbol};
use crate::window::Window;

/// More bits than one symbol with its value takes.
pub(crate) const REFILLED: u32 = 56;

/// A place in a [`Window`]. Small enough to live in registers, so it is copied in and out of the loops.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cursor {
    /// The next bits, from the highest downwards; `count` of them are counted, and what is below is only there early.
    bits: u64,
    count: u32,
    /// The first byte of the window that is not counted.
    pub(crate) pos: usize,
}

impl Cursor {
    /// A place where more is used than there is.
    pub(crate) fn beyond() -> Cursor {
        Cursor { bits: 0, count: 0, pos: 8 }
    }

    /// Makes at least [`REFILLED`] bits ready.
    #[inline(always)]
    pub(crate) fn refill(&mut self, window: &Window) {
        self.bits |= window.load(self.pos).wrapping_shr(self.count);
        self.pos += ((63 - self.count) >> 3) as usize;
        self.count |= REFILLED;
    }

    /// The next `bits` bits, 1 to 32.
    #[inline(always)]
    pub(crate) fn peek(&self, bits: u32) -> u32 {
        (self.bits >> (64 - bits)) as u32
    }

    #[inline(always)]
    pub(crate) fn consume(&mut self, bits: u32) {
        self.bits = self.bits.wrapping_shl(bits);
        self.count = self.count.wrapping_sub(bits);
    }

    /// How many bits of the window are used up.
    pub(crate) fn used(&self) -> usize {
        self.pos * 8 - self.count as usize
    }

    /// Takes a symbol and the value behind it: F.2.2.1. [`SYMBOL_BITS`] must be ready; as many are so again afterwards.
    ///
    /// The table is asked before the refill, so that neither waits for the other.
    #[inline(always)]
    pub(crate) fn symbol(&mut self, window: &Window, table: &Huffman) -> (Symbol, i32) {
        let mut symbol = table.symbols[self.peek(SYMBOL_BITS) as usize];
        self.refill(window);
        if symbol.length == 0 {
            symbol = self.long_symbol(table);
        }
        let value = extend(self.bits.wrapping_shl(symbol.code.into()), symbol.shift.into());
        self.consume(symbol.length.into());
        (symbol, value)
    }

    /// The same where a number without sign may follow, which comes third.
    #[inline(always)]
    pub(crate) fn band_symbol(&mut self, window: &Window, table: &Huffman) -> (Symbol, i32, u32) {
        let mut ahead = *self;
        let (symbol, value) = self.symbol(window, table);
        ahead.refill(window);
        let number = (ahead.bits.wrapping_shl(symbol.code.into()) >> 1).wrapping_shr(symbol.shift.into());
        (symbol, value, number as u32)
    }

    /// The next bit. One must be ready.
    #[inline(always)]
    pub(crate) fn bit(&mut self) -> bool {
        let is_set = self.bits >> 63 == 1;
        self.consume(1);
        is_set
    }

    /// What is no code counts as an end of block of 16 bits, or as no difference, as for libjpeg.
    fn long_symbol(self, table: &Huffman) -> Symbol {
        table.search(self.peek(16)).unwrap_or(Symbol { length: 16, advance: BAD, code: 16, shift: 63 })
    }

    /// Passes over the coefficients from `k` to the block's end; false where a code does not exist. [`SKIP_BITS`] must be
    /// ready; as many are so again afterwards.
    #[inline(always)]
    pub(crate) fn skip_block(&mut self, window: &Window, table: &Huffman, skips: &Skips, mut k: u32) -> bool {
        loop {
            let skip = skips[self.peek(SKIP_BITS) as usize];
            self.refill(window);
            let mut next = k + u32::from(skip.advance);
            if next < 64 {
                self.consume(skip.length.into());
                k = next;
                let skip = skips[self.peek(SKIP_BITS) as usize];
                next = k + u32::from(skip.advance);
                if next < 64 {
                    self.consume(skip.length.into());
                    k = next;
                    continue;
                }
                if is_end(next) {
                    self.consume(skip.length.into());
                    return true;
                }
            } else if is_end(next) {
                self.consume(skip.length.into());
                return true;
            }
            let (symbol, _) = self.symbol(window, table);
            k += u32::from(symbol.advance);
            if k >= 64 {
                return symbol.advance != BAD;
            }
        }
    }
}

/// Whether symbols end with the last coefficient, or with an end of block before it. Otherwise they belong to two blocks,
/// or are unknown.
#[inline(always)]
fn is_end(k: u32) -> bool {
    k == 64 || (END..END + 64).contains(&k)
}

/// [`Symbol::advance`] of what is no code.
pub(crate) const BAD: u8 = 200;

/// The procedure EXTEND of F.2.2.1 on the topmost `63 - shift` bits.
#[inline(always)]
fn extend(bits: u64, shift: u32) -> i32 {
    let is_negative = !(bits as i64 >> 63) as u64;
    let most = (u64::MAX >> 1).wrapping_shr(shift);
    ((bits >> 1).wrapping_shr(shift) as i32).wrapping_sub((most & is_negative) as i32)
}
