//! Distinguishes drawings from photographs, for the encoders.

use std::collections::HashMap;

use crate::planes::Planes;
use crate::raster::Raster;

/// In a drawing, at least this percentage of neighbouring pixels is equal; in a photograph hardly any are.
const EQUAL_NEIGHBOURS: usize = 75;

/// The same percentage for chroma. It has half as many neighbours, and an edge makes one or two of them unequal.
/// Photographs and gradients had up to 41 %.
const EQUAL_BLOCKS: usize = 45;

/// Largest number of colours of a palette.
pub(crate) const MAX_COLORS: usize = 256;

impl Planes {
    /// Whether the image may be a drawing. Luma alone is not enough: it may hardly change where colours do.
    pub(crate) fn may_be_drawn(&self) -> bool {
        let Some([blue, red]) = &self.chroma else { return self.luma.is_drawn() };
        let (mut pairs, mut equal) = (0, 0);
        for (blue, red) in blue.pixels.chunks_exact(blue.stride()).zip(red.pixels.chunks_exact(red.stride())) {
            pairs += blue.len() - 1;
            let neighbours = blue.windows(2).zip(red.windows(2));
            equal += neighbours.filter(|(blue, red)| blue[0] == blue[1] && red[0] == red[1]).count();
        }
        equal * 100 >= pairs * EQUAL_BLOCKS && self.luma.is_drawn()
    }
}

/// In a cut-out image, soft edges and shadows included, at least this percentage of neighbouring pixels has equal
/// alpha.
const EQUAL_ALPHA: usize = 90;

impl Raster {
    /// Whether alpha changes so often that compressing it takes long and gains little.
    pub(crate) fn has_noisy_alpha(&self) -> bool {
        if !self.has_alpha() {
            return false;
        }
        let (mut pairs, mut equal) = (0, 0);
        for row in self.pixels.as_chunks::<4>().0.chunks_exact(self.size.width as usize) {
            pairs += row.len() - 1;
            equal += row.windows(2).filter(|pair| pair[0][3] == pair[1][3]).count();
        }
        equal * 100 < pairs * EQUAL_ALPHA
    }

    /// Whether most pixels are equal to their neighbour, as in diagrams, screenshots and logos.
    pub(crate) fn is_drawn(&self) -> bool {
        let count = self.channels.count();
        let (mut pairs, mut equal) = (0, 0);
        for row in self.pixels.chunks_exact(self.stride()) {
            pairs += row.len() / count - 1;
            equal += row.chunks_exact(count).zip(row.chunks_exact(count).skip(1)).filter(|(a, b)| a == b).count();
        }
        equal * 100 >= pairs * EQUAL_NEIGHBOURS
    }

    /// Whether each pixel is gray.
    pub(crate) fn is_gray(&self) -> bool {
        self.pixels
            .chunks_exact(self.channels.count())
            .all(|pixel| pixel.iter().take(3).all(|level| *level == pixel[0]))
    }

    /// Returns all colours in the order of their first pixels, and the index of each pixel's colour; `None` if there
    /// are more than [`MAX_COLORS`].
    pub(crate) fn palette(&self) -> Option<(Vec<[u8; 4]>, Vec<u8>)> {
        let mut places = HashMap::new();
        let mut colors = Vec::new();
        let mut indices = Vec::with_capacity(self.pixels.len() / self.channels.count());
        let mut last = None;
        for pixel in self.pixels.chunks_exact(self.channels.count()) {
            let color = [pixel[0], pixel[1], pixel[2], pixel.get(3).copied().unwrap_or(255)];
            let index = match last {
                Some((known, index)) if known == color => index,
                _ => *places.entry(color).or_insert_with(|| {
                    colors.push(color);
                    colors.len() - 1
                }),
            };
            if index >= MAX_COLORS {
                return None;
            }
            last = Some((color, index));
            indices.push(index as u8);
        }
        Some((colors, indices))
    }
}
