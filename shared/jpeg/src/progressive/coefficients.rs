//! The needed coefficients, until all scans are read.

use fearless_simd::Simd;

use crate::idct::{Block, ZIGZAG};
use crate::planes::{Layout, Plane};
use crate::target::Target;

/// A coefficient that is not kept.
pub(super) const NOWHERE: u8 = u8::MAX;

/// The coefficients of one component.
#[derive(Debug)]
pub(super) struct Coefficients {
    pub(super) layout: Layout,
    /// Blocks of the component in an interleaved MCU.
    pub(super) across: usize,
    pub(super) down: usize,
    /// Number of coefficients of a block that are kept, in rows as long as the transform is wide.
    pub(super) kept: usize,
    /// Where a coefficient in zigzag order is kept, or [`NOWHERE`].
    pub(super) places: [u8; 64],
    /// The kept coefficients as bits of the zigzag order.
    pub(super) mask: u64,
    pub(super) values: Vec<i16>,
    /// The coefficients of each block that are not 0, as bits of the zigzag order, for refinement scans (G.1.2.3).
    /// Empty until a scan of AC coefficients is needed.
    pub(super) nonzero: Vec<u64>,
}

impl Coefficients {
    pub(super) fn new(target: &Target) -> Coefficients {
        let Target { layout, scale, component, .. } = target;
        let (across, down) = (usize::from(scale.across), usize::from(scale.down));
        let kept = across * down;
        let place = |natural: u8| {
            let (u, v) = (usize::from(natural) % 8, usize::from(natural) / 8);
            if u < across && v < down { (v * across + u) as u8 } else { NOWHERE }
        };
        let places = ZIGZAG.map(place);
        let mask = (0..64).filter(|k| places[*k] != NOWHERE).fold(0, |mask, k| mask | 1 << k);
        Coefficients {
            layout: *layout,
            across: component.across.into(),
            down: component.down.into(),
            kept,
            places,
            mask,
            values: vec![0; layout.stride * layout.rows * kept],
            nonzero: Vec::new(),
        }
    }

    /// Transforms a row of MCUs to samples.
    #[inline(always)]
    pub(super) fn transform<S: Simd>(&self, simd: S, target: &Target, strip: usize, plane: &mut Plane) {
        let Target { transform: Some(transform), layout, scale, .. } = target else { return };
        let (across, down) = (usize::from(scale.across), usize::from(scale.down));
        let mut block: Block = [0.0; 64];
        let first = strip * self.down;
        for y in first..layout.down.min(first + self.down) {
            let values = &self.values[y * layout.stride * self.kept..];
            let samples = &mut plane.samples[(y - first) * down * plane.stride..];
            for (x, values) in values.chunks_exact(self.kept).take(layout.across).enumerate() {
                for (v, row) in values.chunks_exact(across).enumerate() {
                    let factors = &transform.factors[v * 8..];
                    for ((value, factor), sum) in row.iter().zip(factors).zip(&mut block[v * 8..]) {
                        *sum = f32::from(*value) * factor;
                    }
                }
                let samples = &mut samples[x * across..];
                if values[1..].iter().all(|value| *value == 0) {
                    transform.fill(&block, samples, plane.stride);
                } else {
                    transform.inverse(simd, &block, samples, plane.stride);
                }
            }
        }
    }
}
