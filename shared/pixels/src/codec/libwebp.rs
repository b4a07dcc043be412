//! Safe wrapper of libwebp for still images. The crates that wrap it hide its settings or pin an old version.
#![allow(unsafe_code)]

use std::mem::MaybeUninit;
use std::ptr;
use std::slice;

use libwebp_sys::{
    VP8StatusCode, WEBP_CSP_MODE, WebPBitstreamFeatures, WebPConfig, WebPDecode, WebPDecoderConfig, WebPEncode,
    WebPGetDecoderVersion, WebPGetFeatures, WebPIDecGetRGB, WebPIDelete, WebPINewRGB, WebPIUpdate, WebPMemoryWrite,
    WebPMemoryWriter, WebPMemoryWriterClear, WebPMemoryWriterInit, WebPPicture, WebPPictureFree, WebPPictureImportRGB,
    WebPPictureImportRGBA, WebPRGBABuffer,
};

use super::Pixels;

/// The header of a file.
pub(crate) struct Features {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) has_alpha: bool,
    pub(crate) is_animated: bool,
}

/// Returns the version, such as `1.6.0`.
pub(crate) fn version() -> String {
    // SAFETY: the function returns a constant.
    let [_, major, minor, patch] = unsafe { WebPGetDecoderVersion() }.to_be_bytes();
    format!("{major}.{minor}.{patch}")
}

/// Reads the header; `None` if it is broken.
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

/// Decodes a still image of the width and height `from` into `pixels`, of 3 or 4 `channels` and the width and height
/// `to`. If `to` is smaller, each pixel is the mean of those that it covers. Returns whether all of the image was
/// decoded.
pub(crate) fn decode(file: &[u8], from: (u32, u32), to: (u32, u32), channels: usize, pixels: &mut [u8]) -> bool {
    let stride = to.0 as usize * channels;
    let (Ok(width), Ok(height), Ok(c_stride)) = (i32::try_from(to.0), i32::try_from(to.1), i32::try_from(stride))
    else {
        return false;
    };
    let Ok(mut config) = WebPDecoderConfig::new() else { return false };
    if from != to {
        config.options.use_scaling = 1;
        config.options.scaled_width = width;
        config.options.scaled_height = height;
    }
    config.output.colorspace = if channels == 4 { WEBP_CSP_MODE::MODE_RGBA } else { WEBP_CSP_MODE::MODE_RGB };
    config.output.is_external_memory = 1;
    config.output.u.RGBA = WebPRGBABuffer { rgba: pixels.as_mut_ptr(), stride: c_stride, size: pixels.len() };
    // SAFETY: both pointers come with the lengths of their slices; libwebp refuses a buffer that is too small for the
    // image at this stride, and writes within it. It owns nothing afterwards, as the memory is not its own.
    let status = unsafe { WebPDecode(file.as_ptr(), file.len(), &mut config) };
    status == VP8StatusCode::VP8_STATUS_OK
}

/// Decodes the rows of a truncated still image into `pixels`, of 3 or 4 `channels` and the image's own size. Returns
/// the number of rows; `None` if the data is broken.
pub(crate) fn decode_rows(file: &[u8], width: u32, channels: usize, pixels: &mut [u8]) -> Option<u32> {
    let stride = i32::try_from(width as usize * channels).ok()?;
    let colors = if channels == 4 { WEBP_CSP_MODE::MODE_RGBA } else { WEBP_CSP_MODE::MODE_RGB };
    let mut rows = 0;
    // SAFETY: both pointers come with the lengths of their slices, which outlive the decoder; libwebp refuses a buffer
    // that is too small for the image at this stride, and writes within it. The decoder is made and deleted here.
    let (status, is_begun) = unsafe {
        let decoder = WebPINewRGB(colors, pixels.as_mut_ptr(), pixels.len(), stride);
        if decoder.is_null() {
            return None;
        }
        let status = WebPIUpdate(decoder, file.as_ptr(), file.len());
        let [width, height, stride] = [ptr::null_mut(); 3];
        let begun = WebPIDecGetRGB(decoder, &mut rows, width, height, stride);
        WebPIDelete(decoder);
        (status, !begun.is_null())
    };
    match status {
        VP8StatusCode::VP8_STATUS_OK | VP8StatusCode::VP8_STATUS_SUSPENDED if is_begun => u32::try_from(rows).ok(),
        VP8StatusCode::VP8_STATUS_SUSPENDED => Some(0),
        _ => None,
    }
}

/// The settings of the encoder.
pub(crate) struct WebPSettings {
    /// Quality, 1 to 100; for lossless files, effort.
    pub(crate) quality: u8,
    /// Effort, 0 (fast) to 6 (small file).
    pub(crate) method: u8,
    /// Whether every pixel is kept, except for the colour of transparent ones.
    pub(crate) is_lossless: bool,
    /// Whether the alpha of a lossy file is stored uncompressed, one byte per pixel.
    pub(crate) has_raw_alpha: bool,
}

