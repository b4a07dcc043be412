//! Resampling by convolution, and the multiplication of colours by alpha.
//!
//! `fast_image_resize` is generic, so each crate that calls it compiles its code anew, a version for each kind of pixel
//! and each processor: more than all of `pixels`. Here that happens once, and changes of `pixels` do not repeat it.
#![warn(clippy::missing_errors_doc)]

use std::cell::RefCell;

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{U8, U8x3, U8x4};
use fast_image_resize::{
    ImageBufferError, ImageError, MulDiv, PixelTrait, ResizeAlg, ResizeError, ResizeOptions, Resizer,
};

pub use fast_image_resize::FilterType;

/// More scratch memory than this is given back after use, in bytes: a thread lives on, and so would what it holds.
const KEPT_SCRATCH: usize = 16 << 20;

thread_local! {
    /// Keeps its scratch buffers from image to image.
    static RESIZER: RefCell<Resizer> = RefCell::new(Resizer::new());
}

/// How many samples of 8 bits a pixel has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Samples {
    /// Gray, or one plane.
    One,
    /// Colours.
    Three,
    /// Colours and alpha, multiplied in.
    Four,
}

/// A part of an image, in pixels from its upper left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// From the left edge.
    pub left: f64,
    /// From the upper edge.
    pub top: f64,
    /// More than 0.
    pub width: f64,
    /// More than 0.
    pub height: f64,
}

/// Sizes and buffers that do not belong together.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A buffer has another length than its size asks for.
    #[error(transparent)]
    Buffer(#[from] ImageBufferError),
    /// The part lies outside the image, or is empty.
    #[error(transparent)]
    Resize(#[from] ResizeError),
    /// The image cannot be multiplied by its alpha.
    #[error(transparent)]
    Alpha(#[from] ImageError),
}

/// An image's pixels, row by row without gaps.
#[derive(Debug)]
pub struct View<Pixels> {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// `width * height` times as many bytes as a pixel has samples.
    pub pixels: Pixels,
}

/// Resamples a part of `source` to the size of `target`.
///
/// # Errors
///
/// When a buffer does not have the length of its size, or the part does not lie inside `source`.
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
    // Each kind of pixel by its type: chosen at run time, the library brings its code for all that it knows.
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

/// Multiplies the colours of four samples a pixel by alpha.
///
/// # Errors
///
/// When the buffer does not have the length of its size.
pub fn multiply_alpha(image: View<&mut [u8]>) -> Result<(), Error> {
    let mut image = TypedImage::<U8x4>::from_buffer(image.width, image.height, image.pixels)?;
    Ok(MulDiv::new().multiply_alpha_inplace_typed(&mut image)?)
}

/// Divides the colours by alpha again.
///
/// # Errors
///
/// When the buffer does not have the length of its size.
pub fn divide_alpha(image: View<&mut [u8]>) -> Result<(), Error> {
    let mut image = TypedImage::<U8x4>::from_buffer(image.width, image.height, image.pixels)?;
    Ok(MulDiv::new().divide_alpha_inplace_typed(&mut image)?)
}
