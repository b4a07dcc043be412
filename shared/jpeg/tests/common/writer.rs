//! Entropy coding: T.81, F.1.2 and G.1.2.

use std::collections::HashMap;

use super::coder::{Block, Scan};

/// Frequent symbols.
const FREQUENT: [u8; 8] = [0x01, 0x00, 0x02, 0x11, 0x03, 0x21, 0x04, 0x31];

/// Huffman tables with every symbol, so that any bytes can be coded.
#[derive(Debug)]
pub(crate) struct Codes {
    counts: [u8; 16],
    symbols: Vec<u8>,
    codes: HashMap<u8, (u32, u32)>,
}

impl Codes {
    /// All symbols with 8 or 9 bits.
    pub(crate) fn flat() -> Codes {
        let mut counts = [0; 16];
        (counts[7], counts[8]) = (254, 2);
        Codes::new(counts, &FREQUENT)
    }

    /// These four symbols with the shortest codes.
    pub(crate) fn of(frequent: &[u8; 4]) -> Codes {
        Codes::new([0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 252, 0, 0, 0, 0, 0], frequent)
    }

    /// A few short codes, and the longest codes for all others.
    pub(crate) fn skewed() -> Codes {
        Codes::new([0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 248], &FREQUENT)
    }

    fn new(counts: [u8; 16], frequent: &[u8]) -> Codes {
        let others = (0..=255).filter(|symbol| !frequent.contains(symbol));
        let order: Vec<u8> = frequent.iter().copied().chain(others).collect();
        let (mut codes, mut code, mut symbols) = (HashMap::new(), 0, order.iter());
        for (bits, count) in (1..).zip(counts) {
            for _ in 0..count {
                codes.insert(*symbols.next().expect("256 codes"), (code, bits));
                code += 1;
            }
            code <<= 1;
        }
        Codes { counts, symbols: order, codes }
    }

    /// Writes DHT for class 0 and 1. DC symbols above 15 are invalid, so the DC table differs.
    pub(crate) fn segments(&self) -> Vec<u8> {
        let mut bytes = vec![0xFF, 0xC4, 0, 2 + 17 + 12, 0x00, 0, 0, 0, 12];
        bytes.extend([0; 12]);
        bytes.extend(0..12);
        bytes.extend([0xFF, 0xC4, 1, 19, 0x10]);
        bytes.extend(self.counts);
        bytes.extend(&self.symbols);
        bytes
    }
}

/// A file that is being written.
pub(crate) struct Writer<'a> {
    pub(crate) bytes: Vec<u8>,
    codes: &'a Codes,
    is_progressive: bool,
    bits: u64,
    count: u32,
    last: [i32; 4],
    /// The pending end-of-band run, and the correction bits within it.
    ended: u32,
    corrections: Vec<u32>,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(bytes: Vec<u8>, codes: &'a Codes, is_progressive: bool) -> Writer<'a> {
        let (last, corrections) = ([0; 4], Vec::new());
        Writer { bytes, codes, is_progressive, bits: 0, count: 0, last, ended: 0, corrections }
    }

    pub(crate) fn begin(&mut self) {
        self.last = [0; 4];
    }

    pub(crate) fn end(&mut self) {
        self.ends();
        if self.count > 0 {
            let bits = 8 - self.count;
            self.put((1 << bits) - 1, bits);
        }
    }

    pub(crate) fn restart(&mut self, number: usize) {
        self.end();
        self.bytes.extend([0xFF, 0xD0 + (number % 8) as u8]);
        self.begin();
    }

    pub(crate) fn block(&mut self, block: &Block, component: usize, scan: &Scan) {
        let Scan { first, last, high, low, .. } = *scan;
        if !self.is_progressive {
            self.difference(block[0], component);
            self.band(block, 1, 63, 0);
            self.ends();
        } else if first == 0 && high == 0 {
            self.difference(block[0] >> low, component);
        } else if first == 0 {
            self.put((block[0] >> low) as u32 & 1, 1);
        } else if high == 0 {
            self.band(block, first, last, low);
        } else {
            self.refine(block, first, last, low);
        }
    }

    fn put(&mut self, value: u32, bits: u32) {
        self.bits = self.bits << bits | u64::from(value);
        self.count += bits;
        while self.count >= 8 {
            self.count -= 8;
            let byte = (self.bits >> self.count) as u8;
            self.bytes.push(byte);
            if byte == 0xFF {
                self.bytes.push(0);
            }
        }
    }

    fn symbol(&mut self, symbol: usize) {
        let (code, bits) = self.codes.codes[&(symbol as u8)];
        self.put(code, bits);
    }

    /// The bits that select one of the values of a size.
    fn value(&mut self, value: i32, size: u32) {
        let bits = if value < 0 { value - 1 } else { value };
        if size > 0 {
            self.put(bits as u32 & ((1 << size) - 1), size);
        }
    }

    fn difference(&mut self, value: i32, component: usize) {
        let difference = value - self.last[component];
        self.last[component] = value;
        let size = size(difference);
        // The DC table has codes of 4 bits.
        self.put(size, 4);
        self.value(difference, size);
    }

    /// Writes coefficients for the first time. The point transform rounds towards 0.
    fn band(&mut self, block: &Block, first: usize, last: usize, low: u32) {
        let mut run = 0;
        for value in &block[first..=last] {
            let value = value.signum() * (value.abs() >> low);
            if value == 0 {
                run += 1;
                continue;
            }
            self.ends();
            while run > 15 {
                self.symbol(0xF0);
                run -= 16;
            }
            let size = size(value);
            self.symbol(run << 4 | size as usize);
            self.value(value, size);
            run = 0;
        }
        self.end_block(run > 0, Vec::new());
    }

    /// Refines each coefficient by another bit (T.81, figure G.7).
    fn refine(&mut self, block: &Block, first: usize, last: usize, low: u32) {
        let bit = |k: usize| block[k].unsigned_abs() >> low;
        let newest = (first..=last).rev().find(|k| bit(*k) == 1).unwrap_or(0);
        let (mut run, mut corrections) = (0, Vec::new());
        for (k, value) in (first..).zip(&block[first..=last]) {
            match bit(k) {
                0 => run += 1,
                level => {
                    while run > 15 && k <= newest {
                        self.ends();
                        self.symbol(0xF0);
                        run -= 16;
                        self.correct(&mut corrections);
                    }
                    if level > 1 {
                        corrections.push(level & 1);
                        continue;
                    }
                    self.ends();
                    self.symbol(run << 4 | 1);
                    self.put(u32::from(*value > 0), 1);
                    self.correct(&mut corrections);
                    run = 0;
                }
            }
        }
        self.end_block(run > 0 || !corrections.is_empty(), corrections);
    }

    fn correct(&mut self, corrections: &mut Vec<u32>) {
        corrections.drain(..).for_each(|bit| self.put(bit, 1));
    }

    fn end_block(&mut self, has_ended: bool, corrections: Vec<u32>) {
        if has_ended {
            self.ended += 1;
            self.corrections.extend(corrections);
            if self.ended == 0x7FFF {
                self.ends();
            }
        }
    }

    /// Writes the pending end-of-band run.
    fn ends(&mut self) {
        if self.ended > 0 {
            let size = self.ended.ilog2();
            self.symbol((size << 4) as usize);
            self.put(self.ended & ((1 << size) - 1), size);
            self.ended = 0;
            let mut corrections = std::mem::take(&mut self.corrections);
            self.correct(&mut corrections);
        }
    }
}

/// Returns the number of bits of a value.
fn size(value: i32) -> u32 {
    32 - value.unsigned_abs().leading_zeros()
}
