//! Safe wrapper of libavif. dav1d decodes, since it holds a file to its limits; libaom encodes.
#![allow(unsafe_code)]

use std::ffi::CStr;
use std::marker::PhantomData;
use std::ptr;
use std::slice;

use libavif_sys::{
    AVIF_CODEC_CHOICE_AOM, AVIF_CODEC_CHOICE_DAV1D, AVIF_COLOR_PRIMARIES_BT709, AVIF_MATRIX_COEFFICIENTS_BT601,
    AVIF_PIXEL_FORMAT_YUV444, AVIF_RANGE_FULL, AVIF_RESULT_OK, AVIF_RGB_FORMAT_RGB, AVIF_RGB_FORMAT_RGBA,
    AVIF_TRANSFER_CHARACTERISTICS_SRGB, avifCodecVersions, avifDecoder, avifDecoderCreate, avifDecoderDestroy,
    avifDecoderNextImage, avifDecoderParse, avifDecoderSetIOMemory, avifEncoder, avifEncoderCreate, avifEncoderDestroy,
    avifEncoderSetCodecSpecificOption, avifEncoderWrite, avifImage, avifImageCreate, avifImageDestroy,
    avifImageRGBToYUV, avifImageYUVToRGB, avifRGBImage, avifRGBImageSetDefaults, avifRWData, avifRWDataFree,
    avifResultToString, avifVersion,
};

use super::Pixels;

/// An error message of libavif, or of this wrapper.
pub(crate) type Reason = String;

/// The largest image that libavif decodes, in pixels.
pub(crate) const MAX_PIXELS: u64 = 1 << 28;

/// A file that [`container::avif`](crate::container::avif) wrote, with its header read.
pub(crate) struct AvifDecoder<'a> {
    // Private: never null.
    decoder: *mut avifDecoder,
    /// The decoder reads from the file until it is destroyed.
    file: PhantomData<&'a [u8]>,
}

impl<'a> AvifDecoder<'a> {
    /// Reads the header. An image of more than `max_pixels` is refused, now or while it is decoded: its header and its
    /// data may differ.
    pub(crate) fn new(file: &'a [u8], max_pixels: u64) -> Result<AvifDecoder<'a>, Reason> {
        // SAFETY: `file` lives as long as the decoder (`PhantomData`); the decoder is destroyed by `Drop`.
        unsafe {
            let decoder = avifDecoderCreate();
            let settings = decoder.as_mut().ok_or("no memory")?;
            let decoder = AvifDecoder { decoder, file: PhantomData };
            settings.codecChoice = AVIF_CODEC_CHOICE_DAV1D;
            settings.maxThreads = 1;
            settings.imageSizeLimit = u32::try_from(max_pixels).unwrap_or(u32::MAX).max(1);
            settings.imageDimensionLimit = 0;
            settings.ignoreExif = 1;
            settings.ignoreXMP = 1;
            // The files that come here have no `pixi`.
            settings.strictFlags = 0;
            check(avifDecoderSetIOMemory(decoder.decoder, file.as_ptr(), file.len()))?;
            check(avifDecoderParse(decoder.decoder))?;
            Ok(decoder)
        }
    }

    fn image(&self) -> &avifImage {
        // SAFETY: `avifDecoderParse` has succeeded, so the decoder owns an image until it is destroyed.
        unsafe { &*(*self.decoder).image }
    }

    /// Returns the stored width and height.
    pub(crate) fn size(&self) -> (u32, u32) {
        (self.image().width, self.image().height)
    }

    /// Returns primaries and transfer characteristics by the numbers of ITU-T H.273; 2 is "unspecified".
    pub(crate) fn code_points(&self) -> (u16, u16) {
        (self.image().colorPrimaries, self.image().transferCharacteristics)
    }

    /// Decodes the first image into `pixels`: 8-bit RGB or RGBA, not multiplied by alpha.
    pub(crate) fn decode(&mut self, channels: usize, pixels: &mut [u8]) -> Result<(), Reason> {
        let (width, height) = self.size();
        // SAFETY: the decoder is not null.
        check(unsafe { avifDecoderNextImage(self.decoder) })?;
        // The size of the data may differ from that of the header.
        if self.size() != (width, height) {
            return Err("the size of its data differs from that in its header".into());
        }
        let mut rgb = rgb_image(self.image(), width, height, channels, pixels.len())?;
        rgb.pixels = pixels.as_mut_ptr();
        // SAFETY: `rgb_image` has checked that `pixels` holds the rows that are announced.
        check(unsafe { avifImageYUVToRGB(self.image(), &mut rgb) })
    }
}

impl Drop for AvifDecoder<'_> {
    fn drop(&mut self) {
        // SAFETY: made by `avifDecoderCreate`, destroyed once.
        unsafe { avifDecoderDestroy(self.decoder) };
    }
}

