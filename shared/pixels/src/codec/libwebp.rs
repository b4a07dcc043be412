//! libwebp behind safe functions, because the crates that wrap it hide its settings or pin an old version.
#![allow(unsafe_code)]

use std::mem::MaybeUninit;
use std::ptr;
use std::slice;

use libwebp_sys::{
    VP8StatusCode, WEBP_CSP_MODE, WebPAnimDecoder, WebPAnimDecoderDelete, WebPAnimDecoderGetInfo,
    WebPAnimDecoderGetNext, WebPAnimDecoderNew, WebPAnimDecoderOptionsInit, WebPAnimInfo, WebPBitstreamFeatures,
    WebPConfig, WebPData, WebPDecodeRGBAInto, WebPDecodeRGBInto, WebPEncode, WebPGetFeatures, WebPMemoryWrite,
    WebPMemoryWriter, WebPMemoryWriterClear, WebPMemoryWriterInit, WebPPicture, WebPPictureFree, WebPPictureImportRGB,
    WebPPictureImportRGBA,
};

/// What the header says.
pub(crate) struct Features {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) has_alpha: bool,
    pub(crate) is_animated: bool,
}

/// Reads the header; `None` when it is broken.
pub(crate) fn features(file: &[u8]) -> Option<Features> {
    let mut found = MaybeUninit::<WebPBitstreamFeatures>::zeroed();
    // SAFETY: pointer and length are those of one slice; the struct is plain integers, so all zeroes is a value of it.
    let (status, found) = unsafe {
        let status = WebPGetFeatures(file.as_ptr(), file.len(), found.as_mut_ptr());
        (status, found.assume_init())
    };
    if status != VP8StatusCode::VP8_STATUS_OK {
        return None;
    }
    Some(Features {
        width: u32::try_from(found.width).ok()?,
        height: u32::try_from(found.height).ok()?,
        has_alpha: found.has_alpha != 0,
        is_animated: found.has_animation != 0,
    })
}

/// Decodes a still picture into `pixels`, 3 or 4 `channels` each. Returns whether all of it could be decoded.
pub(crate) fn decode(file: &[u8], channels: usize, stride: usize, pixels: &mut [u8]) -> bool {
    let Ok(c_stride) = i32::try_from(stride) else { return false };
    let into = if channels == 4 { WebPDecodeRGBAInto } else { WebPDecodeRGBInto };
    // SAFETY: both pointers come with the lengths of their slices; libwebp refuses a buffer that is too small for
    // the picture at this stride, and writes within it.
    let end = unsafe { into(file.as_ptr(), file.len(), pixels.as_mut_ptr(), pixels.len(), c_stride) };
    !end.is_null()
}

/// Decodes the first frame of an animation, laid on its canvas, into `pixels`, RGBA without gaps.
/// Returns whether it could be decoded and has the size of `pixels`.
pub(crate) fn first_frame(file: &[u8], pixels: &mut [u8]) -> bool {
    struct Decoder(*mut WebPAnimDecoder);
    impl Drop for Decoder {
        fn drop(&mut self) {
            // SAFETY: made by `WebPAnimDecoderNew`, deleted once; null is allowed.
            unsafe { WebPAnimDecoderDelete(self.0) };
        }
    }
    let data = WebPData { bytes: file.as_ptr(), size: file.len() };
    let mut options = MaybeUninit::zeroed();
    let mut info = MaybeUninit::<WebPAnimInfo>::zeroed();
    let mut frame = ptr::null_mut();
    let mut timestamp = 0;
    // SAFETY: `data` lives as long as the decoder; options and info are plain integers, so all zeroes are values of
    // them; on success `frame` points to width × height RGBA pixels that the decoder owns until its next call.
    unsafe {
        if WebPAnimDecoderOptionsInit(options.as_mut_ptr()) == 0 {
            return false;
        }
        let mut options = options.assume_init();
        options.color_mode = WEBP_CSP_MODE::MODE_RGBA;
        let decoder = Decoder(WebPAnimDecoderNew(&data, &options));
        if decoder.0.is_null()
            || WebPAnimDecoderGetInfo(decoder.0, info.as_mut_ptr()) == 0
            || WebPAnimDecoderGetNext(decoder.0, &mut frame, &mut timestamp) == 0
        {
            return false;
        }
        let info = info.assume_init();
        let bytes = info.canvas_width as usize * info.canvas_height as usize * 4;
        if bytes != pixels.len() {
            return false;
        }
        pixels.copy_from_slice(slice::from_raw_parts(frame, bytes));
    }
    true
}

/// How a picture is encoded.
pub(crate) struct Settings {
    /// 1 to 100.
    pub(crate) quality: u8,
    /// 0 (fast) to 6 (small).
    pub(crate) method: u8,
}

/// Encodes lossily. `pixels` are 3 or 4 `channels` each, rows without gaps. `None` when libwebp refuses.
pub(crate) fn encode(width: u32, height: u32, channels: usize, pixels: &[u8], settings: &Settings) -> Option<Vec<u8>> {
    let (c_width, c_height) = (i32::try_from(width).ok()?, i32::try_from(height).ok()?);
    let stride = i32::try_from(width as usize * channels).ok()?;
    if pixels.len() != width as usize * height as usize * channels {
        return None;
    }
    let mut config = WebPConfig::new().ok()?;
    config.quality = f32::from(settings.quality);
    config.method = i32::from(settings.method);
    let mut picture = Picture(WebPPicture::new().ok()?);
    picture.0.width = c_width;
    picture.0.height = c_height;
    let import = if channels == 4 { WebPPictureImportRGBA } else { WebPPictureImportRGB };
    let mut writer = Writer::new();
    // SAFETY: `pixels` has the rows that size and stride announce (checked above); the writer outlives the call that
    // writes to it; on success it holds `size` bytes at `mem`.
    unsafe {
        if import(&mut picture.0, pixels.as_ptr(), stride) == 0 {
            return None;
        }
        picture.0.writer = Some(WebPMemoryWrite);
        picture.0.custom_ptr = ptr::from_mut(&mut writer.0).cast();
        if WebPEncode(&config, &mut picture.0) == 0 {
            return None;
        }
        Some(slice::from_raw_parts(writer.0.mem, writer.0.size).to_vec())
    }
}

struct Picture(WebPPicture);

impl Drop for Picture {
    fn drop(&mut self) {
        // SAFETY: initialised by `WebPPicture::new`; freed once.
        unsafe { WebPPictureFree(&mut self.0) };
    }
}

struct Writer(WebPMemoryWriter);

impl Writer {
    fn new() -> Writer {
        let mut writer = MaybeUninit::uninit();
        // SAFETY: the function writes every field.
        unsafe {
            WebPMemoryWriterInit(writer.as_mut_ptr());
            Writer(writer.assume_init())
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // SAFETY: initialised; freed once.
        unsafe { WebPMemoryWriterClear(&mut self.0) };
    }
}
