//! Bits of entropy-coded data, 64 at a time (ITU-T T.81, F.2.2.5).

use crate::huffman::{END, Huffman, SKIP_BITS, SYMBOL_BITS, Skips, Symbol};
use crate::window::Window;

/// Number of bits after a refill: more than one symbol with its value takes.
pub(crate) const REFILLED: u32 = 56;

/// A position in a [`Window`], small enough for registers, so it is copied in and out of loops.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cursor {
    /// The next bits, from the highest downwards. `count` of them are counted; those below were read ahead.
    bits: u64,
    count: u32,
    /// The first byte of the window that is not counted.
    pub(crate) pos: usize,
}

impl Cursor {
    /// Returns a position beyond the end of an empty window.
    pub(crate) fn beyond() -> Cursor {
        Cursor { bits: 0, count: 0, pos: 8 }
    }

    /// Reads ahead, so that at least [`REFILLED`] bits are ready.
    #[inline(always)]
    pub(crate) fn refill(&mut self, window: &Window) {
        self.bits |= window.load(self.pos).wrapping_shr(self.count);
        self.pos += ((63 - self.count) >> 3) as usize;
        self.count |= REFILLED;
    }

    /// Returns the next `bits` bits, 1 to 32.
    #[inline(always)]
    pub(crate) fn peek(&self, bits: u32) -> u32 {
        (self.bits >> (64 - bits)) as u32
    }

    #[inline(always)]
    pub(crate) fn consume(&mut self, bits: u32) {
        self.bits = self.bits.wrapping_shl(bits);
        self.count = self.count.wrapping_sub(bits);
    }

    /// Returns the number of bits of the window that are used.
    pub(crate) fn used(&self) -> usize {
        self.pos * 8 - self.count as usize
    }

    /// Reads a symbol and the value after it (F.2.2.1). [`SYMBOL_BITS`] must be ready, and are ready again afterwards.
    ///
    /// The table lookup comes before the refill, so that neither waits for the other.
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

    /// Reads a symbol after which an unsigned number may follow, which is the third result.
    #[inline(always)]
    pub(crate) fn band_symbol(&mut self, window: &Window, table: &Huffman) -> (Symbol, i32, u32) {
        let mut ahead = *self;
        let (symbol, value) = self.symbol(window, table);
        ahead.refill(window);
        let number = (ahead.bits.wrapping_shl(symbol.code.into()) >> 1).wrapping_shr(symbol.shift.into());
        (symbol, value, number as u32)
    }

    /// Reads a bit. One must be ready.
    #[inline(always)]
    pub(crate) fn bit(&mut self) -> bool {
        let is_set = self.bits >> 63 == 1;
        self.consume(1);
        is_set
    }

    /// An invalid code counts as an end of block of 16 bits, or as no difference, as for libjpeg.
    fn long_symbol(self, table: &Huffman) -> Symbol {
        table.search(self.peek(16)).unwrap_or(Symbol { length: 16, advance: BAD, code: 16, shift: 63 })
    }

    /// Skips the coefficients from `k` to the end of the block. Returns false for an invalid code. [`SKIP_BITS`] must
    /// be ready, and are ready again afterwards.
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

/// Whether symbols end with the last coefficient, or with an end of block before it. Otherwise they belong to two
/// blocks, or are unknown.
#[inline(always)]
fn is_end(k: u32) -> bool {
    k == 64 || (END..END + 64).contains(&k)
}

/// [`Symbol::advance`] of an invalid code.
pub(crate) const BAD: u8 = 200;

/// The procedure EXTEND (F.2.2.1) on the topmost `63 - shift` bits.
#[inline(always)]
fn extend(bits: u64, shift: u32) -> i32 {
    let is_negative = !(bits as i64 >> 63) as u64;
    let most = (u64::MAX >> 1).wrapping_shr(shift);
    ((bits >> 1).wrapping_shr(shift) as i32).wrapping_sub((most & is_negative) as i32)
}
