//! The dominant colour of an image.

use crate::raster::Raster;

/// Number of levels of a channel, as in sharp's `stats().dominant`.
const LEVELS: usize = 16;

impl Raster {
    /// Returns the mean colour of the most frequent of 16 × 16 × 16 bins of sRGB; each pixel counts by its alpha.
    /// `None` if every pixel is transparent.
    pub(crate) fn dominant_color(&self) -> Option<[u8; 3]> {
        #[derive(Clone, Copy, Default)]
        struct Box {
            weight: u64,
            sums: [u64; 3],
        }
        let level = |value: u8| usize::from(value) * LEVELS / 256;
        let mut boxes = vec![Box::default(); LEVELS * LEVELS * LEVELS];
        for pixel in self.pixels.chunks_exact(self.channels.count()) {
            let alpha = pixel.get(3).map_or(255, |alpha| u64::from(*alpha));
            let found = &mut boxes[(level(pixel[0]) * LEVELS + level(pixel[1])) * LEVELS + level(pixel[2])];
            found.weight += alpha;
            for (sum, value) in found.sums.iter_mut().zip(pixel) {
                *sum += u64::from(*value) * alpha;
            }
        }
        // Of equal bins the first, so that the same pixels always have the same colour.
        let fullest = boxes.iter().rev().max_by_key(|found| found.weight)?;
        (fullest.weight > 0).then(|| fullest.sums.map(|sum| ((sum + fullest.weight / 2) / fullest.weight) as u8))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::Channels;
    use crate::size::Size;

    fn raster(pixels: &[[u8; 4]]) -> Raster {
        let size = Size { width: pixels.len() as u32, height: 1 };
        Raster { size, channels: Channels::Rgba, pixels: pixels.concat() }
    }

    #[test]
    fn the_most_frequent_visible_colour_is_dominant() {
        let (red, reddish, blue) = ([200, 10, 10, 255], [202, 12, 10, 255], [10, 10, 200, 255]);
        assert_eq!(raster(&[red, reddish, blue]).dominant_color(), Some([201, 11, 10]));
        let faint = [10, 200, 10, 60];
        assert_eq!(raster(&[faint, faint, faint, blue]).dominant_color(), Some([10, 10, 200]));
        assert_eq!(raster(&[[9, 9, 9, 0]; 4]).dominant_color(), None);
        let rgb = Raster { size: Size { width: 1, height: 1 }, channels: Channels::Rgb, pixels: vec![255, 0, 128] };
        assert_eq!(rgb.dominant_color(), Some([255, 0, 128]));
    }
}
