//! Reduction of a GIF frame to at most 256 colours, or to the colours of an existing palette.

use std::collections::HashMap;

use color_quant::NeuQuant;

use super::nearest::Nearest;

/// A pixel of a GIF; `None` is transparent.
pub(super) type Pixel = Option<[u8; 3]>;

const MOST: usize = 256;

/// How many pixels are sampled to find a palette.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// Number of pixels that are sampled: of more pixels, every n-th one.
    pixels: usize,
    /// Largest n. NeuQuant accepts 1 to 30.
    seldom: usize,
    /// Significant bits of each channel in the search for a pixel's colour.
    depth: u32,
}

impl Look {
    /// Returns the sampling for a still image, or the first frame of an animation.
    pub(super) fn first(is_large: bool) -> Look {
        let (seldom, depth) = if is_large { (30, 6) } else { (10, 8) };
        Look { pixels: 12_000, seldom, depth }
    }

    /// Returns the sampling for each of many palettes, as the frames of a long animation need them.
    pub(super) fn one_of_many(is_large: bool) -> Look {
        let (pixels, seldom, depth) = if is_large { (1_000, 30, 5) } else { (3_000, 10, 8) };
        Look { pixels, seldom, depth }
    }
}

/// Pixels as indices into a palette.
pub(super) struct Indexed {
    pub(super) indices: Vec<u8>,
    /// Red, green and blue of each index.
    pub(super) palette: Vec<u8>,
    /// The index of transparent pixels.
    pub(super) nothing: Option<u8>,
}

impl Indexed {
    /// Finds a palette. It is exact for few enough colours. If exactly 256 colours are used, there is no index for
    /// transparency, unless pixels are transparent or `is_needed` is set.
    pub(super) fn new(pixels: &[Pixel], is_needed: bool, look: Look) -> Indexed {
        let is_needed = is_needed || pixels.contains(&None);
        let most = MOST - usize::from(is_needed);
        let mut indexed = exact(pixels, most).unwrap_or_else(|| nearest(pixels, MOST - 1, look));
        if indexed.palette.len() < MOST * 3 {
            // It is the last index. Until here, transparent pixels had index 0.
            indexed.nothing = u8::try_from(indexed.palette.len() / 3).ok();
            indexed.palette.extend([0; 3]);
            let nothing = indexed.nothing.unwrap_or_default();
            indexed.indices.iter_mut().zip(pixels).filter(|(_, pixel)| pixel.is_none()).for_each(|(i, _)| *i = nothing);
        }
        indexed
    }
}

fn exact(pixels: &[Pixel], most: usize) -> Option<Indexed> {
    let mut numbers = HashMap::new();
    let (mut palette, mut indices) = (Vec::new(), Vec::with_capacity(pixels.len()));
    for pixel in pixels {
        let number = match pixel {
            None => 0,
            Some(color) => match numbers.get(color) {
                Some(number) => *number,
                None if numbers.len() == most => return None,
                None => {
                    let number = numbers.len() as u8;
                    numbers.insert(*color, number);
                    palette.extend(color);
                    number
                }
            },
        };
        indices.push(number);
    }
    Some(Indexed { indices, palette, nothing: None })
}

/// Finds a palette with a neural network that is trained with the visible pixels.
fn nearest(pixels: &[Pixel], most: usize, look: Look) -> Indexed {
    let opaque = |[red, green, blue]: [u8; 3]| [red, green, blue, 255];
    let seen: Vec<u8> = pixels.iter().flatten().flat_map(|color| opaque(*color)).collect();
    let step = (seen.len() / 4 / look.pixels).clamp(1, look.seldom);
    let network = NeuQuant::new(step as i32, most, &seen);
    let mut nearest = Nearest::new(&network, pixels.len(), look.depth);
    let number = |pixel: &Pixel| pixel.map_or(0, |color| nearest.index_of(color));
    Indexed { indices: pixels.iter().map(number).collect(), palette: network.color_map_rgb(), nothing: None }
}

