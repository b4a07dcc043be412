//! Safe wrapper of libwebp for animations.
#![allow(unsafe_code)]

use std::borrow::Cow;
use std::mem::MaybeUninit;
use std::ptr;
use std::slice;

use libwebp_sys::{
    WEBP_CSP_MODE, WEBP_MUX_ABI_VERSION, WebPAnimDecoder, WebPAnimDecoderDelete, WebPAnimDecoderGetInfo,
    WebPAnimDecoderGetNext, WebPAnimDecoderNew, WebPAnimDecoderOptionsInit, WebPAnimEncoder, WebPAnimEncoderAdd,
    WebPAnimEncoderAssemble, WebPAnimEncoderDelete, WebPAnimEncoderNewInternal, WebPAnimEncoderOptionsInitInternal,
    WebPAnimInfo, WebPConfig, WebPData, WebPDataClear,
};

use super::Pixels;
use super::libwebp::{WebPImage, WebPSettings};

/// An animation that is being decoded, frame by frame, each as the whole canvas shows it.
pub(crate) struct WebPAnimationDecoder<'a> {
    decoder: *mut WebPAnimDecoder,
    // Private: `next` relies on these sizes.
    width: u32,
    height: u32,
    /// How many times it plays; 0 is forever.
    loops: u32,
    /// The decoder reads from the file until it is deleted. A borrowed or allocated slice does not move with this
    /// struct.
    _file: Cow<'a, [u8]>,
}

impl<'a> WebPAnimationDecoder<'a> {
    /// Reads the header; `None` if it is broken.
    pub(crate) fn new(file: Cow<'a, [u8]>) -> Option<WebPAnimationDecoder<'a>> {
        let data = WebPData { bytes: file.as_ptr(), size: file.len() };
        let mut options = MaybeUninit::zeroed();
        let mut info = MaybeUninit::<WebPAnimInfo>::zeroed();
        // SAFETY: `file` lives as long as the decoder, which keeps it, and `data` is copied; options and info are
        // plain integers, so all zeroes are values of them. The decoder is deleted by `Drop`, also on an early return.
        unsafe {
            if WebPAnimDecoderOptionsInit(options.as_mut_ptr()) == 0 {
                return None;
            }
            let mut options = options.assume_init();
            options.color_mode = WEBP_CSP_MODE::MODE_RGBA;
            let decoder = WebPAnimDecoderNew(&data, &options);
            let mut decoder = WebPAnimationDecoder { decoder, width: 0, height: 0, loops: 0, _file: file };
            if decoder.decoder.is_null() || WebPAnimDecoderGetInfo(decoder.decoder, info.as_mut_ptr()) == 0 {
                return None;
            }
            let info = info.assume_init();
            (decoder.width, decoder.height) = (info.canvas_width, info.canvas_height);
            decoder.loops = info.loop_count;
            Some(decoder)
        }
    }

    /// Returns width and height of the canvas.
    pub(crate) fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// Returns how many times it plays; 0 is forever.
    pub(crate) fn loops(&self) -> u32 {
        self.loops
    }

    /// Returns the next frame, RGBA without gaps, and its end in milliseconds from the start.
    pub(crate) fn next(&mut self) -> Option<(&[u8], u32)> {
        let mut frame = ptr::null_mut();
        let mut ends = 0;
        // SAFETY: on success `frame` points to width × height RGBA pixels, which the decoder owns until its next call:
        // the result borrows it.
        unsafe {
            if WebPAnimDecoderGetNext(self.decoder, &mut frame, &mut ends) == 0 {
                return None;
            }
            let bytes = self.width as usize * self.height as usize * 4;
            Some((slice::from_raw_parts(frame, bytes), u32::try_from(ends).ok()?))
        }
    }
}

impl Drop for WebPAnimationDecoder<'_> {
    fn drop(&mut self) {
        // SAFETY: made by `WebPAnimDecoderNew`, deleted once; null is allowed.
        unsafe { WebPAnimDecoderDelete(self.decoder) };
    }
}

/// An animation that is being encoded, frame by frame.
pub(crate) struct WebPAnimationEncoder {
    encoder: *mut WebPAnimEncoder,
    config: WebPConfig,
    ends: i32,
}

impl WebPAnimationEncoder {
    /// Begins an animation that plays `loops` times; 0 is forever. `None` if libwebp refuses.
    pub(crate) fn new(width: u32, height: u32, loops: u32, settings: &WebPSettings) -> Option<WebPAnimationEncoder> {
        let config = settings.config()?;
        let (width, height) = (i32::try_from(width).ok()?, i32::try_from(height).ok()?);
        let version = WEBP_MUX_ABI_VERSION as i32;
        let mut options = MaybeUninit::zeroed();
        // SAFETY: the options are plain integers, so all zeroes are a value of them; they are copied.
        unsafe {
            if WebPAnimEncoderOptionsInitInternal(options.as_mut_ptr(), version) == 0 {
                return None;
            }
            let mut options = options.assume_init();
            // The format has 16 bits for the number.
            options.anim_params.loop_count = i32::from(u16::try_from(loops).unwrap_or(u16::MAX));
            let encoder = WebPAnimEncoderNewInternal(width, height, &options, version);
            (!encoder.is_null()).then_some(WebPAnimationEncoder { encoder, config, ends: 0 })
        }
    }

    /// Adds a frame of the canvas's size with its duration in milliseconds. Returns whether libwebp accepted it.
    pub(crate) fn add(&mut self, pixels: Pixels, milliseconds: u32) -> bool {
        let Some(mut image) = WebPImage::new(pixels, true) else { return false };
        // SAFETY: encoder and image are initialised; the frame is copied.
        let done = unsafe { WebPAnimEncoderAdd(self.encoder, &mut image.0, self.ends, &self.config) };
        self.ends = self.ends.saturating_add(i32::try_from(milliseconds).unwrap_or(i32::MAX));
        done != 0
    }

    /// Ends the animation and returns the file.
    pub(crate) fn finish(self) -> Option<Vec<u8>> {
        let mut data = WebPData { bytes: ptr::null(), size: 0 };
        // SAFETY: a frame of null ends the last one; on success `data` owns `size` bytes until it is cleared.
        unsafe {
            if WebPAnimEncoderAdd(self.encoder, ptr::null_mut(), self.ends, ptr::null()) == 0
                || WebPAnimEncoderAssemble(self.encoder, &mut data) == 0
            {
                return None;
            }
            let file = slice::from_raw_parts(data.bytes, data.size).to_vec();
            WebPDataClear(&mut data);
            Some(file)
        }
    }
}

impl Drop for WebPAnimationEncoder {
    fn drop(&mut self) {
        // SAFETY: made by `WebPAnimEncoderNewInternal`, deleted once.
        unsafe { WebPAnimEncoderDelete(self.encoder) };
    }
}
