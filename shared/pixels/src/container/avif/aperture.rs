//! The part of an image that is shown: `clap` (ISO/IEC 14496-12, 12.1.4).

use crate::container::bmff::Fields;
use crate::size::Size;

/// A rectangle of whole pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rectangle {
    pub(crate) left: u32,
    pub(crate) top: u32,
    pub(crate) size: Size,
}

/// Reads the clean aperture of an image of this size. One that begins within a pixel begins with that pixel, as for
/// libheif. One whose size is not in whole pixels, or that is not within the image, is ignored, as in Chromium.
pub(super) fn read(content: &[u8], image: Size) -> Option<Rectangle> {
    let mut fields = Fields(content);
    let (width, height) = (Fraction::read(&mut fields)?, Fraction::read(&mut fields)?);
    let (right, down) = (Fraction::read(&mut fields)?, Fraction::read(&mut fields)?);
    let size = Size::new(width.whole()?, height.whole()?)?;
    let left = right.start(image.width, size.width)?;
    let top = down.start(image.height, size.height)?;
    Some(Rectangle { left, top, size })
}

struct Fraction {
    numerator: i64,
    denominator: i64,
}

impl Fraction {
    fn read(fields: &mut Fields<'_>) -> Option<Fraction> {
        let (numerator, denominator) = (fields.u32()?, fields.u32()?);
        (denominator > 0)
            .then_some(Fraction { numerator: numerator.cast_signed().into(), denominator: denominator.into() })
    }

    fn whole(&self) -> Option<u32> {
        let is_whole = self.numerator % self.denominator == 0;
        u32::try_from(self.numerator / self.denominator).ok().filter(|_| is_whole)
    }

    /// Returns the start of `part` of `all` pixels whose centre has this distance from the centre of all.
    fn start(&self, all: u32, part: u32) -> Option<u32> {
        let margin = i128::from(all) - i128::from(part);
        let (numerator, denominator) = (i128::from(self.numerator), i128::from(self.denominator));
        let (twice, by) = (margin * denominator + 2 * numerator, 2 * denominator);
        let is_inside = (0..=margin * by).contains(&twice);
        u32::try_from(twice / by).ok().filter(|_| is_inside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clap(numbers: [i32; 8]) -> Option<(u32, u32, String)> {
        let content: Vec<u8> = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
        let found = read(&content, Size { width: 480, height: 270 })?;
        Some((found.left, found.top, found.size.to_string()))
    }

    #[test]
    fn whole_pixels_within_the_image() {
        let found = |left, top, size: &str| Some((left, top, size.to_owned()));
        assert_eq!(clap([480, 1, 256, 1, 0, 1, 0, 1]), found(0, 7, "480x256"));
        assert_eq!(clap([480, 1, 512, 2, 0, 1, -7, 1]), found(0, 0, "480x256"));
        assert_eq!(clap([479, 1, 256, 1, 1, 2, 7, 1]), found(1, 14, "479x256"));
        assert_eq!(clap([477, 1, 256, 1, 0, 1, 0, 1]), found(1, 7, "477x256"));
        for none in [
            // Half a pixel, outside on each side, larger, empty, negative, over zero.
            [480, 1, 257, 2, 0, 1, 0, 1],
            [480, 1, 256, 1, 1, 1, 0, 1],
            [480, 1, 256, 1, 0, 1, -8, 1],
            [481, 1, 256, 1, 0, 1, 0, 1],
            [0, 1, 256, 1, 0, 1, 0, 1],
            [-480, 1, 256, 1, 0, 1, 0, 1],
            [480, 0, 256, 1, 0, 1, 0, 1],
            [i32::MAX, 1, i32::MAX, 1, i32::MIN, 1, i32::MAX, -1],
        ] {
            assert_eq!(clap(none), None, "{none:?}");
        }
        assert_eq!(read(&[0; 31], Size { width: 9, height: 9 }), None);
    }
}
