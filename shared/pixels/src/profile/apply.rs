//! Applies a profile to pixels.

use super::conversion::{Conversion, Profile};
use super::hdr::Hdr;
use super::transform::Transform;
use crate::raster::Raster;

impl Raster {
    /// Converts the pixels to sRGB. Pixels without a profile are sRGB already. The decoder has converted CMYK.
    pub(crate) fn apply_profile(self, profile: Option<&Profile>) -> Raster {
        match profile.map(|profile| &profile.0) {
            None | Some(Conversion::Cmyk(_)) => self,
            Some(Conversion::Rgb(rgb)) => {
                rgb.transform(self.channels).and_then(|it| self.transformed(it)).unwrap_or(self)
            }
            Some(Conversion::Gray(table)) => self.mapped(table),
            Some(Conversion::Hdr(hdr)) => self.tone_mapped(hdr),
        }
    }

    fn transformed(&self, transform: &Transform) -> Option<Raster> {
        let mut pixels = vec![0; self.pixels.len()];
        transform.transform(&self.pixels, &mut pixels).ok()?;
        Some(Raster { size: self.size, channels: self.channels, pixels })
    }

    /// Converts gray, which has three equal channels.
    fn mapped(mut self, table: &[u8; 256]) -> Raster {
        for pixel in self.pixels.chunks_exact_mut(self.channels.count()) {
            let level = table[usize::from(pixel[0])];
            pixel[..3].fill(level);
        }
        self
    }

    fn tone_mapped(mut self, hdr: &Hdr) -> Raster {
        hdr.convert(&mut self.pixels, self.channels.count());
        self
    }
}
