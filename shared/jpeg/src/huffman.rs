//! Huffman tables: ITU-T T.81, annexes C and F.2.2.3, as lookup tables.

use crate::error::Error;

/// How many bits index [`Huffman::symbols`].
pub(crate) const SYMBOL_BITS: u32 = 10;

/// How many bits index [`Huffman::skips`].
pub(crate) const SKIP_BITS: u32 = 12;

/// No [`Skip`] is longer, so that after two of them, out of 56 bits, enough are ready for the next one.
const MAX_SKIP: u32 = 22;

/// What [`Skip::advance`] is more where an end of block is among the symbols.
pub(crate) const END: u32 = 128;

/// What [`Skip::advance`] is where the table knows no code; no sum with it is a block's end.
const UNKNOWN: u8 = 255;

/// A symbol of up to [`SYMBOL_BITS`] bits; `length` is 0 where the code is longer or does not exist.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(4))]
pub(crate) struct Symbol {
    /// Bits of the code and of the value behind it.
    pub(crate) length: u8,
    /// How many coefficients it stands for; 64 for an end of block, and more, by the bits of its length, for an end of
    /// bands.
    pub(crate) advance: u8,
    /// Bits of the code.
    pub(crate) code: u8,
    /// 63 less the bits of the value.
    pub(crate) shift: u8,
}

/// Several symbols at once, of which only the length matters.
#[derive(Debug, Clone, Copy)]
#[repr(align(2))]
pub(crate) struct Skip {
    /// Bits of all codes and values.
    pub(crate) length: u8,
    /// How many coefficients they stand for.
    pub(crate) advance: u8,
}

/// What a table's symbols mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Differences of DC coefficients.
    Dc,
    /// Runs and AC coefficients of a sequential scan.
    Ac,
    /// The same in a progressive scan, with runs of ends of bands: G.1.2.2.
    Band,
}

/// A table as DHT defines it: B.2.4.2.
#[derive(Debug, Clone)]
pub(crate) struct Definition {
    /// How many codes there are of 1 to 16 bits.
    pub(crate) counts: [u8; 16],
    /// The symbols, in the order of their codes.
    pub(crate) values: Vec<u8>,
}

/// A table, ready to decode with.
#[derive(Debug)]
pub(crate) struct Huffman {
    pub(crate) symbols: Box<[Symbol; 1 << SYMBOL_BITS]>,
    /// Codes of up to 16 bits: the first 16-bit number beyond all codes of a length, and where their symbols begin.
    limits: [(u32, i32); 17],
    values: Vec<u8>,
    class: Class,
}

/// A table that swallows symbols.
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
            // C.2: no code is all ones.
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

    /// The symbol whose code begins these 16 bits; `None` where there is none.
    #[cold]
    #[inline(never)]
    pub(crate) fn search(&self, next: u32) -> Option<Symbol> {
        let bits = (1..=16).find(|bits| next < self.limits[*bits as usize].0)?;
        let index = (next >> (16 - bits)) as i32 + self.limits[bits as usize].1;
        let symbol = *self.values.get(usize::try_from(index).ok()?)?;
        Some(self.entry(bits, symbol))
    }

    /// The table that swallows this table's symbols.
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
                // What goes beyond the block is for the slow way: added up, it would look like an end of block.
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
