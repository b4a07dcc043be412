//! An encoder for JPEGs with any sampling, restarts and scans. libjpeg-turbo's interface offers few of them.

use std::f64::consts::PI;

use super::Random;
use super::writer::{Codes, Writer};

/// The parameters of a file.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Sampling factors of each component.
    pub(crate) sampling: Vec<(usize, usize)>,
    /// Restart interval in MCUs; 0 for none.
    pub(crate) interval: usize,
}

/// A scan: its components, its coefficients in zigzag order, and their bits (T.81, G.1.1.1).
#[derive(Debug, Clone)]
pub(crate) struct Scan {
    pub(crate) components: Vec<usize>,
    pub(crate) first: usize,
    pub(crate) last: usize,
    pub(crate) high: u32,
    pub(crate) low: u32,
}

impl Scan {
    /// Returns a scan of whole blocks of these components.
    pub(crate) fn whole(components: &[usize]) -> Scan {
        Scan { components: components.to_vec(), first: 0, last: 63, high: 0, low: 0 }
    }
}

/// Quantised coefficients in zigzag order.
pub(crate) type Block = [i32; 64];

/// A component's blocks, with the padding of interleaved scans.
#[derive(Debug, Clone)]
pub(crate) struct Blocks {
    pub(crate) across: usize,
    pub(crate) blocks: Vec<Block>,
}

/// An image before it is written.
#[derive(Debug, Clone)]
pub(crate) struct Coefficients {
    pub(crate) layout: Layout,
    /// In zigzag order, the same for all components.
    quantisers: [u8; 64],
    pub(crate) components: Vec<Blocks>,
}

const ZIGZAG: [usize; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
    28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
    47, 55, 62, 63,
];

impl Layout {
    fn max(&self) -> (usize, usize) {
        let max = |side: fn(&(usize, usize)) -> usize| self.sampling.iter().map(side).max().unwrap_or(1);
        (max(|sampling| sampling.0), max(|sampling| sampling.1))
    }

    /// MCUs of a scan: T.81, A.2.
    fn mcus(&self, components: &[usize]) -> (usize, usize) {
        let max = self.max();
        let side = |length: usize, factor: usize, max: usize| match components {
            [_] => (length * factor).div_ceil(max).div_ceil(8),
            _ => length.div_ceil(8 * max),
        };
        let (across, down) = self.sampling[components[0]];
        (side(self.width, across, max.0), side(self.height, down, max.1))
    }

    fn empty(&self) -> Vec<Blocks> {
        let max = self.max();
        let blocks = |(across, down): &(usize, usize)| {
            let across = self.width.div_ceil(8 * max.0) * across;
            let down = self.height.div_ceil(8 * max.1) * down;
            Blocks { across, blocks: vec![[0; 64]; across * down] }
        };
        self.sampling.iter().map(blocks).collect()
    }
}

impl Coefficients {
    /// Returns random coefficients, which are the same for the same seed.
    pub(crate) fn random(layout: &Layout, random: &mut Random) -> Coefficients {
        let mut components = layout.empty();
        for block in components.iter_mut().flat_map(|component| &mut component.blocks) {
            block[0] = random.below(50) as i32 - 25;
            let end = if random.below(3) == 0 { 64 } else { random.below(40) as usize };
            for (k, value) in block.iter_mut().enumerate().take(end).skip(1) {
                let level = 1 + random.below(1 + 12 / k as u64) as i32;
                let sign = if random.below(2) == 0 { 1 } else { -1 };
                *value = if random.below(3) == 0 { 0 } else { sign * level };
            }
        }
        Coefficients { layout: layout.clone(), quantisers: quantisers(60), components }
    }

    /// Returns the coefficients of a smooth image with grain and edges, at a quality of 1 to 100.
    pub(crate) fn drawn(layout: &Layout, quality: usize, random: &mut Random) -> Coefficients {
        let (max, quantisers) = (layout.max(), quantisers(quality));
        let cosine: Vec<f64> = (0..64)
            .map(|i| {
                let (u, x) = (i / 8, i % 8);
                let scale = if u == 0 { (1.0_f64 / 8.0).sqrt() } else { 0.5 };
                scale * ((2 * x + 1) as f64 * u as f64 * PI / 16.0).cos()
            })
            .collect();
        let mut components = layout.empty();
        for (component, Blocks { across, blocks }) in components.iter_mut().enumerate() {
            // Number of pixels that a sample covers.
            let (factor_x, factor_y) = layout.sampling[component];
            let wide = (max.0 as f64 / factor_x as f64, max.1 as f64 / factor_y as f64);
            for (index, block) in blocks.iter_mut().enumerate() {
                let (left, top) = (index % *across * 8, index / *across * 8);
                let samples: Vec<f64> = (0..64)
                    .map(|i| {
                        let (x, y) = ((left + i % 8) as f64 * wide.0, (top + i / 8) as f64 * wide.1);
                        let wave = (x * (3 + component) as f64 / 17.0).sin() + (y / (9.0 + component as f64)).cos();
                        let edge = if (x as usize / 13 + y as usize / 11).is_multiple_of(2) { 30.0 } else { 0.0 };
                        (40.0 * wave + edge - 18.0 + random.below(9) as f64).clamp(-128.0, 127.0)
                    })
                    .collect();
                for k in 0..64 {
                    let (u, v) = (ZIGZAG[k] % 8, ZIGZAG[k] / 8);
                    let sum: f64 = (0..64).map(|i| samples[i] * cosine[u * 8 + i % 8] * cosine[v * 8 + i / 8]).sum();
                    block[k] = (sum / f64::from(quantisers[k])).round() as i32;
                }
            }
        }
        Coefficients { layout: layout.clone(), quantisers, components }
    }

