//! Resampling by convolution, and multiplication of colours by alpha.
//!
//! `fast_image_resize` is generic: each crate that calls it compiles its code again, one version for each pixel type
//! and processor, which is more code than all of `pixels`. In this crate it is compiled once, and changes of `pixels`
//! do not repeat it.

use std::cell::RefCell;

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{U8, U8x3, U8x4};
use fast_image_resize::{
    ImageBufferError, ImageError, MulDiv, PixelTrait, ResizeAlg, ResizeError, ResizeOptions, Resizer,
};

pub use fast_image_resize::FilterType;

/// Largest scratch memory that a thread keeps after use, in bytes.
const KEPT_SCRATCH: usize = 16 << 20;

thread_local! {
    /// Keeps its scratch buffers from one image to the next.
    static RESIZER: RefCell<Resizer> = RefCell::new(Resizer::new());
}

/// Number of 8-bit samples of a pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Samples {
    /// Gray, or one plane.
    One,
    /// Colours.
    Three,
    /// Colours multiplied by alpha, and alpha.
    Four,
}

/// A part of an image, in pixels from its top left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// Distance from the left edge in pixels.
    pub left: f64,
    /// Distance from the top edge in pixels.
    pub top: f64,
    /// In pixels, above 0.
    pub width: f64,
    /// In pixels, above 0.
    pub height: f64,
}

/// A size does not match its buffer or image.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The length of a buffer does not match its size.
    #[error(transparent)]
    Buffer(#[from] ImageBufferError),
    /// The part lies outside of the image, or is empty.
    #[error(transparent)]
    Resize(#[from] ResizeError),
    /// The colours cannot be multiplied or divided by alpha.
    #[error(transparent)]
    Alpha(#[from] ImageError),
}

/// The pixels of an image, row by row without gaps.
#[derive(Debug)]
pub struct View<Pixels> {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// `width * height` pixels, one byte for each sample.
    pub pixels: Pixels,
}

/// Resamples a part of `source` to the size of `target`.
///
/// # Errors
///
/// [`Error`] if the length of a buffer does not match its size, or the part does not lie inside of `source`.
pub fn resample(
    samples: Samples,
    source: View<&[u8]>,
    part: Part,
    target: View<&mut [u8]>,
    filter: FilterType,
) -> Result<(), Error> {
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(filter))
        .crop(part.left, part.top, part.width, part.height)
        .use_alpha(false);
    // Each pixel type is named here: chosen at run time, the library would include its code for all types.
    match samples {
        Samples::One => typed::<U8>(source, target, &options),
        Samples::Three => typed::<U8x3>(source, target, &options),
        Samples::Four => typed::<U8x4>(source, target, &options),
    }
}

fn typed<P: PixelTrait>(source: View<&[u8]>, target: View<&mut [u8]>, options: &ResizeOptions) -> Result<(), Error> {
    let source = TypedImageRef::<P>::from_buffer(source.width, source.height, source.pixels)?;
    let mut target = TypedImage::<P>::from_buffer(target.width, target.height, target.pixels)?;
    RESIZER.with_borrow_mut(|resizer| {
        let done = resizer.resize_typed(&source, &mut target, options);
        if resizer.size_of_internal_buffers() > KEPT_SCRATCH {
            resizer.reset_internal_buffers();
        }
        Ok(done?)
    })
}

/// Multiplies the colours of pixels of four samples by alpha.
///
/// # Errors
///
/// [`Error`] if the length of the buffer does not match its size.
pub fn multiply_alpha(image: View<&mut [u8]>) -> Result<(), Error> {
    let mut image = TypedImage::<U8x4>::from_buffer(image.width, image.height, image.pixels)?;
    Ok(MulDiv::new().multiply_alpha_inplace_typed(&mut image)?)
}

/// Divides the colours of pixels of four samples by alpha.
///
/// # Errors
///
/// [`Error`] if the length of the buffer does not match its size.
pub fn divide_alpha(image: View<&mut [u8]>) -> Result<(), Error> {
    let mut image = TypedImage::<U8x4>::from_buffer(image.width, image.height, image.pixels)?;
    Ok(MulDiv::new().divide_alpha_inplace_typed(&mut image)?)
}
