//! The description of a variant in a few bytes, for pages that show a placeholder before the image has loaded.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::decode::Header;
use crate::encode;
use crate::error::Error;
use crate::raster::{Channels, Raster};
use crate::size::Size;

/// The description of a variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// The variant's size in pixels.
    pub size: Size,
    /// Whether a pixel is not opaque, in the variant reduced to at most 100 pixels a side. A hole of a few pixels in a
    /// large image does not count.
    pub has_alpha: bool,
    /// The dominant colour in sRGB; `None` if every pixel is transparent.
    pub color: Option<[u8; 3]>,
    /// The ThumbHash (<https://evanw.github.io/thumbhash/>), about 25 bytes.
    pub thumbhash: Vec<u8>,
    /// Whether the original ends early, so that rows are missing.
    pub is_truncated: bool,
    /// The original's header.
    pub source: Header,
    /// The original's size in bytes.
    pub source_bytes: usize,
}

/// The JSON of `f=json`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Json {
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

impl Description {
    /// Describes the pixels of a variant of this `size`, reduced.
    pub(crate) fn new(raster: &Raster, size: Size, is_truncated: bool, source: Header, source_bytes: usize) -> Self {
        let Size { width, height } = raster.size;
        Description {
            size,
            has_alpha: raster.has_alpha(),
            color: raster.dominant_color(),
            thumbhash: thumbhash::rgba_to_thumb_hash(width as usize, height as usize, &rgba(raster)),
            is_truncated,
            source,
            source_bytes,
        }
    }

    /// Returns one line of JSON. The width and height of `original` are those of the upright image; `orientation` is the
    /// EXIF number, 1 to 8.
    ///
    /// # Errors
    ///
    /// [`Error::Encoder`] if the description cannot be serialised.
    pub fn json(&self) -> Result<String, Error> {
        let upright = self.source.upright();
        let json = Json {
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
        serde_json::to_string(&json).map_err(|error| Error::Encoder(format!("JSON: {error}")))
    }

    /// Returns the ThumbHash as an image of at most 32 pixels a side: a PNG in a `data:` URI (RFC 2397).
    ///
    /// # Errors
    ///
    /// [`Error::Encoder`] if the PNG cannot be encoded.
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