/// The settings of the encoder.
pub(crate) struct AvifSettings {
    /// Quality, 0 to 100, on libavif's scale.
    pub(crate) quality: u8,
    /// Speed, 0 (small file) to 10 (fast).
    pub(crate) speed: u8,
    /// Whether the image is a drawing, so that repetitions are searched.
    pub(crate) is_drawn: bool,
}

/// Encodes sRGB in one thread, with full resolution of chroma, which is worth its bytes.
pub(crate) fn encode(pixels: Pixels, settings: &AvifSettings) -> Result<Vec<u8>, Reason> {
    let Pixels { width, height, channels, bytes } = pixels;
    // SAFETY: image and encoder are owned by guards that free them; `rgb_image` has checked that `bytes` holds the rows
    // that are announced, and the conversion only reads them; the output is copied before it is freed.
    unsafe {
        let image = ImageGuard(avifImageCreate(width, height, 8, AVIF_PIXEL_FORMAT_YUV444));
        let encoder = EncoderGuard(avifEncoderCreate());
        let (to, how) = (image.0.as_mut().ok_or("no memory")?, encoder.0.as_mut().ok_or("no memory")?);
        to.yuvRange = AVIF_RANGE_FULL;
        to.colorPrimaries = AVIF_COLOR_PRIMARIES_BT709 as u16;
        to.transferCharacteristics = AVIF_TRANSFER_CHARACTERISTICS_SRGB as u16;
        to.matrixCoefficients = AVIF_MATRIX_COEFFICIENTS_BT601 as u16;
        let mut rgb = rgb_image(to, width, height, channels, bytes.len())?;
        rgb.pixels = bytes.as_ptr().cast_mut();
        check(avifImageRGBToYUV(image.0, &rgb))?;
        how.codecChoice = AVIF_CODEC_CHOICE_AOM;
        how.maxThreads = 1;
        how.speed = settings.speed.into();
        how.quality = settings.quality.into();
        how.qualityAlpha = settings.quality.into();
        if !settings.is_drawn {
            // libaom may take a smooth photograph for a drawing, and search for twice the time.
            for option in [c"enable-palette", c"enable-intrabc"] {
                check(avifEncoderSetCodecSpecificOption(encoder.0, option.as_ptr(), c"0".as_ptr()))?;
            }
        }
        let mut output = OutputGuard(avifRWData { data: ptr::null_mut(), size: 0 });
        check(avifEncoderWrite(encoder.0, image.0, &mut output.0))?;
        Ok(slice::from_raw_parts(output.0.data, output.0.size).to_vec())
    }
}

/// Describes RGB pixels of the image's size, without the pixels themselves.
fn rgb_image(
    image: &avifImage,
    width: u32,
    height: u32,
    channels: usize,
    bytes: usize,
) -> Result<avifRGBImage, Reason> {
    let stride = width as usize * channels;
    let row_bytes = u32::try_from(stride).map_err(|_| "too wide")?;
    if bytes != stride * height as usize || !matches!(channels, 3 | 4) {
        return Err("pixels are missing".into());
    }
    let mut rgb = avifRGBImage::default();
    // SAFETY: both are initialised.
    unsafe { avifRGBImageSetDefaults(&mut rgb, image) };
    rgb.depth = 8;
    rgb.format = if channels == 4 { AVIF_RGB_FORMAT_RGBA } else { AVIF_RGB_FORMAT_RGB };
    rgb.rowBytes = row_bytes;
    rgb.maxThreads = 1;
    Ok(rgb)
}

/// Returns the versions of libavif and of its codecs, such as `1.0.4` and `dav1d [dec]:1.4.3, aom [enc/dec]:v3.11.0`.
pub(crate) fn versions() -> (String, String) {
    let mut codecs = [0; 256];
    // SAFETY: a static, terminated text; and as many bytes as the function asks for, which it ends with a zero.
    let (own, codecs) = unsafe {
        avifCodecVersions(codecs.as_mut_ptr());
        (CStr::from_ptr(avifVersion()), CStr::from_ptr(codecs.as_ptr()))
    };
    (own.to_string_lossy().into_owned(), codecs.to_string_lossy().into_owned())
}

fn check(result: libavif_sys::avifResult) -> Result<(), Reason> {
    if result == AVIF_RESULT_OK {
        return Ok(());
    }
    // SAFETY: a static, terminated text for every number.
    let text = unsafe { CStr::from_ptr(avifResultToString(result)) };
    Err(text.to_string_lossy().into_owned())
}

struct ImageGuard(*mut avifImage);

impl Drop for ImageGuard {
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: made by `avifImageCreate`, destroyed once.
            unsafe { avifImageDestroy(self.0) };
        }
    }
}

struct EncoderGuard(*mut avifEncoder);

impl Drop for EncoderGuard {
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: made by `avifEncoderCreate`, destroyed once.
            unsafe { avifEncoderDestroy(self.0) };
        }
    }
}

struct OutputGuard(avifRWData);

impl Drop for OutputGuard {
    fn drop(&mut self) {
        // SAFETY: either empty or filled by libavif.
        unsafe { avifRWDataFree(&mut self.0) };
    }
}
