//! What can be said of a variant in a few bytes, for pages that show something before the picture is there.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ridge_contract::{Alpha, Config, LOOK_SIDE, Variant};
use serde::Serialize;

use crate::decode::Header;
use crate::encode;
use crate::error::Error;
use crate::pipeline::{Small, Watch, small};
use crate::raster::{Channels, Raster};
use crate::size::Size;

/// What a variant is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// The variant's size in pixels.
    pub size: Size,
    /// Whether anything of it can be seen through, at some 100 pixels a side: a hole of a few pixels in a large picture
    /// does not count.
    pub has_alpha: bool,
    /// The sRGB colour that most of it has; `None` where all of it is transparent.
    pub color: Option<[u8; 3]>,
    /// Its ThumbHash (<https://evanw.github.io/thumbhash/>): some 25 bytes.
    pub thumbhash: Vec<u8>,
    /// Whether the original ends early, so that rows are missing.
    pub is_truncated: bool,
    /// What it would be made from.
    pub source: Header,
    /// The size of that file in bytes.
    pub source_bytes: usize,
}

/// The description as JSON has it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    width: u32,
    height: u32,
    has_alpha: bool,
    color: Option<String>,
    thumbhash: String,
    original: Original,
}

#[derive(Serialize)]
struct Original {
    format: String,
    width: u32,
    height: u32,
    orientation: u8,
    frames: u32,
    bytes: usize,
}

/// Looks at the variant without making it; of an animation, at the first frame. The limits and errors are those of
/// [`render`](crate::render).
pub fn describe(
    source: &[u8],
    variant: &Variant,
    config: &Config,
    watch: &mut dyn Watch,
) -> Result<Description, Error> {
    let Small { raster, size, is_truncated, source: header } = small(source, variant, config, LOOK_SIDE, watch)?;
    let is_flat = variant.output().alpha() == Alpha::None;
    let raster = if is_flat { raster.flatten(variant.options().background) } else { raster };
    let Size { width, height } = raster.size;
    Ok(Description {
        size,
        has_alpha: raster.has_alpha(),
        color: raster.dominant_color(),
        thumbhash: thumbhash::rgba_to_thumb_hash(width as usize, height as usize, &rgba(&raster)),
        is_truncated,
        source: header,
        source_bytes: source.len(),
    })
}

impl Description {
    /// One line of JSON. `original` has the size as it is shown, after the EXIF orientation of that number.
    pub fn json(&self) -> Result<String, Error> {
        let upright = self.source.upright();
        let told = Told {
            width: self.size.width,
            height: self.size.height,
            has_alpha: self.has_alpha,
            color: self.color.map(|[r, g, b]| format!("#{r:02x}{g:02x}{b:02x}")),
            thumbhash: STANDARD.encode(&self.thumbhash),
            original: Original {
                format: self.source.kind.name().to_lowercase(),
                width: upright.width,
                height: upright.height,
                orientation: self.source.orientation.number(),
                frames: self.source.frames_in_file,
                bytes: self.source_bytes,
            },
        };
        serde_json::to_string(&told).map_err(|error| Error::Encoder(format!("JSON: {error}")))
    }

    /// The ThumbHash as a picture of some 32 pixels: a PNG in a `data:` URI (RFC 2397).
    pub fn data_uri(&self) -> Result<String, Error> {
        let failed = |reason: &str| Error::Encoder(format!("ThumbHash: {reason}"));
        let shown = thumbhash::thumb_hash_to_rgba(&self.thumbhash).map_err(|()| failed("it is too short"))?;
        let (width, height, pixels) = shown;
        let size = Size::new(width as u32, height as u32).ok_or_else(|| failed("it has no pixels"))?;
        let raster = Raster { size, channels: Channels::Rgba, pixels }.drop_opaque_alpha();
        Ok(format!("data:image/png;base64,{}", STANDARD.encode(encode::smallest_png(&raster)?)))
    }
}

fn rgba(raster: &Raster) -> Vec<u8> {
    let pixels = raster.pixels.chunks_exact(raster.channels.count());
    pixels.flat_map(|pixel| [pixel[0], pixel[1], pixel[2], pixel.get(3).copied().unwrap_or(255)]).collect()
}
