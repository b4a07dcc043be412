//! The nearest colour of a palette, searched once for each colour.
//!
//! NeuQuant searches outwards from a colour's green: if all colours have the same green, it searches the whole palette.
//! But then there are few colours, and results are cached.
//!

use color_quant::NeuQuant;

/// Largest size of the cache, as a power of two: 1 MB.
const BITS: u32 = 18;

/// Marks an empty cache entry. It is no colour's key, because a palette with an index for transparency ends before
/// index 255.
const NOTHING: u32 = u32::MAX;

pub(super) struct Nearest<'a> {
    network: &'a NeuQuant,
    /// Significant bits of each channel, 1 to 8.
    depth: u32,
    /// The cache: a colour and its palette index, at a place computed from the colour.
    known: Vec<u32>,
    shift: u32,
}

impl<'a> Nearest<'a> {
    /// Returns a cache for an image of `pixels` pixels. Colours that agree in the upper `depth` bits of each channel
    /// become one.
    pub(super) fn new(network: &'a NeuQuant, pixels: usize, depth: u32) -> Nearest<'a> {
        let bits = pixels.next_power_of_two().trailing_zeros().clamp(1, BITS);
        Nearest { network, depth, known: vec![NOTHING; 1 << bits], shift: 32 - bits }
    }

    /// Returns the index that `NeuQuant::index_of` gives an opaque pixel: one of the first 255.
    pub(super) fn index_of(&mut self, color: [u8; 3]) -> u8 {
        let [red, green, blue] = color.map(|level| middle(level, self.depth));
        let key = u32::from_be_bytes([0, red, green, blue]);
        // Fibonacci hashing.
        let place = (key.wrapping_mul(0x9e37_79b1) >> self.shift) as usize;
        if self.known[place] >> 8 != key || self.known[place] == NOTHING {
            let number = self.network.index_of(&[red, green, blue, 255]);
            self.known[place] = key << 8 | u32::try_from(number).unwrap_or(0);
        }
        self.known[place].to_be_bytes()[3]
    }
}

/// Returns the middle of all levels that agree in the upper `depth` bits.
fn middle(level: u8, depth: u32) -> u8 {
    let below = 0xff_u8.checked_shr(depth).unwrap_or(0);
    (level & !below) | ((below >> 1) + (below & 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise() -> Vec<[u8; 3]> {
        let next = |x: &u32| Some(x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
        let levels: Vec<u8> = std::iter::successors(Some(1u32), next).map(|x| (x >> 24) as u8).take(30_000).collect();
        levels.as_chunks::<3>().0.to_vec()
    }

    fn network(colors: &[[u8; 3]]) -> NeuQuant {
        let seen: Vec<u8> = colors.iter().flat_map(|&[r, g, b]| [r, g, b, 255]).collect();
        NeuQuant::new(1, 255, &seen)
    }

    #[test]
    fn the_same_numbers_as_color_quant() {
        let colors = noise();
        let network = network(&colors);
        // A cache so small that colours evict each other, and one so large that none is evicted.
        for pixels in [1, 64, colors.len()] {
            let mut nearest = Nearest::new(&network, pixels, 8);
            for &[r, g, b] in colors.iter().chain(&[[0; 3], [255; 3]]).chain(&colors) {
                assert_eq!(usize::from(nearest.index_of([r, g, b])), network.index_of(&[r, g, b, 255]), "{r} {g} {b}");
            }
        }
    }

    /// Of ten thousand colours with the same green, each is searched once, and colours that are joined only once.
    #[test]
    fn no_colour_is_searched_twice() {
        let colors: Vec<[u8; 3]> = noise().iter().map(|&[r, _, b]| [r & 0xf0, 128, b & 0xf0]).collect();
        let network = network(&colors);
        for (depth, most) in [(8, 256), (3, 64)] {
            let mut nearest = Nearest::new(&network, 1 << BITS, depth);
            colors.iter().for_each(|color| _ = nearest.index_of(*color));
            let looked_for = nearest.known.iter().filter(|known| **known != NOTHING).count();
            assert!(looked_for <= most, "{looked_for}");
        }
    }

    #[test]
    fn middles() {
        assert_eq!([0, 77, 255].map(|level| middle(level, 8)), [0, 77, 255]);
        assert_eq!([0, 3, 4, 255].map(|level| middle(level, 6)), [2, 2, 6, 254]);
        assert_eq!([0, 7, 8, 255].map(|level| middle(level, 5)), [4, 4, 12, 252]);
    }
}
