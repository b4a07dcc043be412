//! Backgrounds: padding, flattening, and opaque alpha channels.

use ridge_contract::values::Color;

use crate::raster::{Channels, Raster};
use crate::size::Size;

impl Raster {
    /// Lays the image on a canvas of the colour `background` at `position`, in pixels from the top left corner. Returns
    /// the image itself if it fills the canvas.
    pub(crate) fn pad(self, canvas: Size, position: (u32, u32), background: Color) -> Raster {
        if canvas == self.size {
            return self;
        }
        let image = if background.alpha < 255 { self.with_alpha() } else { self };
        let channels = image.channels;
        let [r, g, b] = background.rgb;
        let fill = [r, g, b, background.alpha];
        let mut padded = Raster::new(canvas, channels);
        for pixel in padded.pixels.chunks_exact_mut(channels.count()) {
            pixel.copy_from_slice(&fill[..channels.count()]);
        }
        let (stride, row_bytes) = (padded.stride(), image.stride());
        let start = position.1 as usize * stride + position.0 as usize * channels.count();
        for (target, row) in padded.pixels[start..].chunks_mut(stride).zip(image.pixels.chunks_exact(row_bytes)) {
            target[..row_bytes].copy_from_slice(row);
        }
        padded
    }

    /// Lays the image on an opaque colour and drops alpha. The colour's own alpha is ignored.
    pub(crate) fn flatten(self, background: Color) -> Raster {
        if !self.has_alpha() {
            return self;
        }
        let mix = |top: u8, under: u8, alpha: u8| {
            let (top, under, alpha) = (u32::from(top), u32::from(under), u32::from(alpha));
            ((top * alpha + under * (255 - alpha) + 127) / 255) as u8
        };
        let [r, g, b] = background.rgb;
        self.without_alpha(|[pr, pg, pb, a]| [mix(pr, r, a), mix(pg, g, a), mix(pb, b, a)])
    }

    /// Drops an alpha channel that is opaque everywhere, so that an image with alpha has a transparent pixel.
    pub(crate) fn drop_opaque_alpha(self) -> Raster {
        if self.is_needlessly_alpha() { self.without_alpha(|[r, g, b, _]| [r, g, b]) } else { self }
    }

    fn is_needlessly_alpha(&self) -> bool {
        self.has_alpha() && self.pixels.as_chunks::<4>().0.iter().all(|pixel| pixel[3] == 255)
    }

    /// Drops alpha in place: a copy would nearly double the memory of an image that is held whole.
    fn without_alpha(mut self, opaque: impl Fn([u8; 4]) -> [u8; 3]) -> Raster {
        let count = self.pixels.len() / 4;
        for at in 0..count {
            let [r, g, b, a] = [0, 1, 2, 3].map(|channel| self.pixels[at * 4 + channel]);
            self.pixels[at * 3..at * 3 + 3].copy_from_slice(&opaque([r, g, b, a]));
        }
        self.pixels.truncate(count * 3);
        Raster { channels: Channels::Rgb, ..self }
    }

    /// Returns a copy without alpha; `None` if a pixel is transparent, or if there is no alpha.
    pub(crate) fn without_opaque_alpha(&self) -> Option<Raster> {
        let (rgba, _) = self.pixels.as_chunks::<4>();
        if !self.is_needlessly_alpha() {
            return None;
        }
        let mut opaque = Raster::new(self.size, Channels::Rgb);
        for (to, &[r, g, b, _]) in opaque.pixels.as_chunks_mut::<3>().0.iter_mut().zip(rgba) {
            *to = [r, g, b];
        }
        Some(opaque)
    }

    fn with_alpha(self) -> Raster {
        if self.has_alpha() {
            return self;
        }
        let (rgb, _) = self.pixels.as_chunks::<3>();
        let pixels = rgb.iter().flat_map(|&[r, g, b]| [r, g, b, 255]).collect();
        Raster { size: self.size, channels: Channels::Rgba, pixels }
    }
}
