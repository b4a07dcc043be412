//! Bit masks of the colours of a pixel.

/// The masks of red, green, blue and alpha.
#[derive(Clone, Copy)]
pub(super) struct Masks([Mask; 4]);

/// A run of bits of a pixel; empty if the colour is missing.
#[derive(Clone, Copy)]
struct Mask {
    shift: u32,
    bits: u32,
}

impl Masks {
    /// The default masks of 16-bit pixels.
    pub(super) const FIVE_BITS: Masks =
        Masks([Mask { shift: 10, bits: 5 }, Mask { shift: 5, bits: 5 }, Mask { shift: 0, bits: 5 }, Mask::NONE]);
    /// The default masks of 32-bit pixels.
    pub(super) const EIGHT_BITS: Masks =
        Masks([Mask { shift: 16, bits: 8 }, Mask { shift: 8, bits: 8 }, Mask { shift: 0, bits: 8 }, Mask::NONE]);

    /// Returns `None` if the bits of a colour are not contiguous.
    pub(super) fn new(masks: [u32; 4]) -> Option<Masks> {
        let [red, green, blue, alpha] = masks.map(Mask::new);
        Some(Masks([red?, green?, blue?, alpha?]))
    }

    pub(super) fn has_alpha(&self) -> bool {
        self.0[3].bits > 0
    }

    /// Returns the 8-bit red, green, blue and alpha of a pixel.
    pub(super) fn levels(&self, pixel: u32) -> [u8; 4] {
        self.0.map(|mask| mask.level(pixel))
    }
}

impl Mask {
    const NONE: Mask = Mask { shift: 0, bits: 0 };

    fn new(mask: u32) -> Option<Mask> {
        if mask == 0 {
            return Some(Mask::NONE);
        }
        let (shift, bits) = (mask.trailing_zeros(), mask.count_ones());
        // Of more than 8 bits, the upper 8 count.
        let is_run = (mask >> shift).trailing_ones() == bits;
        is_run.then_some(Mask { shift: shift + bits.saturating_sub(8), bits: bits.min(8) })
    }

    fn level(self, pixel: u32) -> u8 {
        let max = (1 << self.bits) - 1;
        let value = pixel >> self.shift & max;
        (value * 255 + max / 2).checked_div(max).unwrap_or(0) as u8
    }
}
