//! Images generated for tests.

use std::path::PathBuf;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ImageFormat, RgbImage};

/// Returns a sample image.
pub(crate) fn sample(name: &str) -> Vec<u8> {
    std::fs::read(samples().join(name)).unwrap()
}

/// Returns the folder of the sample images.
pub(crate) fn samples() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata/photos"))
}

/// Returns a PNG that cannot be compressed: three bytes for each pixel.
pub(crate) fn noise(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    noisy(width, height).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Returns an image whose rows are the previous row shifted by some pixels: noise for image encoders, but easy for
/// deflate.
pub(crate) fn turned_noise(width: u32, height: u32) -> Vec<u8> {
    let row = noisy(width, 1);
    let turned = RgbImage::from_fn(width, height, |x, y| *row.get_pixel((x + 7 * y) % width, 0));
    let mut bytes = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::NoFilter);
    turned.write_with_encoder(encoder).unwrap();
    assert!(bytes.len() < 24 << 20, "{} bytes", bytes.len());
    bytes
}

/// Returns the same noise twice, as a GIF.
pub(crate) fn moving_noise(width: u32, height: u32) -> Vec<u8> {
    let picture = image::DynamicImage::from(noisy(width, height)).into_rgba8();
    let mut bytes = Vec::new();
    let frames = [picture.clone(), picture].map(image::Frame::new);
    image::codecs::gif::GifEncoder::new_with_speed(&mut bytes, 30).encode_frames(frames).unwrap();
    bytes
}

fn noisy(width: u32, height: u32) -> RgbImage {
    let mut state = 1u32;
    RgbImage::from_fn(width, height, |_, _| {
        image::Rgb([(); 3].map(|()| {
            // The generator of Numerical Recipes; its high bits are random enough.
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        }))
    })
}

/// Returns a progressive JPEG, encoded by the pipeline.
pub(crate) fn progressive(width: u32, height: u32) -> Vec<u8> {
    let config = ridge_contract::Config::parse(r#"{"effort": {"jpeg": 1}}"#).unwrap();
    let path = ridge_contract::VariantPath::parse("/w_auto/jpeg/x").unwrap();
    let jpeg = ridge_pixels::render(&noise(width, height), path.variant(), &config, &mut |_| {}).unwrap().bytes;
    assert!(jpeg.windows(2).any(|pair| pair == [0xff, 0xc2]), "the JPEG is not progressive");
    jpeg
}
