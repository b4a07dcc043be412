//! Writes sequential JPEGs of random coefficients: samplings, restarts and scans that libjpeg-turbo's own interface does
//! not offer.

use std::collections::HashMap;

use super::{Coding, Random, drawn, encode};
use turbojpeg::Subsamp;

/// What to write.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Sampling factors of each component.
    pub(crate) sampling: Vec<(usize, usize)>,
    pub(crate) is_interleaved: bool,
    /// In MCUs, 0 for none.
    pub(crate) interval: usize,
}

type Codes = HashMap<u8, (u32, u32)>;

/// The quantisation and Huffman tables that libjpeg writes.
fn segments() -> (Vec<u8>, Codes, Codes) {
    let coding = Coding { sampling: Subsamp::Gray, quality: 60, ..Coding::default() };
    let file = encode(&drawn(8, 8, 3, &mut Random(1)), 8, 8, coding);
    let (mut tables, mut codes, mut pos) = (Vec::new(), [Codes::new(), Codes::new()], 2);
    loop {
        let (marker, length) = (file[pos + 1], usize::from(file[pos + 2]) << 8 | usize::from(file[pos + 3]));
        let segment = &file[pos..pos + 2 + length];
        match marker {
            0xDA => break,
            0xDB => tables.extend_from_slice(segment),
            0xC4 => {
                tables.extend_from_slice(segment);
                let (mut code, mut symbols) = (0, segment[21..].iter());
                for (bits, count) in (1..).zip(&segment[5..21]) {
                    for _ in 0..*count {
                        codes[usize::from(segment[4] >> 4)].insert(*symbols.next().expect("a symbol"), (code, bits));
                        code += 1;
                    }
                    code <<= 1;
                }
            }
            _ => {}
        }
        pos += 2 + length;
    }
    let [dc, ac] = codes;
    (tables, dc, ac)
}

#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
    bits: u64,
    count: u32,
}

impl Writer {
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

    fn align(&mut self) {
        if self.count > 0 {
            let bits = 8 - self.count;
            self.put((1 << bits) - 1, bits);
        }
    }

    /// A code and the value behind it.
    fn value(&mut self, codes: &Codes, run: u8, value: i32) {
        let size = 32 - value.unsigned_abs().leading_zeros();
        let (code, bits) = codes[&(run << 4 | size as u8)];
        self.put(code, bits);
        if size > 0 {
            let bits = if value < 0 { value - 1 } else { value };
            self.put(bits as u32 & ((1 << size) - 1), size);
        }
    }
}

/// A JPEG of this layout. Same seed, same file.
pub(crate) fn random(layout: &Layout, random: &mut Random) -> Vec<u8> {
    let (tables, dc, ac) = segments();
    let Layout { width, height, sampling, is_interleaved, interval } = layout;
    let mut writer = Writer::default();
    let mut head = vec![0xFF, 0xD8];
    head.extend(tables);
    head.extend([0xFF, 0xC0, 0, 8 + 3 * sampling.len() as u8, 8]);
    head.extend([(height >> 8) as u8, *height as u8, (width >> 8) as u8, *width as u8, sampling.len() as u8]);
    for (id, (across, down)) in (1..).zip(sampling) {
        head.extend([id, (across << 4 | down) as u8, 0]);
    }
    head.extend([0xFF, 0xDD, 0, 4, (interval >> 8) as u8, *interval as u8]);
    writer.bytes = head;
    let max = (sampling.iter().map(|s| s.0).max().unwrap_or(1), sampling.iter().map(|s| s.1).max().unwrap_or(1));
    let all: Vec<usize> = (0..sampling.len()).collect();
    let scans: Vec<Vec<usize>> =
        if *is_interleaved { vec![all] } else { all.into_iter().map(|component| vec![component]).collect() };
    for scan in scans {
        writer.bytes.extend([0xFF, 0xDA, 0, 6 + 2 * scan.len() as u8, scan.len() as u8]);
        scan.iter().for_each(|component| writer.bytes.extend([*component as u8 + 1, 0]));
        writer.bytes.extend([0, 63, 0]);
        let side = |length: usize, factor: usize, max: usize| match scan.len() {
            1 => (length * factor).div_ceil(max).div_ceil(8),
            _ => length.div_ceil(8 * max),
        };
        let (across, down) = sampling[scan[0]];
        let mcus = side(*width, across, max.0) * side(*height, down, max.1);
        let mut last = vec![0; sampling.len()];
        for mcu in 0..mcus {
            if *interval > 0 && mcu > 0 && mcu % interval == 0 {
                writer.align();
                writer.bytes.extend([0xFF, 0xD0 + ((mcu / interval - 1) % 8) as u8]);
                last.fill(0);
            }
            for component in &scan {
                let (across, down) = if scan.len() == 1 { (1, 1) } else { sampling[*component] };
                for _ in 0..across * down {
                    block(&mut writer, &dc, &ac, &mut last[*component], random);
                }
            }
        }
        writer.align();
    }
    writer.bytes.extend([0xFF, 0xD9]);
    writer.bytes
}

fn block(writer: &mut Writer, dc: &Codes, ac: &Codes, last: &mut i32, random: &mut Random) {
    let value = random.below(50) as i32 - 25;
    writer.value(dc, 0, value - *last);
    *last = value;
    let mut run = 0;
    let end = if random.below(3) == 0 { 64 } else { random.below(40) };
    for k in 1..64 {
        let is_zero = k >= end || random.below(3) == 0;
        if is_zero {
            run += 1;
            continue;
        }
        while run > 15 {
            writer.value(ac, 15, 0);
            run -= 16;
        }
        let most = 1 + 12 / k;
        let value = random.below(most) as i32 + 1;
        writer.value(ac, run, if random.below(2) == 0 { value } else { -value });
        run = 0;
    }
    if run > 0 {
        writer.value(ac, 0, 0);
    }
}
