//! Decoding of animations, frame by frame.

use ridge_contract::Truncated;

use super::fault::{ENDS_EARLY, broken};
use super::{apng, gif, webp};
use crate::codec::libwebp_animation::WebPAnimationDecoder;
use crate::container::apng::animation;
use crate::error::Error;
use crate::frame::{Frame, Loops};
use crate::kind::Kind;
use crate::raster::{Channels, Raster};
use crate::size::Size;

/// An animation being decoded.
pub(crate) enum Frames<'a> {
    Gif(Box<gif::GifComposer<'a>>),
    Png(Box<apng::ApngComposer<'a>>),
    WebP { decoder: WebPAnimationDecoder<'a>, shown: u32, is_cut: bool },
}

impl<'a> Frames<'a> {
    pub(crate) fn new(
        kind: Kind,
        source: &'a [u8],
        max_pixels: u64,
        truncated: Truncated,
    ) -> Result<Frames<'a>, Error> {
        match kind {
            Kind::Gif => {
                gif::GifComposer::new(source, max_pixels, truncated).map(|composer| Frames::Gif(Box::new(composer)))
            }
            Kind::WebP => {
                let file = webp::intact(source)?;
                let is_cut = file.is_cut;
                Ok(Frames::WebP { decoder: webp::animation(file, truncated)?, shown: 0, is_cut })
            }
            Kind::Png => {
                let animation = animation(source).ok_or_else(|| broken(kind)(&"it holds one image"))?;
                if animation.is_refused(truncated) {
                    return Err(broken(kind)(&ENDS_EARLY));
                }
                apng::ApngComposer::new(source, animation).map(|composer| Frames::Png(Box::new(composer)))
            }
            Kind::Jpeg | Kind::Avif | Kind::Tiff | Kind::Bmp => Err(broken(kind)(&"it holds one image")),
        }
    }

    /// Returns the next frame. The caller knows the number of frames; only a GIF returns `None` after the last one.
    pub(crate) fn next(&mut self) -> Result<Option<Frame>, Error> {
        match self {
            Frames::Gif(composer) => composer.next(),
            Frames::Png(composer) => composer.next(),
            Frames::WebP { decoder, shown, .. } => {
                let (width, height) = decoder.size();
                let size = Size::new(width, height).ok_or_else(|| broken(Kind::WebP)(&"a side is zero"))?;
                let (pixels, ends) = decoder.next().ok_or_else(|| broken(Kind::WebP)(&"a frame cannot be read"))?;
                let raster = Raster { size, channels: Channels::Rgba, pixels: pixels.to_vec() };
                let milliseconds = ends.saturating_sub(*shown);
                *shown = ends;
                Ok(Some(Frame { raster: raster.drop_opaque_alpha(), milliseconds }))
            }
        }
    }

    /// Whether the file ends early, so that frames are missing. Known once [`Self::next`] returned `None` or the last
    /// frame.
    pub(crate) fn is_truncated(&self) -> bool {
        match self {
            Frames::Gif(composer) => composer.is_truncated(),
            Frames::Png(composer) => composer.is_truncated(),
            Frames::WebP { is_cut, .. } => *is_cut,
        }
    }

    /// Returns how many times the animation plays.
    pub(crate) fn loops(&self) -> Loops {
        match self {
            Frames::Gif(composer) => composer.loops(),
            Frames::Png(composer) => composer.loops(),
            Frames::WebP { decoder, .. } => Loops(decoder.loops()),
        }
    }
}