/// A palette that several frames share.
pub(super) struct Shared {
    colors: Vec<[u8; 3]>,
    nothing: Option<u8>,
    /// The indices of colours that were searched; `None` for colours that the palette lacks.
    numbers: HashMap<[u8; 3], Option<u8>>,
}

impl Shared {
    pub(super) fn new(indexed: &Indexed) -> Shared {
        let (colors, _) = indexed.palette.as_chunks();
        let colors = colors[..indexed.nothing.map_or(colors.len(), usize::from)].to_vec();
        Shared { colors, nothing: indexed.nothing, numbers: HashMap::new() }
    }

    /// Returns the indices of these pixels; `None` if the palette lacks one of their colours.
    pub(super) fn indices(&mut self, pixels: &[Pixel]) -> Option<Vec<u8>> {
        pixels.iter().map(|pixel| pixel.map_or(self.nothing, |color| self.number(color))).collect()
    }

    pub(super) fn nothing(&self) -> Option<u8> {
        self.nothing
    }

    fn number(&mut self, color: [u8; 3]) -> Option<u8> {
        /// Largest difference of a channel that cannot be seen.
        const APART: u8 = 3;
        let colors = &self.colors;
        *self.numbers.entry(color).or_insert_with(|| {
            let apart = |other: &[u8; 3]| color.iter().zip(other).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0);
            let (number, other) = colors.iter().enumerate().min_by_key(|(_, other)| apart(other))?;
            (apart(other) <= APART).then_some(number as u8)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn color(indexed: &Indexed, at: usize) -> Pixel {
        let number = indexed.indices[at];
        let start = usize::from(number) * 3;
        (Some(number) != indexed.nothing).then(|| indexed.palette[start..start + 3].try_into().unwrap())
    }

    #[test]
    fn as_many_as_fit_are_exact() {
        for (count, has_nothing) in [(1, false), (1, true), (255, true), (256, false)] {
            let pixels: Vec<Pixel> =
                (0..count).map(|i| Some([i as u8, 7, 255 - i as u8])).chain(has_nothing.then_some(None)).collect();
            let indexed = Indexed::new(&pixels, false, Look::first(false));
            assert!((0..pixels.len()).all(|at| color(&indexed, at) == pixels[at]), "{count}");
            assert_eq!(indexed.palette.len(), 3 * (count + 1).min(MOST));
        }
    }

    #[test]
    fn more_colours_are_near_and_transparency_stays() {
        let pixels: Vec<Pixel> =
            (0..64 * 64).map(|i| (i % 5 != 0).then(|| [(i % 64 * 4) as u8, (i / 64 * 4) as u8, 40])).collect();
        let indexed = Indexed::new(&pixels, false, Look::first(false));
        assert_eq!(indexed.palette.len(), 3 * MOST);
        let mut sum = 0;
        for (at, pixel) in pixels.iter().enumerate() {
            let got = color(&indexed, at);
            assert_eq!(got.is_none(), pixel.is_none());
            let (got, want) = (got.unwrap_or_default(), pixel.unwrap_or_default());
            sum += got.iter().zip(want).map(|(a, b)| u32::from(a.abs_diff(b))).sum::<u32>();
        }
        assert!(sum / (64 * 64 * 3) < 6, "{sum}");
    }

    #[test]
    fn an_index_for_transparency_is_kept_if_needed() {
        let all: Vec<Pixel> = (0..256).map(|i| Some([i as u8; 3])).collect();
        assert_eq!(Indexed::new(&all, false, Look::first(false)).nothing, None);
        assert_eq!(Indexed::new(&all, true, Look::first(false)).nothing, Some(255));
        assert_eq!(Indexed::new(&all[..9], false, Look::first(false)).nothing, Some(9));
    }

    #[test]
    fn a_palette_is_shared_if_no_difference_is_visible() {
        let mut shared = Shared::new(&Indexed::new(&[Some([9; 3]), Some([200, 0, 0])], false, Look::first(false)));
        assert_eq!(shared.indices(&[Some([202, 3, 0]), None, Some([9, 9, 6])]), Some(vec![1, 2, 0]));
        assert_eq!(shared.indices(&[Some([9; 3]), Some([204, 0, 0])]), None);
    }
}