impl WebPSettings {
    pub(super) fn config(&self) -> Option<WebPConfig> {
        let mut config = WebPConfig::new().ok()?;
        config.quality = f32::from(self.quality);
        config.method = i32::from(self.method);
        config.lossless = self.is_lossless.into();
        config.alpha_compression = (!self.has_raw_alpha).into();
        Some(config)
    }
}

/// Encodes pixels; `None` if libwebp refuses.
pub(crate) fn encode(pixels: Pixels, settings: &WebPSettings) -> Option<Vec<u8>> {
    written(WebPImage::new(pixels, settings.is_lossless)?, settings)
}

/// Luma and chroma to encode, in rows without gaps, in the limited range of ITU-R BT.601.
pub(crate) struct WebPPlanes {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) luma: Vec<u8>,
    /// Blue and red differences, [`chroma_samples`] each.
    pub(crate) chroma: [Vec<u8>; 2],
}

/// Returns the number of samples of each plane of chroma: half as many on each side, rounded up.
pub(crate) fn chroma_samples(width: u32, height: u32) -> usize {
    width.div_ceil(2) as usize * height.div_ceil(2) as usize
}

/// Encodes planes, lossy; `None` if libwebp refuses.
pub(crate) fn encode_planes(mut planes: WebPPlanes, settings: &WebPSettings) -> Option<Vec<u8>> {
    let (width, height) = (i32::try_from(planes.width).ok()?, i32::try_from(planes.height).ok()?);
    let samples = chroma_samples(planes.width, planes.height);
    let is_whole = planes.luma.len() == planes.width as usize * planes.height as usize
        && planes.chroma.iter().all(|plane| plane.len() == samples);
    if !is_whole || settings.is_lossless {
        return None;
    }
    let mut image = WebPImage(WebPPicture::new().ok()?);
    // libwebp reads these until it has encoded, which is before `planes` is dropped, and frees only its own memory. The
    // planes have the rows that size and strides announce, as checked above.
    image.0.use_argb = 0;
    (image.0.width, image.0.height) = (width, height);
    (image.0.y_stride, image.0.uv_stride) = (width, (width + 1) / 2);
    let [blue, red] = &mut planes.chroma;
    (image.0.y, image.0.u, image.0.v) = (planes.luma.as_mut_ptr(), blue.as_mut_ptr(), red.as_mut_ptr());
    written(image, settings)
}

fn written(mut image: WebPImage, settings: &WebPSettings) -> Option<Vec<u8>> {
    let config = settings.config()?;
    let mut writer = MemoryWriter::new();
    // SAFETY: the writer outlives the call that writes to it; on success it holds `size` bytes at `mem`.
    unsafe {
        image.0.writer = Some(WebPMemoryWrite);
        image.0.custom_ptr = ptr::from_mut(&mut writer.0).cast();
        if WebPEncode(&config, &mut image.0) == 0 {
            return None;
        }
        Some(slice::from_raw_parts(writer.0.mem, writer.0.size).to_vec())
    }
}

/// A copy of pixels in libwebp's own memory.
pub(super) struct WebPImage(pub(super) WebPPicture);

impl WebPImage {
    /// Copies pixels. `argb` keeps full resolution of colour, as animations and lossless files need it; otherwise
    /// chroma is subsampled at once.
    pub(super) fn new(pixels: Pixels, argb: bool) -> Option<WebPImage> {
        let Pixels { width, height, channels, bytes } = pixels;
        let stride = width as usize * channels;
        if bytes.len() != stride * height as usize || !matches!(channels, 3 | 4) {
            return None;
        }
        let mut image = WebPImage(WebPPicture::new().ok()?);
        image.0.use_argb = argb.into();
        image.0.width = i32::try_from(width).ok()?;
        image.0.height = i32::try_from(height).ok()?;
        let import = if channels == 4 { WebPPictureImportRGBA } else { WebPPictureImportRGB };
        // SAFETY: `bytes` has the rows that size and stride announce, as was just checked.
        let done = unsafe { import(&mut image.0, bytes.as_ptr(), i32::try_from(stride).ok()?) };
        (done != 0).then_some(image)
    }
}

impl Drop for WebPImage {
    fn drop(&mut self) {
        // SAFETY: initialised by `WebPPicture::new`; freed once.
        unsafe { WebPPictureFree(&mut self.0) };
    }
}

struct MemoryWriter(WebPMemoryWriter);

impl MemoryWriter {
    fn new() -> MemoryWriter {
        let mut writer = MaybeUninit::uninit();
        // SAFETY: the function writes every field.
        unsafe {
            WebPMemoryWriterInit(writer.as_mut_ptr());
            MemoryWriter(writer.assume_init())
        }
    }
}

impl Drop for MemoryWriter {
    fn drop(&mut self) {
        // SAFETY: initialised; freed once.
        unsafe { WebPMemoryWriterClear(&mut self.0) };
    }
}
