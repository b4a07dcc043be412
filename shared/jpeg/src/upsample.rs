//! Upsampling of planes: linear between samples, which lie in the middle of the pixels that they cover.

use crate::planes::Plane;

/// Steps between two samples.
const ONE: u32 = 64;

/// Reads upsampled rows of one plane.
pub(crate) struct UpsampledRows<'a> {
    plane: &'a Plane,
    /// The number of samples for a number of pixels, across and down.
    across: (u32, u32),
    down: (u32, u32),
    /// A mix of the upper and the lower row, in units of 1/[`ONE`].
    mixed: Vec<u16>,
    row: Vec<u8>,
}

impl<'a> UpsampledRows<'a> {
    /// Returns a reader. `across` and `down` are the numbers of samples and of the pixels that they cover.
    pub(crate) fn new(plane: &'a Plane, width: usize, across: (u32, u32), down: (u32, u32)) -> UpsampledRows<'a> {
        let is_same = across.0 == across.1 && down.0 == down.1;
        let (mixed, row) = if is_same { (0, 0) } else { (plane.width, width) };
        UpsampledRows { plane, across, down, mixed: vec![0; mixed], row: vec![0; row] }
    }

    /// Returns row `y` of the image.
    pub(crate) fn row(&mut self, y: usize) -> &[u8] {
        if self.row.is_empty() {
            return self.plane.row(y);
        }
        let (upper, lower, weight) = place(y, self.down, self.plane.height);
        let (upper, lower) = (self.plane.row(upper), self.plane.row(lower));
        for ((mixed, upper), lower) in self.mixed.iter_mut().zip(upper).zip(lower) {
            *mixed = u16::from(*upper) * (ONE - weight) as u16 + u16::from(*lower) * weight as u16;
        }
        if self.across == (1, 1) {
            let rounded = |mixed: &u16| ((*mixed + ONE as u16 / 2) / ONE as u16) as u8;
            self.row.iter_mut().zip(&self.mixed).for_each(|(sample, mixed)| *sample = rounded(mixed));
        } else if self.across == (1, 2) {
            doubled(&self.mixed, &mut self.row);
        } else {
            for (x, sample) in self.row.iter_mut().enumerate() {
                let (left, right, weight) = place(x, self.across, self.mixed.len());
                let (left, right) = (u32::from(self.mixed[left]), u32::from(self.mixed[right]));
                *sample = ((left * (ONE - weight) + right * weight + ONE * ONE / 2) / (ONE * ONE)) as u8;
            }
        }
        &self.row
    }
}

/// Returns the samples on both sides of the middle of a pixel, and the weight of the second one in units of 1/[`ONE`].
fn place(pixel: usize, (samples, pixels): (u32, u32), count: usize) -> (usize, usize, u32) {
    let (samples, pixels) = (samples as usize, pixels as usize);
    let at = ((2 * pixel + 1) * samples * ONE as usize / (2 * pixels)).saturating_sub(ONE as usize / 2);
    let first = (at / ONE as usize).min(count - 1);
    (first, (first + 1).min(count - 1), (at % ONE as usize) as u32)
}

/// Writes two pixels for each sample, a quarter of the way towards its neighbours.
fn doubled(mixed: &[u16], row: &mut [u8]) {
    let quarter = |near: u16, far: u16| ((3 * u32::from(near) + u32::from(far) + 2 * ONE) / (4 * ONE)) as u8;
    let last = mixed.len() - 1;
    row[0] = quarter(mixed[0], mixed[0]);
    let (pairs, _) = row[1..].as_chunks_mut::<2>();
    for (pair, samples) in pairs.iter_mut().zip(mixed.windows(2)) {
        *pair = [quarter(samples[0], samples[1]), quarter(samples[1], samples[0])];
    }
    if row.len() == 2 * mixed.len() {
        row[2 * last + 1] = quarter(mixed[last], mixed[last]);
    }
}