    /// Writes a file of these scans; it is progressive if one of them has less than whole blocks.
    pub(crate) fn file(&self, scans: &[Scan], codes: &Codes) -> Vec<u8> {
        let Layout { width, height, sampling, interval } = &self.layout;
        let is_progressive = scans.iter().any(|scan| (scan.first, scan.last, scan.high, scan.low) != (0, 63, 0, 0));
        let frame = if is_progressive { 0xC2 } else { 0xC1 };
        let mut file = vec![0xFF, 0xD8, 0xFF, 0xDB, 0, 67, 0];
        file.extend(self.quantisers);
        file.extend([0xFF, frame, 0, 8 + 3 * sampling.len() as u8, 8]);
        file.extend([(height >> 8) as u8, *height as u8, (width >> 8) as u8, *width as u8, sampling.len() as u8]);
        for (id, (across, down)) in (1..).zip(sampling) {
            file.extend([id, (across << 4 | down) as u8, 0]);
        }
        file.extend(codes.segments());
        file.extend([0xFF, 0xDD, 0, 4, (interval >> 8) as u8, *interval as u8]);
        let mut writer = Writer::new(file, codes, is_progressive);
        for scan in scans {
            self.scan(scan, &mut writer);
        }
        let mut file = writer.bytes;
        file.extend([0xFF, 0xD9]);
        file
    }

    fn scan(&self, scan: &Scan, writer: &mut Writer<'_>) {
        let Scan { components, first, last, high, low } = scan;
        writer.bytes.extend([0xFF, 0xDA, 0, 6 + 2 * components.len() as u8, components.len() as u8]);
        components.iter().for_each(|component| writer.bytes.extend([*component as u8 + 1, 0]));
        writer.bytes.extend([*first as u8, *last as u8, (high << 4 | low) as u8]);
        let (across, down) = self.layout.mcus(components);
        writer.begin();
        for mcu in 0..across * down {
            if self.layout.interval > 0 && mcu > 0 && mcu.is_multiple_of(self.layout.interval) {
                writer.restart(mcu / self.layout.interval - 1);
            }
            for component in components {
                let (wide, high) = if components.len() == 1 { (1, 1) } else { self.layout.sampling[*component] };
                let Blocks { across: stride, blocks } = &self.components[*component];
                for i in 0..wide * high {
                    let (x, y) = (mcu % across * wide + i % wide, mcu / across * high + i / wide);
                    writer.block(&blocks[y * stride + x], *component, scan);
                }
            }
        }
        writer.end();
    }
}

/// One quantisation table, coarser for higher frequencies; 100 is lossless except for rounding.
fn quantisers(quality: usize) -> [u8; 64] {
    std::array::from_fn(|k| ((100 - quality) * (8 + k) / 60).clamp(1, 255) as u8)
}

/// A progressive script: the DC coefficients of each component, with the bits from `bits` on in a second scan, and its
/// AC coefficients in bands that are refined from any bit on, in any valid order.
pub(crate) fn script(components: usize, random: &mut Random) -> Vec<Scan> {
    let all: Vec<usize> = (0..components).collect();
    let low = random.below(3) as u32;
    let is_together = components == 1 || random.below(2) == 0;
    let groups: Vec<Vec<usize>> =
        if is_together { vec![all] } else { all.into_iter().map(|component| vec![component]).collect() };
    let dc = |components: &Vec<usize>, high, low| Scan { components: components.clone(), first: 0, last: 0, high, low };
    let mut scans: Vec<Scan> = groups.iter().map(|group| dc(group, 0, low)).collect();
    // The remaining scans, each queue in its order.
    let mut queues: Vec<Vec<Scan>> =
        groups.iter().map(|group| (0..low).map(|to| dc(group, to + 1, to)).collect()).collect();
    for component in 0..components {
        let mut first = 1;
        while first < 64 {
            let last = (first + random.below(63) as usize).min(63);
            let low = random.below(4) as u32;
            let scan = |high, low| Scan { components: vec![component], first, last, high, low };
            queues.push((0..low).map(|to| scan(to + 1, to)).chain([scan(0, low)]).collect());
            first = last + 1;
        }
    }
    while !queues.is_empty() {
        let at = random.below(queues.len() as u64) as usize;
        match queues[at].pop() {
            Some(scan) => scans.push(scan),
            None => drop(queues.swap_remove(at)),
        }
    }
    scans
}

/// Writes a file of random coefficients with all components in one scan.
pub(crate) fn random(layout: &Layout, random: &mut Random) -> Vec<u8> {
    let all: Vec<usize> = (0..layout.sampling.len()).collect();
    Coefficients::random(layout, random).file(&[Scan::whole(&all)], &Codes::flat())
}
