//! Huffman tables as lookup tables (ITU-T T.81, annexes C and F.2.2.3).

use crate::error::Error;

/// Number of bits of an index into [`Huffman::symbols`].
pub(crate) const SYMBOL_BITS: u32 = 10;

/// Number of bits of an index into [`Huffman::skips`].
pub(crate) const SKIP_BITS: u32 = 12;

/// Longest [`Skip`] in bits: after two of them, out of 56 bits, enough are ready for the next one.
const MAX_SKIP: u32 = 22;

/// Added to [`Skip::advance`] if an end of block is among the symbols.
pub(crate) const END: u32 = 128;

/// [`Skip::advance`] if the table has no code; no sum with it is the end of a block.
const UNKNOWN: u8 = 255;

/// A symbol of up to [`SYMBOL_BITS`] bits; `length` is 0 if the code is longer or invalid.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(4))]
pub(crate) struct Symbol {
    /// Bits of the code and of the value after it.
    pub(crate) length: u8,
    /// Number of coefficients; 64 for an end of block, and 64 plus the bits of its length for an end of bands.
    pub(crate) advance: u8,
    /// Bits of the code.
    pub(crate) code: u8,
    /// 63 minus the bits of the value.
    pub(crate) shift: u8,
}

/// Several symbols that are skipped at once.
#[derive(Debug, Clone, Copy)]
#[repr(align(2))]
pub(crate) struct Skip {
    /// Bits of all codes and values.
    pub(crate) length: u8,
    /// Number of coefficients of all symbols.
    pub(crate) advance: u8,
}

/// The meaning of a table's symbols.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Differences of DC coefficients.
    Dc,
    /// Runs and AC coefficients of a sequential scan.
    Ac,
    /// Runs and AC coefficients of a progressive scan, with runs of ends of bands (G.1.2.2).
    Band,
}

/// A table as DHT defines it (B.2.4.2).
#[derive(Debug, Clone)]
pub(crate) struct Definition {
    /// Number of codes of 1 to 16 bits.
    pub(crate) counts: [u8; 16],
    /// The symbols, in the order of their codes.
    pub(crate) values: Vec<u8>,
}

/// A lookup table.
#[derive(Debug)]
pub(crate) struct Huffman {
    pub(crate) symbols: Box<[Symbol; 1 << SYMBOL_BITS]>,
    /// For each length, the first 16-bit number after all codes of that length, and the offset of their symbols.
    limits: [(u32, i32); 17],
    values: Vec<u8>,
    class: Class,
}

/// A lookup table for skipping symbols.
pub(crate) type Skips = Box<[Skip; 1 << SKIP_BITS]>;

impl Huffman {
    pub(crate) fn new(definition: &Definition, class: Class) -> Result<Huffman, Error> {
        let Definition { counts, values } = definition;
        let mut table = Huffman {
            symbols: Box::new([Symbol::default(); 1 << SYMBOL_BITS]),
            limits: [(0, 0); 17],
            values: values.clone(),
            class,
        };
        let (mut code, mut index) = (0u32, 0usize);
        for (bits, count) in (1u32..).zip(counts) {
            table.limits[bits as usize].1 = index as i32 - code as i32;
            for _ in 0..*count {
                let symbol = *values.get(index).ok_or(Error::Broken("a Huffman table"))?;
                if code >= 1 << bits || (class == Class::Dc && symbol > 15) {
                    return Err(Error::Broken("a Huffman table"));
                }
                if bits <= SYMBOL_BITS {
                    let rest = SYMBOL_BITS - bits;
                    let from = (code << rest) as usize;
                    let entry = table.entry(bits, symbol);
                    table.symbols[from..from + (1 << rest)].fill(entry);
                }
                code += 1;
                index += 1;
            }
            // No code consists of ones only (C.2).
            if *count > 0 && code >= 1 << bits {
                return Err(Error::Broken("a Huffman table"));
            }
            table.limits[bits as usize].0 = code << (16 - bits);
            code <<= 1;
        }
        Ok(table)
    }

    fn entry(&self, bits: u32, symbol: u8) -> Symbol {
        let (run, size) = (symbol >> 4, symbol & 15);
        let (advance, size) = match (self.class, run, size) {
            (Class::Dc, ..) => (1, size),
            (Class::Ac, 0..15, 0) => (64, 0),
            (Class::Band, 0..15, 0) => (64 + run, run),
            _ => (run + 1, size),
        };
        Symbol { length: bits as u8 + size, advance, code: bits as u8, shift: 63 - size }
    }

    /// Returns the symbol whose code begins these 16 bits; `None` if there is none.
    #[cold]
    #[inline(never)]
    pub(crate) fn search(&self, next: u32) -> Option<Symbol> {
        let bits = (1..=16).find(|bits| next < self.limits[*bits as usize].0)?;
        let index = (next >> (16 - bits)) as i32 + self.limits[bits as usize].1;
        let symbol = *self.values.get(usize::try_from(index).ok()?)?;
        Some(self.entry(bits, symbol))
    }

    /// Returns the table for skipping this table's symbols.
    pub(crate) fn skips(&self) -> Skips {
        let mut skips = Box::new([Skip { length: 0, advance: UNKNOWN }; 1 << SKIP_BITS]);
        for (index, skip) in (0u32..).zip(skips.iter_mut()) {
            let (mut length, mut advance) = (0, 0);
            while length < SKIP_BITS && advance < 64 {
                let left = SKIP_BITS - length;
                let next = (index << length) & ((1 << SKIP_BITS) - 1);
                let mut symbol = self.symbols[(next >> (SKIP_BITS - SYMBOL_BITS)) as usize];
                if symbol.length == 0 {
                    symbol = self.search(next << (16 - SKIP_BITS)).unwrap_or_default();
                }
                // Symbols beyond the end of the block are left to the slow path: their sum would look like an end of
                // block.
                let is_beyond = symbol.advance < 64 && advance + u32::from(symbol.advance) > 64;
                if is_beyond
                    || symbol.length == 0
                    || u32::from(symbol.code) > left
                    || length + u32::from(symbol.length) > MAX_SKIP
                {
                    break;
                }
                length += u32::from(symbol.length);
                advance += if symbol.advance == 64 { END } else { u32::from(symbol.advance) };
            }
            if length > 0 {
                *skip = Skip { length: length as u8, advance: advance as u8 };
            }
        }
        skips
    }
}
